package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/tiles"
	"jingwei/tiles/mvt"
)

// featuresOf returns name or point_count of each feature of a layer, "" for a tile without it.
func featuresOf(t *testing.T, tile []byte, layer string) []string {
	t.Helper()
	decoded, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := decoded.Layer(layer)
	var names []string
	for _, f := range l.Features {
		if name, ok := f.Property("name"); ok {
			names = append(names, name.(string))
			continue
		}
		if _, ok := f.Property("point_count"); ok {
			names = append(names, "cluster")
		}
	}
	return names
}

func TestPointTiles(t *testing.T) {
	all := []string{"柳塘村村民委员会", "清波社区居民委员会", "湖滨社区居民委员会"}
	tests := []struct {
		url    string
		header map[string]string
		want   []string
	}{
		{"/tiles/organizations/0/0/0", nil, []string{"cluster"}},
		{"/tiles/organizations/0/0/0?cells=0", nil, all},
		{"/tiles/organizations/0/0/0.mvt?cells=0", nil, all},
		{"/tiles/organizations/0/0/0?cells=0", bearer(), append(all, "隐藏草稿")},
		{"/tiles/organizations/0/0/0?cells=0&kind=village_committee", nil, all[:1]},
		{"/tiles/organizations/0/0/0?cells=0&division=33&level=village&status=active", nil, all},
		{"/tiles/organizations/0/0/0?cells=0&datetime=2020-01-01", nil, nil},
		{"/tiles/organizations/1/0/0", nil, nil},
	}
	b := newBench(t, nil)
	for _, test := range tests {
		w := b.ask(t, "GET", test.url, test.header, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
			t.Fatalf("GET %s: %d %s", test.url, w.Code, w.Body)
		}
		if w.Header().Get("Jingwei-Position") != start().String() {
			t.Errorf("GET %s: Jingwei-Position %q", test.url, w.Header().Get("Jingwei-Position"))
		}
		got := featuresOf(t, w.Body.Bytes(), "organizations")
		if diff := cmp.Diff(test.want, got, anyOrder()); diff != "" {
			t.Errorf("GET %s (-want +got):\n%s", test.url, diff)
		}
	}
}

// anyOrder compares lists without regard to order.
func anyOrder() cmp.Option {
	return cmp.Transformer("counted", func(in []string) map[string]int {
		counts := map[string]int{}
		for _, s := range in {
			counts[s]++
		}
		return counts
	})
}

func TestTileTags(t *testing.T) {
	b := newBench(t, nil)
	const tile = "/tiles/organizations/0/0/0"
	tag := func(url string, header map[string]string) string {
		w := b.ask(t, "GET", url, header, "")
		if w.Code != http.StatusOK {
			t.Fatalf("GET %s: %d", url, w.Code)
		}
		return w.Header().Get("ETag")
	}
	first := tag(tile, nil)
	same := []string{tile + ".mvt", tile + "?cells=16", tile + "?datetime=2026-06-15", tile + "?after=" + start().String()}
	for _, u := range same {
		if got := tag(u, nil); got != first {
			t.Errorf("GET %s: ETag %s, want %s", u, got, first)
		}
	}
	seen := map[string]string{first: tile}
	differ := []struct {
		url    string
		header map[string]string
	}{
		{tile + "?cells=8", nil}, {tile + "?kind=village_committee", nil}, {tile + "?datetime=2026-06-14", nil}, {tile, bearer()},
		{tile, map[string]string{"Accept-Encoding": "gzip"}}, {tile, map[string]string{"Accept-Encoding": "br"}},
		{"/tiles/organizations,divisions/0/0/0", nil}, {"/tiles/divisions,organizations/0/0/0", nil}, {"/tiles/organizations/1/1/0", nil},
	}
	for _, d := range differ {
		got := tag(d.url, d.header)
		if other, ok := seen[got]; ok {
			t.Errorf("GET %s %v has the ETag of %s", d.url, d.header, other)
		}
		seen[got] = d.url
	}
	// The same rows in both editions are two answers all the same: one may be shared, the other not.
	if public := "/tiles/organizations/14/13657/6758"; tag(public, nil) == tag(public, bearer()) {
		t.Error("the scope is not part of the ETag")
	}
	order := tag(tile+"?kind=branch,village_committee&level=village", nil)
	if got := tag(tile+"?level=village&kind="+url.QueryEscape("village_committee,branch,village_committee"), nil); got != order {
		t.Errorf("the same filter written otherwise has another ETag")
	}
}

