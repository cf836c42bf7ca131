package tiles

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jingwei/geo"
)

// TileJSON describes a set of vector tiles (TileJSON 3.0.0, https://github.com/mapbox/tilejson-spec). What the
// specification demands is written also when empty: tilejson, tiles, vector_layers and the fields of each layer; and
// the zooms, since clients assume others.
type TileJSON struct {
	Tiles        []string      `json:"tiles"`         // absolute URLs with {z}, {x}, {y}
	VectorLayers []VectorLayer `json:"vector_layers"` // the layers in the tiles
	Name         string        `json:"name,omitempty"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"`     // of the data, as a semantic version
	Attribution  string        `json:"attribution,omitempty"` // shown on the map; may be HTML
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"` // deeper zooms are drawn from this one
	Bounds       Bounds        `json:"bounds,omitzero"`
	Center       *Center       `json:"center,omitempty"`
	// BoundarySet is an addition to the specification, which allows them: where the shapes in the tiles come from.
	BoundarySet *BoundarySet `json:"boundary_set,omitempty"`
}

// BoundarySet is the JSON of geo.BoundarySet, what a map that shows one must name.
type BoundarySet struct {
	Name         string `json:"name"`
	Source       string `json:"source"`
	ReviewNumber string `json:"review_number"` // 审图号; "" for none
	Edition      string `json:"edition"`
	Licence      string `json:"licence"`
	Illustrative bool   `json:"illustrative"`
	Incomplete   bool   `json:"incomplete,omitempty"`    // a view of all China lacks its lines
	DeepestLevel int    `json:"deepest_level,omitempty"` // that has outlines: 1 province to 5 village
}

// BoundarySetOf returns what is shown of a set.
func BoundarySetOf(s geo.BoundarySet) BoundarySet {
	return BoundarySet{
		Name: s.Name, Source: s.Source, ReviewNumber: s.ReviewNumber, Edition: s.Edition, Licence: s.Licence,
		Illustrative: s.Illustrative, Incomplete: s.Incomplete, DeepestLevel: int(s.Deepest),
	}
}

// Attribution names the source of the shapes in plain text: the source, or the name when there is none, the review
// number, and 示意 for shapes that do not depict real boundaries.
func (s BoundarySet) Attribution() string {
	parts := []string{cmp.Or(s.Source, s.Name), s.ReviewNumber}
	if s.Illustrative {
		parts = append(parts, "示意")
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// VectorLayer describes a layer of the tiles. Fields has a description for each property of its features.
type VectorLayer struct {
	ID          string            `json:"id"`
	Fields      map[string]string `json:"fields"`
	Description string            `json:"description,omitempty"`
	MinZoom     *int              `json:"minzoom,omitempty"` // as that of the TileJSON when nil
	MaxZoom     *int              `json:"maxzoom,omitempty"`
}

// Bounds is an extent that JSON writes as [west, south, east, north] in degrees.
type Bounds geo.Extent

// Center is the view that a client may begin with; JSON writes it as [longitude, latitude, zoom], in degrees.
type Center struct {
	Lon, Lat float64
	Zoom     int
}

// MarshalJSON adds the version of the specification.
func (t TileJSON) MarshalJSON() ([]byte, error) {
	type plain TileJSON
	if t.Tiles == nil {
		t.Tiles = []string{}
	}
	if t.VectorLayers == nil {
		t.VectorLayers = []VectorLayer{}
	}
	return json.Marshal(struct {
		TileJSON string `json:"tilejson"`
		plain
	}{"3.0.0", plain(t)})
}

// MarshalJSON writes fields as an object also when there are none.
func (l VectorLayer) MarshalJSON() ([]byte, error) {
	type plain VectorLayer
	if l.Fields == nil {
		l.Fields = map[string]string{}
	}
	return json.Marshal(plain(l))
}

// MarshalJSON writes [west, south, east, north].
func (b Bounds) MarshalJSON() ([]byte, error) {
	return json.Marshal([4]float64{b.West, b.South, b.East, b.North})
}

// UnmarshalJSON reads [west, south, east, north].
func (b *Bounds) UnmarshalJSON(data []byte) error {
	v, err := numbers(data, 4)
	if err != nil {
		return fmt.Errorf("bounds: %w", err)
	}
	*b = Bounds{West: v[0], South: v[1], East: v[2], North: v[3]}
	return nil
}

// MarshalJSON writes [longitude, latitude, zoom].
func (c Center) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]float64{c.Lon, c.Lat, float64(c.Zoom)})
}

// UnmarshalJSON reads [longitude, latitude, zoom].
func (c *Center) UnmarshalJSON(data []byte) error {
	v, err := numbers(data, 3)
	if err != nil {
		return fmt.Errorf("center: %w", err)
	}
	*c = Center{Lon: v[0], Lat: v[1], Zoom: int(v[2])}
	return nil
}

func numbers(data []byte, n int) ([]float64, error) {
	var v []float64
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	if len(v) != n {
		return nil, fmt.Errorf("%d numbers instead of %d", len(v), n)
	}
	return v, nil
}
