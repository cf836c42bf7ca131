package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jingwei/testdata/sample/outline"
)

// A small world: China is a square of one degree with four counties, two of them kept, and one kept county in the sea.
const (
	worldText = `{"features":[{"properties":{"iso_a2":"CN"},"geometry":{"type":"Polygon","coordinates":
		[[[119.5,28.5],[120.5,28.5],[120.5,29.5],[119.5,29.5],[119.5,28.5]]]}},
		{"properties":{"iso_a2":"XX"},"geometry":{"type":"MultiPolygon","coordinates":
		[[[[119.5,29.5],[120.5,29.5],[120.5,35],[119.5,35],[119.5,29.5]]],[[[0,0],[0.1,0],[0,0.1],[0,0]]]]}}]}`
	countiesText = `code,name,prefecture,province,lon,lat,area_km2,townships
330102,甲,杭州市,浙江省,119.7,28.7,2500,3
330105,乙,杭州市,浙江省,120.2,28.8,2500,2
330902,岛,舟山市,浙江省,121.2,28.9,200,2
360102,丙,南昌市,江西省,119.7,29.3,2500,3
360103,丁,南昌市,江西省,120.3,29.3,2500,3
`
)

// divisionsText has two villages in each township.
func divisionsText() string {
	var b strings.Builder
	b.WriteString("code,name,level,kind,parent_code\n330000000000,浙江省,1,province,\n")
	for _, p := range []string{"3301", "3309"} {
		fmt.Fprintf(&b, "%s00000000,市,2,prefecture,330000000000\n", p)
	}
	for _, county := range []string{"330102", "330105", "330902"} {
		n := map[string]int{"330102": 3, "330105": 2, "330902": 2}[county]
		fmt.Fprintf(&b, "%s000000,县,3,county,%s00000000\n", county, county[:4])
		for i := range n {
			town := fmt.Sprintf("%s%03d", county, i+1)
			fmt.Fprintf(&b, "%s000,街道,4,street,%s000000\n", town, county)
			fmt.Fprintf(&b, "%s001,居委会,5,residents_committee,%s000\n%s200,村委会,5,village_committee,%s000\n", town, town, town, town)
		}
	}
	return b.String()
}

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "generate")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, text := range map[string]string{"c.csv": countiesText, "d.csv": divisionsText(), "w.json": worldText} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, again, other := generate(t, dir, "a", "7"), generate(t, dir, "b", "7"), generate(t, dir, "c", "8")
	for name := range first {
		if !bytes.Equal(first[name], again[name]) {
			t.Errorf("%s differs between two runs", name)
		}
		if bytes.Equal(first[name], other[name]) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
	checkTownships(t, first["townships.geojson.gz"])
}

func generate(t *testing.T, dir, out, seed string) map[string][]byte {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, out), 0o700); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), filepath.Join(dir, "generate"), "-counties", "c.csv", "-divisions", "d.csv",
		"-world", "w.json", "-out", out, "-seed", seed)
	run.Dir = dir
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	files := map[string][]byte{}
	for _, name := range []string{"divisions.csv.gz", "townships.geojson.gz", "land.json"} {
		content, err := os.ReadFile(filepath.Join(dir, out, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = content
	}
	return files
}

func checkTownships(t *testing.T, zipped []byte) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var collection struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates json.RawMessage }
		}
	}
	if err := json.Unmarshal(text, &collection); err != nil {
		t.Fatal(err)
	}
	var all []outline.Edge
	for _, f := range collection.Features {
		polygons, err := outline.ParseMultiPolygon(f.Geometry.Coordinates)
		if err != nil {
			t.Fatal(err)
		}
		if err := outline.Check(polygons); err != nil {
			t.Errorf("%s: %v", f.ID, err)
		}
		all = append(all, outline.Edges(polygons...)...)
	}
	if len(collection.Features) != 7 {
		t.Errorf("%d townships", len(collection.Features))
	}
	if err := outline.Crossing(all); err != nil {
		t.Error(err)
	}
}
