package mvt_test

import (
	"testing"

	"jingwei/tiles/mvt"
)

// FuzzDecode: whatever the bytes are, Decode returns; a tile that it reads can be printed, and written and read again
// with the same content.
func FuzzDecode(f *testing.F) {
	for _, l := range []*mvt.Layer{organizations(), values(), shapes()} {
		f.Add(l.AppendTo(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tile, err := mvt.Decode(b)
		if err != nil {
			return
		}
		if _, err := mvt.Text(b); err != nil {
			t.Fatal(err)
		}
		for i := range tile.Layers {
			tile.Layers[i].Version = mvt.Version
		}
		again, err := mvt.Text(encode(tile))
		if err != nil && !repeatsKey(tile) {
			t.Fatal(err)
		}
		if want := text(t, withFeatures(tile)); err == nil && again != want {
			t.Fatalf("written again:\n%s\nwas:\n%s", again, want)
		}
	})
}

// repeatsKey tells whether a feature has two keys of one name, which the encoder's table makes one.
func repeatsKey(t mvt.Tile) bool {
	for _, l := range t.Layers {
		for _, f := range l.Features {
			seen := make(map[string]bool)
			for _, p := range f.Properties {
				if seen[p.Key] {
					return true
				}
				seen[p.Key] = true
			}
		}
	}
	return false
}

// withFeatures leaves out the layers that the encoder leaves out.
func withFeatures(t mvt.Tile) mvt.Tile {
	var out mvt.Tile
	for _, l := range t.Layers {
		if len(l.Features) > 0 {
			out.Layers = append(out.Layers, l)
		}
	}
	return out
}
