package api_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// category is what a tile tells of a report.
type category struct {
	id       uint64
	category any
}

func reportsIn(t *testing.T, b *bench, query string, header map[string]string) []category {
	t.Helper()
	w := b.ask(t, "GET", "/tiles/reports/0/0/0?cells=0"+query, header, "")
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	tile, err := mvt.Decode(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var found []category
	for _, l := range tile.Layers {
		for _, f := range l.Features {
			c := category{id: f.ID}
			for _, p := range f.Properties {
				if p.Key == "category" {
					c.category = p.Value
				}
			}
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b category) int { return cmp.Compare(a.id, b.id) })
	return found
}

func TestReportTiles(t *testing.T) {
	b := newBench(t, nil)
	roads, noise, mediation := category{11, "roads"}, category{12, "noise"}, category{13, "mediation"}
	for _, c := range []struct {
		query  string
		header map[string]string
		want   []category
	}{
		{"", nil, []category{roads, noise}},
		{"", bearer(), []category{roads, noise, mediation}},
		{"&category=noise,mediation", nil, []category{noise}},
		{"&status=open", nil, []category{roads}},
		{"&status=open", bearer(), []category{roads, mediation}},
		{"&state=fixed", nil, []category{noise}},
		{"&division=33", nil, []category{roads, noise}},
		{"&division=3302", nil, nil},
		{"&datetime=2026-01-01", nil, nil},
	} {
		if d := gocmp.Diff(c.want, reportsIn(t, b, c.query, c.header), gocmp.AllowUnexported(category{})); d != "" {
			t.Errorf("reports?%s (-want +got)\n%s", c.query, d)
		}
	}
}

// A tile of the deepest zoom that holds a report as it is, and one that holds its generalised place.
func TestPublicReportsStandInTheMiddleOfCells(t *testing.T) {
	b := newBench(t, nil)
	exact := at(120.1012, 30.2034)
	for _, c := range []struct {
		at     geo.Position
		header map[string]string
		want   bool
	}{
		{exact, nil, false}, {geo.Generalise(exact), nil, true}, {exact, bearer(), true}, {geo.Generalise(exact), bearer(), false},
	} {
		tile := live.TileAt(c.at, 22)
		w := b.ask(t, "GET", fmt.Sprintf("/tiles/reports/%d/%d/%d", tile.Z, tile.X, tile.Y), c.header, "")
		if w.Code != http.StatusOK || (w.Body.Len() > 0) != c.want {
			t.Errorf("tile at %v, token %v: %d, %d bytes, want some: %v", c.at, c.header != nil, w.Code, w.Body.Len(), c.want)
		}
	}
}

func TestAreaTiles(t *testing.T) {
	b := newBench(t, nil)
	for url, want := range map[string]string{
		"/tiles/grids/8/3/4?datetime=2026-01-02": "grids 8/3/4 2026-01-02",
		"/tiles/jurisdictions/9/3/4":             "jurisdictions 9/3/4 " + geo.DayOf(clock()).String(),
		"/tiles/jurisdictions,grids/9/3/4":       fmt.Sprintf("jurisdictions 9/3/4 %[1]sgrids 9/3/4 %[1]s", geo.DayOf(clock())),
		"/tiles/grids/7/3/4":                     "",
		"/tiles/counties/3/3/4":                  "",
	} {
		w := b.ask(t, "GET", url, nil, "")
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", url, w.Code, w.Body, want)
		}
		if again := b.ask(t, "GET", url, map[string]string{"If-None-Match": w.Header().Get("ETag")}, ""); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", url, again.Code)
		}
	}
}

// TestMovingPolygons: a tile that shows more than its tag names is made again under the tag that it has by then, and
// refused when it never comes to rest; it is kept under no tag.
func TestMovingPolygons(t *testing.T) {
	for _, url := range []string{"/tiles/grids/9/1/2", "/tiles/jurisdictions/9/1/2", "/tiles/divisions/9/1/2"} {
		b := newBench(t, nil)
		want := newBench(t, nil).ask(t, "GET", url, nil, "")
		for moves, status := range map[int]int{0: 200, 2: 200, 3: 503} {
			b.store.moves = moves
			w := b.ask(t, "GET", url+"?datetime="+[]string{"2026-06-15", "", "2026-06-14", "2026-06-13"}[moves], nil, "")
			if w.Code != status || b.store.moves != 0 || moves == 0 && w.Header().Get("ETag") != want.Header().Get("ETag") {
				t.Errorf("GET %s while data move %d times: %d %v", url, moves, w.Code, w.Header())
			}
			if vary := w.Header().Values("Vary"); len(vary) != 1 {
				t.Errorf("GET %s: Vary %q", url, vary)
			}
		}
	}
}
