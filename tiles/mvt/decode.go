package mvt

import "fmt"

// MaxTileSize is the longest tile that Decode reads, in bytes.
const MaxTileSize = 64 << 20

// Tile is a decoded tile (§4).
type Tile struct{ Layers []TileLayer }

// TileLayer is a decoded layer (§4.1): Version is 1 or 2.
type TileLayer struct {
	Name     string
	Version  uint32
	Extent   uint32
	Features []Feature
}

// Feature is a decoded feature (§4.2). Geometry is its commands and parameters as they stand in the tile (§4.3), checked
// against Type; Paths gives positions. Properties stand in the order of the tags.
type Feature struct {
	ID         uint64
	HasID      bool
	Type       GeomType
	Geometry   []uint32
	Properties []Property
}

// Property is a key and its value (§4.4): a string, float32, float64, int64 (int_value and sint_value), uint64 or bool.
type Property struct {
	Key   string
	Value any
}

// Property returns the value of a key; false when the feature has none of that name.
func (f Feature) Property(key string) (any, bool) {
	for _, p := range f.Properties {
		if p.Key == key {
			return p.Value, true
		}
	}
	return nil, false
}

// Paths returns the positions of the geometry: all points of a point feature in one path; a path for each line; a path
// for each ring, whose first position is not repeated at its end. A geometry that is not well-formed gives nil.
func (f Feature) Paths() [][]Vertex {
	cs, err := readCommands(f.Geometry)
	if err != nil {
		return nil
	}
	var paths [][]Vertex
	for _, c := range cs {
		switch {
		case c.id == moveTo:
			paths = append(paths, c.vertices)
		case c.id == lineTo && len(paths) > 0:
			paths[len(paths)-1] = append(paths[len(paths)-1], c.vertices...)
		}
	}
	return paths
}

// Layer returns the layer of that name; false when the tile has none.
func (t Tile) Layer(name string) (TileLayer, bool) {
	for _, l := range t.Layers {
		if l.Name == name {
			return l, true
		}
	}
	return TileLayer{}, false
}

// Decode reads a tile of version 1 or 2, uncompressed. No bytes are a tile without layers. It is strict: whatever the
// specification forbids is an error, so that it serves to test encoders. It is safe on hostile input: it never panics,
// and its memory is at most a fixed multiple of len(tile). Nothing in the result refers to tile.
func Decode(tile []byte) (Tile, error) {
	if len(tile) > MaxTileSize {
		return Tile{}, fmt.Errorf("mvt: tile of %d bytes, more than %d", len(tile), MaxTileSize)
	}
	var t Tile
	names := make(map[string]bool)
	r := reader{b: tile}
	for r.next() {
		if r.field != tileLayers || !r.expect(wireBytes) {
			continue
		}
		l, err := decodeLayer(r.bytes)
		if err != nil {
			return Tile{}, fmt.Errorf("mvt: layer %d %q: %w", len(t.Layers), l.Name, err)
		}
		if names[l.Name] {
			return Tile{}, fmt.Errorf("mvt: two layers are named %q", l.Name)
		}
		names[l.Name] = true
		t.Layers = append(t.Layers, l)
	}
	if r.err != nil {
		return Tile{}, fmt.Errorf("mvt: %w", r.err)
	}
	return t, nil
}
