package topology

import "jingwei/geo"

// Band is a range of zooms that are drawn from one geometry, both ends included.
type Band struct{ MinZoom, MaxZoom int }

// DeepestZoom is the last zoom of the last band.
const DeepestZoom = 30

// Bands returns the bands from the whole world to the deepest zoom. The last holds every detail.
func Bands() []Band {
	return []Band{{0, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}, {12, DeepestZoom}}
}

// Shape is a unit in a band of zooms.
type Shape struct {
	Band
	Polygons geo.MultiPolygon
}

// Simplified returns the shapes of each unit, from the deepest band to the widest. Every unit is in every zoom exactly
// once; bands in which it looks the same are one shape. A unit without area has no shapes. The conflicts are those of
// Coverage.
func Simplified(units []geo.MultiPolygon) (shapes [][]Shape, conflicts [][2]int) {
	coverage := New(units)
	bands := Bands()
	out := make([][]Shape, len(units))
	for i := len(bands) - 1; i >= 0; i-- {
		if i < len(bands)-1 {
			coverage.Simplify(bands[i].MaxZoom)
		}
		for unit, polygons := range coverage.Units() {
			if len(polygons) > 0 {
				out[unit] = appendShape(out[unit], Shape{bands[i], polygons})
			}
		}
	}
	return out, coverage.Conflicts()
}

func appendShape(shapes []Shape, s Shape) []Shape {
	if last := len(shapes) - 1; last >= 0 && equal(shapes[last].Polygons, s.Polygons) {
		shapes[last].MinZoom = s.MinZoom
		return shapes
	}
	return append(shapes, s)
}
