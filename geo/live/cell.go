package live

import (
	"slices"
	"strings"

	"jingwei/geo"
)

// MaxCellDepth is how much deeper than a tile its smallest cells lie: 64 per side.
const MaxCellDepth = 6

// cellName returns the name within its tile of zoom z of the cell that begins at key first, of 2^depth per side: a digit per
// level, 0 north-west, 1 north-east, 2 south-west, 3 south-east. So it says how many cells the tile has.
func cellName(first uint64, z, depth uint32) string {
	digits := make([]byte, depth)
	for i := range digits {
		digits[i] = '0' + byte(first>>(2*(keyBits-z-uint32(i)-1)))&3
	}
	return string(digits)
}

// Cell returns the cell of the tile that has the name, which the property cell of a cluster gives, as a tile of a deeper
// zoom. What is no name is geo.ErrInvalid with the field "cell".
func (t Tile) Cell(name string) (Tile, error) {
	if name == "" || len(name) > MaxCellDepth || strings.Trim(name, "0123") != "" {
		return Tile{}, geo.Invalid("cell", "a cell has the name that the property cell of a cluster gives: 1 to %d digits from 0 to 3", MaxCellDepth)
	}
	for _, digit := range []byte(name) {
		quarter := uint32(digit - '0')
		t = Tile{Z: t.Z + 1, X: t.X<<1 | quarter&1, Y: t.Y<<1 | quarter>>1}
	}
	return t, nil
}

// SummarizeTile is Summarize for the rows in a tile.
func (s *Snapshot) SummarizeTile(q Query, t Tile, named ...string) (Summary, error) {
	v, err := s.through(q)
	if err != nil {
		return Summary{}, err
	}
	counted, more := v.columns.summarized(named)
	columns := slices.Concat(counted, more)
	slots, r := v.columns.slotsOf(columns), cellRange(t.Z, t.X, t.Y)
	all := v.newTally(slots)
	v.add(all, slots, r, v.deltaRows(r))
	sum := Summary{Count: all.total, Counts: map[string]map[string]int{}}
	v.nameCounts(sum, all, columns)
	return sum, nil
}

// ListTile is List for the rows in a tile.
func (s *Snapshot) ListTile(q Query, t Tile, after Cursor, limit int) ([]Feature, Cursor, error) {
	v, err := s.through(q)
	if err != nil {
		return nil, Cursor{}, err
	}
	p, r := newPager(v, after, limit), cellRange(t.Z, t.X, t.Y)
	r.first = max(r.first, after.Key)
	if r.first <= r.last {
		v.each(r, p.add)
	}
	features, next := p.page()
	return features, next, nil
}

// pager takes rows in order and keeps those of a page.
type pager struct {
	view
	after    Cursor
	limit    int
	features []Feature
	last     Cursor
	more     bool
}

func newPager(v view, after Cursor, limit int) *pager {
	return &pager{view: v, after: after, limit: limit, features: []Feature{}}
}

// add takes a row; false says that the page is full.
func (p *pager) add(at place) bool {
	c := Cursor{p.key(at), p.id(at), p.valid(at).From}
	if c.compare(p.after) <= 0 && p.after != (Cursor{}) {
		return true
	}
	if len(p.features) == p.limit {
		p.more = true
		return false
	}
	p.features, p.last = append(p.features, p.feature(at)), c
	return true
}

// page returns the rows and the cursor of the last one, zero when there are no more.
func (p *pager) page() ([]Feature, Cursor) {
	if !p.more {
		return p.features, Cursor{}
	}
	return p.features, p.last
}
