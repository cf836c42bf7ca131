package postgis_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"jingwei/geo"
)

func tileAt(lon, lat float64, z maptile.Zoom) maptile.Tile {
	n := math.Exp2(float64(z))
	phi := lat * math.Pi / 180
	return maptile.New(uint32((lon+180)/360*n), uint32((1-math.Log(math.Tan(phi)+1/math.Cos(phi))/math.Pi)/2*n), z)
}

// drawn lists what a tile holds, in its order.
func drawn(t *testing.T, s setup, level geo.DivisionLevel, tile maptile.Tile, on geo.Day) []string {
	t.Helper()
	data, err := s.DivisionTile(t.Context(), level, uint32(tile.Z), tile.X, tile.Y, on)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	if len(data) == 0 {
		return out
	}
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		for _, f := range layer.Features {
			out = append(out, fmt.Sprintf("%s %d %.0f %s %v", layer.Name, layer.Extent, f.ID, f.Geometry.GeoJSONType(), f.Properties))
		}
	}
	return out
}

func TestDivisionTile(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	tile := tileAt(121, 28.1, 9)
	want := []string{
		"divisions 4096 330382000000 Polygon map[code:330382000000 illustrative:true level:3 name:乐清市 parent:330300000000 pinyin:yue qing shi]",
		"division_labels 4096 330382000000 Point map[code:330382000000 level:3 name:乐清市 pinyin:yue qing shi]",
	}
	if diff := cmp.Diff(want, drawn(t, s, geo.County, tile, s.today)); diff != "" {
		t.Errorf("tile (-want +got):\n%s", diff)
	}
	if got := drawn(t, s, geo.County, tile, day("2019-01-01")); len(got) != 0 {
		t.Errorf("before the division existed: %v", got)
	}
	if got := drawn(t, s, geo.County, maptile.New(0, 0, 9), s.today); len(got) != 0 {
		t.Errorf("in the Arctic: %v", got)
	}
	for _, address := range [][3]uint32{{31, 0, 0}, {0, 1, 0}, {3, 0, 8}} {
		_, err := s.DivisionTile(t.Context(), geo.County, address[0], address[1], address[2], s.today)
		wantError(t, err, geo.ErrInvalid, "tile")
	}
}

func TestDivisionTileDrawsTheDefaultSetOnly(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	other := boundaries()
	other.Name, other.Default = "other", false
	if _, err := s.LoadShapes(t.Context(), other, shapes(), nil); err != nil {
		t.Fatal(err)
	}
	if got := drawn(t, s, geo.County, tileAt(121, 28.1, 9), s.today); len(got) != 2 {
		t.Errorf("one polygon and one label are to be drawn: %v", got)
	}
}

// TestEachLabelIsInOneTile: labels have no buffer, also when they stand exactly on the edge of tiles.
func TestEachLabelIsInOneTile(t *testing.T) {
	s := newEmptySetup(t)
	list := []geo.Division{
		division(110000000000, 0, geo.Province, "角上", 90, 0),
		division(120000000000, 0, geo.Province, "边上", 90, 30),
		division(130000000000, 0, geo.Province, "线上", 100, 0),
		division(140000000000, 0, geo.Province, "里面", 101.25, 33),
	}
	if _, err := s.LoadDivisions(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	for z := range maptile.Zoom(6) {
		seen := map[string]int{}
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				for _, label := range drawn(t, s, geo.Province, maptile.New(x, y, z), s.today) {
					seen[label]++
				}
			}
		}
		if len(seen) != len(list) {
			t.Errorf("zoom %d: %d labels, want %d", z, len(seen), len(list))
		}
		for label, n := range seen {
			if n != 1 {
				t.Errorf("zoom %d: %s is in %d tiles", z, label, n)
			}
		}
	}
}

func TestDivisionGeneration(t *testing.T) {
	s := newSetup(t)
	last, err := s.DivisionGeneration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func(){
		func() { s.loadShapes(t) },
		func() { s.exec(t, `update jingwei.division set name = '柳市' where code = $1`, liushi) },
		func() { s.exec(t, `delete from jingwei.division_shape where code = $1`, liushi) },
		func() { s.exec(t, `update jingwei.boundary_set set illustrative = false`) },
	} {
		step()
		next, err := s.DivisionGeneration(t.Context())
		if err != nil || next == last {
			t.Errorf("the generation is still %s, %v", next, err)
		}
		last = next
	}
}

// A shape that no division has the code of stands beside those that have, never alone: it would look like the country.
func TestUnmatchedShapesNeedDivisions(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	// A division of earlier days that has no shape keeps no other shape company.
	s.exec(t, `insert into jingwei.division (code, level, kind, name, valid)
		values (980000000000, 1, 'province', '旧省', daterange('2018-01-01', '2020-01-01'))`)
	for _, c := range []struct {
		day  geo.Day
		some bool
	}{{s.today, true}, {day("2019-01-01"), false}} {
		tile, err := s.DivisionTile(t.Context(), geo.Province, 2, 3, 1, c.day)
		if err != nil || bytes.Contains(tile, []byte("990000000000")) != c.some {
			t.Errorf("on %s: %d bytes, %v; the shape without a division is there: want %v", c.day, len(tile), err, c.some)
		}
	}
}
