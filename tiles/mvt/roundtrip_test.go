package mvt_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"jingwei/tiles/mvt"
)

var sameTile = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}

// encode writes a decoded tile again, as whoever makes tiles would.
func encode(t mvt.Tile) []byte {
	var out []byte
	for _, layer := range t.Layers {
		l := mvt.NewLayer(layer.Name, layer.Extent)
		for _, f := range layer.Features {
			var tags []uint32
			for _, p := range f.Properties {
				tags = append(tags, l.Key(p.Key), value(l, p.Value))
			}
			l.Feature(f.ID, f.HasID, f.Type, f.Geometry, tags)
		}
		out = l.AppendTo(out)
	}
	return out
}

func value(l *mvt.Layer, v any) uint32 {
	switch v := v.(type) {
	case string:
		return l.String(v)
	case float32:
		return l.Float(v)
	case float64:
		return l.Double(v)
	case int64:
		return l.Int(v)
	case uint64:
		return l.Uint(v)
	default:
		return l.Bool(v.(bool))
	}
}

// zigzag is written apart from the one under test, from §4.3.2.
func zigzag(v int) uint32 {
	if v < 0 {
		return uint32(-2*v - 1)
	}
	return uint32(2 * v)
}

// steps draws n parameters of a command, pairs of small moves.
func steps(t *rapid.T, n int) []uint32 {
	out := make([]uint32, 0, 2*n)
	for range 2 * n {
		out = append(out, zigzag(rapid.IntRange(-5000, 5000).Draw(t, "step")))
	}
	return out
}

func geometry(t *rapid.T, kind mvt.GeomType) []uint32 {
	var out []uint32
	parts := rapid.IntRange(1, 3).Draw(t, "parts")
	if kind == mvt.Point {
		return append([]uint32{uint32(parts)<<3 | 1}, steps(t, parts)...)
	}
	for range parts {
		n := rapid.IntRange(2, 6).Draw(t, "vertices")
		out = append(append(out, 9), steps(t, 1)...)
		out = append(append(out, uint32(n)<<3|2), steps(t, n)...)
		if kind == mvt.Polygon {
			out = append(out, 15)
		}
	}
	return out
}

func anyValue() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.String().AsAny(), rapid.Float64().AsAny(), rapid.Float32().AsAny(),
		rapid.Int64().AsAny(), rapid.Uint64().AsAny(), rapid.Bool().AsAny(),
	)
}

func anyFeature(t *rapid.T) mvt.Feature {
	f := mvt.Feature{Type: mvt.GeomType(rapid.IntRange(1, 3).Draw(t, "type"))}
	if f.HasID = rapid.Bool().Draw(t, "has id"); f.HasID {
		f.ID = rapid.Uint64().Draw(t, "id")
	}
	f.Geometry = geometry(t, f.Type)
	for _, key := range rapid.SliceOfNDistinct(rapid.String(), 0, 5, rapid.ID[string]).Draw(t, "keys") {
		f.Properties = append(f.Properties, mvt.Property{Key: key, Value: anyValue().Draw(t, "value")})
	}
	return f
}

func anyTile(t *rapid.T) mvt.Tile {
	var tile mvt.Tile
	for _, name := range rapid.SliceOfNDistinct(rapid.String(), 0, 3, rapid.ID[string]).Draw(t, "names") {
		l := mvt.TileLayer{Name: name, Version: 2, Extent: rapid.Uint32Min(1).Draw(t, "extent")}
		for range rapid.IntRange(1, 4).Draw(t, "features") {
			l.Features = append(l.Features, anyFeature(t))
		}
		tile.Layers = append(tile.Layers, l)
	}
	return tile
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyTile(t)
		b := encode(want)
		got, err := mvt.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameTile); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if !bytes.Equal(b, encode(got)) {
			t.Fatal("the same tile has other bytes")
		}
	})
}

func TestPaths(t *testing.T) {
	tile, err := mvt.Decode(shapes().AppendTo(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := [][][]mvt.Vertex{
		{{{25, 17}}},
		{{{5, 7}, {3, 2}}},
		{{{2, 2}, {2, 10}, {10, 10}}},
		{{{2, 2}, {2, 10}, {10, 10}}, {{1, 1}, {3, 5}}},
		{{{3, 6}, {8, 12}, {20, 34}}},
		{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{11, 11}, {20, 11}, {20, 20}, {11, 20}}, {{13, 13}, {13, 17}, {17, 17}, {17, 13}}},
	}
	var got [][][]mvt.Vertex
	for _, f := range tile.Layers[0].Features {
		got = append(got, f.Paths())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLookUp(t *testing.T) {
	tile, err := mvt.Decode(organizations().AppendTo(shapes().AppendTo(nil)))
	if err != nil {
		t.Fatal(err)
	}
	l, ok := tile.Layer("organizations")
	if !ok || len(l.Features) != 3 {
		t.Fatalf("layer: %v, %v", l, ok)
	}
	if v, ok := l.Features[2].Property("point_count"); !ok || v != int64(7283) {
		t.Errorf("point_count: %v, %v", v, ok)
	}
	if v, ok := l.Features[0].Property("point_count"); ok {
		t.Errorf("a property of another feature: %v", v)
	}
	if _, ok := tile.Layer("reports"); ok {
		t.Error("a layer that is not there")
	}
}
