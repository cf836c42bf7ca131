package live

import (
	"cmp"
	"container/heap"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"jingwei/geo"
)

// ByDivision is the Column of a Sort by the code of the division.
const ByDivision = "division"

// Sort is an order of rows: by a value, and where that is the same by id, ascending. Names that search looks into compare by their
// pinyin, then by their bytes, as other texts do; the values of categories in the order of their column, else by their bytes. What
// is absent is less than everything, but for numbers, where it is greater.
type Sort struct {
	Column     string // of texts, categories or numbers, or ByDivision
	Descending bool   // by value; ids always ascend
}

// SortCursor marks a row in the order of a Sort; the zero value stands before all rows.
type SortCursor struct {
	Value string // as a Feature has it; the code of a division with 12 digits; the pinyin, 0 and the name; "" when it is absent
	ID    geo.ID
}

// ListSorted returns up to limit rows in e in an order, those that come after the cursor, and the cursor of the last one, which
// is zero when there are no more. It looks at every row that counts and keeps no more than a page of them. A column that the
// edition does not show, or that has no order, is geo.ErrInvalid with the field "sortby", and so, with the field "cursor", is
// one that no row of the order can have.
func (s *Snapshot) ListSorted(q Query, e geo.Extent, by Sort, after SortCursor, limit int) ([]Feature, SortCursor, error) {
	v, err := s.through(q)
	if err != nil {
		return nil, SortCursor{}, err
	}
	if by.Column == ByDivision {
		return listNumbers(v, e, by, ofDivisions{}, divisionNumber, after, limit)
	}
	i := v.columns.find(by.Column)
	if i < 0 || !v.columns.layer.Columns[i].Shown() {
		return nil, SortCursor{}, geo.Invalid("sortby", "nothing is sorted by %s", by.Column)
	}
	slot := v.columns.slots[i]
	switch column := v.columns.layer.Columns[i]; {
	case column.Role == geo.ColumnNumber:
		return listNumbers(v, e, by, unknownLast{ofNumbers{slot}}, parseNumber, after, limit)
	case column.Role == geo.ColumnCategory:
		ranks := newRanks(slot, v.values[slot], column.Order)
		return listNumbers(v, e, by, ranks, ranks.number, after, limit)
	case v.columns.sought.any && slot == v.columns.sought.name:
		return listBy(v, e, by, ofNames{v.columns.sought}, readNameKey(after.Value), after, limit)
	}
	return listBy(v, e, by, ofTexts{slot}, after.Value, after, limit)
}

// keysOf is where rows have what they are sorted by, and in which order that is.
type keysOf[K any] interface {
	of(r *row) K
	at(k *chunk, i int) K
	compare(a, b K) int
}

// nameKey is a name with its pinyin.
type nameKey struct{ pinyin, name string }

// text is what a cursor has; no name has the character between the two.
func (n nameKey) text() string { return n.pinyin + "\x00" + n.name }

func readNameKey(text string) nameKey {
	pinyin, name, _ := strings.Cut(text, "\x00")
	return nameKey{pinyin, name}
}

// ofNames is the names with their pinyin; those of chunks are not copied.
type ofNames struct{ sought }

func (c ofNames) of(r *row) nameKey {
	return nameKey{geo.ReadPinyin(r.texts[c.keys]), r.texts[c.name]}
}

func (c ofNames) at(k *chunk, i int) nameKey {
	return nameKey{geo.ReadPinyin(k.texts[c.keys].view(i)), k.texts[c.name].view(i)}
}

func (c ofNames) compare(a, b nameKey) int {
	if d := strings.Compare(a.pinyin, b.pinyin); d != 0 {
		return d
	}
	return strings.Compare(a.name, b.name)
}

// ofTexts is a column of texts; those of chunks are not copied.
type ofTexts struct{ slot int }

func (c ofTexts) of(r *row) string          { return r.texts[c.slot] }
func (c ofTexts) at(k *chunk, i int) string { return k.texts[c.slot].view(i) }
func (c ofTexts) compare(a, b string) int   { return strings.Compare(a, b) }

// unknownLast is a column of numbers in which none is greater than all.
type unknownLast struct{ ofNumbers }

func (c unknownLast) of(r *row) int64          { return unknownGreatest(c.ofNumbers.of(r)) }
func (c unknownLast) at(k *chunk, i int) int64 { return unknownGreatest(c.ofNumbers.at(k, i)) }

