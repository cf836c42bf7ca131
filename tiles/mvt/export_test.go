package mvt

import "math"

// Age makes the layer as old as one that has held two thousand million values.
func (l *Layer) Age() {
	for _, t := range []*table{&l.keys, &l.values} {
		clear(t.slots)
		t.base = math.MaxUint32/2 - 100
	}
}
