package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jingwei/api"
)

// origin is an upstream that records what it is asked.
func origin(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *[]*http.Request) {
	t.Helper()
	var asked []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Clone(context.Background()))
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server, &asked
}

func readBaseMaps(t *testing.T, text string) []api.BaseMap {
	t.Helper()
	lookup := func(name string) (string, bool) { return "secret key", name == "MAP_KEY" }
	maps, err := api.ReadBaseMaps(strings.NewReader(text), lookup)
	if err != nil {
		t.Fatal(err)
	}
	return maps
}

func withBaseMaps(maps []api.BaseMap) func(*api.Config) {
	return func(c *api.Config) { c.BaseMaps = maps }
}

// vec is a base map of the Tianditu pattern at an origin.
func vec(url string) string {
	return `[{"name":"vec","title":"矢量","type":"raster","url":"` + url + `/{s}/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
		"subdomains":["t0","t1"],"key_env":"MAP_KEY","attribution":"天地图","review_number":"GS(2024)0650号","crs":"cgcs2000","maxzoom":18,"default":true}]`
}

func TestBaseMapTile(t *testing.T) {
	server, asked := origin(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Set-Cookie", "track=1")
		_, _ = w.Write([]byte("picture"))
	})
	b := newBench(t, withBaseMaps(readBaseMaps(t, vec(server.URL))))
	w := b.ask(t, "GET", "/basemaps/vec/10/853/422", map[string]string{"Cookie": "a=b", "X-Private": "c", "Referer": "http://d"}, "")
	if w.Code != http.StatusOK || w.Body.String() != "picture" || w.Header().Get("Cache-Control") != "max-age=3600" || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("answer %d %v %s", w.Code, w.Header(), w.Body)
	}
	r := (*asked)[0]
	if got := r.URL.RequestURI(); got != "/t1/wmts?TILEMATRIX=10&TILEROW=422&TILECOL=853&tk=secret+key" {
		t.Errorf("the origin was asked %s", got)
	}
	for _, name := range []string{"Cookie", "X-Private", "Referer", "X-Forwarded-For"} {
		if r.Header.Get(name) != "" {
			t.Errorf("the client's %s was passed on", name)
		}
	}
	if m := b.ask(t, "GET", "/metrics", bearer(), "").Body.String(); !strings.Contains(m, `jingwei_basemap_requests_total{basemap="vec",outcome="ok"} 1`) {
		t.Error("the request was not counted")
	}
}

// TestBaseMapCache asks for a tile, for it again, and for it when its time is over.
func TestBaseMapCache(t *testing.T) {
	tests := []struct {
		name   string
		header map[string]string
		asked  int // how often in all
	}{
		{"max-age", map[string]string{"Cache-Control": "public, max-age=60"}, 2},
		{"for shared caches", map[string]string{"Cache-Control": "max-age=0, s-maxage=60"}, 2},
		{"Expires", map[string]string{"Expires": clock().Add(time.Minute).Format(http.TimeFormat)}, 2},
		{"longer", map[string]string{"Cache-Control": "max-age=7200"}, 1},
		{"old already", map[string]string{"Cache-Control": "max-age=60", "Age": "60"}, 3},
		{"private", map[string]string{"Cache-Control": "private, max-age=60"}, 3},
		{"not to be stored", map[string]string{"Cache-Control": "no-store", "Expires": clock().Add(time.Hour).Format(http.TimeFormat)}, 3},
		{"nothing said", nil, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, asked := origin(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/png")
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				_, _ = w.Write([]byte("picture"))
			})
			now := clock()
			maps := readBaseMaps(t, vec(server.URL))
			b := newBench(t, func(c *api.Config) { c.BaseMaps, c.Now = maps, func() time.Time { return now } })
			for _, after := range []time.Duration{0, 30 * time.Second, time.Hour} {
				now = clock().Add(after)
				if w := b.ask(t, "GET", "/basemaps/vec/0/0/0", nil, ""); w.Code != http.StatusOK || w.Body.String() != "picture" {
					t.Fatalf("after %s: %d %s", after, w.Code, w.Body)
				}
			}
			if len(*asked) != test.asked {
				t.Errorf("the origin was asked %d times, want %d", len(*asked), test.asked)
			}
		})
	}
}