func unknownGreatest(n int64) int64 {
	if n == noNumber {
		return math.MaxInt64
	}
	return n
}

// numbers is a column whose rows are sorted as numbers.
type numbers interface {
	of(r *row) int64
	at(k *chunk, i int) int64
}

// numberKeys is such a column as keys.
type numberKeys[N numbers] struct{ column N }

func (c numberKeys[N]) of(r *row) int64          { return c.column.of(r) }
func (c numberKeys[N]) at(k *chunk, i int) int64 { return c.column.at(k, i) }
func (c numberKeys[N]) compare(a, b int64) int   { return cmp.Compare(a, b) }

// ranks is a category column as numbers in the order of its values. They are odd, so that a value that there is none of,
// which a cursor may have, stands between two.
type ranks struct {
	slot   int
	order  []string // values that come before all others but ""
	sorted []string
	codes  []int64 // by code
}

func newRanks(slot int, values, order []string) ranks {
	r := ranks{slot: slot, order: order, codes: make([]int64, len(values))}
	r.sorted = slices.SortedFunc(slices.Values(values), r.compare)
	for code, value := range values {
		r.codes[code], _ = r.number(value)
	}
	return r
}

func (c ranks) of(r *row) int64          { return c.codes[r.codes[c.slot]] }
func (c ranks) at(k *chunk, i int) int64 { return c.codes[k.code(c.slot, i)] }

// compare compares two values by their place in the order, then by their bytes.
func (c ranks) compare(a, b string) int {
	return cmp.Or(cmp.Compare(c.placeOf(a), c.placeOf(b)), cmp.Compare(a, b))
}

func (c ranks) placeOf(value string) int {
	if value == "" {
		return -1
	}
	if i := slices.Index(c.order, value); i >= 0 {
		return i
	}
	return len(c.order)
}

func (c ranks) number(value string) (int64, error) {
	n, found := slices.BinarySearchFunc(c.sorted, value, c.compare)
	if found {
		return int64(2*n + 1), nil
	}
	return int64(2 * n), nil
}

func parseNumber(value string) (int64, error) {
	if value == "" {
		return math.MaxInt64, nil
	}
	return strconv.ParseInt(value, 10, 64)
}

func divisionNumber(value string) (int64, error) {
	if value == "" {
		return 0, nil
	}
	code, err := geo.ParseDivisionCode("cursor", value)
	return int64(code), err
}

// listNumbers is listBy for what is sorted as numbers; number makes one of the value of a cursor.
func listNumbers[N numbers](v view, e geo.Extent, by Sort, column N, number func(string) (int64, error), after SortCursor, limit int) ([]Feature, SortCursor, error) {
	key, err := number(after.Value)
	if err != nil {
		return nil, SortCursor{}, geo.Invalid("cursor", "this is not the next of a page in this order; begin without cursor")
	}
	return listBy(v, e, by, numberKeys[N]{column}, key, after, limit)
}

// listBy is ListSorted for one kind of keys; from is that of the cursor.
func listBy[K any](v view, e geo.Extent, by Sort, keys keysOf[K], from K, after SortCursor, limit int) ([]Feature, SortCursor, error) {
	start := earliest[K]{order: keys, descending: by.Descending, after: sorted[K]{key: from, id: after.ID}, most: limit + 1}
	found := sortStretches(v, v.stretches(e), keys, start)
	for _, d := range v.deltaRows(keyRange{0, ^uint64(0)}) {
		if e.Contains(d.at) {
			found.add(keys.of(d), d.id, place{delta: d})
		}
	}
	rows := found.inOrder()
	features := []Feature{}
	for _, s := range rows[:min(limit, len(rows))] {
		features = append(features, v.feature(s.place))
	}
	if len(rows) <= limit || limit == 0 {
		return features, SortCursor{}, nil
	}
	last := rows[limit-1]
	return features, SortCursor{Value: v.cursorValue(by, last.key, features[limit-1]), ID: last.id}, nil
}

// cursorValue returns what a cursor has of the row that is sorted by the key.
func (v view) cursorValue(by Sort, key any, f Feature) string {
	if name, ok := key.(nameKey); ok {
		return name.text()
	}
	if by.Column == ByDivision {
		return f.Division.String()
	}
	return f.Values[v.columns.find(by.Column)]
}

// stretch is rows of a chunk that lie in an area, or with a border on its edge.
type stretch struct {
	chunk, lo, hi int
	border        *area
}

