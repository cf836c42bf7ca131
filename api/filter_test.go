package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// filters answers filters for tests: of the layer organizations it knows what PostGIS knows beyond the index, one property.
type filters struct {
	asked []geo.IDQuery
	find  func(q geo.IDQuery) ([]geo.ID, geo.FeedPosition, error)
}

func (f *filters) Queryables(layer string, public bool) []geo.Queryable {
	names := []string{"id", "name", "kind", "level", "status", "division", "valid_from", "phone"}
	if layer == "reports" {
		names = []string{"id", "category", "status", "division", "valid_from"}
	}
	if !public {
		names = append(names, "path")
	}
	list := make([]geo.Queryable, len(names))
	for i, name := range names {
		list[i] = geo.Queryable{Name: name}
	}
	return list
}

func (f *filters) CheckFilter(q geo.IDQuery) error {
	known := f.Queryables(q.Layer, q.See.Empty())
	for _, name := range q.Filter.Properties() {
		if !slices.ContainsFunc(known, func(k geo.Queryable) bool { return k.Name == name }) {
			return geo.Invalid("filter", "there is no property %s of %s", name, q.Layer)
		}
	}
	if strings.Contains(q.Filter.Canonical(), "wrong type") {
		return geo.Invalid("filter", "the types do not fit")
	}
	return nil
}

func (f *filters) FilteredIDs(_ context.Context, q geo.IDQuery) ([]geo.ID, geo.FeedPosition, error) {
	f.asked = append(f.asked, q)
	return f.find(q)
}

// filtered is the URL with a filter, in which ' stands for ".
func filtered(path, filter string) string {
	joint := "?"
	if strings.Contains(path, "?") {
		joint = "&"
	}
	return path + joint + "filter=" + url.QueryEscape(strings.ReplaceAll(filter, "'", `"`))
}

const (
	byPhone    = `{'op':'=','args':[{'property':'phone'},'1']}`
	byKind     = `{'op':'=','args':[{'property':'kind'},'residents_committee']}`
	byCategory = `{'op':'=','args':[{'property':'category'},'roads']}`
)

func filterBench(t testing.TB, ids ...geo.ID) (*bench, *filters) {
	f := &filters{find: func(geo.IDQuery) ([]geo.ID, geo.FeedPosition, error) { return ids, start(), nil }}
	return newBench(t, func(c *api.Config) { c.Filters = f }), f
}

