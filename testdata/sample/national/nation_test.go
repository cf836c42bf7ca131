package national_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"jingwei/testdata/sample/national"
)

var first = sync.OnceValues(func() (*national.Nation, error) { return national.New(1) })

// nation returns the nation of a seed; that of seed 1 is made once.
func nation(t testing.TB, seed uint64) *national.Nation {
	t.Helper()
	make := first
	if seed != 1 {
		make = func() (*national.Nation, error) { return national.New(seed) }
	}
	n, err := make()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func forest(t testing.TB, n *national.Nation, count int) *national.Organizations {
	t.Helper()
	o, err := n.Organizations(count)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// ranks of kinds: a superior has a smaller one, or the same above the branches.
var ranks = map[string]int{"local_committee": 0, "working_committee": 1, "party_committee": 2, "general_branch": 3}

func rank(kind string) int {
	if r, ok := ranks[kind]; ok {
		return r
	}
	return 4
}

var levelRanks = map[string]int{"province": 1, "prefecture": 2, "county": 3, "township": 4, "village": 5, "unit": 6}

// TestForest: any number of organizations is a whole forest, one tree for each province.
func TestForest(t *testing.T) {
	for _, count := range []int{0, 1, 2, 30, 31, 32, 33, 62, 100, 619, 621, 1000, 7919, 20_000, 250_000} {
		o := forest(t, nation(t, 1), count)
		if o.Len() != count {
			t.Fatalf("%d organizations, want %d", o.Len(), count)
		}
		kinds := map[string]int{}
		roots := 0
		levels := make([]int, count)
		for i := range count {
			c, superior := o.Organization(i)
			kinds[c.Kind]++
			levels[i] = levelRanks[c.Level]
			if err := c.Validate(); err != nil {
				t.Fatalf("organization %d of %d: %v", i, count, err)
			}
			if superior < 0 {
				roots++
				if c.Level != "province" {
					t.Fatalf("organization %d of %d, of level %s, has no superior", i, count, c.Level)
				}
				continue
			}
			if superior >= i || levels[superior] > levels[i] || levels[superior] == levels[i] && levels[i] < 5 {
				t.Fatalf("organization %d of %d, of level %d, has the superior %d of level %d", i, count, levels[i], superior, levels[superior])
			}
			above, _ := o.Organization(superior)
			if rank(above.Kind) > 3 || levels[superior] == levels[i] && rank(above.Kind) >= rank(c.Kind) {
				t.Fatalf("organization %d of %d, a %s, has a %s as superior", i, count, c.Kind, above.Kind)
			}
		}
		if roots != min(count, 31) {
			t.Errorf("%d of %d have no superior", roots, count)
		}
		checkShares(t, count, kinds)
	}
}

// checkShares compares with the published shares of committees, general branches and branches.
func checkShares(t *testing.T, count int, kinds map[string]int) {
	t.Helper()
	primary := float64(count - kinds["local_committee"] - kinds["working_committee"])
	if primary < 1000 {
		return
	}
	branches := primary - float64(kinds["party_committee"]+kinds["general_branch"])
	for name, share := range map[string][2]float64{
		"committees":       {float64(kinds["party_committee"]), 0.0583},
		"general branches": {float64(kinds["general_branch"]), 0.0629},
		"branches":         {branches, 0.8789},
	} {
		if got := share[0] / primary; math.Abs(got-share[1]) > 0.005 {
			t.Errorf("%d organizations: %.2f %% are %s, want %.2f %%", count, 100*got, name, 100*share[1])
		}
	}
	if kinds["branch"] < int(0.7*branches) || kinds["joint_branch"] == 0 {
		t.Errorf("%d organizations: kinds %v", count, kinds)
	}
}

func TestSizesThatCannotBe(t *testing.T) {
	n := nation(t, 1)
	for _, count := range []int{-1, national.MostOrganizations + 1} {
		if _, err := n.Organizations(count); err == nil {
			t.Errorf("%d organizations were made", count)
		}
	}
	for _, c := range [][2]int{{0, 1}, {100, -1}, {100, national.MostReports + 1}} {
		if _, err := forest(t, n, c[0]).Grids(1).Reports(c[1], 1); err == nil {
			t.Errorf("%d reports on %d organizations were made", c[1], c[0])
		}
	}
}

// TestFullSize: every township and village has an organization, 3,200 committees are local, and counties have what their
// weights say.
func TestFullSize(t *testing.T) {
	o := forest(t, nation(t, 1), 5_250_000)
	checkCounties(t, o)
	kinds := map[string]int{}
	for i := 0; i < o.Len(); i++ {
		if i == 4000 { // the local ones come first
			break
		}
		c, _ := o.Organization(i)
		if levelRanks[c.Level] <= 3 {
			kinds[c.Kind]++
		}
	}
	if kinds["local_committee"] < 3150 || kinds["local_committee"] > 3250 {
		t.Errorf("local committees %v", kinds)
	}
	var sizes []int
	for _, c := range o.Counties() {
		if c.Towns != c.AllTowns || c.Villages != c.AllVillages {
			t.Errorf("%s has organizations in %d of %d townships and %d of %d villages", c.Code, c.Towns, c.AllTowns, c.Villages, c.AllVillages)
		}
		if c.AllTowns > 0 {
			sizes = append(sizes, c.Towns+c.Villages+c.Others)
		}
	}
	slices.Sort(sizes)
	median, third := sizes[len(sizes)/2], sizes[len(sizes)-3]
	if third < 10*median || third > 20*median || sizes[0] < 1 {
		t.Errorf("counties have %d to %d organizations, half of them up to %d, the third largest %d", sizes[0], sizes[len(sizes)-1], median, third)
	}
}

// checkCounties: what is not fixed by townships and villages is divided by population and weight, to one.
func checkCounties(t *testing.T, o *national.Organizations) {
	t.Helper()
	counties := o.Counties()
	weights, provinces := map[int]float64{}, map[int]int{}
	population, total := 0.0, 0
	for _, c := range counties {
		if weights[c.Province] == 0 {
			population += c.Population
		}
		weights[c.Province] += c.Weight
		provinces[c.Province] += c.Others
		total += c.Others
	}
	for _, c := range counties {
		if want := float64(total) * c.Population / population; math.Abs(float64(provinces[c.Province])-want) > 1 {
			t.Errorf("the province of %s has %d, its population says %.1f", c.Code, provinces[c.Province], want)
		}
		if want := float64(provinces[c.Province]) * c.Weight / weights[c.Province]; math.Abs(float64(c.Others)-want) > 1 {
			t.Errorf("%s has %d, its weight says %.1f", c.Code, c.Others, want)
		}
	}
}

func TestQuotas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 10_000).Draw(t, "total")
		weights := rapid.SliceOf(rapid.Float64Range(-1, 1000)).Draw(t, "weights")
		parts, sum, positive := national.Quotas(total, weights), 0, 0.0
		for _, w := range weights {
			positive += max(w, 0)
		}
		for i, n := range parts {
			sum += n
			if n < 0 || weights[i] <= 0 && n > 0 {
				t.Fatalf("weight %g got %d", weights[i], n)
			}
			if want := float64(total) * max(0, weights[i]) / positive; positive > 0 && math.Abs(float64(n)-want) > 1 {
				t.Fatalf("weight %g of %g got %d, not %.2f", weights[i], positive, n, want)
			}
		}
		if positive > 0 && sum != total {
			t.Fatalf("the parts of %d add up to %d", total, sum)
		}
	})
}

func TestNumerals(t *testing.T) {
	for n, want := range map[int]string{
		1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一百", 101: "一百零一", 110: "一百一十", 305: "三百零五",
		1000: "一千", 1001: "一千零一", 1010: "一千零一十", 1234: "一千二百三十四", 2300: "二千三百", 12345: "12345",
	} {
		if got := national.Numeral(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
