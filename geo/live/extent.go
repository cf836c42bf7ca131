package live

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// Summary counts rows, in all and per value of the counted columns.
type Summary struct {
	Count  int
	Counts map[string]map[string]int // by column and value; values that do not occur are left out
}

// Cursor marks a row in the order (key, id, first day); the zero value stands before all rows.
type Cursor struct {
	Key  uint64
	ID   geo.ID
	From geo.Day
}

// Summarize counts the rows in e, edges included; an extent with West greater than East crosses the antimeridian. Beside
// the counted columns it counts the values of those named; names that are no category columns of the edition are left out.
func (s *Snapshot) Summarize(q Query, e geo.Extent, named ...string) (Summary, error) {
	v, err := s.through(q)
	if err != nil {
		return Summary{}, err
	}
	counted, more := v.columns.summarized(named)
	slots, moreSlots := v.columns.slotsOf(counted), v.columns.slotsOf(more)
	t, u := v.newTally(slots), v.newTally(moreSlots)
	if e == geo.World {
		v.prepare(keyRange{0, ^uint64(0)}, slices.Concat(slots, moreSlots))
	}
	v.descend(newArea(e), keyRange{0, ^uint64(0)}, 0, func(r keyRange, a *area) bool {
		if a == nil {
			delta := v.deltaRows(r)
			v.add(t, slots, r, delta)
			v.add(u, moreSlots, r, delta)
			return true
		}
		return v.each(r, func(p place) bool {
			if a.extent.Contains(v.at(p)) {
				v.addPlace(t, slots, p)
				v.addPlace(u, moreSlots, p)
			}
			return true
		})
	})
	sum := Summary{Count: t.total, Counts: map[string]map[string]int{}}
	v.nameCounts(sum, t, counted)
	v.nameCounts(sum, u, more)
	return sum, nil
}

// summarized returns the columns that are always counted, and the others that are named.
func (c *columns) summarized(named []string) (counted, more []int) {
	for i, col := range c.layer.Columns {
		switch {
		case c.hidden[i] || col.Role != geo.ColumnCategory:
		case col.Counted:
			counted = append(counted, i)
		case slices.Contains(named, col.Name):
			more = append(more, i)
		}
	}
	return counted, more
}

func (c *columns) slotsOf(columns []int) []int {
	slots := make([]int, len(columns))
	for n, i := range columns {
		slots[n] = c.slots[i]
	}
	return slots
}

func (v view) addPlace(t *tally, slots []int, p place) {
	t.total++
	for n, slot := range slots {
		t.counts[n][v.code(p, slot)]++
	}
}

// nameCounts puts what was counted per code under the names of columns and values.
func (v view) nameCounts(sum Summary, t *tally, columns []int) {
	for n, i := range columns {
		values := map[string]int{}
		for code, c := range t.counts[n] {
			if c > 0 && code != 0 {
				values[v.values[v.columns.slots[i]][code]] = c
			}
		}
		sum.Counts[v.columns.layer.Columns[i].Name] = values
	}
}

// List returns up to limit rows in e that come after the cursor, in the order (key, id, first day), and the cursor of
// the last one; the cursor is zero when there are no more.
func (s *Snapshot) List(q Query, e geo.Extent, after Cursor, limit int) ([]Feature, Cursor, error) {
	v, err := s.through(q)
	if err != nil {
		return nil, Cursor{}, err
	}
	p := newPager(v, after, limit)
	v.descend(newArea(e), keyRange{after.Key, ^uint64(0)}, 0, func(r keyRange, a *area) bool {
		r.first = max(r.first, after.Key)
		return v.each(r, func(at place) bool { return a != nil && !a.extent.Contains(v.at(at)) || p.add(at) })
	})
	features, next := p.page()
	return features, next, nil
}

func (c Cursor) compare(d Cursor) int {
	return cmp.Or(cmp.Compare(c.Key, d.Key), cmp.Compare(c.ID, d.ID), cmp.Compare(c.From, d.From))
}

// area is an extent with its outline in mercator units: one rectangle, or two across the antimeridian.
type area struct {
	extent geo.Extent
	boxes  []box
}

// box is a rectangle of mercator positions, both ends included.
type box struct{ x0, y0, x1, y1 uint32 }

func newArea(e geo.Extent) *area {
	a := &area{extent: e}
	if e.West > e.East {
		a.boxes = []box{boxOf(geo.Extent{West: e.West, South: e.South, East: 180, North: e.North}),
			boxOf(geo.Extent{West: -180, South: e.South, East: e.East, North: e.North})}
		return a
	}
	a.boxes = []box{boxOf(e)}
	return a
}

func boxOf(e geo.Extent) box {
	nw, _ := geo.NewPosition(e.West, e.North) // an Extent lies within the world
	se, _ := geo.NewPosition(e.East, e.South)
	b := box{}
	b.x0, b.y0 = mercator(nw)
	b.x1, b.y1 = mercator(se)
	return b
}

// touches and covers compare the boxes with a cell. Equal numbers do not decide: positions within the same unit may lie
// on either side of the edge, so such cells are on the border.
func (a *area) touches(c box) bool {
	for _, b := range a.boxes {
		if c.x0 <= b.x1 && c.x1 >= b.x0 && c.y0 <= b.y1 && c.y1 >= b.y0 {
			return true
		}
	}
	return false
}

func (a *area) covers(c box) bool {
	for _, b := range a.boxes {
		if c.x0 > b.x0 && c.x1 < b.x1 && c.y0 > b.y0 && c.y1 < b.y1 {
			return true
		}
	}
	return false
}

// borderRows is the number of rows below which a cell on the border is tested row by row instead of being split.
const borderRows = 256

// descend walks the quadtree over the keys in window and calls f, in the order of keys, for ranges inside the area
// (with a nil area) and for small ranges on its border (with the area to test rows against), until f returns false.
func (v view) descend(a *area, window keyRange, level uint32, f func(r keyRange, border *area) bool) bool {
	return v.descendCell(a, window, cellRange(0, 0, 0), level, f)
}

func (v view) descendCell(a *area, window, r keyRange, level uint32, f func(keyRange, *area) bool) bool {
	if r.last < window.first {
		return true
	}
	c := cellBox(r.first, level)
	if !a.touches(c) {
		return true
	}
	if a.covers(c) {
		return f(r, nil)
	}
	n := v.stored(r)
	if n == 0 {
		return true
	}
	if n <= borderRows || level == keyBits {
		return f(r, a)
	}
	for _, quarter := range r.quarters() {
		if !v.descendCell(a, window, quarter, level+1, f) {
			return false
		}
	}
	return true
}

// cellBox returns the mercator positions of the cell of the given level that begins at key first.
func cellBox(first uint64, level uint32) box {
	x, y := deinterleave(first)
	size := uint32(1<<(keyBits-level) - 1)
	return box{x0: x, y0: y, x1: x + size, y1: y + size}
}

// stored returns the number of rows in r, whether they count or not.
func (s *Snapshot) stored(r keyRange) int {
	n := len(s.deltaIn(r))
	s.spans(r, func(_, lo, hi int) bool {
		n += hi - lo
		return true
	})
	return n
}
