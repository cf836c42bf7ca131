package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
)

const token = "correct-token"

// bench is a server over memory and real live indexes.
type bench struct {
	*api.Server
	store                          *memory
	public, internal               *live.Index
	publicReports, internalReports *live.Index
	log                            *bytes.Buffer
	doc                            *openapi3.T
}

// newBench returns a server with four organizations; change, when not nil, alters its configuration.
func newBench(t testing.TB, change func(*api.Config)) *bench {
	t.Helper()
	b := &bench{store: newMemory(), log: &bytes.Buffer{}, doc: loadDocument(t)}
	b.public, b.internal = live.New(geo.OrganizationLayer(), live.Public), live.New(geo.OrganizationLayer(), live.Internal)
	b.publicReports, b.internalReports = live.New(geo.ReportLayer(), live.Public), live.New(geo.ReportLayer(), live.Internal)
	b.load(t)
	config := api.Config{
		Organizations: b.store, Verifications: b.store, Photos: b.store, Divisions: b.store, Hits: b.store, DivisionNames: b.store, Gazetteer: b.store, Geocoder: b.store,
		Polygons: b.store, Areas: b.store, Database: b.store, Codes: b.store, Audit: b.store, Filters: &filters{},
		Points:  api.Editions{Public: b.public, Internal: b.internal},
		Reports: api.Editions{Public: b.publicReports, Internal: b.internalReports}, Now: clock, WriteToken: token, Version: "test",
		Land: []byte(`{"type":"FeatureCollection","features":[]}`), Registry: prometheus.NewRegistry(),
		Log:    slog.New(slog.NewJSONHandler(b.log, nil)),
		Viewer: fstest.MapFS{"placeholder.html": {Data: []byte("<!doctype html>placeholder")}},
	}
	withoutAccounts(&config)
	if change != nil {
		change(&config)
	}
	server, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	b.Server = server
	t.Cleanup(server.Close)
	return b
}

func loadDocument(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// organizations are three public ones around Hangzhou and a draft.
func organizations() []geo.Organization {
	content := func(name, kind, status string, lon, lat float64) geo.OrganizationContent {
		return geo.OrganizationContent{
			Name: name, Kind: kind, Level: "village", Status: status, Division: 330102001051, Location: at(lon, lat), LocationSource: "generated",
			LocationAccuracyM: 1000, SourceCRS: "EPSG:4326", LocationState: geo.LocationReported,
		}
	}
	valid := geo.DayRange{From: day("2023-06-30"), To: geo.MaxDay}
	return []geo.Organization{
		{ID: 1, Version: 1, Valid: valid, OrganizationContent: content("柳塘村村民委员会", "village_committee", geo.StatusActive, 120.1, 30.2)},
		{ID: 2, Version: 1, Valid: valid, OrganizationContent: content("清波社区居民委员会", "residents_committee", geo.StatusActive, 120.15, 30.24)},
		{ID: 3, Version: 1, Valid: valid, OrganizationContent: content("湖滨社区居民委员会", "residents_committee", geo.StatusActive, 120.16, 30.25)},
		{ID: 4, Version: 1, Valid: valid, OrganizationContent: content("隐藏草稿", "village_committee", geo.StatusDraft, 120.2, 30.3)},
	}
}

func pointOf(o geo.Organization) geo.Point {
	return geo.Point{
		ID: o.ID, Version: int64(o.ID)*1000 + int64(o.Version), At: o.Location, Valid: o.Valid, Division: o.Division, Public: o.Status == geo.StatusActive,
		Values: []string{o.Name, o.Kind, o.Level, o.Status, o.LocationState, o.LocationSource, fmt.Sprint(int(o.LocationAccuracyM)), o.Code},
	}
}

// reports yields two public ones and a restricted one.
func reports(yield func(geo.Point, error) bool) {
	point := func(id geo.ID, lon, lat float64, received string, public bool, values ...string) geo.Point {
		return geo.Point{ID: id, Version: int64(id), At: at(lon, lat), Valid: geo.DayRange{From: day(received), To: geo.MaxDay},
			Division: 330102001051, Public: public, Values: values}
	}
	_ = yield(point(11, 120.1012, 30.2034, "2026-03-01", true, "roads", "open", "received"), nil) &&
		yield(point(12, 120.3, 30.4, "2026-06-01", true, "noise", "closed", "fixed"), nil) &&
		yield(point(13, 120.1, 30.2, "2026-06-02", false, "mediation", "open", "received"), nil)
}

func start() geo.FeedPosition {
	return geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: 900, Xmax: 900}}
}

func (b *bench) load(t testing.TB) {
	t.Helper()
	points := func(yield func(geo.Point, error) bool) {
		for _, o := range organizations() {
			if !yield(pointOf(o), nil) {
				return
			}
		}
	}
	for _, o := range organizations() {
		b.store.put(o)
	}
	for _, x := range []*live.Index{b.publicReports, b.internalReports} {
		if err := x.Load(reports, start()); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []*live.Index{b.public, b.internal} {
		if err := x.Load(points, start()); err != nil {
			t.Fatal(err)
		}
	}
}

// ask sends a request and holds the answer against openapi.yaml.
func (b *bench) ask(t testing.TB, method, url string, header map[string]string, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	b.validate(t, r, w)
	return w
}

// validate checks status, headers, content type and body against the operation of the route that answered.
func (b *bench) validate(t testing.TB, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	method := r.Method
	if method == http.MethodHead {
		return
	}
	c := b.Handler().(*echo.Echo).NewContext(r, w)
	b.Handler().(*echo.Echo).Router().Find(method, r.URL.Path, c)
	path := documentPath(c.Path())
	item := b.doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		return // a refusal of the router, or the viewer
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{
			Spec: b.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method),
		}},
		Status: w.Code, Header: w.Header(), Options: &openapi3filter.Options{IncludeResponseStatus: true},
		Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
	}
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s %s answers %d %s, which openapi.yaml does not describe: %v", method, r.URL, w.Code, w.Body, err)
	}
}

// documentPath turns echo's pattern into OpenAPI's.
func documentPath(route string) string {
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func bearer() map[string]string { return map[string]string{"Authorization": "Bearer " + token} }

func with(header map[string]string, name, value string) map[string]string {
	out := map[string]string{name: value}
	for n, v := range header {
		out[n] = v
	}
	return out
}

// decode reads a JSON answer.
func decode[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("answer %d %q: %v", w.Code, w.Body, err)
	}
	return v
}

// newOrganization is a body for POST and PUT.
const newOrganization = `{"kind":"village_committee","level":"village","name":"新村村民委员会","division":"330102001051","location":[120.12,30.22]}`
