package live

import (
	"crypto/sha256"
	"slices"
	"strings"

	"jingwei/geo"
)

// matcher is a Query compiled for one state of the dictionaries.
type matcher struct {
	key  queryHash // of the canonical form, in the keys of cached bitmaps
	days geo.DayRange
	root predicate // nil holds for every row
}

// predicate is a compiled node. Absent values follow CQL2 (21-065r2, three-valued logic): a comparison with an absent
// value is unknown, and so is its negation; negations are therefore pushed down to the leaves when compiling.
type predicate interface {
	row(r *row) bool
	chunk(k *chunk, i int) bool
}

func compile(q Query, s *Snapshot) (*matcher, error) {
	sum := sha256.Sum256([]byte(q.Filter.Canonical() + "@" + q.Days.String()))
	m := &matcher{key: queryHash(sum[:16]), days: q.Days}
	if q.Filter.Root == nil {
		return m, nil
	}
	var err error
	m.root, err = (&compiler{columns: s.columns, values: s.values, paths: s.paths}).node(q.Filter.Root, false)
	return m, err
}

// row reports whether r counts.
func (m *matcher) row(r *row) bool {
	return r.valid.Meets(m.days) && (m.root == nil || m.root.row(r))
}

// bitmap returns the rows of k that count; nil when all do.
func (m *matcher) bitmap(k *chunk) *bitmap {
	allValid := m.valid(k)
	if allValid && m.root == nil {
		return nil
	}
	b := newBitmap(k.len())
	for i := range k.keys {
		if (allValid || k.valid(i).Meets(m.days)) && (m.root == nil || m.root.chunk(k, i)) {
			b.set(i)
		}
	}
	return b.finish()
}

// everything reports whether every row of k counts, without looking at rows.
func (m *matcher) everything(k *chunk) bool {
	return m.root == nil && m.valid(k)
}

// valid reports whether all rows of k are valid on the day.
func (m *matcher) valid(k *chunk) bool {
	return m.days == geo.Always || k.lastFrom < m.days.To && m.days.From < k.firstTo && !m.days.Empty()
}

type all []predicate
type any1 []predicate
type constant bool

// inSet holds when the code in slot is a member; members is indexed by code.
type inSet struct {
	slot    int
	members []bool
}

// inRange holds when the division code lies in lo <= x < hi (or outside, when negated).
type inRange struct {
	lo, hi  geo.DivisionCode
	negated bool
}

func (p all) row(r *row) bool {
	return !slices.ContainsFunc(p, func(q predicate) bool { return !q.row(r) })
}
func (p any1) row(r *row) bool {
	return slices.ContainsFunc(p, func(q predicate) bool { return q.row(r) })
}
func (p constant) row(*row) bool          { return bool(p) }
func (p constant) chunk(*chunk, int) bool { return bool(p) }
func (p inSet) row(r *row) bool           { return p.has(r.codes[p.slot]) }
func (p inSet) chunk(k *chunk, i int) bool {
	return p.has(k.codes[p.slot][i])
}
func (p inRange) row(r *row) bool            { return p.has(r.division) }
func (p inRange) chunk(k *chunk, i int) bool { return p.has(k.division[i]) }

func (p all) chunk(k *chunk, i int) bool {
	for _, q := range p {
		if !q.chunk(k, i) {
			return false
		}
	}
	return true
}

func (p any1) chunk(k *chunk, i int) bool {
	for _, q := range p {
		if q.chunk(k, i) {
			return true
		}
	}
	return false
}

func (p inSet) has(code uint16) bool { return int(code) < len(p.members) && p.members[code] }

func (p inRange) has(d geo.DivisionCode) bool {
	return d != 0 && (p.lo <= d && d < p.hi) != p.negated
}

// compiler turns nodes into predicates over the columns of an index. What it cannot answer is geo.ErrNotIndexed; it
// never answers a part of a filter.
type compiler struct {
	columns *columns
	values  [][]string
	paths   []pathView
}

func (c *compiler) node(n geo.Node, negated bool) (predicate, error) {
	switch n := n.(type) {
	case geo.Bool:
		return constant(bool(n) != negated), nil
	case *geo.Operation:
		return c.operation(n, negated)
	}
	return nil, geo.ErrNotIndexed
}

