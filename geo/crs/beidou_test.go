package crs_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// TestBeiDouVectors: codes of all levels by exact arithmetic of another program, and the example of the standard.
func TestBeiDouVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/beidou-grid-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID       string
			Lon, Lat float64
			Prefixes map[string]string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 50 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		p, err := geo.NewPosition(v.Lon, v.Lat)
		if err != nil {
			t.Fatal(err)
		}
		for level := 1; level <= crs.BeiDouLevels; level++ {
			if got, want := crs.BeiDou(p, level), v.Prefixes[strconv.Itoa(level)]; got != want {
				t.Errorf("%s, level %d: %s, want %s", v.ID, level, got, want)
			}
		}
	}
	example, err := geo.NewPosition(116+18.0/60+45.37/3600, 39+59.0/60+35.38/3600)
	if err != nil {
		t.Fatal(err)
	}
	if got := crs.BeiDou(example, 9); got != "N50J47539B82553461" {
		t.Errorf("the example of the standard: %s", got)
	}
}

// TestBeiDouHoldsItsPosition: a cell that is read from its code holds what was coded, and has the same code at its centre.
func TestBeiDouHoldsItsPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Position{Lon: rapid.Int32Range(0, 1_799_999_999).Draw(t, "lon"), Lat: rapid.Int32Range(0, 879_999_999).Draw(t, "lat")}
		level := rapid.IntRange(1, crs.BeiDouLevels).Draw(t, "level")
		code := crs.BeiDou(p, level)
		lon, lat, width, height, ok := crs.ReadBeiDou(code)
		if x, y := p.Degrees(); !ok || math.Abs(x-lon) > width/2+1e-12 || math.Abs(y-lat) > height/2+1e-12 {
			t.Fatalf("%v is in %s, whose cell is %v by %v degrees round %v, %v (%v)", p, code, width, height, lon, lat, ok)
		}
		if level == crs.BeiDouLevels {
			return // a cell is narrower than the unit of positions
		}
		centre, err := geo.NewPosition(lon, lat)
		if err != nil || crs.BeiDou(centre, level) != code {
			t.Fatalf("the centre of %s is in %s, %v", code, crs.BeiDou(centre, level), err)
		}
	})
}

func TestBeiDouRefuses(t *testing.T) {
	for _, code := range []string{"", "N50", "N50Z", "S50J", "N00A", "N61A", "N50JC0", "N50J08", "N50J476", "N50J4", "N50J47539B8255346152A", "人50J"} {
		if _, _, _, _, ok := crs.ReadBeiDou(code); ok {
			t.Errorf("%q is read", code)
		}
	}
	for _, p := range []geo.Position{{Lon: -1}, {Lat: -1}, {Lon: 1_800_000_000}, {Lat: 880_000_000}} {
		if code := crs.BeiDou(p, 5); code != "" {
			t.Errorf("%v: %s", p, code)
		}
	}
	if crs.BeiDou(geo.Position{}, 0) != "" || crs.BeiDou(geo.Position{}, 11) != "" {
		t.Error("there are levels 0 and 11")
	}
}
