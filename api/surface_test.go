package api_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"jingwei/api"
	"jingwei/geo"
)

func TestSecurityHeaders(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/", "/api/organizations", "/nothing", "/tiles/organizations/0/0/0"} {
		h := b.ask(t, "GET", url, nil, "").Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("GET %s: policy %q", url, csp)
		}
		if h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("GET %s: %v", url, h)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("X-Request-Id") == "" {
			t.Errorf("GET %s: %v", url, h)
		}
	}
}

func TestCORS(t *testing.T) {
	b := newBench(t, nil)
	origin := map[string]string{"Origin": "https://elsewhere.example"}
	h := b.ask(t, "GET", "/tiles/organizations/0/0/0", origin, "").Header()
	if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("read from elsewhere: %v", h)
	}
	for _, name := range []string{"ETag", "Link", "Jingwei-Position"} {
		if !strings.Contains(h.Get("Access-Control-Expose-Headers"), name) {
			t.Errorf("%s is not exposed", name)
		}
	}
	w := b.ask(t, "OPTIONS", "/api/organizations", with(origin, "Access-Control-Request-Method", "POST"), "")
	if w.Code != http.StatusNoContent || strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "POST") || strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("preflight of a write: %d %v", w.Code, w.Header())
	}
	for _, url := range []string{"/", "/metrics", "/readyz"} {
		if h := b.ask(t, "GET", url, origin, "").Header(); h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s may be read from elsewhere", url)
		}
	}
}

func TestMetricsAreBounded(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/x1", "/x2/y", "/api/x3", "/tiles/x4", "/tiles/x5/0/0/0"} {
		b.ask(t, "GET", url, nil, "")
	}
	b.ask(t, "BREW", "/x6", nil, "")
	m := b.ask(t, "GET", "/metrics", bearer(), "").Body.String()
	for _, label := range []string{"x1", "x2", "x3", "x4", "x5", "x6", "BREW"} {
		if strings.Contains(m, label) {
			t.Errorf("a client made the label %s", label)
		}
	}
	for _, want := range []string{`route="/tiles/:layer/:z/:x/:y",status="404"`, `method="other"`, "jingwei_event_clients 0"} {
		if !strings.Contains(m, want) {
			t.Errorf("%s is missing in\n%s", want, m)
		}
	}
}

func TestStyle(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Attribution = "示意数据" })
	w := b.ask(t, "GET", "/styles/light.json", nil, "")
	var style struct {
		Glyphs, Sprite any
		Sources        map[string]map[string]any
		Layers         []struct {
			ID, Source  string
			SourceLayer string `json:"source-layer"`
			Layout      map[string]any
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &style); err != nil {
		t.Fatal(err)
	}
	if style.Glyphs != nil || style.Sprite != nil {
		t.Error("the style needs glyphs or a sprite")
	}
	ids := map[string]bool{}
	for _, l := range style.Layers {
		if ids[l.ID] {
			t.Errorf("the layer %s is there twice", l.ID)
		}
		ids[l.ID] = true
		if _, ok := style.Sources[l.Source]; l.Source != "" && !ok {
			t.Errorf("layer %s: no source %s", l.ID, l.Source)
		}
		if _, text := l.Layout["text-field"]; text && l.Layout["text-font"] == nil {
			t.Errorf("layer %s: without a font of the system MapLibre would ask for glyphs", l.ID)
		}
	}
	for _, name := range []string{"reports", "grids", "jurisdictions"} {
		if got, _ := style.Sources[name]["tiles"].([]any); len(got) != 1 || got[0] != "http://example.com/tiles/"+name+"/{z}/{x}/{y}" {
			t.Errorf("source %s: %v", name, style.Sources[name])
		}
		for _, l := range style.Layers {
			if l.Source == name && l.Layout["visibility"] != "none" {
				t.Errorf("layer %s is shown", l.ID)
			}
		}
	}
	if got := style.Sources["grids"]["minzoom"]; got != 8.0 {
		t.Errorf("grids from zoom %v", got)
	}
	if got := style.Sources["base"]["data"]; got != "http://example.com/basemaps/land.json" {
		t.Errorf("land at %v", got)
	}
	etag := w.Header().Get("ETag")
	if w = b.ask(t, "GET", "/styles/light.json", map[string]string{"If-None-Match": etag}, ""); w.Code != http.StatusNotModified {
		t.Errorf("again: %d", w.Code)
	}
	if w = b.ask(t, "GET", "/basemaps/land.json", nil, ""); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/geo+json" {
		t.Errorf("land: %d %v", w.Code, w.Header())
	}
}