func TestTileNotModified(t *testing.T) {
	b := newBench(t, nil)
	for _, u := range []string{"/tiles/organizations/0/0/0", "/tiles/divisions/3/6/3"} {
		etag := b.ask(t, "GET", u, nil, "").Header().Get("ETag")
		made := b.store.tiles
		w := b.ask(t, "GET", u, map[string]string{"If-None-Match": `"other", W/` + etag}, "")
		if w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != etag || w.Header().Get("Cache-Control") != "public, no-cache" {
			t.Errorf("GET %s again: %d %v", u, w.Code, w.Header())
		}
		if b.store.tiles != made {
			t.Errorf("GET %s: a tile was made for a 304", u)
		}
	}
	// A change inside the tile ends it; one elsewhere does not.
	etag := b.ask(t, "GET", "/tiles/organizations/1/1/0", nil, "").Header().Get("ETag")
	o := organizations()[0]
	o.Version, o.Location = 2, at(-70, -30)
	later := geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: 901, Xmax: 901}}
	if _, err := b.public.Apply([]geo.ID{1}, []geo.Point{pointOf(o)}, later); err != nil {
		t.Fatal(err)
	}
	if w := b.ask(t, "GET", "/tiles/organizations/1/1/0", map[string]string{"If-None-Match": etag}, ""); w.Code != http.StatusOK {
		t.Errorf("after a change: %d", w.Code)
	}
	empty := b.ask(t, "GET", "/tiles/organizations/1/0/0", nil, "")
	if w := b.ask(t, "GET", "/tiles/organizations/1/0/0", map[string]string{"If-None-Match": empty.Header().Get("ETag")}, ""); w.Code != http.StatusNotModified {
		t.Errorf("an empty tile: %d", w.Code)
	}
}

func TestPolygonTilesAreCached(t *testing.T) {
	b := newBench(t, nil)
	for range 3 {
		w := b.ask(t, "GET", "/tiles/counties/9/428/210", nil, "")
		if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), []byte{byte(geo.County), 9, 428 % 256, 210}) {
			t.Fatalf("answer %d %v", w.Code, w.Body.Bytes())
		}
	}
	if b.store.tiles != 1 {
		t.Errorf("the tile was made %d times", b.store.tiles)
	}
}

func TestDivisionLevelFollowsZoom(t *testing.T) {
	b := newBench(t, nil)
	for z, want := range map[string]geo.DivisionLevel{"0": geo.Province, "4": geo.Province, "5": geo.Prefecture, "7": geo.Prefecture, "8": geo.County, "10": geo.County, "11": geo.Township, "22": geo.Township} {
		w := b.ask(t, "GET", "/tiles/divisions/"+z+"/0/0", nil, "")
		if got := geo.DivisionLevel(w.Body.Bytes()[0]); got != want {
			t.Errorf("zoom %s shows level %s, want %s", z, got, want)
		}
	}
}

func TestBoundaryLines(t *testing.T) {
	b := newBench(t, nil)
	b.store.lines = []byte("lines")
	for url, want := range map[string]string{
		"/tiles/divisions/3/1/2": "\x01\x03\x01\x02lines", "/tiles/boundary_lines/3/1/2": "lines", "/tiles/provinces/3/1/2": "\x01\x03\x01\x02",
		"/tiles/provinces,boundary_lines/3/1/2": "\x01\x03\x01\x02lines",
	} {
		if got := b.ask(t, "GET", url, nil, "").Body.String(); got != want {
			t.Errorf("GET %s: %q, want %q", url, got, want)
		}
	}
	if w := b.ask(t, "GET", "/tiles/divisions,boundary_lines/0/0/0", nil, ""); w.Code != http.StatusBadRequest {
		t.Errorf("the lines twice: %d", w.Code)
	}
}

func TestTileJSONNamesBoundaries(t *testing.T) {
	b := newBench(t, nil)
	b.store.sets = []geo.BoundarySet{{Name: "cn", Source: "天地图 <行政区划>", ReviewNumber: "GS(2024)0650号", Default: true, Incomplete: true}, {Name: "other"}}
	type described struct {
		Attribution string
		Boundaries  *struct {
			Name       string
			Incomplete bool
		} `json:"boundary_set"`
	}
	for _, layer := range []string{"divisions", "counties", "boundary_lines", "organizations,divisions"} {
		got := decode[described](t, b.ask(t, "GET", "/tiles/"+layer, nil, ""))
		if got.Boundaries == nil || got.Boundaries.Name != "cn" || !got.Boundaries.Incomplete || got.Attribution != "天地图 &lt;行政区划&gt; · GS(2024)0650号" {
			t.Errorf("%s: %+v", layer, got)
		}
	}
	if got := decode[described](t, b.ask(t, "GET", "/tiles/organizations", nil, "")); got.Boundaries != nil || got.Attribution != "" {
		t.Errorf("points have boundaries: %+v", got)
	}
	b.store.sets[0].Default = false
	if got := decode[described](t, b.ask(t, "GET", "/tiles/divisions", nil, "")); got.Boundaries != nil {
		t.Errorf("a set that is not drawn: %+v", got)
	}
}

