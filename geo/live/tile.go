package live

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"jingwei/geo"
	"jingwei/tiles/mvt"
)

// Extent of a tile in its own units (MVT 2.1 §4.1), 12 bits.
const (
	tileExtent     = 4096
	tileExtentBits = 12
)

// MaxTileBytes caps an uncompressed tile. Raw points that need more are answered as clusters instead.
const MaxTileBytes = 500_000

// MaxZoom is the deepest zoom of tiles.
const MaxZoom = 22

// Tile returns the tile as one encoded MVT layer, uncompressed; a tile without rows is empty. cells is 8, 16, 32 or 64
// for that many cells per side, each of which becomes a cluster or, with a single row, a feature; 0 for raw points. The
// order of features is (key, id) and that of properties the schema's, so equal rows give equal bytes. A tile that
// would exceed MaxTileBytes is answered with fewer cells; nothing is dropped.
func (s *Snapshot) Tile(q Query, z, x, y uint32, cells int) ([]byte, error) {
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return nil, geo.Invalid("z", "there is no tile %d/%d/%d", z, x, y)
	}
	v, err := s.through(q)
	if err != nil {
		return nil, err
	}
	switch cells {
	case 0:
		if tile, ok := v.points(z, x, y); ok {
			return tile, nil
		}
		return v.capped(z, x, y, 64), nil
	case 8, 16, 32, 64:
		return v.capped(z, x, y, cells), nil
	}
	return nil, geo.Invalid("cells", "%d is not a number of cells: 0 for raw points, 8, 16, 32 or 64 per side", cells)
}

// leastCells is the smallest number of cells per side: 64 features cannot exceed MaxTileBytes.
const leastCells = 8

// capped encodes cells, fewer where the tile would grow too large.
func (v view) capped(z, x, y uint32, cells int) []byte {
	tile := v.cells(z, x, y, cells)
	for len(tile) > MaxTileBytes && cells > leastCells {
		cells /= 2
		tile = v.cells(z, x, y, cells)
	}
	return tile
}

// points encodes every row of the tile; false when that exceeds MaxTileBytes.
func (v view) points(z, x, y uint32) ([]byte, bool) {
	const leastFeature = 10 // bytes: what cannot fit is not started
	r := cellRange(z, x, y)
	v.prepare(r, nil)
	rows := v.count(r)
	if rows > MaxTileBytes/leastFeature {
		return nil, false
	}
	e := newTileEncoder(v, z, rows)
	v.each(r, func(p place) bool {
		e.point(p)
		return true
	})
	tile := e.finish()
	return tile, len(tile) <= MaxTileBytes
}

// each calls f for each row in r that counts, in order, until f returns false.
func (v view) each(r keyRange, f func(p place) bool) bool {
	delta := v.deltaRows(r)
	more := true
	v.spans(r, func(i, lo, hi int) bool {
		k := v.chunks[i]
		more = v.eachSpan(i, lo, hi, func(n int) bool {
			for len(delta) > 0 && !k.before(n, delta[0]) {
				if !f(place{delta: delta[0]}) {
					return false
				}
				delta = delta[1:]
			}
			return f(place{chunk: i, row: n})
		})
		return more
	})
	for ; more && len(delta) > 0; delta = delta[1:] {
		more = f(place{delta: delta[0]})
	}
	return more
}

// cells encodes the tile with the given number of cells per side, in the order of keys.
func (v view) cells(z, x, y uint32, cells int) []byte {
	depth := uint32(bits.TrailingZeros(uint(cells)))
	tile := cellRange(z, x, y)
	step := uint64(1) << (2 * (keyBits - z - depth)) // keys per cell
	e := newTileEncoder(v, z, cells*cells)
	slots := v.columns.counted()
	v.prepare(tile, slots)
	t := v.newTally(slots)
	for next, ok := v.next(tile.first); ok && next <= tile.last; {
		first := next &^ (step - 1)
		r := keyRange{first, first + step - 1}
		delta := v.deltaRows(r)
		t.reset()
		v.add(t, slots, r, delta)
		switch {
		case t.total == 1:
			e.point(v.nth(r, delta, 0))
		case t.total > 1:
			e.cluster(r, delta, t, depth)
		}
		if r.last == tile.last {
			break
		}
		next, ok = v.next(r.last + 1)
	}
	return e.finish()
}

// tileEncoder writes rows and clusters as features of one layer. It keeps the indexes of keys and of category values,
// so that a row costs no look-up by text but for its texts.
type tileEncoder struct {
	view
	z     uint32
	layer *mvt.Layer
	tags  []uint32
	keys  []uint32   // per column: 1 + index of its key in the layer, 0 for not used yet
	codes [][]uint32 // per code slot and code: 1 + index of the value
	order [][]int    // per code slot: the codes in the order of their values

	divisions map[geo.DivisionCode]uint32 // index of the value
}

// newTileEncoder begins a tile of about so many features, each with a text or two of its own.
func newTileEncoder(v view, z uint32, features int) *tileEncoder {
	e := &tileEncoder{view: v, z: z, layer: v.cache.takeLayer(v.columns.layer.Name), divisions: map[geo.DivisionCode]uint32{}}
	e.layer.Expect(features * 3 / 2)
	e.keys = make([]uint32, len(v.columns.layer.Columns))
	for _, values := range v.values {
		e.codes = append(e.codes, make([]uint32, len(values)))
	}
	e.order = make([][]int, len(v.values))
	return e
}

