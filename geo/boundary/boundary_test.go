package boundary_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/boundary"
	"jingwei/geo/crs"
	"jingwei/geo/geotest"
)

const square = `{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,31],[120,30]]]}`

func featureOf(properties, geometry string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","name":"x","features":[` + strings.Join(features, ",") + `],"more":[1]}`
}

func county() boundary.Options { return boundary.Options{Level: geo.County} }

func TestReadFindsCodes(t *testing.T) {
	tests := []struct {
		feature string
		options boundary.Options
		code    geo.DivisionCode
		name    string
	}{
		{featureOf(`{"code":"330102","name":"上城区"}`, square), county(), 330102000000, "上城区"},
		{featureOf(`{"adcode":330102}`, square), county(), 330102000000, ""},
		{featureOf(`{"gb":"156330102"}`, square), county(), 330102000000, ""},
		{featureOf(`{"code":"330102000000","level":"county"}`, square), county(), 330102000000, ""},
		{featureOf(`{"a":"330103","code":"330102"}`, square), boundary.Options{Level: geo.County, CodeProperty: "a"}, 330103000000, ""},
		{`{"type":"Feature","id":330102,"properties":null,"geometry":` + square + `}`, county(), 330102000000, ""},
	}
	for _, test := range tests {
		f, err := boundary.Read(strings.NewReader(collection(test.feature)), test.options)
		if err != nil || len(f.Units) != 1 || f.Units[0].Code != test.code || f.Units[0].Name != test.name {
			t.Errorf("%s: %+v, %v", test.feature, f, err)
		}
	}
}

