package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jingwei/geo"
)

// square is a box as GeoJSON.
const square = `{"type":"Polygon","coordinates":[[[119,29],[121,29],[121,31],[119,31],[119,29]]]}`

// counted is an aggregate.
type counted struct {
	ID     any
	Count  int
	Groups []map[string]any
}

// TestAggregates: areas in every form give the same counts as the list of the same box.
func TestAggregates(t *testing.T) {
	b := newBench(t, nil)
	list := decode[struct{ NumberMatched int }](t, b.ask(t, http.MethodGet, "/api/organizations?bbox=119,29,121,31", nil, ""))
	if list.NumberMatched == 0 {
		t.Fatal("the box is empty")
	}
	const path = "/ogc/collections/organizations/aggregate"
	collection := `{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{},"geometry":` + square + `},
		{"type":"Feature","id":7,"properties":null,"geometry":{"type":"MultiPolygon","coordinates":[]}}]}`
	for name, r := range map[string]*httptest.ResponseRecorder{
		"bbox":     b.ask(t, http.MethodGet, path+"?bbox=119,29,121,31&group_by=kind", nil, ""),
		"geometry": b.ask(t, http.MethodGet, path+"?group_by=kind&geometry="+url.QueryEscape(square), nil, ""),
		"body":     b.ask(t, http.MethodPost, path+"?group_by=kind", nil, square),
		"feature":  b.ask(t, http.MethodPost, path+"?group_by=kind", nil, `{"type":"Feature","properties":{},"geometry":`+square+`}`),
	} {
		answer, sum := decode[counted](t, r), 0
		for _, g := range answer.Groups {
			sum += int(g["count"].(float64))
		}
		if answer.Count != list.NumberMatched || sum != answer.Count {
			t.Errorf("%s: %d, by kind %d, listed %d", name, answer.Count, sum, list.NumberMatched)
		}
	}
	answer := decode[struct{ Areas []counted }](t, b.ask(t, http.MethodPost, path, nil, collection))
	if len(answer.Areas) != 2 || answer.Areas[0].ID != "a" || answer.Areas[0].Count != list.NumberMatched || answer.Areas[1].ID != 7.0 || answer.Areas[1].Count != 0 {
		t.Errorf("of a collection: %+v", answer.Areas)
	}
	bins := b.ask(t, http.MethodGet, path+"?group_by=hexagon:20000,division:county&number=location_accuracy_m", nil, "")
	if !strings.Contains(bins.Body.String(), `"outline":[[`) || !strings.Contains(bins.Body.String(), `"mean":`) {
		t.Errorf("by hexagons: %s", bins.Body)
	}
}

