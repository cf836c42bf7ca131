package postgis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"jingwei/geo"
)

// TestAreaShapes: outlines come as they are stored, to the last bit, on the days on which they may be seen.
func TestAreaShapes(t *testing.T) {
	w := newWorld(t)
	if _, err := w.LoadGrids(t.Context(), "grids", grids{n: 1, prefix: "G"}, nil); err != nil {
		t.Fatal(err)
	}
	var grid geo.ID
	if err := w.connect(t).QueryRow(t.Context(), `select id from jingwei.grid`).Scan(&grid); err != nil {
		t.Fatal(err)
	}
	// A hole, two parts, and numbers that have no short decimals.
	exact := orb.MultiPolygon{
		{{{120.1, 28.1}, {120.1 + 1.0/3, 28.1}, {120.1 + 1.0/3, 28.1 + 1.0/7}, {120.1, 28.1 + 1.0/7}, {120.1, 28.1}}, {{120.2, 28.12}, {120.2, 28.13}, {120.3, 28.13}, {120.2, 28.12}}},
		{{{-0.1, 1e-9}, {5.0 / 3, 1e-9}, {5.0 / 3, 2.0 / 3}, {-0.1, 1e-9}}},
	}
	const sql = `st_multi(st_collect(array[
		st_makepolygon(st_makeline(array[st_point($2, $3), st_point($4, $3), st_point($4, $5), st_point($2, $5), st_point($2, $3)]),
			array[st_makeline(array[st_point(120.2, 28.12), st_point(120.2, 28.13), st_point(120.3, 28.13), st_point(120.2, 28.12)])]),
		st_makepolygon(st_makeline(array[st_point(-0.1, 1e-9), st_point($6, 1e-9), st_point($6, $7), st_point(-0.1, 1e-9)]))]))`
	args := []any{120.1, 28.1, 120.1 + 1.0/3, 28.1 + 1.0/7, 5.0 / 3, 2.0 / 3}
	w.exec(t, `update jingwei.organization_version set jurisdiction = st_setsrid(`+sql+`, 4326) where organization_id = $1`, append([]any{w.id["A3"]}, args...)...)
	w.exec(t, `update jingwei.grid set geometry = st_setsrid(`+sql+`, 4326) where id = $1`, append([]any{grid}, args...)...)

	none, own := geo.Scope{}, w.scope("A")
	for _, c := range []struct {
		name string
		see  geo.Scope
		on   geo.Day
		ok   bool
	}{ // A3 is active from ten days ago to ten days from now, and a draft before and after
		{"today", none, w.today, true}, {"the first day", none, w.today - 10, true}, {"the day before", none, w.today - 11, false},
		{"the last day", none, w.today + 9, true}, {"the day after", none, w.today + 10, false},
		{"the day before, of one's own", own, w.today - 11, true}, {"the day after, of one's own", own, w.today + 10, true},
		{"the day after, of somebody else", w.scope("B"), w.today + 10, false}, {"before there was any", own, day("2023-06-29"), false},
	} {
		got, err := w.JurisdictionShape(t.Context(), c.see, w.id["A3"], c.on)
		if !c.ok {
			wantError(t, err, geo.ErrNotFound, "")
		} else if diff := cmp.Diff(exact, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", c.name, err, diff)
		}
	}
	got, err := w.GridShape(t.Context(), grid, w.today)
	if diff := cmp.Diff(exact, got); diff != "" || err != nil {
		t.Errorf("grid: %v (-want +got)\n%s", err, diff)
	}
	for id, on := range map[geo.ID]geo.Day{grid: day("2023-06-29"), grid + 1: w.today} {
		_, err := w.GridShape(t.Context(), id, on)
		wantError(t, err, geo.ErrNotFound, "")
	}
	w.exec(t, `update jingwei.organization_version set jurisdiction = null where organization_id = $1`, w.id["A"])
	_, bare := w.JurisdictionShape(t.Context(), own, w.id["A"], w.today)
	_, unknown := w.JurisdictionShape(t.Context(), own, w.id["A"]+1_000_000, w.today)
	wantError(t, bare, geo.ErrNotFound, "")
	wantError(t, unknown, geo.ErrNotFound, "")
}
