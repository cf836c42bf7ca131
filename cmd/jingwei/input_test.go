package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestWrongInput sends what people get wrong to the whole program: the answer is a clear 4xx that names the field, and
// nothing is stored. (The api package has more of them, without a database.)
func TestWrongInput(t *testing.T) {
	t.Parallel()
	url := sampleDatabase(t)
	p := serve(t, t.TempDir(), "--database", url)
	conn := connect(t, url)
	with := func(key string, value any) map[string]any {
		body := organizationBody("试点村委会", 120.1, 30.2)
		body[key] = value
		return body
	}
	for _, c := range []struct {
		name         string
		method, path string
		body         any
		header       []string
		status       int
		field        string
	}{
		{"malformed JSON", "POST", "/api/organizations", `{"name": "a"`, nil, 400, ""},
		{"unknown field", "POST", "/api/organizations", with("colour", "red"), nil, 400, "colour"},
		{"unknown kind", "POST", "/api/organizations", with("kind", "castle"), nil, 400, "kind"},
		{"unknown level", "POST", "/api/organizations", with("level", "galaxy"), nil, 400, "level"},
		{"unknown location state", "POST", "/api/organizations", with("location_state", "guessed"), nil, 400, "location_state"},
		{"unknown division", "POST", "/api/organizations", with("division", "990102000000"), nil, 400, "division"},
		{"division code too short", "POST", "/api/organizations", with("division", "33010"), nil, 400, "division"},
		{"unknown superior", "POST", "/api/organizations", with("parent", 123456789), nil, 409, "parent"},
		{"code taken", "POST", "/api/organizations", with("code", "330102001051"), nil, 409, "code"},
		{"broken social credit code", "POST", "/api/organizations", with("uscc", "91350100M000100Y44"), nil, 400, "uscc"},
		{"empty name", "POST", "/api/organizations", with("name", ""), nil, 400, "name"},
		{"outside the world", "POST", "/api/organizations", with("location", []float64{200, 30}), nil, 400, "location"},
		{"longitude and latitude swapped", "POST", "/api/organizations", with("location", []float64{30.2, 120.1}), nil, 400, "location"},
		{"a system without parameters", "POST", "/api/organizations", with("source_crs", "EPSG:4214"), nil, 400, "source_crs"},
		{"degrees for a zone", "POST", "/api/organizations", with("source_crs", "EPSG:4549"), nil, 400, "location"},
		{"three coordinates", "POST", "/api/organizations", with("location", []float64{120.1, 30.2, 5}), nil, 400, "location"},
		{"negative accuracy", "POST", "/api/organizations", with("location_accuracy_m", -3), nil, 400, "location_accuracy_m"},
		{"wrong token", "POST", "/api/organizations", with("name", "甲"), []string{"Authorization", "Bearer no"}, 401, "Authorization"},
		{"z too deep", "GET", "/tiles/organizations/99/0/0", nil, nil, 400, "z"},
		{"x beyond the zoom", "GET", "/tiles/organizations/3/8/0", nil, nil, 400, "x"},
		{"y beyond the zoom", "GET", "/tiles/divisions/3/0/8", nil, nil, 400, "y"},
		{"unknown layer", "GET", "/tiles/castles/3/0/0", nil, nil, 404, "layer"},
		{"unknown parameter", "GET", "/tiles/organizations/3/0/0?colour=red", nil, nil, 400, "colour"},
		{"unknown parameter of a list", "GET", "/api/organizations?colour=red", nil, nil, 400, "colour"},
		{"wrong day", "GET", "/api/organizations?datetime=2026-02-30", nil, nil, 400, "datetime"},
		{"wrong bbox", "GET", "/api/organizations?bbox=1,2,3", nil, nil, 400, "bbox"},
		{"position of another database", "GET", "/tiles/organizations/0/0/0?after=other.1:1:", nil, nil, 400, "after"},
		{"no such organization", "GET", "/api/organizations/9007199254740991", nil, nil, 404, ""},
		{"no such division", "GET", "/api/divisions/990000000000", nil, nil, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := count(t, conn)
			a := p.do(t, c.method, c.path, c.body, c.header...)
			var problem struct{ Type, Title, Detail, Field string }
			a.decode(t, &problem)
			if a.status != c.status || problem.Field != c.field {
				t.Errorf("%d about %q, want %d about %q: %s", a.status, problem.Field, c.status, c.field, a.body)
			}
			if !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") || problem.Detail == "" || problem.Type == "" {
				t.Errorf("not a problem that a person can act on: %s", a.body)
			}
			if strings.Contains(strings.ToLower(string(a.body)), "sqlstate") || strings.Contains(string(a.body), "organization_version") {
				t.Errorf("the answer shows the database: %s", a.body)
			}
			if after := count(t, conn); after != before {
				t.Errorf("%d rows became %d", before, after)
			}
		})
	}
}

