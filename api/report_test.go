package api_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// listedReports is a page of reports.
type listedReports struct {
	Items []struct {
		ID         geo.ID
		Location   [2]float64
		Division   string
		ReceivedOn string `json:"received_on"`
	}
	NumberMatched int
	Next          *string
	Counts        map[string]map[string]int
	Generalised   bool
}

func (l listedReports) ids() (ids []geo.ID) {
	for _, item := range l.Items {
		ids = append(ids, item.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestReports(t *testing.T) {
	b := newBench(t, nil)
	for _, test := range []struct {
		query       string
		header      map[string]string
		ids         []geo.ID
		generalised bool
	}{
		{"", nil, []geo.ID{11, 12}, true},
		{"", bearer(), []geo.ID{11, 12, 13}, false},
		{"?category=roads,mediation", nil, []geo.ID{11}, true},
		{"?category=mediation", nil, nil, true},
		{"?status=closed", nil, []geo.ID{12}, true},
		{"?state=received", bearer(), []geo.ID{11, 13}, false},
		{"?datetime=2026-05-31", nil, []geo.ID{11}, true},
		{"?division=330102", nil, []geo.ID{11, 12}, true},
		{"?division=3302", nil, nil, true},
		{"?bbox=120.25,30,121,31", nil, []geo.ID{12}, true},
		// The box holds the place itself but not the middle of its cell, which is all that the public may find.
		{"?bbox=120.1011,30.2033,120.1013,30.2035", nil, nil, true},
		{"?bbox=120.1011,30.2033,120.1013,30.2035", bearer(), []geo.ID{11}, false},
	} {
		w := b.ask(t, "GET", "/api/reports"+test.query, test.header, "")
		got := decode[listedReports](t, w)
		if diff := cmp.Diff(test.ids, got.ids()); diff != "" || got.NumberMatched != len(test.ids) || got.Generalised != test.generalised {
			t.Errorf("%s: %s (-want +got)\n%s", test.query, w.Body, diff)
		}
		if test.header != nil != strings.Contains(w.Header().Get("Cache-Control"), "private") {
			t.Errorf("%s: Cache-Control %s", test.query, w.Header().Get("Cache-Control"))
		}
	}
	got := decode[listedReports](t, b.ask(t, "GET", "/api/reports?limit=1", nil, ""))
	want := map[string]map[string]int{"category": {"roads": 1, "noise": 1}, "status": {"open": 1, "closed": 1}, "state": {"received": 1, "fixed": 1}}
	if diff := cmp.Diff(want, got.Counts); diff != "" || got.Next == nil {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
	next := decode[listedReports](t, b.ask(t, "GET", "/api/reports?limit=1&cursor="+*got.Next, nil, ""))
	if both := append(next.ids(), got.ids()...); len(both) != 2 || both[0] == both[1] || next.Next != nil {
		t.Errorf("pages %v then %v", got.ids(), next.ids())
	}
	public := decode[listedReports](t, b.ask(t, "GET", "/api/reports?category=roads", nil, "")).Items[0]
	if diff := cmp.Diff([2]float64{120.1025, 30.2025}, public.Location); diff != "" || public.ReceivedOn != "2026-03-01" || public.Division != "330102000000" {
		t.Errorf("the public sees %+v", public)
	}
}

// layersOf returns the sum of points per layer of a tile.
func layersOf(t *testing.T, tile []byte) map[string]int {
	t.Helper()
	decoded, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]int{}
	for _, l := range decoded.Layers {
		sums[l.Name] += len(l.Features)
	}
	return sums
}

func TestMixedTiles(t *testing.T) {
	b := newBench(t, nil)
	for url, want := range map[string]map[string]int{
		"/tiles/reports/0/0/0?cells=0":                                              {"reports": 2},
		"/tiles/reports/0/0/0?cells=0&category=noise":                               {"reports": 1},
		"/tiles/reports/0/0/0?cells=0&datetime=2026-02-01":                          {},
		"/tiles/organizations,reports/0/0/0?cells=0":                                {"organizations": 3, "reports": 2},
		"/tiles/organizations,reports/0/0/0?cells=0&status=open":                    {"reports": 1},
		"/tiles/organizations,reports/0/0/0?cells=0&status=open,active":             {"organizations": 3, "reports": 1},
		"/tiles/reports,organizations/0/0/0?cells=0&kind=village_committee":         {"organizations": 1, "reports": 2},
		"/tiles/reports,organizations/0/0/0?cells=0&state=fixed&division=3301":      {"organizations": 3, "reports": 1},
		"/tiles/reports/0/0/0?cells=0&category=mediation&after=" + start().String(): {},
	} {
		w := b.ask(t, "GET", url, nil, "")
		if diff := cmp.Diff(want, layersOf(t, w.Body.Bytes())); w.Code != http.StatusOK || diff != "" {
			t.Errorf("%s: %d (-want +got)\n%s", url, w.Code, diff)
		}
		if got := w.Header().Get("Jingwei-Position"); got != start().String() {
			t.Errorf("%s stands on %q", url, got)
		}
	}
	described := decode[struct {
		Layers []struct {
			ID, Description string
			Fields          map[string]string
		} `json:"vector_layers"`
		MinZoom int
	}](t, b.ask(t, "GET", "/tiles/reports,grids,jurisdictions?category=roads", nil, ""))
	if len(described.Layers) != 3 || described.Layers[0].Fields["category"] == "" || !strings.Contains(described.Layers[0].Description, "generalised") ||
		described.Layers[1].ID != "grids" || described.Layers[2].Fields["kind"] == "" {
		t.Errorf("TileJSON %+v", described)
	}
}

// TestTilePosition: an answer of several indexes stands on what all of them have seen.
func TestTilePosition(t *testing.T) {
	b := newBench(t, nil)
	later := b.store.position()
	if _, err := b.public.Apply(nil, nil, later); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"/tiles/organizations/0/0/0": later.String(), "/tiles/reports/0/0/0": start().String(),
		"/tiles/organizations,reports/0/0/0": start().String(), "/tiles/reports,divisions/0/0/0": start().String(), "/tiles/divisions/0/0/0": "",
	} {
		if got := b.ask(t, "GET", url, nil, "").Header().Get("Jingwei-Position"); got != want {
			t.Errorf("%s stands on %q, want %q", url, got, want)
		}
	}
}

// TestReportsLoading: organizations answer while the reports, which may be many, are loading.
func TestReportsLoading(t *testing.T) {
	b := newBench(t, func(c *api.Config) {
		c.Reports = api.Editions{Public: live.New(geo.ReportLayer(), live.Public), Internal: live.New(geo.ReportLayer(), live.Internal)}
	})
	for url, status := range map[string]int{
		"/api/reports": 503, "/tiles/reports/0/0/0": 503, "/tiles/organizations,reports/0/0/0?category=roads": 503,
		"/api/organizations": 200, "/tiles/organizations/0/0/0": 200, "/api/divisions": 200, "/tiles/reports": 200, "/readyz": 200,
	} {
		w := b.ask(t, "GET", url, nil, "")
		if w.Code != status || status == 503 != (w.Header().Get("Retry-After") != "") {
			t.Errorf("GET %s: %d %v", url, w.Code, w.Header())
		}
		if status == 503 && !strings.Contains(w.Body.String(), "index of reports is loading") {
			t.Errorf("GET %s: %s", url, w.Body)
		}
	}
	if got := b.ask(t, "GET", "/readyz", nil, "").Body.String(); !strings.Contains(got, `"loading":["reports"]`) {
		t.Errorf("ready: %s", got)
	}
}

// TestValuesAreKnown: what an operator adds counts at once, what only the index has counts too, and lists are not read anew
// for each request.
func TestValuesAreKnown(t *testing.T) {
	now := clock()
	b := newBench(t, func(c *api.Config) { c.Now = func() time.Time { return now } })
	status := func(url string, want int) {
		t.Helper()
		if w := b.ask(t, "GET", url, nil, ""); w.Code != want {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
	}
	reads := func(want int) {
		t.Helper()
		if b.store.reads != want {
			t.Errorf("lists were read %d times, want %d", b.store.reads, want)
		}
		b.store.reads = 0
	}
	status("/api/organizations?kind=village_committee", 200) // in the index
	reads(0)
	status("/api/organizations?kind=branch", 200)
	status("/tiles/organizations/0/0/0?kind=branch,village_committee", 200)
	reads(1)
	status("/api/organizations?kind=castle", 400)
	reads(1)
	b.store.kinds = []string{"castle"}
	status("/api/organizations?kind=castle", 200)
	status("/api/organizations?kind=castle", 200)
	reads(1)
	now = now.Add(6 * time.Second)
	b.store.kinds = nil
	status("/api/organizations?kind=castle", 400)
	o := organizations()[0]
	o.ID, o.Kind, o.Division = 90, "fort", 340000000000
	if _, err := b.public.Apply([]geo.ID{o.ID}, []geo.Point{pointOf(o)}, b.store.position()); err != nil {
		t.Fatal(err)
	}
	status("/api/organizations?kind=fort&division=34", 200)
	// What cannot be checked is answered by the index.
	b.store.down = errors.New("gone")
	status("/api/organizations?kind=nothing&division=35", 200)
}

func TestCodes(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "GET", "/api/codes/organization_level", nil, "")
	if want := `{"items":[{"code":"township","zh":"名township","en":"name of township"},`; !strings.HasPrefix(w.Body.String(), want) {
		t.Errorf("codes %s", w.Body)
	}
	if w = b.ask(t, "GET", "/api/codes/organization_level", map[string]string{"If-None-Match": w.Header().Get("ETag")}, ""); w.Code != http.StatusNotModified {
		t.Errorf("again: %d", w.Code)
	}
	w = b.ask(t, "GET", "/api/report-categories", nil, "")
	if want := `{"code":"mediation","zh":"矛盾调解","en":"Mediation","sensitive":true,"due_days":20}]}`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("categories %s", w.Body)
	}
}
