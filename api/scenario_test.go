package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// problem is the part of a problem+json that scenarios look at.
type problem struct {
	Type      string `json:"type"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Field     string `json:"field"`
	Instance  string `json:"instance"`
	RequestID string `json:"request_id"`
}

// TestWrongInput sends what clients get wrong. Every answer names the fault and shows nothing of the inside.
func TestWrongInput(t *testing.T) {
	body := func(replace, by string) string { return strings.Replace(newOrganization, replace, by, 1) }
	ifMatch := with(bearer(), "If-Match", `"1"`)
	tests := []struct {
		name   string
		method string
		url    string
		header map[string]string
		body   string
		status int
		field  string
		detail string // part of it
	}{
		{"malformed JSON", "POST", "/api/organizations", bearer(), "{\n  \"name\": x}", 400, "", "line 2, column 11"},
		{"JSON that ends early", "POST", "/api/organizations", bearer(), `{"name":`, 400, "", "line 1"},
		{"JSON followed by more", "POST", "/api/organizations", bearer(), `{} {}`, 400, "", "column 4"},
		{"no object", "POST", "/api/organizations", bearer(), `[1]`, 400, "", "object"},
		{"no UTF-8", "POST", "/api/organizations", bearer(), "{\"name\":\"\xff\"}", 400, "", "UTF-8"},
		{"unknown field", "POST", "/api/organizations", bearer(), body(`"kind"`, `"sort":"a","kind"`), 400, "sort", "no such field"},
		{"field twice", "POST", "/api/organizations", bearer(), body(`"kind"`, `"name":"a","kind"`), 400, "name", "twice"},
		{"wrong type of text", "POST", "/api/organizations", bearer(), body(`"新村村民委员会"`, `5`), 400, "name", "not a number"},
		{"wrong type of parent", "POST", "/api/organizations", bearer(), body(`"kind"`, `"parent":"x","kind"`), 400, "parent", "id"},
		{"location as object", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `{"lon":1,"lat":2}`), 400, "location", "[longitude, latitude]"},
		{"location of three numbers", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[1,2,3]`), 400, "location", "[longitude, latitude]"},
		{"location missing", "POST", "/api/organizations", bearer(), `{"kind":"k","level":"l","name":"n","division":"330102001051"}`, 400, "location", "needed"},
		{"location with null", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[null,30]`), 400, "location", "two numbers"},
		{"coordinates outside the world", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[200,30]`), 400, "location", "outside -180 to 180"},
		{"swapped longitude and latitude", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[30.22,120.12]`), 400, "location", "swapped"},
		{"unknown division code", "POST", "/api/organizations", bearer(), body(`330102001051`, `3301`+`0`), 400, "division", "digits"},
		{"name missing", "POST", "/api/organizations", bearer(), body(`"name":"新村村民委员会",`, ``), 400, "name", "needed"},
		{"kind missing", "POST", "/api/organizations", bearer(), body(`"kind":"village_committee",`, ``), 400, "kind", "needed"},
		{"level missing", "POST", "/api/organizations", bearer(), body(`"level":"village",`, ``), 400, "level", "needed"},
		{"a system that nobody knows", "POST", "/api/organizations", bearer(), body(`"kind"`, `"source_crs":"mars","kind"`), 400, "source_crs", "EPSG:4490"},
		{"a system without parameters", "POST", "/api/organizations", bearer(), body(`"kind"`, `"source_crs":"EPSG:4214","kind"`), 400, "source_crs", "local parameters"},
		{"a place in a system without parameters", "POST", "/api/organizations", bearer(), body(`"kind"`, `"location_crs":"西安80","kind"`), 400, "location_crs", "local parameters"},
		{"degrees for a zone", "POST", "/api/organizations", bearer(), body(`"kind"`, `"source_crs":"EPSG:4549","kind"`), 400, "location", "EPSG:4549"},
		{"northing first", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[3344456.8,511553.2],"source_crs":"EPSG:4549"`), 400, "location", "swapped"},
		{"metres for degrees", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[511553.2,3344456.8],"source_crs":"gcj02"`), 400, "location", "outside -180 to 180"},
		{"metres of no world", "POST", "/api/organizations", bearer(), body(`[120.12,30.22]`, `[1e300,3344456.8],"source_crs":"bd09mc"`), 400, "location", "outside of the world"},
		{"no day", "POST", "/api/organizations", bearer(), body(`"kind"`, `"valid_from":"2026-02-30","kind"`), 400, "valid_from", "day"},
		{"body too long", "POST", "/api/organizations", bearer(), `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "", "bytes"},
		{"form instead of JSON", "POST", "/api/organizations", with(bearer(), "Content-Type", "application/x-www-form-urlencoded"), "a=b", 415, "Content-Type", "application/json"},
		{"parameter on a write", "POST", "/api/organizations?dry=1", bearer(), newOrganization, 400, "dry", "none is allowed"},
		{"no token", "POST", "/api/organizations", nil, newOrganization, 401, "", "token"},
		{"no token on a change", "PUT", "/api/organizations/1", map[string]string{"If-Match": `"1"`}, newOrganization, 401, "", "token"},
		{"no token on a delete", "DELETE", "/api/organizations/1", map[string]string{"If-Match": `"1"`}, "", 401, "", "token"},
		{"wrong token on a delete", "DELETE", "/api/organizations/1", map[string]string{"If-Match": `"1"`, "Authorization": "Bearer nope"}, "", 401, "Authorization", "token"},
		{"wrong token", "POST", "/api/organizations", map[string]string{"Authorization": "Bearer nope"}, newOrganization, 401, "Authorization", "token"},
		{"wrong scheme", "POST", "/api/organizations", map[string]string{"Authorization": "Basic " + token}, newOrganization, 401, "Authorization", "token"},
		{"wrong token on a read", "GET", "/tiles/organizations/0/0/0", map[string]string{"Authorization": "Bearer nope"}, "", 401, "Authorization", "token"},
		{"If-Match missing", "PUT", "/api/organizations/1", bearer(), newOrganization, 428, "If-Match", "ETag"},
		{"If-Match missing on delete", "DELETE", "/api/organizations/1", bearer(), "", 428, "If-Match", "ETag"},
		{"If-Match stale", "PUT", "/api/organizations/1", with(bearer(), "If-Match", `"7"`), newOrganization, 412, "If-Match", "version"},
		{"If-Match of something else", "PUT", "/api/organizations/1", with(bearer(), "If-Match", `"abc"`), newOrganization, 412, "If-Match", "no such version"},
		{"If-Match weak", "PUT", "/api/organizations/1", with(bearer(), "If-Match", `W/"1"`), newOrganization, 412, "If-Match", ""},
		{"If-Match without quotation marks", "PUT", "/api/organizations/1", with(bearer(), "If-Match", `1`), newOrganization, 400, "If-Match", "quotation marks"},
		{"If-Match of anything", "PUT", "/api/organizations/1", with(bearer(), "If-Match", `*`), newOrganization, 400, "If-Match", "entity tag"},
		{"PUT of nothing", "PUT", "/api/organizations/99", ifMatch, newOrganization, 404, "", "99"},
		{"no id", "GET", "/api/organizations/x", nil, "", 400, "id", "not an id"},
		{"id beyond 2^53", "GET", "/api/organizations/9007199254740992", nil, "", 400, "id", "not an id"},
		{"unknown id", "GET", "/api/organizations/99", nil, "", 404, "", "99"},
		{"hidden organization", "GET", "/api/organizations/4", nil, "", 404, "", "there is no organization 4"},
		{"hidden history", "GET", "/api/organizations/4/versions", nil, "", 404, "", "there is no organization 4"},
		{"unknown parameter", "GET", "/api/organizations?kinds=a", nil, "", 400, "kinds", "allowed are kind, level"},
		{"parameter twice", "GET", "/api/organizations?kind=a&kind=b", nil, "", 400, "kind", "2 times"},
		{"semicolon", "GET", "/api/organizations?kind=a;b=c", nil, "", 400, "", "query string"},
		{"bbox of three", "GET", "/api/organizations?bbox=1,2,3", nil, "", 400, "bbox", "four numbers"},
		{"bbox outside", "GET", "/api/organizations?bbox=0,0,190,10", nil, "", 400, "bbox", "-180 and 180"},
		{"bbox upside down", "GET", "/api/organizations?bbox=0,10,1,0", nil, "", 400, "bbox", "south"},
		{"limit of nothing", "GET", "/api/organizations?limit=0", nil, "", 400, "limit", "from 1"},
		{"cursor made up", "GET", "/api/organizations?cursor=abc", nil, "", 400, "cursor", "begin without"},
		{"day that is none", "GET", "/api/organizations?datetime=yesterday", nil, "", 400, "datetime", "2026-01-31"},
		{"division that is none", "GET", "/api/organizations?division=33010", nil, "", 400, "division", "digits"},
		{"empty list", "GET", "/api/organizations?kind=", nil, "", 400, "kind", "empty"},
		{"after made up", "GET", "/api/organizations?after=yes", nil, "", 400, "after", "Jingwei-Position"},
		{"after of another database", "GET", "/api/organizations?after=other.1:1:", nil, "", 400, "after", "another database"},
		{"unknown code", "GET", "/api/divisions/990000000000", nil, "", 404, "", "990000000000"},
		{"code that is none", "GET", "/api/divisions/abc", nil, "", 400, "code", "12 digits"},
		{"division before its time", "GET", "/api/divisions/330000000000?datetime=2019-12-31", nil, "", 404, "", "2019-12-31"},
		{"shape of an unknown code", "GET", "/api/divisions/990000000000/shape", nil, "", 404, "", "990000000000"},
		{"children of an unknown code", "GET", "/api/divisions?parent=990000000000", nil, "", 404, "", "990000000000"},
		{"counts by nothing", "GET", "/api/divisions/counts", nil, "", 400, "by", "province, prefecture, county, township"},
		{"counts by village", "GET", "/api/divisions/counts?by=village", nil, "", 400, "by", "province, prefecture, county, township"},
		{"townships of the nation", "GET", "/api/divisions/counts?by=township", nil, "", 400, "within", "within one division"},
		{"counts within nothing", "GET", "/api/divisions/counts?by=county&within=990000000000", nil, "", 400, "within", "990000000000"},
		{"counts within no code", "GET", "/api/divisions/counts?by=county&within=x", nil, "", 400, "within", "12 digits"},
		{"counts in a division", "GET", "/api/divisions/counts?by=county&division=33", nil, "", 400, "division", "allowed are by, within"},
		{"history of nothing", "GET", "/api/divisions/990000000000/history", nil, "", 404, "", "never was"},
		{"history on a day", "GET", "/api/divisions/33/history?datetime=2020-01-01", nil, "", 400, "datetime", "none is allowed"},
		{"at one number", "GET", "/api/divisions?at=120", nil, "", 400, "at", "longitude and latitude"},
		{"at three numbers", "GET", "/api/divisions?at=120,30,5", nil, "", 400, "at", "longitude and latitude"},
		{"at swapped", "GET", "/api/divisions?at=30,120", nil, "", 400, "at", "swapped"},
		{"at no number", "GET", "/api/divisions?at=NaN,30", nil, "", 400, "at", ""},
		{"at and q", "GET", "/api/divisions?at=120,30&q=a", nil, "", 400, "q", "not both"},
		{"parent and q", "GET", "/api/divisions?parent=root&q=a", nil, "", 400, "parent", "not both"},
		{"level alone", "GET", "/api/divisions?level=2", nil, "", 400, "level", "beside level"},
		{"level 6", "GET", "/api/divisions?parent=root&level=6", nil, "", 400, "level", "1, 2, 3, 4, 5"},
		{"search for nothing", "GET", "/search?q=+", nil, "", 400, "q", "needed"},
		{"search for too much", "GET", "/search?q=" + strings.Repeat("a", 101), nil, "", 400, "q", "at most 100"},
		{"search for a byte", "GET", "/search?q=%ff", nil, "", 400, "q", "UTF-8"},
		{"search with an unknown parameter", "GET", "/search?query=a", nil, "", 400, "query", "allowed are q"},
		{"search for hits of no type", "GET", "/search?q=a&type=organizations", nil, "", 400, "type", "division, address"},
		{"search below what is public", "GET", "/search?q=a&organization=1", nil, "", 400, "organization", "edition=internal"},
		{"z of 99", "GET", "/tiles/organizations/99/0/0", nil, "", 400, "z", "22"},
		{"x beyond the zoom", "GET", "/tiles/organizations/2/4/0", nil, "", 400, "x", "3"},
		{"y beyond the zoom", "GET", "/tiles/organizations/2/0/4.mvt", nil, "", 400, "y", "3"},
		{"x negative", "GET", "/tiles/organizations/2/-1/0", nil, "", 400, "x", "whole number"},
		{"kind that nobody knows", "GET", "/api/organizations?kind=village_committee,castle", nil, "", 400, "kind", "\"castle\"; known are village_committee, residents_committee, branch"},
		{"level that nobody knows", "GET", "/api/organizations?level=moon", nil, "", 400, "level", "known are township, village"},
		{"status that nobody knows", "GET", "/api/organizations?status=aktive", nil, "", 400, "status", "draft, submitted, active, retired"},
		{"division that nobody knows", "GET", "/api/organizations?division=990000000000", nil, "", 400, "division", "990000000000"},
		{"kind of a tile", "GET", "/tiles/organizations/0/0/0?kind=castle", nil, "", 400, "kind", "castle"},
		{"kind of a TileJSON", "GET", "/tiles/organizations?kind=castle", nil, "", 400, "kind", "castle"},
		{"division of a tile", "GET", "/tiles/reports/0/0/0?division=99", nil, "", 400, "division", "990000000000"},
		{"kind of counts", "GET", "/api/divisions/counts?by=province&kind=castle", nil, "", 400, "kind", "castle"},
		{"category that nobody knows", "GET", "/api/reports?category=love", nil, "", 400, "category", "roads, noise, mediation"},
		{"state that nobody knows", "GET", "/api/reports?state=lost", nil, "", 400, "state", "received, in_progress, fixed"},
		{"status of reports", "GET", "/api/reports?status=active", nil, "", 400, "status", "known are open, closed"},
		{"status of two layers", "GET", "/tiles/organizations,reports/0/0/0?status=ajar", nil, "", 400, "status", "retired, open, closed"},
		{"very long value", "GET", "/api/reports?state=" + strings.Repeat("x", 500), nil, "", 400, "state", strings.Repeat("x", 40) + "\";"},
		{"kind of reports", "GET", "/api/reports?kind=branch", nil, "", 400, "kind", "allowed are category, status, state, division"},
		{"bbox of reports", "GET", "/api/reports?bbox=1", nil, "", 400, "bbox", "four numbers"},
		{"cursor of reports", "GET", "/api/reports?cursor=abc", nil, "", 400, "cursor", "begin without"},
		{"limit of reports", "GET", "/api/reports?limit=x", nil, "", 400, "limit", "from 1"},
		{"day of reports", "GET", "/api/reports?datetime=today", nil, "", 400, "datetime", "2026-01-31"},
		{"after of reports", "GET", "/api/reports?after=x", nil, "", 400, "after", "Jingwei-Position"},
		{"category of organizations", "GET", "/tiles/organizations/0/0/0?category=roads", nil, "", 400, "category", "allowed are kind"},
		{"cells of grids", "GET", "/tiles/grids/9/0/0?cells=8", nil, "", 400, "cells", "allowed are datetime"},
		{"kind of jurisdictions", "GET", "/tiles/jurisdictions/9/0/0?kind=branch", nil, "", 400, "kind", "allowed are datetime"},
		{"codes of nothing", "GET", "/api/codes/colours", nil, "", 404, "", "colours"},
		{"codes with a parameter", "GET", "/api/codes/organization_kind?q=a", nil, "", 400, "q", "none is allowed"},
		{"categories with a parameter", "GET", "/api/report-categories?q=a", nil, "", 400, "q", "none is allowed"},
		{"unknown layer", "GET", "/tiles/roads/0/0/0", nil, "", 404, "layer", "organizations, reports, divisions"},
		{"unknown layer's TileJSON", "GET", "/tiles/roads", nil, "", 404, "layer", "organizations, reports, divisions"},
		{"layer twice", "GET", "/tiles/organizations,organizations/0/0/0", nil, "", 400, "layer", "twice"},
		{"two layers of divisions", "GET", "/tiles/provinces,counties/0/0/0", nil, "", 400, "layer", "only one"},
		{"cells of 7", "GET", "/tiles/organizations/0/0/0?cells=7", nil, "", 400, "cells", "0, 8, 16, 32, 64"},
		{"cells of polygons", "GET", "/tiles/divisions/0/0/0?cells=8", nil, "", 400, "cells", "allowed are datetime, edition, after"},
		{"unknown tile parameter", "GET", "/tiles/organizations/0/0/0?v=1", nil, "", 400, "v", "allowed are kind"},
		{"unknown TileJSON parameter", "GET", "/tiles/organizations?after=1", nil, "", 400, "after", "allowed are kind"},
		{"unknown style parameter", "GET", "/styles/light.json?key=1", nil, "", 400, "key", ""},
		{"unknown style", "GET", "/styles/dark.json", nil, "", 404, "", ""},
		{"unknown events parameter", "GET", "/events?layer=a", nil, "", 400, "layer", "allowed are layers, bbox"},
		{"unknown events layer", "GET", "/events?layers=roads", nil, "", 400, "layers", "organizations"},
		{"unknown base map", "GET", "/basemaps/none/0/0/0", nil, "", 404, "", "base map"},
		{"unknown archive", "GET", "/basemaps/none.pmtiles", nil, "", 404, "", "base map"},
		{"file that is no archive", "GET", "/basemaps/passwd", nil, "", 404, "", ".pmtiles"},
		{"unknown path of the API", "GET", "/api/nothing", nil, "", 404, "", "nothing at this address"},
		{"unknown path of tiles", "GET", "/tiles/organizations/0/0", nil, "", 404, "", "nothing at this address"},
		{"unknown page", "GET", "/nothing", nil, "", 404, "", "nothing at this address"},
		{"page outside the files", "GET", "/../../etc/passwd", nil, "", 404, "", "nothing at this address"},
		{"write to an unknown path", "POST", "/nothing", nil, "", 404, "", "nothing at this address"},
		{"method that is not allowed", "PATCH", "/api/organizations/1", bearer(), newOrganization, 405, "", "Allow"},
		{"write to tiles", "POST", "/tiles/organizations/0/0/0", nil, "", 405, "", "Allow"},
	}
	b := newBench(t, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := b.ask(t, test.method, test.url, test.header, test.body)
			if w.Code != test.status || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Fatalf("answer %d %s %s, want %d", w.Code, w.Header().Get("Content-Type"), w.Body, test.status)
			}
			p := decode[problem](t, w)
			if p.Field != test.field || !strings.Contains(p.Detail, test.detail) {
				t.Errorf("field %q, detail %q; want field %q and %q", p.Field, p.Detail, test.field, test.detail)
			}
			if p.Status != w.Code || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") || p.Type == "" || p.Instance == "" {
				t.Errorf("incomplete problem %s", w.Body)
			}
			if test.status == http.StatusUnauthorized && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("WWW-Authenticate %q", w.Header().Get("WWW-Authenticate"))
			}
			if test.status == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
				t.Error("no header Allow")
			}
			for _, secret := range []string{"jingwei/", "goroutine", "json:", "隐藏草稿", token} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("the answer shows %q: %s", secret, w.Body)
				}
			}
		})
	}
}
