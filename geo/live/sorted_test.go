package live_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// compareSorted pages through the rows in e in a drawn order and compares them with all of them, sorted.
func (m *model) compareSorted(t *rapid.T, s *live.Snapshot, q live.Query, e geo.Extent, inside []geo.Point) {
	columns := []string{"name", "kind", "state", "size", live.ByDivision}
	if s.Edition() == live.Internal {
		columns = append(columns, "secret")
	}
	by := live.Sort{Column: rapid.SampledFrom(columns).Draw(t, "sortby"), Descending: rapid.Bool().Draw(t, "descending")}
	want := slices.Clone(inside)
	slices.SortFunc(want, func(a, b geo.Point) int {
		byValue := compareBy(by.Column, a, b)
		if by.Descending {
			byValue = -byValue
		}
		return cmp.Or(byValue, cmp.Compare(a.ID, b.ID))
	})
	ids := make([]geo.ID, len(want))
	for i, p := range want {
		ids[i] = p.ID
	}
	if d := gocmp.Diff(ids, listSorted(t, s, q, e, by, rapid.IntRange(1, 7).Draw(t, "limit")), gocmp.Transformer("all", func(ids []geo.ID) []geo.ID { return append([]geo.ID{}, ids...) })); d != "" {
		t.Fatalf("%v of %v (-want +got)\n%s", by, e, d)
	}
}

func compareBy(column string, a, b geo.Point) int {
	switch column {
	case live.ByDivision:
		return cmp.Compare(a.Division, b.Division)
	case "size":
		return cmp.Compare(sizeOf(a), sizeOf(b))
	case "state":
		steps := []string{"", "open", "closed"}
		return cmp.Compare(slices.Index(steps, a.Values[2]), slices.Index(steps, b.Values[2]))
	}
	i := slices.IndexFunc(layer().Columns, func(c geo.Column) bool { return c.Name == column })
	return cmp.Compare(a.Values[i], b.Values[i])
}

// sizeOf is greater than all sizes for none.
func sizeOf(p geo.Point) int {
	n, err := strconv.Atoi(p.Values[4])
	if err != nil {
		return 1 << 40
	}
	return n
}