func TestReadRefusesFeatures(t *testing.T) {
	tests := []struct{ feature, reason string }{
		{featureOf(`{"name":"x"}`, square), "not a division code"},
		{featureOf(`{"code":"33010"}`, square), "2, 4, 6, 9 or 12 digits"},
		{featureOf(`{"code":"330102","level":"province"}`, square), "says that it is a province"},
		{featureOf(`{"code":"330199","name":"x"}`, square), "feature 1 has this code"},
		{featureOf(`{"code":"330102","name":"a\nb"}`, square), "control characters"},
		{featureOf("{\"code\":\"330102\",\"name\":\"\xd6\xd0\"}", square), "UTF-8"},
		{featureOf(`{"code":"330102","name":"`+strings.Repeat("x", 201)+`"}`, square), "at most 200"},
		{featureOf(`{"code":"330102"}`, `null`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Point","coordinates":[1,2]}`), `not "Point"`},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[]}`), "empty"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[30,120],[30,121],[31,121],[30,120]]]}`), "swapped"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[500000,3300000],[500001,3300000],[500001,3300001],[500000,3300000]]]}`), "outside"},
		{featureOf(`{"name":"省界"}`, `{"type":"LineString","coordinates":[[1,2]]}`), "two are needed"},
		{featureOf(`{"name":"省界"}`, `{"type":"LineString","coordinates":["a"]}`), "coordinates"},
		{featureOf(`{"name":"省界"}`, `{"type":"LineString","coordinates":[[1,2],[null,3]]}`), "coordinates"},
		{featureOf(`{"name":"省界"}`, `{"type":"MultiLineString","coordinates":[]}`), "empty"},
		{`5`, "number"},
		{`"a feature"`, "string"}, {`[1]`, "array"}, {`null`, "geometry"}, {`true`, "bool"},
		{`{"type":"Feature",330102}`, "invalid character"},
		{"{\"type\":\"Feature\",\x00\"properties\":{}}", "invalid character"},
		{`{"type":"Feature","properties":[1],"geometry":` + square + `}`, "array"},
		{`{"type":"Feature","properties":{"code":"330102"}}`, "geometry"},
		{featureOf(`{"code":"330102\u0000"}`, square), "not a division code"},
		{featureOf("{\"code\":\"\xb4\xe5\"}", square), "not a division code"},
		{featureOf(`{"code":{"a":1}}`, square), "not a division code"},
		{featureOf(`{"code":3.3e5}`, square), "not a division code"},
		{featureOf(`{"code":"030102"}`, square), "begins with 0"},
		{featureOf(`{"code":"330102","name":"\u001b[2J"}`, square), "control characters"},
		{featureOf(`{"code":"330102"}`, `{"type":"GeometryCollection","geometries":[]}`), `not "GeometryCollection"`},
		{featureOf(`{"code":"330102"}`, `{"type":"Curve","coordinates":[]}`), `not "Curve"`},
		{featureOf(`{"code":"330102"}`, `{"type":"MultiPolygon","coordinates":[]}`), "empty"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon"}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[120,30],[121,30]]]}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[["120","30"],["121","30"],["121","31"],["120","30"]]]}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[120],[121],[121],[120]]]}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[1e999,30],[121,30],[121,31],[120,30]]]}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"Polygon","coordinates":[[[120,null],[121,30],[121,31],[120,30]]]}`), "geometry"},
		{featureOf(`{"code":"330102"}`, `{"type":"MultiPolygon","coordinates":[[[120,30],[121,30],[121,31],[120,30]]]}`), "geometry"},
	}
	for _, test := range tests {
		f, err := boundary.Read(strings.NewReader(collection(featureOf(`{"code":"330199"}`, square), test.feature)), county())
		if err != nil {
			t.Errorf("%s: %v", test.feature, err)
			continue
		}
		if f.Read != 2 || len(f.Units) != 1 || len(f.Refused) != 1 || f.Refused[0].Feature != 2 || !strings.Contains(f.Refused[0].String(), test.reason) {
			t.Errorf("%s: %+v, want %q", test.feature, f.Refused, test.reason)
		}
	}
	f, err := boundary.Read(strings.NewReader(collection(featureOf(`{"code":"33"}`, square))), boundary.Options{})
	if err != nil || len(f.Refused) != 1 || !strings.Contains(f.Refused[0].Reason, "--level") {
		t.Errorf("without a level: %+v, %v", f, err)
	}
}

func TestReadRefusesFiles(t *testing.T) {
	for _, text := range []string{
		"", "[]", "5", "null", "{", `{"type":"FeatureCollection","features":`, `{"type":"FeatureCollection","features":[{]}`,
		`{"type":"FeatureCollection","features":{}}`, `{"type":"Topology"}`, `{"type":"FeatureCollection","features":[1 2]}`, `{"type":"FeatureCollection","features":[1,]`,
		`{"type":"FeatureCollection" "features":[]}`, `{type:"FeatureCollection"}`, strings.Repeat("[", 5000), `{"a":` + strings.Repeat("[", 5000) + `}`, "\xb4\xfa\xc2\xeb",
		`{"type":"FeatureCollection","features":[` + featureOf(`{"code":"330102"}`, square) + `,{"type":"Feature","properties":{"code":"33`,
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}`,
		`{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"EPSG:4549"}}}`, `{"type":"FeatureCollection","features":[],"crs":5}`,
		truncated(), collection() + collection(), collection() + "x", "\x1f\x8bxx", "code,name\n330102,上城区",
	} {
		var fault *geo.Error
		if _, err := boundary.Read(strings.NewReader(text), county()); !errors.As(err, &fault) || fault.Field != "file" {
			t.Errorf("%.100q: %v", text, err)
		}
	}
}

// truncated is a gzip file that ends amid its features.
func truncated() string {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	var features []string
	for i := range 1000 {
		features = append(features, featureOf(fmt.Sprintf(`{"code":"%d"}`, 330000+i), square))
	}
	fmt.Fprint(z, collection(features...))
	_ = z.Close()
	return zipped.String()[:zipped.Len()/2]
}

func TestReadOwnSystem(t *testing.T) {
	for _, name := range []string{"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"} {
		text := `{"crs":{"type":"name","properties":{"name":"` + name + `"}},` + collection(featureOf(`{"code":"330102"}`, square))[1:]
		if f, err := boundary.Read(strings.NewReader(text), county()); err != nil || len(f.Units) != 1 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// TestNationalReadLongFeature: a feature of 80 MB, of 2 GB at full size, is refused, the one after it arrives, and memory stays
// bounded.
func TestNationalReadLongFeature(t *testing.T) {
	mebibytes := 80
	if os.Getenv("JINGWEI_NATIONAL") != "" {
		mebibytes = 2 << 10
	}
	fill := bytes.Repeat([]byte("x"), 1<<20)
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`+featureOf(`{"code":"330101"}`, square)+`,{"type":"Feature","properties":{"code":"330102","name":"`)
		for range mebibytes {
			if err == nil {
				_, err = w.Write(fill)
			}
		}
		if err == nil {
			_, err = io.WriteString(w, `"}},`+featureOf(`{"code":"330103"}`, square)+`]}`)
		}
		_ = w.CloseWithError(err)
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := boundary.Read(r, county())
	runtime.ReadMemStats(&after)
	if err != nil || len(f.Units) != 2 || len(f.Refused) != 1 || f.Refused[0].Feature != 2 || !strings.Contains(f.Refused[0].Reason, "longer than 64 MiB") {
		t.Errorf("%+v, %v", f, err)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 400 {
		t.Errorf("%d MiB were taken", took)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(collection(featureOf(`{"code":"330102","name":"上城区"}`, square), `{"a":"\\\"}"}`, `5`)))
	f.Add([]byte(featureOf(`{"name":"南海断续线"}`, `{"type":"LineString","coordinates":[[110,5],[111,6]]}`)))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":33,"properties":null,"geometry":{"type":"MultiPolygon","coordinates":[]}}],"crs":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := boundary.Read(bytes.NewReader(text), county())
		if err != nil {
			if !errors.Is(err, geo.ErrInvalid) {
				t.Errorf("%v is not the fault of the file", err)
			}
			return
		}
		for _, r := range file.Refused {
			if r.Feature < 1 || r.Feature > file.Read || r.Reason == "" || strings.ContainsAny(r.String(), "\x00\x1b\n") {
				t.Errorf("refusal %q", r)
			}
		}
		if len(file.Units)+len(file.Refused) > file.Read {
			t.Errorf("%d features, %d taken, %d refused", file.Read, len(file.Units), len(file.Refused))
		}
		seen := map[geo.DivisionCode]bool{}
		for _, u := range file.Units {
			if seen[u.Code] || len(u.Shape) == 0 {
				t.Errorf("%s twice or without a shape", u.Code)
			}
			seen[u.Code] = true
		}
	})
}