func TestTileCoding(t *testing.T) {
	b := newBench(t, nil)
	b.store.tile = bytes.Repeat([]byte("division "), 200)
	plain := b.ask(t, "GET", "/tiles/divisions/0/0/0", nil, "").Body.Bytes()
	w := b.ask(t, "GET", "/tiles/divisions/0/0/0", map[string]string{"Accept-Encoding": "gzip"}, "")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= len(plain) {
		t.Fatalf("%d bytes as %q", w.Body.Len(), w.Header().Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the coded tile differs: %v", err)
	}
	if w = b.ask(t, "HEAD", "/tiles/divisions/0/0/0", nil, ""); w.Code != http.StatusOK || w.Header().Get("ETag") == "" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
}

func TestTileJSON(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "GET", "/tiles/organizations,divisions?kind=village_committee&cells=8", nil, "")
	got := decode[struct {
		TileJSON string   `json:"tilejson"`
		Tiles    []string `json:"tiles"`
		Layers   []struct {
			ID     string            `json:"id"`
			Fields map[string]string `json:"fields"`
		} `json:"vector_layers"`
	}](t, w)
	want := "http://example.com/tiles/organizations,divisions/{z}/{x}/{y}?cells=8&kind=village_committee"
	if got.TileJSON != "3.0.0" || len(got.Tiles) != 1 || got.Tiles[0] != want || len(got.Layers) != 4 {
		t.Errorf("TileJSON %s", w.Body)
	}
	for _, name := range []string{"name", "kind", "division", "point_count", "location_accuracy_m"} {
		if got.Layers[0].Fields[name] == "" {
			t.Errorf("the field %s is not described", name)
		}
	}
}

// TestTileJSONNamesSource: whoever shows boundaries can name their source without loading a shape.
func TestTileJSONNamesSource(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Attribution = "甲 & 乙" })
	b.store.sets = []geo.BoundarySet{
		{Name: "old", Source: "nobody"},
		{Name: "sample", Source: "<b>generated</b>", ReviewNumber: "GS(2024)0650号", Edition: "2026", Licence: "CC0", Illustrative: true, Default: true},
	}
	const operator = "甲 &amp; 乙"
	const both = operator + " · &lt;b&gt;generated&lt;/b&gt; · GS(2024)0650号 · 示意"
	shown := &tiles.BoundarySet{Name: "sample", Source: "<b>generated</b>", ReviewNumber: "GS(2024)0650号", Edition: "2026", Licence: "CC0", Illustrative: true}
	check := func(layer, attribution string, set *tiles.BoundarySet) {
		t.Helper()
		w := b.ask(t, "GET", "/tiles/"+layer, nil, "")
		got := decode[tiles.TileJSON](t, w)
		if diff := cmp.Diff(set, got.BoundarySet); diff != "" || got.Attribution != attribution || got.Bounds.West != -180 {
			t.Errorf("%s: %s", layer, w.Body)
		}
	}
	for _, layer := range []string{"divisions", "townships", "organizations,provinces"} {
		check(layer, both, shown)
	}
	check("organizations", operator, nil)
	b.store.sets = b.store.sets[:1]
	check("divisions", operator, nil)
}

// TestDivisionsAreDrawnAsDeepAsThereAreOutlines: a set of counties has no townships to draw, at any zoom.
func TestDivisionsAreDrawnAsDeepAsThereAreOutlines(t *testing.T) {
	for _, c := range []struct {
		sets []geo.BoundarySet
		url  string
		want geo.DivisionLevel
	}{
		{nil, "/tiles/divisions/12/1/2", geo.Township},
		{[]geo.BoundarySet{{Default: true}}, "/tiles/divisions/12/1/2", geo.Township},
		{[]geo.BoundarySet{{Deepest: geo.Province}, {Default: true, Deepest: geo.County}}, "/tiles/divisions/12/1/2", geo.County},
		{[]geo.BoundarySet{{Default: true, Deepest: geo.County}}, "/tiles/divisions/6/1/2", geo.Prefecture},
		{[]geo.BoundarySet{{Default: true, Deepest: geo.County}}, "/tiles/townships/12/1/2", geo.Township},
		{[]geo.BoundarySet{{Default: true, Deepest: geo.Village}}, "/tiles/divisions/12/1/2", geo.Township},
	} {
		b := newBench(t, nil)
		b.store.sets, b.store.lines = c.sets, nil
		w := b.ask(t, "GET", c.url, nil, "")
		if body := w.Body.Bytes(); w.Code != http.StatusOK || len(body) < 4 || geo.DivisionLevel(body[len(body)-4]) != c.want {
			t.Errorf("%s with %+v: %d % x, want level %v", c.url, c.sets, w.Code, w.Body, c.want)
		}
	}
}
