package tiles_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/tiles"
)

func TestTileJSON(t *testing.T) {
	deep := 14
	for name, c := range map[string]struct {
		in   tiles.TileJSON
		want string
	}{
		"least": {
			tiles.TileJSON{MaxZoom: 14},
			`{"tilejson":"3.0.0","tiles":[],"vector_layers":[],"minzoom":0,"maxzoom":14}`,
		},
		"full": {
			tiles.TileJSON{
				Tiles: []string{"https://example.org/tiles/a/{z}/{x}/{y}.mvt"},
				VectorLayers: []tiles.VectorLayer{
					{ID: "a", Fields: map[string]string{"name": "text", "kind": "category"}, MaxZoom: &deep},
					{ID: "b", Description: "no fields"},
				},
				Name: "a", Description: "d", Version: "1.0.0", Attribution: "民政部", MinZoom: 1, MaxZoom: 22,
				Bounds:      tiles.Bounds{West: 118.01, South: 27.03, East: 122.95, North: 31.18},
				Center:      &tiles.Center{Lon: 120.15, Lat: 30.25, Zoom: 8},
				BoundarySet: &tiles.BoundarySet{Name: "n", Source: "s", ReviewNumber: "r", Edition: "e", Licence: "l", Illustrative: true},
			},
			`{"tilejson":"3.0.0","tiles":["https://example.org/tiles/a/{z}/{x}/{y}.mvt"],` +
				`"vector_layers":[{"id":"a","fields":{"kind":"category","name":"text"},"maxzoom":14},{"id":"b","fields":{},"description":"no fields"}],` +
				`"name":"a","description":"d","version":"1.0.0","attribution":"民政部","minzoom":1,"maxzoom":22,` +
				`"bounds":[118.01,27.03,122.95,31.18],"center":[120.15,30.25,8],` +
				`"boundary_set":{"name":"n","source":"s","review_number":"r","edition":"e","licence":"l","illustrative":true}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var back tiles.TileJSON
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != c.want {
				t.Errorf("read and written again: %s, %v", again, err)
			}
		})
	}
}

func TestTileJSONRefuses(t *testing.T) {
	for _, in := range []string{`{"bounds":[1,2,3]}`, `{"bounds":"x"}`, `{"center":[1,2]}`, `{"center":{}}`} {
		var v tiles.TileJSON
		if err := json.Unmarshal([]byte(in), &v); err == nil {
			t.Errorf("%s is read", in)
		}
	}
}

func TestBoundarySetAttribution(t *testing.T) {
	for want, set := range map[string]tiles.BoundarySet{
		"":                    {},
		"n":                   {Name: "n"},
		"民政部 · GS(2024)0650号": {Name: "n", Source: "民政部", ReviewNumber: "GS(2024)0650号"},
		"generated · 示意":      {Name: "n", Source: "generated", Illustrative: true},
	} {
		if got := set.Attribution(); got != want {
			t.Errorf("%+v: %q, want %q", set, got, want)
		}
	}
}