func TestReadForms(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "\ufeff", collection(featureOf(`{"code":"330102"}`, square)))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"gzip with a BOM": zipped.String(), "lone feature": featureOf(`{"code":"330102"}`, square)} {
		if f, err := boundary.Read(strings.NewReader(text), county()); err != nil || len(f.Units) != 1 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestReadLines(t *testing.T) {
	f, err := boundary.Read(strings.NewReader(collection(
		featureOf(`{"name":"南海断续线"}`, `{"type":"MultiLineString","coordinates":[[[110,5],[111,6]],[[112,7],[113,8]]]}`),
		featureOf(`{"name":"x","kind":"undefined"}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`),
		featureOf(`{"name":"x","kind":"undefined"}`, `{"type":"LineString","coordinates":[[5,6],[7,8]]}`),
		featureOf(`{"name":"海岸线"}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`))), boundary.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range f.Lines {
		got = append(got, fmt.Sprint(l.Kind, " ", l.Name, " ", len(l.Lines)))
	}
	if diff := cmp.Diff([]string{"south_china_sea 南海断续线 2", "undefined x 2", "other 海岸线 1"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func read(t testing.TB, o boundary.Options, name string) *boundary.File {
	t.Helper()
	r, err := os.Open(geotest.Shared(t, "data", "boundaries", name))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := boundary.Read(r, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Refused) > 0 {
		t.Errorf("%s: %v", name, f.Refused)
	}
	return f
}

func TestNationalReadRealSets(t *testing.T) {
	for level, want := range map[geo.DivisionLevel]int{geo.Province: 34, geo.Prefecture: 375, geo.County: 2891} {
		if level == geo.County && os.Getenv("JINGWEI_NATIONAL") == "" {
			continue // seconds under the race detector
		}
		if f := read(t, boundary.Options{Level: level}, "cn-"+level.String()+".geojson.gz"); len(f.Units) != want || f.Read != want {
			t.Errorf("%s: %d units of %d", level, len(f.Units), f.Read)
		}
	}
	if f := read(t, boundary.Options{}, "cn-lines.geojson"); len(f.Lines) != 4 {
		t.Errorf("lines %+v", f.Lines)
	}
}

// reference makes a set of squares all over China, and where their centres are.
func reference(n int) ([]boundary.Unit, map[geo.DivisionCode][2]float64) {
	var units []boundary.Unit
	centres := map[geo.DivisionCode][2]float64{}
	for i := range n {
		lon, lat := int32(900_000_000+i*7_000_000), int32(220_000_000+(i*37%25)*10_000_000)
		code := geo.DivisionCode(110000000000 + i*1000000)
		units = append(units, boundary.Unit{Code: code, Shape: geo.MultiPolygon{{{
			{Lon: lon, Lat: lat}, {Lon: lon + 4_000_000, Lat: lat}, {Lon: lon + 4_000_000, Lat: lat + 4_000_000}, {Lon: lon, Lat: lat + 4_000_000}}}}})
		centres[code] = [2]float64{float64(lon)*geo.Unit + 0.2, float64(lat)*geo.Unit + 0.2}
	}
	return units, centres
}

func moved(units []boundary.Unit, to func(lon, lat float64) (float64, float64)) []boundary.Unit {
	out := make([]boundary.Unit, len(units))
	for i, u := range units {
		ring := make(geo.Ring, 0, 4)
		for _, p := range u.Shape[0][0] {
			q, err := geo.NewPosition(to(p.Degrees()))
			if err != nil {
				panic(err)
			}
			ring = append(ring, q)
		}
		out[i] = u
		out[i].Shape = geo.MultiPolygon{{ring}}
	}
	return out
}

func TestFindShift(t *testing.T) {
	units, centres := reference(60)
	noise := func(i int) float64 { return 0.02 * math.Sin(float64(i*i)) } // a fifth of the divisions moved by kilometres
	i := 0
	tests := []struct {
		name string
		to   func(lon, lat float64) (float64, float64)
		want string // system, "" for no shift
	}{
		{"the same", func(lon, lat float64) (float64, float64) { return lon, lat }, ""},
		{"gcj02", crs.GCJ02.FromWGS84, "gcj02 false"},
		{"bd09", crs.BD09.FromWGS84, "bd09 false"},
		{"converted for nothing", crs.GCJ02.ToWGS84, "gcj02 true"},
		{"another edition", func(lon, lat float64) (float64, float64) { i++; return lon + noise(i), lat + noise(i+7) }, ""},
		{"far away", func(lon, lat float64) (float64, float64) { return lon + 0.1, lat }, ""},
		{"gcj02 of another edition", func(lon, lat float64) (float64, float64) {
			if i++; i%20 < 4 {
				lon += noise(i)
			}
			return crs.GCJ02.FromWGS84(lon, lat)
		}, "gcj02 false"},
	}
	for _, test := range tests {
		got := ""
		if s := boundary.FindShift(moved(units, test.to), centres); s != nil {
			got = fmt.Sprint(s.System, " ", s.Backwards)
			if !errors.Is(s, geo.ErrInvalid) || !strings.Contains(s.Error(), "--crs") || s.Codes != 60 {
				t.Errorf("%s: %v", test.name, s)
			}
		}
		if got != test.want {
			t.Errorf("%s: shift %q, want %q", test.name, got, test.want)
		}
	}
	if s := boundary.FindShift(moved(units[:29], crs.GCJ02.FromWGS84), centres); s != nil {
		t.Errorf("29 codes are enough for %v", s)
	}
}

func TestCentre(t *testing.T) {
	ring := geo.Ring{{}, {Lon: 40}, {Lon: 40, Lat: 20}, {Lat: 20}}
	hole := geo.Ring{{Lon: 1, Lat: 1}, {Lon: 3, Lat: 1}, {Lon: 3, Lat: 3}}
	for _, m := range []geo.MultiPolygon{{{ring}}, {{geo.Ring{ring[3], ring[2], ring[1], ring[0]}}}, {{ring, hole}, {hole}}} {
		if got, ok := boundary.Centre(m); !ok || math.Abs(got[0]-20e-7) > 1e-12 || math.Abs(got[1]-10e-7) > 1e-12 {
			t.Errorf("%v: %v", m, got)
		}
	}
	if _, ok := boundary.Centre(nil); ok {
		t.Error("nothing has a centre")
	}
}
