package national_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"jingwei/testdata/sample/national"
)

var update = flag.Bool("update", false, "write golden files")

// TestGolden: the same seed gives the same data, whatever changes in the program. When data are meant to change, Version
// goes up and -update writes the new sums.
func TestGolden(t *testing.T) {
	var text strings.Builder
	for seed := uint64(1); seed <= 2; seed++ {
		n := nation(t, seed)
		for _, count := range []int{40, 10_000} {
			o := forest(t, n, count)
			fmt.Fprintf(&text, "seed %d, %d organizations: %x\n", seed, count, sum(count, func(i int) any {
				c, superior := o.Organization(i)
				area, _ := o.Jurisdiction(i)
				return []any{c, superior, area}
			}))
			g := o.Grids(organizationBase)
			fmt.Fprintf(&text, "seed %d, %d grids: %x\n", seed, g.Len(), sum(g.Len(), func(i int) any { return g.Grid(i) }))
			r := reports(t, n, count, 2*count)
			fmt.Fprintf(&text, "seed %d, %d reports: %x\n", seed, r.Len(), sum(r.Len(), func(i int) any { return r.Report(i) }))
		}
	}
	got := fmt.Sprintf("version %d\n%s", national.Version, &text)
	const golden = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("got\n%swant\n%s%v", got, want, err)
	}
}

func sum(count int, item func(i int) any) []byte {
	h := sha256.New()
	for i := range count {
		fmt.Fprintf(h, "%v\n", item(i))
	}
	return h.Sum(nil)[:12]
}

// TestAnyOrder: two of the same read in different orders are equal.
func TestAnyOrder(t *testing.T) {
	const count = 8_000
	read := func(order []int) []any {
		n, err := national.New(3)
		if err != nil {
			t.Fatal(err)
		}
		o := forest(t, n, count)
		g := o.Grids(organizationBase)
		r := reports(t, n, count, count)
		out := make([]any, 3*count)
		for _, i := range order {
			c, superior := o.Organization(i)
			out[3*i] = []any{c, superior}
			out[3*i+1] = r.Report(i)
			if i < g.Len() {
				out[3*i+2] = g.Grid(i)
			}
		}
		return out
	}
	forward := make([]int, count)
	for i := range forward {
		forward[i] = i
	}
	a, b := read(forward), read(rand.New(rand.NewPCG(1, 2)).Perm(count))
	for i := range a {
		if !reflect.DeepEqual(a[i], b[i]) {
			t.Fatalf("item %d: %v and %v", i, a[i], b[i])
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := national.New(1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	n := nation(b, 1)
	for b.Loop() {
		forest(b, n, 5_250_000)
	}
}

func BenchmarkOrganization(b *testing.B) {
	o := forest(b, nation(b, 1), 5_250_000)
	i := 0
	for b.Loop() {
		o.Organization(i % o.Len())
		i++
	}
}

func BenchmarkReport(b *testing.B) {
	r := reports(b, nation(b, 1), 5_250_000, 20_000_000)
	i := 0
	for b.Loop() {
		r.Report(i % r.Len())
		i++
	}
}