// TestAggregatesWithin: an area that is known here counts what lies in it on the day, for those who may see it.
func TestAggregatesWithin(t *testing.T) {
	b := newBench(t, nil)
	for _, c := range []struct {
		within, more string
		operator     bool
		status       int
		count        int
	}{
		{"counties/330102000000", "", false, 200, 2},
		{"divisions/330102000000", "", false, 200, 2},
		{"divisions/330102000000", "&datetime=2024-12-31", false, 200, 3},
		{"divisions/330102000000", "&datetime=2025-01-01", false, 200, 2},
		{"counties/330102000000", "&datetime=2020-01-01/2024-12-31", false, 200, 3},
		{"counties/330102000000", "&datetime=2024-01-01/..", false, 200, 2},
		{"counties/330102000000", "&datetime=2019-12-31", false, 404, 0},
		{"grids/7", "", false, 200, 1},
		{"grids/8", "", false, 404, 0},
		{"grids/330102000000x", "", false, 400, 0},
		{"jurisdictions/1", "", false, 200, 1},
		{"jurisdictions/1", "&datetime=2023-12-31", false, 404, 0},
		{"jurisdictions/1", "&datetime=2023-12-31/2024-01-01", false, 200, 1},
		{"jurisdictions/1", "&datetime=2023-12-31/..", false, 200, 1},
		{"jurisdictions/2", "", true, 404, 0},
		{"jurisdictions/4", "", false, 404, 0},
		{"jurisdictions/4", "&edition=public", true, 404, 0},
		{"jurisdictions/4", "", true, 200, 1},
		{"jurisdictions/99", "", true, 404, 0},
		{"jurisdictions/0", "", false, 400, 0},
		{"jurisdictions", "", false, 400, 0},
		{"organizations/1", "", false, 400, 0},
		{"boundary_lines/1", "", false, 400, 0},
	} {
		header := map[string]string{}
		if c.operator {
			header = bearer()
		}
		r := b.ask(t, http.MethodGet, "/ogc/collections/organizations/aggregate?within="+c.within+c.more, header, "")
		answer := decode[struct {
			Count int
			Field string
		}](t, r)
		if r.Code != c.status || answer.Count != c.count || (r.Code == 400) != (answer.Field == "within") {
			t.Errorf("within %s%s, operator %v: %d, want %d: %s", c.within, c.more, c.operator, r.Code, c.status, r.Body)
		}
	}
	if r := b.ask(t, http.MethodGet, "/ogc/collections/reports/aggregate?edition=internal&within=jurisdictions/4", bearer(), ""); r.Code != 200 {
		t.Errorf("reports: %d %s", r.Code, r.Body)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	viewed := slices.ContainsFunc(b.recorded(), func(e geo.AuditEntry) bool {
		return e.Action == string(geo.ActionReadOrganization) && e.Object == geo.AuditObject{Kind: "organization", ID: 4}
	})
	if !viewed {
		t.Errorf("who looked at the area of a draft is not in the audit: %v", b.recorded())
	}
}

// TestAggregateNamesTheOutline: the answer says whose boundaries the division was taken in.
func TestAggregateNamesTheOutline(t *testing.T) {
	b := newBench(t, nil)
	for query, want := range map[string]string{
		"within=counties/330102000000": "sample", "within=counties/330102000000&datetime=2024-12-31": "older", "within=grids/7": "", "bbox=119,29,121,31": "",
	} {
		r := b.ask(t, http.MethodGet, "/ogc/collections/organizations/aggregate?"+query, nil, "")
		answer := decode[struct {
			Set struct{ Name string } `json:"boundary_set"`
		}](t, r)
		if r.Code != 200 || answer.Set.Name != want || want == "" && strings.Contains(r.Body.String(), "boundary_set") {
			t.Errorf("%s: %d %s, want the set %q", query, r.Code, r.Body, want)
		}
	}
}

// TestAggregatesNameTheFeature: of many areas the answer names the one at fault, and keeps what they are called.
func TestAggregatesNameTheFeature(t *testing.T) {
	b := newBench(t, nil)
	const path = "/ogc/collections/organizations/aggregate"
	feature := func(id, geometry string) string {
		return `{"type":"Feature","id":` + id + `,"properties":{},"geometry":` + geometry + `}`
	}
	collection := func(second string) string {
		return `{"type":"FeatureCollection","features":[` + feature(`9007199254740993`, square) + `,` + second + `]}`
	}
	for second, want := range map[string]string{
		feature(`"b"`, `null`): `feature 2 (id "b"): it has no geometry`,
		feature(`18446744073709551617`, `{"type":"Polygon","coordinates":[[[119],[121],[121],[119]]]}`):     `feature 2 (id 18446744073709551617): position 1 of ring 1 of polygon 1 has 1 numbers`,
		feature(`"b"`, `{"type":"Polygon","coordinates":[[[119,29],[121,29],[121,null],[119,29]]]}`):        `feature 2 (id "b"): coordinates of the Polygon`,
		feature(`"b"`, `{"type":"MultiPolygon","coordinates":[[[[119,29],[121,29],["121",31],[119,29]]]]}`): `feature 2 (id "b"): coordinates of the MultiPolygon`,
		feature(`"b"`, `{"type":"Polygon","coordinates":[[[119,29],[121,29],[121,31],[119,31]]]}`):          `feature 2 (id "b"): a ring has`,
		feature(`"b"`, `{"type":"Point","coordinates":[119,29]}`):                                           `feature 2 (id "b"): a Polygon or MultiPolygon is needed, not "Point"`,
		`null`:                               `feature 2: is null`,
		square:                               `feature 2: a Feature is needed, not "Polygon"`,
		`{"type":"Feature","properties":{}}`: `feature 2: it has no geometry`,
	} {
		r := b.ask(t, http.MethodPost, path, nil, collection(second))
		if p := decode[problem](t, r); r.Code != 400 || p.Field != "geometry" || !strings.HasPrefix(p.Detail, want) {
			t.Errorf("%s: %d, want %q: %s", second, r.Code, want, r.Body)
		}
	}
	r := b.ask(t, http.MethodPost, path, nil, collection(feature(`"b"`, square)))
	if r.Code != 200 || !strings.Contains(r.Body.String(), `"id":9007199254740993,`) || !strings.Contains(r.Body.String(), `"id":"b",`) {
		t.Errorf("ids: %d %s", r.Code, r.Body)
	}
	if r := b.ask(t, http.MethodPost, path, nil, feature("null", square)); r.Code != 200 || strings.Contains(r.Body.String(), `"id"`) {
		t.Errorf("no id: %d %s", r.Code, r.Body)
	}
}

func TestAggregatesRefuse(t *testing.T) {
	b := newBench(t, nil)
	const path = "/ogc/collections/organizations/aggregate"
	for _, c := range []struct {
		method, path, body string
		status             int
		field              string
	}{
		{"GET", "/ogc/collections/rivers/aggregate", "", 404, ""},
		{"GET", path + "?group_by=name", "", 400, "group_by"},
		{"GET", path + "?group_by=kind,level,status", "", 400, "group_by"},
		{"GET", path + "?group_by=division:county,division:township", "", 400, "group_by"},
		{"GET", path + "?group_by=hexagon:1", "", 400, "group_by"},
		{"GET", path + "?group_by=hexagon", "", 400, "group_by"},
		{"GET", path + "?group_by=hexagon:0x10p4", "", 400, "group_by"},
		{"GET", path + "?group_by=square:10_000", "", 400, "group_by"},
		{"GET", path + "?group_by=square:NaN", "", 400, "group_by"},
		{"GET", path + "?group_by=division:continent", "", 400, "group_by"},
		{"GET", path + "?number=kind", "", 400, "number"},
		{"GET", path + "?within=rivers/1", "", 400, "within"},
		{"GET", path + "?within=counties/330199000000", "", 404, ""},
		{"GET", path + "?bbox=1,2,3,4&within=counties/330102000000", "", 400, "geometry"},
		{"GET", path + "?colour=red", "", 400, "colour"},
		{"POST", path, `{"type":"Point","coordinates":[1,2]}`, 400, "geometry"},
		{"POST", path, `{"type":"Polygon","coordinates":[[[1,200],[2,2],[3,3],[1,200]]]}`, 400, "geometry"},
		{"POST", path, `{"type":"FeatureCollection","features":[]}`, 400, "geometry"},
		{"POST", path, `[`, 400, "geometry"},
		{"POST", path, `{"type":"FeatureCollection","features":[null]}`, 400, "geometry"},
		{"POST", path, `{"type":"Polygon","coordinates":[[[1,2],[2,2],[1,2]]]}`, 400, "geometry"},
		{"POST", path, `{"type":"Polygon","coordinates":[[[-200,2],[200,2],[200,3],[-200,2]]]}`, 400, "geometry"},
		{"POST", path, `{"type":"Feature"}`, 400, "geometry"},
		{"POST", path + "?bbox=1,2,3,4", square, 400, "geometry"},
		{"GET", "/ogc/collections/organizations/nearest", "", 400, "point"},
		{"GET", "/ogc/collections/organizations/nearest?point=120", "", 400, "point"},
		{"GET", "/ogc/collections/organizations/nearest?point=0x78p0,30", "", 400, "point"},
		{"GET", path + "?bbox=0x77p0,29,121,31", "", 400, "bbox"},
		{"GET", "/ogc/collections/organizations/nearest?point=120,30&k=0", "", 400, "k"},
	} {
		r := b.ask(t, c.method, c.path, nil, c.body)
		p := decode[struct{ Field string }](t, r)
		if r.Code != c.status || p.Field != c.field {
			t.Errorf("%s %s %s: %d, field %q: %s", c.method, c.path, c.body, r.Code, p.Field, r.Body)
		}
	}
}