// TestStyleHasOneSeaLine: the line of the land stands in for that of the boundaries, and is not drawn beside it.
func TestStyleHasOneSeaLine(t *testing.T) {
	b := newBench(t, nil)
	drawn := func(id string) bool {
		return strings.Contains(b.ask(t, "GET", "/styles/light.json", nil, "").Body.String(), `"id":"`+id+`"`)
	}
	for _, test := range []struct {
		name  string
		sets  []geo.BoundarySet
		stand bool
	}{
		{"no boundaries", nil, true},
		{"boundaries with the line", []geo.BoundarySet{{Name: "cn", Default: true, SeaLine: true}, {Name: "other"}}, false},
		{"boundaries without it", []geo.BoundarySet{{Name: "cn", Default: true}, {Name: "other", SeaLine: true}}, true},
	} {
		b.store.sets = test.sets
		if !drawn("boundary-lines-south-china-sea") || drawn("dash-line") != test.stand {
			t.Errorf("%s: the line of the land is drawn: %v", test.name, !test.stand)
		}
	}
}

func TestPublicURL(t *testing.T) {
	_, loopback, _ := net.ParseCIDR("192.0.2.0/24") // httptest's client
	forwarded := map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "map.example.org"}
	tests := []struct {
		name   string
		change func(*api.Config)
		want   string
	}{
		{"from the request", nil, "http://example.com/tiles/"},
		{"from a trusted proxy", func(c *api.Config) { c.TrustedProxies = []*net.IPNet{loopback} }, "https://map.example.org/tiles/"},
		{"configured", func(c *api.Config) { c.PublicURL = "https://jw.example.org/map/" }, "https://jw.example.org/map/tiles/"},
	}
	for _, test := range tests {
		b := newBench(t, test.change)
		if got := b.ask(t, "GET", "/tiles/organizations", forwarded, "").Body.String(); !strings.Contains(got, `"`+test.want) {
			t.Errorf("%s: want %s in %s", test.name, test.want, got)
		}
	}
}

func TestClientAddress(t *testing.T) {
	_, proxies, _ := net.ParseCIDR("192.0.2.0/24")
	for want, change := range map[string]func(*api.Config){
		`"client":"192.0.2.1"`:   nil,
		`"client":"203.0.113.9"`: func(c *api.Config) { c.TrustedProxies = []*net.IPNet{proxies} },
	} {
		b := newBench(t, change)
		b.ask(t, "GET", "/api/organizations/x", map[string]string{"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Real-Ip": "198.51.100.8"}, "")
		if !strings.Contains(b.log.String(), want) {
			t.Errorf("want %s in %s", want, b.log)
		}
	}
}

func TestViewer(t *testing.T) {
	script := strings.Repeat("console.log('地图');\n", 200)
	b := newBench(t, func(c *api.Config) {
		c.Viewer = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>viewer")}, "console.html": {Data: []byte("<!doctype html>console")}, "assets/app-1a2b.js": {Data: []byte(script)}}
	})
	w := b.ask(t, "GET", "/?z=5", nil, "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "viewer") || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("page: %d %v", w.Code, w.Header())
	}
	if w = b.ask(t, "GET", "/", map[string]string{"If-None-Match": w.Header().Get("ETag")}, ""); w.Code != http.StatusNotModified {
		t.Errorf("page again: %d", w.Code)
	}
	for accept, coding := range map[string]string{"gzip, br, zstd": "br", "gzip": "gzip", "": ""} {
		w = b.ask(t, "GET", "/assets/app-1a2b.js", map[string]string{"Accept-Encoding": accept}, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != coding || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("script as %q: %d %v", accept, w.Code, w.Header())
		}
		if coding != "" && w.Body.Len() > len(script)/10 {
			t.Errorf("script as %q: %d bytes of %d", accept, w.Body.Len(), len(script))
		}
	}
	if w = b.ask(t, "GET", "/console?lang=en", nil, ""); w.Code != http.StatusOK || !strings.HasSuffix(w.Body.String(), "console") {
		t.Errorf("console: %d %s", w.Code, w.Body)
	}
	if w = b.ask(t, "GET", "/console.html", nil, ""); w.Code != http.StatusNotFound {
		t.Errorf("second address of the console: %d", w.Code)
	}
	if w = b.ask(t, "GET", "/assets", nil, ""); w.Code != http.StatusNotFound {
		t.Errorf("folder: %d", w.Code)
	}
	for _, url := range []string{"/", "/console"} {
		if w = newBench(t, nil).ask(t, "GET", url, nil, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "placeholder") {
			t.Errorf("%s before it is built: %d %s", url, w.Code, w.Body)
		}
	}
}