func listSorted(t *rapid.T, s *live.Snapshot, q live.Query, e geo.Extent, by live.Sort, limit int) []geo.ID {
	var ids []geo.ID
	for c := (live.SortCursor{}); ; {
		page, next, err := s.ListSorted(q, e, by, c, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > limit {
			t.Fatalf("%d rows in a page of %d", len(page), limit)
		}
		for _, f := range page {
			ids = append(ids, f.ID)
		}
		if next == (live.SortCursor{}) {
			return ids
		}
		if len(page) < limit {
			t.Fatal("a page that is not full has a next one")
		}
		c = next
	}
}

// TestSortRefused: what has no order, what the edition does not show, and cursors of nothing.
func TestSortRefused(t *testing.T) {
	x := live.New(layer(), live.Public)
	if err := x.Load((&model{}).all(), geo.FeedPosition{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by    string
		after live.SortCursor
		field string
	}{
		{by: "path", field: "sortby"}, {by: "secret", field: "sortby"}, {by: "", field: "sortby"}, {by: "nothing", field: "sortby"},
		{by: "size", after: live.SortCursor{Value: "x", ID: 1}, field: "cursor"},
		{by: live.ByDivision, after: live.SortCursor{Value: "33x", ID: 1}, field: "cursor"},
	} {
		_, _, err := x.Snapshot().ListSorted(live.Query{Days: geo.Always}, geo.World, live.Sort{Column: c.by}, c.after, 5)
		var fault *geo.Error
		if !errors.As(err, &fault) || fault.Field != c.field || !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%q after %v: %v", c.by, c.after, err)
		}
	}
}

// TestSortCursorOfGoneValue: a page goes on behind a value that nothing has any more.
func TestSortCursorOfGoneValue(t *testing.T) {
	x := live.New(layer(), live.Internal)
	m := &model{rows: map[geo.ID][]geo.Point{}}
	for id, kind := range map[geo.ID]string{1: "village", 2: "community", 3: "", 4: "school"} {
		m.rows[id] = []geo.Point{{ID: id, Valid: geo.Always, Values: []string{"", kind, "", "", "", "1"}}}
	}
	if err := x.Load(m.all(), geo.FeedPosition{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		descending bool
		want       string
	}{{false, "[4 1]"}, {true, "[2 3]"}} {
		page, _, err := x.Snapshot().ListSorted(live.Query{Days: geo.Always}, geo.World, live.Sort{Column: "kind", Descending: c.descending},
			live.SortCursor{Value: "hospital", ID: 9}, 5)
		if err != nil {
			t.Fatal(err)
		}
		var ids []geo.ID
		for _, f := range page {
			ids = append(ids, f.ID)
		}
		if fmt.Sprint(ids) != c.want {
			t.Errorf("descending %v: %v, want %s", c.descending, ids, c.want)
		}
	}
}

// TestSortByName: names go by their pinyin, then by their bytes, page by page; names without pinyin come first.
func TestSortByName(t *testing.T) {
	x := live.New(geo.OrganizationLayer(), live.Internal)
	point := func(id geo.ID, name, pinyin string) geo.Point {
		values := make([]string, len(geo.OrganizationLayer().Columns))
		values[0], values[len(values)-1] = name, geo.SearchKeys{ShortName: "村", Pinyin: pinyin, Address: "路"}.Text()
		return geo.Point{ID: id, Valid: geo.Always, Values: values}
	}
	points := map[geo.ID][]geo.Point{1: {point(1, "下城", "xiacheng")}, 2: {point(2, "中山", "zhongshan")}, 3: {point(3, "上城", "shangcheng")}, 4: {point(4, "商城", "shangcheng")},
		5: {point(5, "无", "")}, 6: {point(6, "安", "an")}}
	if err := x.Load((&model{rows: points}).all(), geo.FeedPosition{}); err != nil {
		t.Fatal(err)
	}
	late := point(7, "上城", "shangcheng")
	if _, err := x.Apply([]geo.ID{7}, []geo.Point{late}, geo.FeedPosition{Snapshot: geo.Snapshot{Xmin: 1, Xmax: 1}}); err != nil {
		t.Fatal(err)
	}
	for descending, want := range map[bool]string{false: "[5 6 3 7 4 1 2]", true: "[2 1 4 3 7 6 5]"} {
		var ids []geo.ID
		for c := (live.SortCursor{}); len(ids) == 0 || c != (live.SortCursor{}); {
			page, next, err := x.Snapshot().ListSorted(live.Query{Days: geo.Always}, geo.World, live.Sort{Column: "name", Descending: descending}, c, 1)
			if err != nil || len(page) != 1 || len(ids) > 7 {
				t.Fatal(page, ids, err)
			}
			ids, c = append(ids, page[0].ID), next
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("descending %v: %v, want %s", descending, ids, want)
		}
	}
}

// TestSortManyChunks: none of many chunks is left out.
func TestSortManyChunks(t *testing.T) {
	x := live.NewSmall(geo.OrganizationLayer(), live.Internal, 16, 4)
	if err := x.Load(drawn(3000, organization), geo.FeedPosition{}); err != nil {
		t.Fatal(err)
	}
	page, next, err := x.Snapshot().ListSorted(live.Query{Days: geo.Always}, geo.World, live.Sort{Column: "code", Descending: true}, live.SortCursor{}, 3000)
	if err != nil || len(page) != 3000 || next != (live.SortCursor{}) || len(x.Snapshot().Chunks()) < 200 {
		t.Fatalf("%d rows of 3000 in %d chunks, next %v, %v", len(page), len(x.Snapshot().Chunks()), next, err)
	}
	for i, f := range page {
		if f.ID != geo.ID(3000-i) {
			t.Fatalf("row %d is %d", i, f.ID)
		}
	}
}

// BenchmarkSorted measures a page of a million organizations, or as many as JINGWEI_ORGANIZATIONS says, in every order: the
// first one, of 50 rows, one from the middle, and one of 1000. Codes rise with the place, which is the worst there is to sort
// from the greatest down or up.
func BenchmarkSorted(b *testing.B) {
	n := rows("JINGWEI_ORGANIZATIONS", 1_000_000)
	x := live.New(geo.OrganizationLayer(), live.Internal)
	inRow := func(random *rand.Rand, id geo.ID) geo.Point {
		p := organization(random, id)
		p.At.Lon, p.At.Lat = int32(id)*100, 0
		return p
	}
	if err := x.Load(drawn(n, inRow), geo.FeedPosition{Epoch: "e"}); err != nil {
		b.Fatal(err)
	}
	s := x.Snapshot()
	for _, column := range []string{"name", "code", "kind", "status", live.ByDivision, "location_accuracy_m"} {
		for _, c := range []struct {
			page       string
			descending bool
			after      live.SortCursor
			limit      int
		}{
			{page: "first", limit: 50}, {page: "last", descending: true, limit: 50}, {page: "thousand", descending: true, limit: 1000},
			{page: "middle", after: middles[column], limit: 50},
		} {
			b.Run(fmt.Sprintf("%s/%s", column, c.page), func(b *testing.B) {
				began := time.Now()
				for b.Loop() {
					if _, _, err := s.ListSorted(live.Query{Days: geo.On(365)}, geo.World, live.Sort{Column: column, Descending: c.descending}, c.after, c.limit); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(time.Since(began).Microseconds())/1000/float64(b.N), "ms")
			})
		}
	}
}

// middles are about the middles of the orders.
var middles = map[string]live.SortCursor{
	"name": {Value: "\x00东风第500村支部委员会", ID: 1}, "code": {Value: "000000500000", ID: 1}, "kind": {Value: "kind5", ID: 1},
	"status": {Value: "active", ID: 500_000}, live.ByDivision: {Value: "250000000000", ID: 1}, "location_accuracy_m": {Value: "500", ID: 1},
}
