package live

import (
	"crypto/sha256"

	"jingwei/geo"
)

// matcher is a Query compiled for one state of the dictionaries.
type matcher struct {
	key     queryHash // of the canonical form, in the keys of cached bitmaps
	filter  queryHash // the same without the days
	days    geo.DayRange
	allDays bool      // days do not count, nor whether a row is the last of its object
	root    predicate // nil holds for every row
}

// predicate is a compiled node. Absent values follow CQL2 (21-065r2, three-valued logic): a comparison with an absent
// value is unknown, and so is its negation; negations are therefore pushed down to the leaves when compiling.
type predicate interface {
	row(r *row) bool
	// rows sets out to the rows of k for which it holds; bits behind the last row mean nothing.
	rows(k *chunk, out []uint64)
}

func compile(q Query, s *Snapshot) (*matcher, error) {
	canonical := q.Filter.Canonical()
	m := &matcher{days: q.Days}
	root, err := s.predicateOf(q.Filter)
	if err != nil {
		return nil, err
	}
	var parts all
	if root != nil {
		parts = append(parts, root)
	}
	if q.Members != nil {
		canonical += "\x00" + q.Members.name
		parts = append(parts, q.Members)
	}
	m.key, m.filter = hashQuery(canonical+"@"+q.Days.String()), hashQuery(canonical)
	switch len(parts) {
	case 0:
	case 1:
		m.root = parts[0]
	default:
		m.root = parts
	}
	return m, nil
}

// predicateOf compiles a filter; nil for none.
func (s *Snapshot) predicateOf(f geo.Filter) (predicate, error) {
	if f.Root == nil {
		return nil, nil
	}
	return (&compiler{columns: s.columns, values: s.values, paths: s.paths}).node(f.Root, false)
}

// compileAllDays is compile for all rows, whatever their days.
func compileAllDays(f geo.Filter, s *Snapshot) (*matcher, error) {
	m, err := compile(Query{Filter: f}, s)
	if err != nil {
		return nil, err
	}
	m.key, m.allDays = m.filter, true
	return m, nil
}

func hashQuery(canonical string) queryHash {
	sum := sha256.Sum256([]byte(canonical))
	return queryHash(sum[:16])
}

// row reports whether r counts.
func (m *matcher) row(r *row) bool {
	return (m.allDays || r.valid.Meets(m.days) && r.next >= m.days.To) && (m.root == nil || m.root.row(r))
}

// bitmap returns the rows of k that count, of which held are those for which the filter holds; nil is all.
func (m *matcher) bitmap(k *chunk, held words) *bitmap {
	b := newBitmap(k.len())
	if fill(b.words, ^uint64(0)); held != nil {
		copy(b.words, held)
	}
	if !m.valid(k) {
		m.keepValid(k, b.words)
	}
	if rest := k.len() & 63; rest != 0 {
		b.words[len(b.words)-1] &= 1<<rest - 1
	}
	return b.finish()
}

// words are rows of a chunk, 64 each.
type words []uint64

func (w words) bytes() int { return 8 * len(w) }

// held returns the rows of k for which the filter holds, whatever their days; nil is all.
func (m *matcher) held(k *chunk) words {
	if m.root == nil {
		return nil
	}
	out := make(words, wordsOf(k.len()))
	m.root.rows(k, out)
	return out
}

// keepValid takes out what is not valid on one of the days, or not the last of its object then.
func (m *matcher) keepValid(k *chunk, out []uint64) {
	var room [mostWords]uint64
	part := room[:len(out)]
	if k.lastFrom >= m.days.To {
		within(k.from, geo.MinDay, m.days.To-1, part)
		and(out, part)
	}
	if k.to != nil && k.firstTo <= m.days.From {
		within(k.to, m.days.From+1, geo.MaxDay, part)
		and(out, part)
	}
	if k.next != nil {
		within(k.next, m.days.To, geo.MaxDay, part)
		and(out, part)
	}
	if m.days.Empty() {
		clear(out)
	}
}

// keyOf returns the key of what is derived from k: one for all days on which all its rows are valid.
func (m *matcher) keyOf(k *chunk) queryHash {
	if m.valid(k) {
		return m.filter
	}
	return m.key
}

// everything reports whether every row of k counts, without looking at rows.
func (m *matcher) everything(k *chunk) bool {
	return m.root == nil && m.valid(k)
}

// valid reports whether no row of k is left out for its days.
func (m *matcher) valid(k *chunk) bool {
	return m.allDays || k.lastFrom < m.days.To && m.days.From < k.firstTo && m.days.To <= k.firstNext && !m.days.Empty()
}

type all []predicate
type any1 []predicate
type constant bool

func (p all) row(r *row) bool {
	for _, q := range p {
		if !q.row(r) {
			return false
		}
	}
	return true
}

func (p any1) row(r *row) bool {
	for _, q := range p {
		if q.row(r) {
			return true
		}
	}
	return false
}

func (p constant) row(*row) bool { return bool(p) }

func (p all) rows(k *chunk, out []uint64) {
	fill(out, ^uint64(0))
	var room [mostWords]uint64
	part := room[:len(out)]
	for _, q := range p {
		if none(out) {
			return
		}
		q.rows(k, part)
		and(out, part)
	}
}

func (p any1) rows(k *chunk, out []uint64) {
	clear(out)
	var room [mostWords]uint64
	part := room[:len(out)]
	for _, q := range p {
		q.rows(k, part)
		or(out, part)
	}
}

func (p constant) rows(_ *chunk, out []uint64) {
	clear(out)
	if p {
		fill(out, ^uint64(0))
	}
}