func (c *compiler) operation(o *geo.Operation, negated bool) (predicate, error) {
	switch o.Op {
	case "and", "or":
		return c.junction(o, negated)
	case "not":
		if len(o.Args) != 1 {
			return nil, geo.ErrNotIndexed
		}
		return c.node(o.Args[0], !negated)
	case "=", "<>", "in", "like", "isNull", "a_overlaps", "a_contains":
		return c.leaf(o, negated)
	}
	return nil, geo.ErrNotIndexed
}

func (c *compiler) junction(o *geo.Operation, negated bool) (predicate, error) {
	parts := make([]predicate, len(o.Args))
	for i, a := range o.Args {
		p, err := c.node(a, negated)
		if err != nil {
			return nil, err
		}
		parts[i] = p
	}
	if (o.Op == "and") != negated { // De Morgan
		return all(parts), nil
	}
	return any1(parts), nil
}

func (c *compiler) leaf(o *geo.Operation, negated bool) (predicate, error) {
	if len(o.Args) == 0 {
		return nil, geo.ErrNotIndexed
	}
	property, ok := o.Args[0].(geo.Property)
	if !ok {
		return nil, geo.ErrNotIndexed
	}
	if property == "division" {
		return divisionLeaf(o, negated)
	}
	i := c.columns.find(string(property))
	if i < 0 {
		return nil, geo.ErrNotIndexed
	}
	switch c.columns.layer.Columns[i].Role {
	case geo.ColumnCategory:
		return c.category(o, c.columns.slots[i], negated)
	case geo.ColumnTree:
		return c.tree(o, c.columns.slots[i], negated)
	}
	return nil, geo.ErrNotIndexed
}

// category compiles comparisons of a category column.
func (c *compiler) category(o *geo.Operation, slot int, negated bool) (predicate, error) {
	if o.Op == "isNull" {
		return c.set(slot, func(v string) bool { return (v == "") != negated }), nil
	}
	wanted, ok := literals(o)
	if !ok {
		return nil, geo.ErrNotIndexed
	}
	if o.Op == "<>" {
		negated = !negated
	}
	return c.set(slot, func(v string) bool { return v != "" && slices.Contains(wanted, v) != negated }), nil
}

func (c *compiler) set(slot int, member func(string) bool) predicate {
	p := inSet{slot: slot, members: make([]bool, len(c.values[slot]))}
	for code, v := range c.values[slot] {
		p.members[code] = member(v)
	}
	return p
}

// literals returns the texts that =, <> and in compare with.
func literals(o *geo.Operation) ([]string, bool) {
	if len(o.Args) != 2 || o.Op == "like" {
		return nil, false
	}
	nodes, isList := o.Args[1].(geo.List)
	if !isList {
		nodes = geo.List{o.Args[1]}
	}
	if isList != (o.Op == "in") {
		return nil, false
	}
	var texts []string
	for _, n := range nodes {
		t, ok := n.(geo.Text)
		if !ok {
			return nil, false
		}
		texts = append(texts, string(t))
	}
	return texts, true
}

// divisionLeaf compiles division LIKE 'prefix%', =, <> and in: a prefix of a code is a range of codes.
func divisionLeaf(o *geo.Operation, negated bool) (predicate, error) {
	if o.Op == "isNull" || len(o.Args) != 2 {
		return nil, geo.ErrNotIndexed
	}
	if o.Op == "like" {
		text, ok := o.Args[1].(geo.Text)
		prefix, isPrefix := strings.CutSuffix(string(text), "%")
		if !ok || !isPrefix {
			return nil, geo.ErrNotIndexed
		}
		return prefixRange(prefix, negated)
	}
	codes, ok := literals(o)
	if !ok {
		return nil, geo.ErrNotIndexed
	}
	if o.Op == "<>" {
		negated = !negated
	}
	parts := make([]predicate, len(codes))
	for i, code := range codes {
		p, err := prefixRange(code, negated)
		if err != nil || len(code) != 12 {
			return nil, geo.ErrNotIndexed
		}
		parts[i] = p
	}
	if negated {
		return all(parts), nil
	}
	return any1(parts), nil
}

func prefixRange(prefix string, negated bool) (predicate, error) {
	if len(prefix) > 12 {
		return nil, geo.ErrNotIndexed
	}
	lo, size := geo.DivisionCode(0), geo.DivisionCode(1)
	for _, r := range prefix {
		if r < '0' || r > '9' {
			return nil, geo.ErrNotIndexed
		}
		lo = lo*10 + geo.DivisionCode(r-'0')
	}
	for range 12 - len(prefix) {
		lo, size = lo*10, size*10
	}
	return inRange{lo: lo, hi: lo + size, negated: negated}, nil
}