// TestSuccessions: an organization that is filed under a former code counts for the division that took it over, from the
// year of the change on.
func TestSuccessions(t *testing.T) {
	b := newBench(t, nil)
	b.store.successions = []geo.Succession{
		{Old: 330103000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionMerge},
		{Old: 330102000000, New: 330114000000, Year: 2021, Kind: geo.SuccessionTransfer},
	}
	o := organizations()[0]
	o.ID, o.Division = 77, 330103001001
	o.Valid = geo.DayRange{From: day("2010-01-01"), To: geo.MaxDay}
	if _, err := b.public.Apply([]geo.ID{o.ID}, []geo.Point{pointOf(o)}, b.store.position()); err != nil {
		t.Fatal(err)
	}
	type detail struct {
		Organizations            int
		Successors, Predecessors []struct {
			Code string
			Year int
			Kind string
		}
	}
	before := decode[detail](t, b.ask(t, "GET", "/api/divisions/330102?datetime=2020-06-30", nil, ""))
	after := decode[detail](t, b.ask(t, "GET", "/api/divisions/330102?datetime=2021-06-30", nil, ""))
	if after.Organizations != before.Organizations+1 {
		t.Errorf("%d organizations before 2021, %d after", before.Organizations, after.Organizations)
	}
	if len(after.Successors) != 1 || after.Successors[0].Code != "330114000000" || after.Successors[0].Kind != "transfer" ||
		len(after.Predecessors) != 1 || after.Predecessors[0].Code != "330103000000" || after.Predecessors[0].Year != 2021 {
		t.Errorf("successions %+v", after)
	}
}

// TestDivisionCounts: every division of the level is there, former codes count for their heir only, and the total holds
// what is filed higher too.
func TestDivisionCounts(t *testing.T) {
	b := newBench(t, nil)
	b.store.more = map[geo.DivisionLevel][]geo.DivisionCode{geo.Prefecture: {340400000000}, geo.County: {330114000000, 340401000000}, geo.Township: {330102001000}}
	b.store.successions = []geo.Succession{
		{Old: 330103000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionMerge},
		{Old: 330104000000, New: 340401000000, Year: 2021, Kind: geo.SuccessionMerge},
	}
	for i, division := range []geo.DivisionCode{330103001001, 330104001001, 330000000000} {
		o := organizations()[0]
		o.ID, o.Division = geo.ID(77+i), division
		if _, err := b.public.Apply([]geo.ID{o.ID}, []geo.Point{pointOf(o)}, b.store.position()); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		"by=province":                             `"by":"province","items":[{"code":"330000000000","organizations":6}],"numberReturned":1,"total":6`,
		"by=prefecture":                           `"by":"prefecture","items":[{"code":"330100000000","organizations":4},{"code":"340400000000","organizations":1}],"numberReturned":2,"total":6`,
		"by=county":                               `"items":[{"code":"330102000000","organizations":4},{"code":"330114000000","organizations":0},{"code":"340401000000","organizations":1}],"numberReturned":3,"total":6`,
		"by=county&within=330102":                 `"items":[{"code":"330102000000","organizations":4}`,
		"by=county&within=330100":                 `"total":4`,
		"by=county&datetime=2020-06-30&within=33": `"items":[{"code":"330102000000","organizations":0}`,
		"by=township&within=3301":                 `"items":[{"code":"330102001000","organizations":3}],"numberReturned":1,"total":4`,
		"by=province&kind=village_committee":      `"total":4`,
	} {
		if got := b.ask(t, "GET", "/api/divisions/counts?"+query, nil, ""); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %s\nwant %s", query, got.Body, want)
		}
	}
	if got := b.ask(t, "GET", "/api/divisions/counts?by=province", bearer(), ""); !strings.Contains(got.Body.String(), `"total":4`) {
		t.Errorf("internal edition: %s", got.Body)
	}
}

