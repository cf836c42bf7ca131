package live

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"jingwei/geo"
)

// row is one row in row form, as the delta holds it.
type row struct {
	key      uint64
	id       geo.ID
	at       geo.Position
	valid    geo.DayRange
	next     geo.Day // first day of the next row of the same object; MaxDay when it is the last
	division geo.DivisionCode
	hash     uint64
	open     uint64     // of what everyone sees of the row, where the edition tells; 0 for nothing
	codes    []uint16   // category columns, by slot
	numbers  []int64    // number columns, by slot; noNumber is no value
	texts    []string   // text columns, by slot
	paths    []pathCode // tree columns, by slot
}

// noNumber stands for an absent number.
const noNumber = math.MinInt64

// compare is the order of all rows of an index: key, id, first valid day.
func compare(a, b *row) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id), cmp.Compare(a.valid.From, b.valid.From))
}

// hashOf returns the hash of everything of p that the edition shows or filters by; sums of it are fingerprints of sets of
// rows. It is made from the content, p being what the edition shows, and not from a version number, so that what changes in
// hidden columns only changes nothing here, and so that it does not matter by which way a row was changed in the database.
func (c *columns) hashOf(p geo.Point) uint64 { return c.hashWithout(c.hidden, p) }

// openHashOf returns the hash that the public edition has of p; 0 when p is not in it, or the edition does not tell.
func (c *columns) openHashOf(p geo.Point) uint64 {
	if !c.open || !p.Public {
		return 0
	}
	return c.hashWithout(c.closed, p)
}

// hashWithout returns the hash of p without some of its columns. It is not 0.
func (c *columns) hashWithout(left []bool, p geo.Point) uint64 {
	h := mix(uint64(p.ID))
	for _, v := range [...]uint64{
		uint64(uint32(p.At.Lon))<<32 | uint64(uint32(p.At.Lat)),
		uint64(uint32(p.Valid.From))<<32 | uint64(uint32(p.Valid.To)), uint64(p.Division),
	} {
		h = mix(h ^ v)
	}
	for i := range c.layer.Columns {
		if !left[i] && i < len(p.Values) {
			h = mix(hashText(h, p.Values[i]))
		}
	}
	return max(h, 1)
}

// hashText is FNV-1a.
func hashText(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// columns is a layer's schema resolved for storage: which slot of which kind of column holds each property.
type columns struct {
	layer   geo.PointLayer
	public  bool
	open    bool  // rows tell what everyone sees of them: the edition is not the public one, which shows the same points
	slots   []int // per column of the layer
	hidden  []bool
	closed  []bool // columns that are not public
	codes   int
	numbers int
	texts   int
	paths   int // tree columns that the edition shows: others take no memory
	sought  sought
}

func newColumns(layer geo.PointLayer, edition Edition) *columns {
	c := &columns{layer: layer, public: edition == Public, open: edition == Internal && layer.Generalise == nil}
	for i, col := range layer.Columns {
		c.hidden, c.closed = append(c.hidden, edition == Public && !col.Public), append(c.closed, !col.Public)
		switch col.Role {
		case geo.ColumnCategory:
			c.slots = append(c.slots, c.codes)
			c.codes++
		case geo.ColumnNumber:
			c.slots = append(c.slots, c.numbers)
			c.numbers++
		case geo.ColumnTree:
			c.slots = append(c.slots, c.paths)
			if !c.hidden[i] {
				c.paths++
			}
		default:
			c.slots = append(c.slots, c.texts)
			c.texts++
		}
	}
	c.sought = c.findSought()
	return c
}

// find returns the position of the column in the layer, or -1 when the edition shows none of that name.
func (c *columns) find(name string) int {
	for i, col := range c.layer.Columns {
		if col.Name == name && !c.hidden[i] && !col.Sought {
			return i
		}
	}
	return -1
}

// shown returns p as the edition shows it.
func (c *columns) shown(p geo.Point) geo.Point {
	if c.public && c.layer.Generalise != nil {
		return c.layer.Generalise(p)
	}
	return p
}

// counted returns the code slots whose values clusters count, in schema order.
func (c *columns) counted() []int {
	var slots []int
	for i, col := range c.layer.Columns {
		if col.Counted && !c.hidden[i] {
			slots = append(slots, c.slots[i])
		}
	}
	return slots
}

// dictionaries map the values of category columns, and paths, to codes and back; code 0 is no value. They only grow, so
// that codes in immutable chunks stay true.
type dictionaries struct {
	values [][]string // by slot and code
	codes  []map[string]uint16
	paths  []*paths
}

func newDictionaries(c *columns) *dictionaries {
	d := &dictionaries{paths: manyPaths(c.paths)}
	for range c.codes {
		d.values = append(d.values, []string{""})
		d.codes = append(d.codes, map[string]uint16{"": 0})
	}
	return d
}

func (d *dictionaries) code(slot int, value string) (uint16, error) {
	if c, ok := d.codes[slot][value]; ok {
		return c, nil
	}
	n := len(d.values[slot])
	if n > math.MaxUint16 {
		return 0, fmt.Errorf("category column %d: more than %d values", slot, math.MaxUint16)
	}
	value = strings.Clone(value)
	d.values[slot] = append(d.values[slot], value)
	d.codes[slot][value] = uint16(n)
	return uint16(n), nil
}

// view returns the values and paths as of now; later growth does not touch them.
func (d *dictionaries) view() ([][]string, []pathView) {
	views := make([]pathView, len(d.paths))
	for slot, p := range d.paths {
		views[slot] = p.view()
	}
	return append([][]string(nil), d.values...), views
}

// withoutPaths returns dictionaries with the values of d, which grow with those of d, and no paths.
func (d *dictionaries) withoutPaths() *dictionaries {
	return &dictionaries{values: d.values, codes: d.codes, paths: manyPaths(len(d.paths))}
}

// newRow converts a point; hidden columns are left empty.
func (c *columns) newRow(p geo.Point, d *dictionaries) (*row, error) {
	r := &row{}
	return r, c.fill(r, p, d)
}

// fill sets r to the row of p.
func (c *columns) fill(r *row, p geo.Point, d *dictionaries) error {
	p = c.shown(p)
	r.key, r.id, r.at, r.valid, r.division, r.hash, r.open = keyOf(p.At), p.ID, p.At, p.Valid, p.Division, c.hashOf(p), c.openHashOf(p)
	r.next = geo.MaxDay
	r.codes, r.numbers, r.texts = resized(r.codes, c.codes), resized(r.numbers, c.numbers), resized(r.texts, c.texts)
	r.paths = resized(r.paths, c.paths)
	for i := range r.numbers {
		r.numbers[i] = noNumber
	}
	for i, col := range c.layer.Columns {
		if c.hidden[i] || i >= len(p.Values) || p.Values[i] == "" {
			continue
		}
		if err := r.set(col, c.slots[i], p.Values[i], d); err != nil {
			return fmt.Errorf("%s %d: property %s: %w", c.layer.Name, p.ID, col.Name, err)
		}
	}
	return nil
}

// resized returns n zero values, in the memory of s when it suffices.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (r *row) set(col geo.Column, slot int, value string, d *dictionaries) (err error) {
	switch col.Role {
	case geo.ColumnCategory:
		r.codes[slot], err = d.code(slot, value)
	case geo.ColumnNumber:
		r.numbers[slot], err = strconv.ParseInt(value, 10, 64)
	case geo.ColumnTree:
		r.paths[slot], err = d.paths[slot].code(r.id, value)
	default:
		r.texts[slot] = value
	}
	return err
}