// finish returns the encoded layer. The encoder is not used after that: its memory goes to the next one.
func (e *tileEncoder) finish() []byte {
	tile := e.layer.AppendTo(make([]byte, 0, e.layer.Size()))
	e.cache.layers.Put(e.layer)
	e.layer = nil
	return tile
}

// sorted returns the codes of slot in the order of their values: the same on every node, as codes are not.
func (e *tileEncoder) sorted(slot int) []int {
	if e.order[slot] == nil {
		codes := make([]int, len(e.values[slot]))
		for i := range codes {
			codes[i] = i
		}
		slices.SortFunc(codes, func(a, b int) int { return strings.Compare(e.values[slot][a], e.values[slot][b]) })
		e.order[slot] = codes
	}
	return e.order[slot]
}

// local returns the position of key within its tile, in units of the tile's extent.
func (e *tileEncoder) local(key uint64) (x, y int32) {
	mx, my := deinterleave(key)
	return inTile(mx, e.z), inTile(my, e.z)
}

func inTile(m, z uint32) int32 {
	m <<= z // drops the bits that name the tile
	return int32(m >> (keyBits - tileExtentBits))
}

func (e *tileEncoder) tag(key string, value uint32) {
	e.tags = append(e.tags, e.layer.Key(key), value)
}

// point writes a row as a feature with its properties.
func (e *tileEncoder) point(p place) {
	e.tags = e.tags[:0]
	for i := range e.keys {
		if value, ok := e.value(p, i); ok {
			e.tags = append(e.tags, e.columnKey(i), value)
		}
	}
	if d := e.division(p); d != 0 {
		e.tag("division", e.divisionValue(d))
	}
	x, y := e.local(e.key(p))
	e.layer.Point(uint64(e.id(p)), true, x, y, e.tags)
}

// divisionValue returns the index of the value of a division in the layer. Neighbours are often filed alike: a code is written
// out once.
func (e *tileEncoder) divisionValue(d geo.DivisionCode) uint32 {
	value, ok := e.divisions[d]
	if !ok {
		value = e.layer.String(d.String())
		e.divisions[d] = value
	}
	return value
}

func (e *tileEncoder) columnKey(i int) uint32 {
	if e.keys[i] == 0 {
		e.keys[i] = 1 + e.layer.Key(e.columns.layer.Columns[i].Name)
	}
	return e.keys[i] - 1
}

// value returns the index of the value of column i of p in the layer; false when there is none.
func (e *tileEncoder) value(p place, i int) (uint32, bool) {
	slot := e.columns.slots[i]
	if e.columns.hidden[i] || !e.columns.layer.Columns[i].Shown() {
		return 0, false
	}
	switch e.columns.layer.Columns[i].Role {
	case geo.ColumnCategory:
		code := e.code(p, slot)
		if code == 0 {
			return 0, false
		}
		if e.codes[slot][code] == 0 {
			e.codes[slot][code] = 1 + e.layer.String(e.values[slot][code])
		}
		return e.codes[slot][code] - 1, true
	case geo.ColumnNumber:
		n := e.number(p, slot)
		if n == noNumber {
			return 0, false
		}
		return e.layer.Int(n), true
	}
	s := e.textView(p, slot)
	if s == "" {
		return 0, false
	}
	return e.layer.String(s), true
}

// cluster writes the rows in r as one feature at their median row.
func (e *tileEncoder) cluster(r keyRange, delta []*row, t *tally, depth uint32) {
	e.tags = e.tags[:0]
	e.tag("cluster", e.layer.Bool(true))
	e.tag("point_count", e.layer.Int(int64(t.total)))
	e.tag("point_count_abbreviated", e.layer.String(abbreviate(t.total)))
	first, last := e.key(e.nth(r, delta, 0)), e.key(e.nth(r, delta, t.total-1))
	if zoom, ok := expansionZoom(first, last, depth); ok {
		e.tag("expansion_zoom", e.layer.Int(int64(zoom)))
	}
	e.tag("cell", e.layer.String(cellName(r.first, e.z, depth)))
	slots := e.columns.counted()
	for n, counts := range t.counts {
		for _, code := range e.sorted(slots[n]) {
			if c := counts[code]; c > 0 && code != 0 {
				e.tag("count_"+e.values[slots[n]][code], e.layer.Int(int64(c)))
			}
		}
	}
	x, y := e.local(e.key(e.nth(r, delta, (t.total-1)/2)))
	e.layer.Point(0, false, x, y, e.tags)
}

// expansionZoom returns the least zoom at which first and last, keys of the same cell, fall into different cells of
// tiles with 2^depth cells per side; false when no tile tells them apart.
func expansionZoom(first, last uint64, depth uint32) (uint32, bool) {
	if first == last {
		return 0, false
	}
	level := uint32(bits.LeadingZeros64(first^last))/2 + 1 // quadtree level of the first difference
	if level <= depth {
		return 0, true
	}
	return level - depth, level-depth <= MaxZoom
}

// abbreviate returns the count with at most three significant digits: 999, 1.2k, 45k, 1.3M (the form of supercluster).
func abbreviate(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 10_000:
		return strconv.FormatFloat(float64(n/100)/10, 'f', -1, 64) + "k"
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	case n < 10_000_000:
		return strconv.FormatFloat(float64(n/100_000)/10, 'f', -1, 64) + "M"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}