func TestDivisionHistory(t *testing.T) {
	b := newBench(t, nil)
	b.store.successions = []geo.Succession{{Old: 330103000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionMerge}}
	type history struct {
		Code  string
		Items []struct {
			Name      string
			ValidFrom *string `json:"valid_from"`
			ValidTo   *string `json:"valid_to"`
		}
		Successors, Predecessors []struct{ Code string }
	}
	got := decode[history](t, b.ask(t, "GET", "/api/divisions/330102/history", nil, ""))
	if len(got.Items) != 2 || got.Items[0].ValidFrom != nil || *got.Items[0].ValidTo != "2020-01-01" || got.Items[1].Name != "上城区" || len(got.Predecessors) != 1 {
		t.Errorf("%+v", got)
	}
	if got = decode[history](t, b.ask(t, "GET", "/api/divisions/330103/history", nil, "")); len(got.Items) != 0 || len(got.Successors) != 1 {
		t.Errorf("a code of which only the end is known: %+v", got)
	}
}

func TestDivisionsAt(t *testing.T) {
	b := newBench(t, nil)
	for query, want := range map[string]string{
		"at=120.15,30.25": `"numberReturned":3`, "at=120.15,%2030.25&level=3": `"numberReturned":1`, "at=0,0": `"items":[],"numberReturned":0`,
	} {
		if got := b.ask(t, "GET", "/api/divisions?"+query, nil, ""); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
}

func TestDivisions(t *testing.T) {
	b := newBench(t, nil)
	type list struct {
		Items []struct {
			Code          string
			Level         int
			LevelName     string `json:"level_name"`
			Parent        *string
			Organizations int
		}
		NumberReturned int
		Ancestors      []struct{ Code string }
		ChildrenCount  int `json:"children_count"`
	}
	for url, code := range map[string]string{
		"/api/divisions": "330000000000", "/api/divisions?parent=root": "330000000000", "/api/divisions?parent=33": "330100000000",
		"/api/divisions?parent=330100000000&level=3": "330102000000", "/api/divisions?q=" + "%E6%B5%99%E6%B1%9F%E7%9C%81": "330000000000",
	} {
		got := decode[list](t, b.ask(t, "GET", url, nil, ""))
		if got.NumberReturned != 1 || got.Items[0].Code != code || got.Items[0].Organizations != 3 {
			t.Errorf("GET %s: %+v", url, got)
		}
	}
	if w := b.ask(t, "GET", "/api/divisions?parent=330102000000", nil, ""); !strings.Contains(w.Body.String(), `"items":[]`) {
		t.Errorf("no children: %s", w.Body)
	}
	got := decode[list](t, b.ask(t, "GET", "/api/divisions/330102", nil, ""))
	if len(got.Ancestors) != 2 || got.Ancestors[0].Code != "330000000000" || got.ChildrenCount != 0 {
		t.Errorf("county: %+v", got)
	}
	w := b.ask(t, "GET", "/api/divisions/330102000000/shape", nil, "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"illustrative":true`) {
		t.Errorf("shape: %d %s", w.Code, w.Body)
	}
}

func TestSearch(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Geocoder = geocoder{} })
	const organization = `{"type":"organization","id":1,"name":"柳塘村村民委员会","kind":"village_committee","division":"330102001051","context":"","location":[120.1,30.2],"bbox":null,"match":"prefix","matched":{"field":"name","text":"柳塘村村民委员会","from":0,"to":1}}`
	const division = `{"type":"division","code":"330000000000","name":"浙江省","level":1,"division":"","context":"","location":[120.15,30.27],"bbox":[118,27,123,31.5],"match":"infix","matched":{"field":"name","text":"浙江省","from":1,"to":3}}`
	const address = `{"type":"address","code":"330102000000","name":"浙江省杭州市上城区","level":3,"division":"330100000000","context":"","location":[120.2,30.2],"bbox":null,"match":"address","rest":"江省路1号","certain_level":3,"placed_level":3,"accuracy_m":900,"confidence":0.5,"warnings":["ambiguous"]}`
	const coordinate = `{"type":"coordinate","name":"120.15, 30.27","division":"","context":"","location":[120.15,30.27],"bbox":null,"match":"exact","understood":{"system":"EPSG:4326","told":false,"notation":"decimal","coordinates":[120.15,30.27],"order":"yx","order_told":true}}`
	for url, want := range map[string]string{
		"/search?q=%E6%9F%B3":                                    `{"items":[` + organization + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=%E6%B1%9F%E7%9C%81":                           `{"items":[` + address + `,` + division + `],"numberReturned":2,"numberMatched":2}`,
		"/search?q=%E6%B1%9F%E7%9C%81&limit=1":                   `{"items":[` + address + `],"numberReturned":1,"numberMatched":2}`,
		"/search?q=30.27N+120.15E":                               `{"items":[` + coordinate + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=%E9%9A%90%E8%97%8F":                           `{"items":[],"numberReturned":0,"numberMatched":0}`,
		"/search?q=%E6%9F%B3&after=" + start().String():          `{"items":[` + organization + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=%E6%9F%B3&datetime=2020-01-01":                `{"items":[],"numberReturned":0,"numberMatched":0}`,
		"/search?q=%E6%9F%B3&edition=public&limit=100000":        `{"items":[` + organization + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=%E6%B1%9F%E7%9C%81&offset=1":                  `{"items":[` + division + `],"numberReturned":1,"numberMatched":2}`,
		"/search?q=%E6%B1%9F%E7%9C%81&offset=2":                  `{"items":[],"numberReturned":0,"numberMatched":2}`,
		"/search?q=%E6%B1%9F%E7%9C%81&type=division&limit=1":     `{"items":[` + division + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=%E6%B1%9F%E7%9C%81&type=address,organization": `{"items":[` + address + `],"numberReturned":1,"numberMatched":1}`,
		"/search?q=30.27N+120.15E&type=organization":             `{"items":[],"numberReturned":0,"numberMatched":0}`,
		"/search?q=30.27N+120.15E&offset=1":                      `{"items":[],"numberReturned":0,"numberMatched":1}`,
	} {
		if w := b.ask(t, "GET", url, nil, ""); w.Body.String() != want+"\n" {
			t.Errorf("%s\ngot  %swant %s", url, w.Body, want)
		}
	}
	if w := b.ask(t, "GET", "/search?q=%E9%9A%90%E8%97%8F", map[string]string{"Authorization": "Bearer " + token}, ""); !strings.Contains(w.Body.String(), "隐藏草稿") || w.Header().Get("Jingwei-Position") == "" {
		t.Errorf("what the operator sees: %s", w.Body)
	}
}

// geocoder knows one address.
type geocoder struct{}

func (geocoder) Geocode(_ context.Context, text string, limit int, _ geo.Day) ([]geo.SearchHit, error) {
	if text != "江省" || limit < 1 {
		return nil, nil
	}
	return []geo.SearchHit{{
		Type: geo.HitAddress, Name: "浙江省杭州市上城区", Code: 330102000000, Level: geo.County, Division: 330100000000, Location: at(120.2, 30.2), HasLocation: true,
		Match: geo.MatchAddress, Address: &geo.AddressReading{Rest: "江省路1号", Certain: geo.County, Placed: geo.County, AccuracyM: 900, Confidence: .5, Warnings: []string{"ambiguous"}},
	}}, nil
}

func TestHTTPServerLimitsSlowClients(t *testing.T) {
	s := newBench(t, nil).HTTPServer("127.0.0.1:0")
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 {
		t.Errorf("a limit is missing: %+v", s)
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
	if w.Code != http.StatusOK {
		t.Errorf("health: %d", w.Code)
	}
}