// TestLocationsOfOtherSystems: a place is stored in WGS84 and keeps the name of its system, which the audit has too; a write that
// sends back what was answered moves nothing.
func TestLocationsOfOtherSystems(t *testing.T) {
	url := sampleDatabase(t)
	p, conn := serve(t, t.TempDir(), "--database", url), connect(t, url)
	body := organizationBody("试点村委会", 119.0949963196, 39.6205104753) // by gcoord
	body["source_crs"], body["location_accuracy_m"] = "GCJ-02", 0.5
	created := p.do(t, http.MethodPost, "/api/organizations", body)
	var answer struct {
		ID       int64
		Location []float64
	}
	created.decode(t, &answer)
	stored := func(want string) {
		t.Helper()
		var got string
		err := conn.QueryRow(t.Context(), `select format('%s %s %s %s %s', v.lon_e7, v.lat_e7, v.location_accuracy_m, v.source_crs,
			exists (select from jingwei.audit a where a.object_id = v.organization_id and a.after->>'source_crs' = 'GCJ-02'))
			from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded) order by upper(v.valid) desc limit 1`, answer.ID).Scan(&got)
		if err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	stored("1190886739 396190801 1 GCJ-02 t")
	path := fmt.Sprintf("/api/organizations/%d", answer.ID)
	body["location"], body["name"] = answer.Location, "改名村委会"
	if a := p.do(t, http.MethodPut, path, body, "If-Match", created.header.Get("ETag")); a.status != http.StatusBadRequest {
		t.Errorf("sent back: %d %s", a.status, a.body)
	}
	body["location_crs"] = "EPSG:4326"
	if a := p.do(t, http.MethodPut, path, body, "If-Match", created.header.Get("ETag")); a.status != http.StatusOK {
		t.Errorf("sent back with its system: %d %s", a.status, a.body)
	}
	stored("1190886739 396190801 1 GCJ-02 t")
}

// TestStaleWrites: of two edits of the same version one wins; the other is told, and told too when it names none.
func TestStaleWrites(t *testing.T) {
	p := serve(t, t.TempDir(), "--database", sampleDatabase(t))
	created := p.do(t, http.MethodPost, "/api/organizations", organizationBody("试点村委会", 120.1, 30.2))
	path := created.header.Get("Location")
	path = path[strings.Index(path, "/api/"):]
	first := p.do(t, http.MethodPut, path, organizationBody("甲村委会", 120.1, 30.2), "If-Match", created.header.Get("ETag"))
	second := p.do(t, http.MethodPut, path, organizationBody("乙村委会", 120.1, 30.2), "If-Match", created.header.Get("ETag"))
	blind := p.do(t, http.MethodPut, path, organizationBody("丙村委会", 120.1, 30.2))
	if first.status != 200 || second.status != 412 || blind.status != 428 {
		t.Errorf("first %d, second %d, without If-Match %d; want 200, 412, 428", first.status, second.status, blind.status)
	}
	var now struct{ Name string }
	p.get(t, path).decode(t, &now)
	if now.Name != "甲村委会" {
		t.Errorf("the name is %q", now.Name)
	}
}

func count(t *testing.T, conn *pgx.Conn) int {
	t.Helper()
	n := 0
	if err := conn.QueryRow(t.Context(), "select count(*) from jingwei.organization_version").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