func TestBaseMapFailures(t *testing.T) {
	elsewhere, reached := origin(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") })
	tests := []struct {
		name   string
		answer http.HandlerFunc
		status int
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, http.StatusBadGateway},
		{"explained in JSON", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"msg":"wrong key"}`))
		}, http.StatusBadGateway},
		{"missing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, http.StatusNotFound},
		{"too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 3<<20))
		}, http.StatusBadGateway},
		{"broken off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("short"))
		}, http.StatusBadGateway},
		{"redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}, http.StatusBadGateway},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, _ := origin(t, test.answer)
			b := newBench(t, withBaseMaps(readBaseMaps(t, vec(server.URL))))
			w := b.ask(t, "GET", "/basemaps/vec/0/0/0", nil, "")
			if w.Code != test.status {
				t.Errorf("answer %d %s, want %d", w.Code, w.Body, test.status)
			}
			for _, text := range []string{w.Body.String(), b.log.String()} {
				if strings.Contains(text, "secret") || strings.Contains(text, server.URL) {
					t.Errorf("shows the origin or its key: %s", text)
				}
			}
		})
	}
	if len(*reached) > 0 {
		t.Error("a redirect was followed to a host that is not configured")
	}
}

func TestListBaseMaps(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "map.pmtiles")
	if err := os.WriteFile(archive, []byte("PMTiles and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	maps := strings.Replace(vec("https://{s}.example.org"), "/{s}/", "/", 1)
	maps = strings.TrimSuffix(maps, "]") + `,{"name":"offline","type":"pmtiles","file":"` + archive + `","crs":"wgs84"}]`
	b := newBench(t, withBaseMaps(readBaseMaps(t, maps)))
	w := b.ask(t, "GET", "/basemaps", nil, "")
	for _, want := range []string{`"http://example.com/basemaps/vec/{z}/{x}/{y}"`, `"http://example.com/basemaps/offline.pmtiles"`, "GS(2024)0650号"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing in %s", want, w.Body)
		}
	}
	for _, secret := range []string{"secret", "example.org", archive} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s shows in %s", secret, w.Body)
		}
	}
	w = b.ask(t, "GET", "/basemaps/offline.pmtiles", map[string]string{"Range": "bytes=0-6"}, "")
	if w.Code != http.StatusPartialContent || w.Body.String() != "PMTiles" || w.Header().Get("ETag") == "" {
		t.Errorf("range: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if style := b.ask(t, "GET", "/styles/light.json", nil, "").Body.String(); strings.Contains(style, "offline") || !strings.Contains(style, "basemap-vec") {
		t.Errorf("style %s", style)
	}
}

func TestReadBaseMapsRefuses(t *testing.T) {
	tests := map[string]string{
		`{}`: "base maps", `[{"nam":"a"}]`: "unknown field",
		`[{"name":"A b"}]`:                          "name",
		`[{"name":"a","crs":"gcj02"}]`:              "crs",
		`[{"name":"a","crs":"wgs84","type":"wms"}]`: "type",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://h/{z}/{x}"}]`:                               "{y}",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"ftp://h/{z}/{x}/{y}"}]`:                             "http",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://{z}.h/{x}/{y}"}]`:                           "host",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://u:p@h/{z}/{x}/{y}"}]`:                       "user",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://{s}.h/{z}/{x}/{y}"}]`:                       "subdomains",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://h/{z}/{x}/{y}?k={key}"}]`:                   "key_env",
		`[{"name":"a","crs":"wgs84","type":"raster","url":"https://h/{z}/{x}/{y}?k={key}","key_env":"UNSET"}]`: "UNSET",
		`[{"name":"a","crs":"wgs84","type":"pmtiles","file":"/nowhere"}]`:                                      "file",
		`[{"name":"a","crs":"wgs84","minzoom":9,"maxzoom":3,"type":"raster"}]`:                                 "zoom",
	}
	twice := `{"name":"a","crs":"wgs84","type":"raster","url":"https://h/{z}/{x}/{y}"}`
	tests["["+twice+","+twice+"]"] = "twice"
	for text, want := range tests {
		_, err := api.ReadBaseMaps(strings.NewReader(text), func(string) (string, bool) { return "", false })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %q", text, err, want)
		}
	}
}