// stretches returns where the rows of chunks in e are. They do not stand in the order of keys but leap through it: values often
// rise or fall with the place, and a page of the greatest would else be filled anew with every row.
func (v view) stretches(e geo.Extent) []stretch {
	var in []stretch
	add := func(r keyRange, border *area) bool {
		v.spans(r, func(i, lo, hi int) bool {
			in = append(in, stretch{i, lo, hi, border})
			return true
		})
		return true
	}
	if all := (keyRange{0, ^uint64(0)}); e == geo.World {
		add(all, nil)
	} else {
		v.descend(newArea(e), all, 0, add)
	}
	leaping := make([]stretch, 0, len(in))
	for step := leap; step > 0; step /= 2 { // the multiples of a power of 2 that are not multiples of the next
		for n := step - 1; n < len(in); n += step {
			if step == leap || (n+1)%(2*step) != 0 {
				leaping = append(leaping, in[n])
			}
		}
	}
	return leaping
}

// leap is how far the first stretches that are looked at lie from each other; a power of 2.
const leap = 64

// sortStretches returns the earliest rows of all stretches, on all processors when there is much to do; start has none yet.
func sortStretches[K any](v view, in []stretch, keys keysOf[K], start earliest[K]) *earliest[K] {
	workers := 1
	if len(in) >= fewChunks {
		workers = min(runtime.GOMAXPROCS(0), len(in))
	}
	found := make([]earliest[K], workers)
	var (
		next atomic.Int64
		all  sync.WaitGroup
	)
	for w := range found {
		found[w] = start
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(in)); n = next.Add(1) - 1 {
				sortStretch(v, in[n], keys, &found[w])
			}
		})
	}
	all.Wait()
	for w := range found[1:] {
		for _, s := range found[1+w].rows {
			found[0].add(s.key, s.id, s.place)
		}
	}
	return &found[0]
}

func sortStretch[K any](v view, s stretch, keys keysOf[K], found *earliest[K]) {
	k := v.chunks[s.chunk]
	v.eachSpan(s.chunk, s.lo, s.hi, func(n int) bool {
		if s.border == nil || s.border.extent.Contains(k.at[n]) {
			found.add(keys.at(k, n), k.ids[n], place{chunk: s.chunk, row: n})
		}
		return true
	})
}

// sorted is a row with what it is sorted by.
type sorted[K any] struct {
	key K
	id  geo.ID
	place
}

// earliest keeps the first rows of an order that come after a cursor: a heap, once it is full, with the last of them on top.
type earliest[K any] struct {
	order      interface{ compare(a, b K) int }
	descending bool
	after      sorted[K] // without an id for all rows
	most       int
	rows       []sorted[K]
}

// precedes reports whether a row with the key and id comes before s.
func (b *earliest[K]) precedes(key K, id geo.ID, s *sorted[K]) bool {
	switch c := b.order.compare(key, s.key); {
	case c < 0:
		return !b.descending
	case c > 0:
		return b.descending
	}
	return id < s.id
}

func (b *earliest[K]) add(key K, id geo.ID, p place) {
	full := len(b.rows) == b.most
	if full && !b.precedes(key, id, &b.rows[0]) {
		return
	}
	if b.after.id != 0 && (id == b.after.id && b.order.compare(key, b.after.key) == 0 || b.precedes(key, id, &b.after)) {
		return
	}
	if full {
		b.rows[0] = sorted[K]{key, id, p}
		heap.Fix(b, 0)
		return
	}
	b.rows = append(b.rows, sorted[K]{key, id, p})
	if len(b.rows) == b.most {
		heap.Init(b)
	}
}

// inOrder returns the rows in their order.
func (b *earliest[K]) inOrder() []sorted[K] {
	slices.SortFunc(b.rows, func(x, y sorted[K]) int {
		if b.precedes(x.key, x.id, &y) {
			return -1
		}
		return 1
	})
	return b.rows
}

// The heap's own methods, for container/heap.

func (b *earliest[K]) Len() int           { return len(b.rows) }
func (b *earliest[K]) Less(i, j int) bool { return b.precedes(b.rows[j].key, b.rows[j].id, &b.rows[i]) }
func (b *earliest[K]) Swap(i, j int)      { b.rows[i], b.rows[j] = b.rows[j], b.rows[i] }
func (b *earliest[K]) Push(any)           {} // nothing is ever pushed or popped: rows take the place of the top
func (b *earliest[K]) Pop() any           { return nil }
