package sample_test

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/testdata/sample"
	"jingwei/testdata/sample/outline"
)

// data is the sample with its cells parsed.
type data struct {
	divisions     []geo.Division
	byCode        map[geo.DivisionCode]geo.Division
	cells         map[geo.DivisionCode][]outline.Polygon
	organizations []geo.OrganizationContent
}

// TestSample reads the sample once for all checks.
func TestSample(t *testing.T) {
	d := load(t)
	t.Run("Counts", func(t *testing.T) { testCounts(t, d) })
	t.Run("Divisions", func(t *testing.T) { testDivisions(t, d) })
	t.Run("LabelsLieInsideTheirCells", func(t *testing.T) { testLabelsLieInsideTheirCells(t, d) })
	t.Run("Pinyin", func(t *testing.T) { testPinyin(t, d) })
	t.Run("Organizations", func(t *testing.T) { testOrganizations(t, d) })
	t.Run("ShapesAreValid", func(t *testing.T) { testShapesAreValid(t, d) })
	t.Run("CellsFormACoverage", func(t *testing.T) { testCellsFormACoverage(t, d) })
	t.Run("LandHoldsTheCells", func(t *testing.T) { testLandHoldsTheCells(t, d) })
}

func load(t *testing.T) data {
	t.Helper()
	d := data{byCode: map[geo.DivisionCode]geo.Division{}, cells: map[geo.DivisionCode][]outline.Polygon{}}
	var err error
	if d.divisions, err = sample.Divisions(); err != nil {
		t.Fatal(err)
	}
	if d.organizations, err = sample.Organizations(); err != nil {
		t.Fatal(err)
	}
	for _, v := range d.divisions {
		d.byCode[v.Code] = v
	}
	shapes, err := sample.Shapes()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shapes {
		var g struct {
			Type        string
			Coordinates json.RawMessage
		}
		if err := json.Unmarshal(s.GeoJSON, &g); err != nil || g.Type != "MultiPolygon" {
			t.Fatalf("shape of %s: %v, type %q", s.Code, err, g.Type)
		}
		if d.cells[s.Code], err = outline.ParseMultiPolygon(g.Coordinates); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func testCounts(t *testing.T, d data) {
	divisions, shapes, kinds := map[geo.DivisionLevel]int{}, map[geo.DivisionLevel]int{}, map[string]int{}
	for _, v := range d.divisions {
		divisions[v.Level]++
	}
	for code := range d.cells {
		shapes[code.Level()]++
	}
	for _, o := range d.organizations {
		kinds[o.Kind]++
	}
	wantShapes := map[geo.DivisionLevel]int{geo.Province: 1, geo.Prefecture: 11, geo.County: 90, geo.Township: 1387}
	wantDivisions := maps.Clone(wantShapes)
	wantDivisions[geo.Village] = 25547
	if diff := cmp.Diff(wantDivisions, divisions); diff != "" {
		t.Errorf("divisions by level (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantShapes, shapes); diff != "" {
		t.Errorf("shapes by level (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"village_committee": 19708, "residents_committee": 5716}, kinds); diff != "" {
		t.Errorf("organizations by kind (-want +got):\n%s", diff)
	}
}

func testDivisions(t *testing.T, d data) {
	if len(d.byCode) != len(d.divisions) {
		t.Errorf("%d codes for %d divisions", len(d.byCode), len(d.divisions))
	}
	for _, v := range d.divisions {
		if v.Level != v.Code.Level() || v.Name == "" || v.Pinyin == "" || !v.HasLabel {
			t.Errorf("incomplete: %+v", v)
		}
		up, ok := d.byCode[v.Parent]
		if ok != (v.Level > geo.Province) || ok && up.Level != v.Level-1 {
			t.Errorf("%s has the parent %s of level %s", v.Code, v.Parent, up.Level)
		}
		if v.Valid.From.String() != "2023-06-30" || v.Valid.To != geo.MaxDay {
			t.Errorf("%s is valid %s to %s", v.Code, v.Valid.From, v.Valid.To)
		}
	}
}

func testLabelsLieInsideTheirCells(t *testing.T, d data) {
	for _, v := range d.divisions {
		cell := v.Code
		if v.Level == geo.Village {
			cell = v.Parent
		}
		if !outline.Contains(d.cells[cell], v.Label) {
			t.Errorf("the label of %s %s lies outside of the cell of %s", v.Code, v.Name, cell)
		}
	}
}

func testPinyin(t *testing.T, d data) {
	want := map[string]string{
		"330000000000": "zhe jiang sheng",
		"330212000000": "yin zhou qu",
		"330304000000": "ou hai qu",
		"330305000000": "dong tou qu",
		"330382000000": "yue qing shi",
		"330522000000": "chang xing xian",
		"330603000000": "ke qiao qu",
		"330683000000": "sheng zhou shi",
		"330825000000": "long you xian",
		"331000000000": "tai zhou shi",
		"331024000000": "xian ju xian",
		"331100000000": "li shui shi",
		"331102000000": "lian du qu",
		"331122000000": "jin yun xian",
		"331127000000": "jing ning she zu zi zhi xian",
	}
	got := map[string]string{}
	for _, v := range d.divisions {
		if _, ok := want[v.Code.String()]; ok {
			got[v.Code.String()] = v.Pinyin
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pinyin (-want +got):\n%s", diff)
	}
}

func testOrganizations(t *testing.T, d data) {
	places, codes := map[geo.Position]bool{}, map[string]bool{}
	for _, o := range d.organizations {
		places[o.Location], codes[o.Code] = true, true
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", o.Code, err)
		}
		v, ok := d.byCode[o.Division]
		if !ok || o.Code != v.Code.String() || o.Name != v.Name || o.Location != v.Label {
			t.Errorf("%s does not match its division %+v", o.Code, v)
		}
		town := d.byCode[v.Parent]
		if !outline.Contains(d.cells[town.Code], o.Location) {
			t.Errorf("%s lies outside of the cell of %s", o.Code, town.Code)
		}
		if outline.Distance(o.Location, town.Label) > o.LocationAccuracyM {
			t.Errorf("%s lies farther from the label of %s than %.0f m", o.Code, town.Code, o.LocationAccuracyM)
		}
	}
	if len(codes) != len(d.organizations) {
		t.Errorf("%d codes for %d organizations", len(codes), len(d.organizations))
	}
	if len(places) < len(d.organizations)*999/1000 {
		t.Errorf("only %d positions for %d organizations", len(places), len(d.organizations))
	}
}

func testShapesAreValid(t *testing.T, d data) {
	for code, cell := range d.cells {
		if len(cell) == 0 {
			t.Errorf("%s has an empty cell", code)
		}
		if err := outline.Check(cell); err != nil {
			t.Errorf("cell of %s: %v", code, err)
		}
	}
}

// Areas are whole numbers, so they must add up exactly. No two edges of the townships cross, so what is not a common
// edge of two of them is part of the province's outline: a gap is a hole in it, an overlap a part inside a part.
func testCellsFormACoverage(t *testing.T, d data) {
	sum := map[geo.DivisionCode]int64{}
	var townships []outline.Edge
	for code, cell := range d.cells {
		area := outline.Area(cell)
		if area <= 0 {
			t.Errorf("%s has the area %d", code, area)
		}
		sum[d.byCode[code].Parent] += area
		if code.Level() == geo.Township {
			townships = append(townships, outline.Edges(cell...)...)
		}
	}
	for code, cell := range d.cells {
		if code.Level() < geo.Township && outline.Area(cell) != sum[code] {
			t.Errorf("%s has the area %d, its parts have %d", code, outline.Area(cell), sum[code])
		}
	}
	if err := outline.Crossing(townships); err != nil {
		t.Error(err)
	}
	province := d.cells[330000000000]
	for i, p := range province {
		if len(p) > 1 {
			t.Errorf("there is a gap at %s", p[1][0])
		}
		others := append(province[:i:i], province[i+1:]...)
		if slices.ContainsFunc(p[0], func(v geo.Position) bool { return outline.Contains(others, v) }) {
			t.Errorf("there is an overlap at %s", p[0][0])
		}
	}
}

// The coast of the base map must be the coast of the cells, or cells would stick out into the water.
func testLandHoldsTheCells(t *testing.T, d data) {
	var land struct {
		Features []struct {
			Properties struct{ Kind string }
			Geometry   struct{ Coordinates json.RawMessage }
		}
	}
	if err := json.Unmarshal(sample.Land(), &land); err != nil {
		t.Fatal(err)
	}
	if len(land.Features) != 2 || land.Features[0].Properties.Kind != "land" || land.Features[1].Properties.Kind != "dash_line" {
		t.Fatalf("features %+v", land.Features)
	}
	parts, err := outline.ParseMultiPolygon(land.Features[0].Geometry.Coordinates)
	if err != nil {
		t.Fatal(err)
	}
	coast := map[outline.Edge]bool{}
	for _, e := range outline.Edges(parts...) {
		coast[e] = true
	}
	onCoast := 0
	const province = 330000000000
	for _, e := range outline.Edges(d.cells[province]...) {
		middle := geo.Position{Lon: e.From.Lon/2 + e.To.Lon/2, Lat: e.From.Lat/2 + e.To.Lat/2}
		if coast[e] {
			onCoast++
		} else if !outline.Contains(parts, middle) {
			t.Errorf("the border %s-%s is neither coast nor on land", e.From, e.To)
		}
	}
	if share := float64(onCoast) / float64(len(outline.Edges(d.cells[province]...))); math.IsNaN(share) || share < 0.3 {
		t.Errorf("only %.0f %% of the province's border is coast", share*100)
	}
}