// listed returns the ids of a page.
func (b *bench) listed(t testing.TB, url string, header map[string]string) []geo.ID {
	t.Helper()
	w := b.ask(t, "GET", url, header, "")
	var page struct {
		Items         []struct{ ID geo.ID }
		NumberMatched int
	}
	if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &page) != nil || len(page.Items) != page.NumberMatched {
		t.Fatalf("%s: %d %s", url, w.Code, w.Body)
	}
	ids := []geo.ID{}
	for _, item := range page.Items {
		ids = append(ids, item.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestFilterParameter(t *testing.T) {
	b, f := filterBench(t, 2, 4)
	for url, want := range map[string][]geo.ID{
		filtered("/api/organizations", byKind):                                                                                    {2, 3},
		filtered("/api/organizations?filter-lang=cql2-json&kind=village_committee", byKind):                                       {},
		filtered("/api/organizations", byPhone):                                                                                   {2},
		filtered("/api/organizations", `{'op':'and','args':[`+byPhone+`,`+byKind+`]}`):                                            {2},
		filtered("/api/organizations", `{'op':'not','args':[`+byKind+`]}`):                                                        {1},
		filtered("/api/organizations", `{'op':'in','args':[{'property':'name'},['a,,b'`+strings.Repeat(`,'柳塘村村民委员会'`, 200)+`]]}`): {1},
		"/api/organizations?datetime=2023-06-29":                                                                                  {},
		"/api/organizations?datetime=2020-01-01/2023-06-30":                                                                       {1, 2, 3},
		"/api/organizations?datetime=../2023-06-29":                                                                               {},
		"/api/organizations?datetime=2023-07-01/..":                                                                               {1, 2, 3},
		"/api/organizations?from=2023-06-30&to=2023-06-30":                                                                        {1, 2, 3},
		"/api/organizations?from=2023-07-01":                                                                                      {},
		"/api/organizations?to=2023-06-29":                                                                                        {},
		"/api/reports?from=2026-04-01":                                                                                            {12},
		filtered("/api/reports", byCategory):                                                                                      {11},
	} {
		if got := b.listed(t, url, nil); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
	for _, q := range f.asked {
		if q.Filter.Canonical() != `=($"phone","1")` || q.Layer != "organizations" || !q.See.Empty() {
			t.Errorf("the database is asked %s of %s for %q", q.Filter.Canonical(), q.Layer, q.See.Key())
		}
	}
	if n := len(f.asked); n != 1 {
		t.Errorf("the database is asked %d times", n)
	}
	bearer := map[string]string{"Authorization": "Bearer " + token}
	if got := b.listed(t, filtered("/api/organizations", byPhone), bearer); !slices.Equal(got, []geo.ID{2, 4}) {
		t.Errorf("with the token: %v", got)
	}
	if n := len(f.asked); n != 2 || !f.asked[1].See.All {
		t.Errorf("what everyone sees answers the operator, or the other way round: %d", n)
	}
	w := b.ask(t, "GET", filtered("/api/divisions/counts?by=province", byPhone), nil, "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"total":1`) {
		t.Errorf("counts: %d %s", w.Code, w.Body)
	}
}

func TestFilterParameterRefuses(t *testing.T) {
	b, _ := filterBench(t)
	for url, field := range map[string]string{
		filtered("/api/organizations", `{'op':`):           "filter",
		filtered("/api/organizations", byCategory):         "filter",
		filtered("/tiles/organizations", byCategory):       "filter",
		filtered("/tiles/organizations/0/0/0", byCategory): "filter",
		filtered("/tiles/organizations,reports/0/0/0", `{'op':'=','args':[{'property':'phone'},{'property':'category'}]}`): "filter",
		filtered("/tiles/organizations,reports", `{'op':'=','args':[{'property':'phone'},'wrong type']}`):                  "filter",
		filtered("/api/organizations", `{'op':'isNull','args':[{'property':'path'}]}`):                                     "filter",
		"/api/organizations?filter-lang=cql2-text":                                                                         "filter-lang",
		"/api/organizations?organization=1":                                                                                "organization",
		"/api/organizations?edition=public&organization=x":                                                                 "organization",
		"/api/organizations?datetime=2024-01-02/2024-01-01":                                                                "datetime",
		"/api/organizations?datetime=2024-01-02/2024-01-03/2024-01-04":                                                     "datetime",
		"/api/organizations?from=2024-01-02&to=2024-01-01":                                                                 "to",
		"/api/organizations?from=soon":                                                                                     "from",
		"/tiles/organizations/cells/0/0/0/4":                                                                               "cell",
		"/tiles/organizations/cells/0/0/0/0000000":                                                                         "cell",
		"/tiles/organizations/cells/0/1/0/0":                                                                               "x",
	} {
		w := b.ask(t, "GET", url, nil, "")
		var p api.Problem
		if w.Code != 400 || json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Field != field {
			t.Errorf("%s: %d %s, want 400 about %s", url, w.Code, w.Body, field)
		}
	}
	for _, url := range []string{"/tiles/divisions/cells/0/0/0/0", "/tiles/none/cells/0/0/0/0"} {
		if w := b.ask(t, "GET", url, nil, ""); w.Code != 404 {
			t.Errorf("%s: %d", url, w.Code)
		}
	}
}

// TestFilterOfSeveralLayers: a filter chooses from the layers that have its properties.
func TestFilterOfSeveralLayers(t *testing.T) {
	b, _ := filterBench(t, 1)
	count := func(url string) map[string]int {
		w := b.ask(t, "GET", url, nil, "")
		tile, err := mvt.Decode(w.Body.Bytes())
		if w.Code != 200 || err != nil {
			t.Fatalf("%s: %d %v", url, w.Code, err)
		}
		n := map[string]int{}
		for _, l := range tile.Layers {
			n[l.Name] = len(l.Features)
		}
		return n
	}
	for filter, want := range map[string]map[string]int{
		byPhone:    {"organizations": 1, "reports": 2},
		byCategory: {"organizations": 3, "reports": 1},
		`{'op':'=','args':[{'property':'id'},2]}`: {"organizations": 1, "reports": 0},
	} {
		if got := count(filtered("/tiles/organizations,reports/0/0/0?cells=0", filter)); got["organizations"] != want["organizations"] || got["reports"] != want["reports"] {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
}

// TestMembersOfACell: the cluster of a tile names its cell, and its members are listed with the tile's own parameters.
func TestMembersOfACell(t *testing.T) {
	b, f := filterBench(t, 1, 2)
	for _, query := range []string{"?cells=8", filtered("?cells=16", byPhone), "?cells=64&kind=residents_committee"} {
		w := b.ask(t, "GET", "/tiles/organizations/0/0/0"+query, nil, "")
		tile, err := mvt.Decode(w.Body.Bytes())
		if err != nil || len(tile.Layers) != 1 || len(tile.Layers[0].Features) != 1 {
			t.Fatalf("%s: %v %v", query, tile, err)
		}
		cluster := tile.Layers[0].Features[0]
		cell, _ := cluster.Property("cell")
		count, _ := cluster.Property("point_count")
		got := b.listed(t, fmt.Sprintf("/tiles/organizations/cells/0/0/0/%s%s", cell, query), nil)
		if int64(len(got)) != count.(int64) {
			t.Errorf("%s: %v in cell %s, the cluster says %v", query, got, cell, count)
		}
	}
	if len(f.asked) != 1 {
		t.Errorf("the database is asked %d times", len(f.asked))
	}
	if got := b.listed(t, "/tiles/reports/cells/0/0/0/3", nil); len(got) != 0 {
		t.Errorf("in another quarter: %v", got)
	}
}

// TestFilterTag: other members are another tag, even where nothing that the index holds differs.
func TestFilterTag(t *testing.T) {
	b, f := filterBench(t, 1)
	tile := filtered("/tiles/organizations/0/0/0", byPhone)
	tag := func() string { return b.ask(t, "GET", tile, nil, "").Header().Get("ETag") }
	first := tag()
	if again := tag(); again != first || len(f.asked) != 1 {
		t.Errorf("tags %s, %s, asked %d times", first, again, len(f.asked))
	}
	f.find = func(geo.IDQuery) ([]geo.ID, geo.FeedPosition, error) { return []geo.ID{3}, start(), nil }
	o := organizations()[2]
	if _, err := b.public.Apply([]geo.ID{3}, []geo.Point{pointOf(o)}, start()); err != nil { // only its phone differs
		t.Fatal(err)
	}
	if other := tag(); other == first {
		t.Error("a tag stands for two answers")
	}
	if last := f.asked[len(f.asked)-1]; !slices.Equal(last.Among, []geo.ID{3}) {
		t.Errorf("asked of %v, not only of what changed", last.Among)
	}
}

// history is a database in which organizations have one phone or another, with an index that follows it as late as it may.
type history struct {
	*live.Index
	random  *rand.Rand
	chosen  []map[geo.ID]bool // who has the phone, by position
	changed []geo.ID          // by position: what became of the position before
	applied int               // position of the index
	points  map[geo.ID]geo.Point
}

func historyAt(n int) geo.FeedPosition {
	return geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: uint64(1000 + n), Xmax: uint64(1000 + n)}}
}

func newHistory(t testing.TB, seed uint64) *history {
	t.Helper()
	h := &history{Index: live.New(geo.OrganizationLayer(), live.Public), random: rand.New(rand.NewPCG(seed, 1)),
		chosen: []map[geo.ID]bool{{}}, changed: []geo.ID{0}, points: map[geo.ID]geo.Point{}}
	err := h.Load(func(yield func(geo.Point, error) bool) {
		for id := range geo.ID(100) {
			o := organizations()[0]
			o.ID = id + 1
			h.points[o.ID] = pointOf(o)
			if !yield(h.points[o.ID], nil) {
				return
			}
		}
	}, historyAt(0))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// write changes phones of some organizations, of which the index holds nothing.
func (h *history) write(most int) {
	for range h.random.IntN(most + 1) {
		id := geo.ID(h.random.IntN(100) + 1)
		next := map[geo.ID]bool{}
		for k := range h.chosen[len(h.chosen)-1] {
			next[k] = true
		}
		if next[id] {
			delete(next, id)
		} else {
			next[id] = true
		}
		h.chosen, h.changed = append(h.chosen, next), append(h.changed, id)
	}
}

// follow brings the index to a position.
func (h *history) follow(to int) {
	for ; h.applied < to; h.applied++ {
		id := h.changed[h.applied+1]
		if _, err := h.Apply([]geo.ID{id}, []geo.Point{h.points[id]}, historyAt(h.applied+1)); err != nil {
			panic(err)
		}
	}
}

// Wait is when the index takes in what was asked for, and sometimes more.
func (h *history) Wait(ctx context.Context, at geo.FeedPosition) error {
	h.follow(int(at.Xmax) - 1000)
	h.write(2)
	h.follow(h.applied + h.random.IntN(len(h.chosen)-h.applied))
	return h.Index.Wait(ctx, at)
}

// find reads at the newest position; things happen before and after.
func (h *history) find(q geo.IDQuery) ([]geo.ID, geo.FeedPosition, error) {
	h.write(3)
	at := len(h.chosen) - 1
	ids := []geo.ID{}
	for id := range h.chosen[at] {
		if q.Among == nil || slices.Contains(q.Among, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	h.write(3)
	h.follow(h.applied + h.random.IntN(len(h.chosen)-h.applied))
	return ids, historyAt(at), nil
}

// TestFilterIsTrueAtItsPosition: whatever happens meanwhile, an answer is what the filter chose at the position that it names,
// also of what the index holds nothing of.
func TestFilterIsTrueAtItsPosition(t *testing.T) {
	answers, asked := 0, 0
	for seed := range uint64(6) {
		h := newHistory(t, seed)
		f := &filters{find: h.find}
		b := newBench(t, func(c *api.Config) { c.Filters, c.Points.Public = f, h })
		for range 40 {
			h.write(2)
			h.follow(h.applied + h.random.IntN(len(h.chosen)-h.applied))
			w := b.ask(t, "GET", filtered("/api/organizations?limit=1000&after="+url.QueryEscape(historyAt(h.applied).String()), byPhone), nil, "")
			if w.Code == 503 {
				continue // too much happened
			}
			var page struct{ Items []struct{ ID geo.ID } }
			if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &page) != nil {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			at, err := geo.ParseFeedPosition(w.Header().Get("Jingwei-Position"))
			if err != nil {
				t.Fatal(err)
			}
			answers++
			want := h.chosen[at.Xmax-1000]
			if len(page.Items) != len(want) || slices.ContainsFunc(page.Items, func(i struct{ ID geo.ID }) bool { return !want[i.ID] }) {
				t.Fatalf("seed %d: %v at position %s, which chose %v", seed, page.Items, at, want)
			}
		}
		asked += len(f.asked)
	}
	if answers < 200 {
		t.Errorf("only %d of 240 are answered, after %d questions", answers, asked)
	}
}
