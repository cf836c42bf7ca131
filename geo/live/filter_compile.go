package live

import (
	"slices"
	"unicode"

	"jingwei/geo"
)

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
	case "a_overlaps", "a_contains":
		return c.array(o, negated)
	}
	l, err := readComparison(o)
	if err != nil {
		return nil, err
	}
	return c.compare(l, negated)
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
		return fused(all(parts)), nil
	}
	return any1(parts), nil
}

// fused brings conditions on one and the same number together: a column is gone through once, not once for either end.
func fused(parts all) predicate {
	kept := parts[:0]
	for _, p := range parts {
		s, ok := p.(inSpans)
		i := slices.IndexFunc(kept, func(q predicate) bool { t, same := q.(inSpans); return ok && same && t.ints == s.ints })
		if i < 0 {
			kept = append(kept, p)
			continue
		}
		kept[i] = inSpans{s.ints, kept[i].(inSpans).set.within(s.set)}
	}
	return kept
}

// array compiles the array predicates, which the columns of paths know.
func (c *compiler) array(o *geo.Operation, negated bool) (predicate, error) {
	if len(o.Args) == 0 {
		return nil, geo.ErrNotIndexed
	}
	property, ok := o.Args[0].(geo.Property)
	if i := c.columns.find(string(property)); ok && i >= 0 && c.columns.layer.Columns[i].Role == geo.ColumnTree {
		return c.tree(o, c.columns.slots[i], negated)
	}
	return nil, geo.ErrNotIndexed
}

// compare compiles the comparison of a property.
func (c *compiler) compare(l comparison, negated bool) (predicate, error) {
	switch l.property {
	case "id":
		return compareInts(l, negated, ofIDs{}, numberBound)
	case "valid_from":
		return compareInts(l, negated, ofFrom{}, dayBound)
	case "valid_to":
		return compareInts(l, negated, ofTo{}, dayBound)
	case "division":
		return compareDivisions(l, negated)
	}
	i := c.columns.find(l.property)
	if i < 0 {
		return nil, geo.ErrNotIndexed
	}
	slot := c.columns.slots[i]
	switch c.columns.layer.Columns[i].Role {
	case geo.ColumnCategory:
		return c.compareCategory(l, slot, negated)
	case geo.ColumnNumber:
		return compareInts(l, negated, ofNumbers{slot}, numberBound)
	case geo.ColumnText:
		return compareText(l, slot, negated)
	case geo.ColumnTree:
		if l.op == "isNull" {
			return pathless{slot, negated}, nil
		}
	}
	return nil, geo.ErrNotIndexed
}

// comparison is =, <>, <, <=, >, >=, like, between, in or isNull of one property with literals.
type comparison struct {
	op       string
	property string
	folded   bool // the property stands in casei(...)
	operands []geo.Node
}

// mirrored is the operator that says the same with its sides exchanged.
func mirrored(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

func readComparison(o *geo.Operation) (comparison, error) {
	args, op := o.Args, o.Op
	want, known := map[string]int{"=": 2, "<>": 2, "<": 2, "<=": 2, ">": 2, ">=": 2, "like": 2, "between": 3, "in": 2, "isNull": 1}[op]
	if !known || len(args) != want {
		return comparison{}, geo.ErrNotIndexed
	}
	l := comparison{op: op}
	if !l.readProperty(args[0]) {
		if want != 2 || op == "like" || op == "in" || !l.readProperty(args[1]) {
			return comparison{}, geo.ErrNotIndexed
		}
		l.op, args = mirrored(op), []geo.Node{args[1], args[0]}
	}
	l.operands = args[1:]
	if op == "in" {
		list, ok := args[1].(geo.List)
		if !ok {
			return comparison{}, geo.ErrNotIndexed
		}
		l.operands = list
	}
	return l, nil
}

func (l *comparison) readProperty(n geo.Node) bool {
	folded := false
	if o, ok := n.(*geo.Operation); ok && o.Op == "casei" && len(o.Args) == 1 {
		n, folded = o.Args[0], true
	}
	p, ok := n.(geo.Property)
	if ok {
		l.property, l.folded = string(p), folded
	}
	return ok
}

// texts returns the operands, which are texts; those in casei(...) are folded.
func (l comparison) texts() ([]string, bool) {
	texts := make([]string, len(l.operands))
	for i, n := range l.operands {
		o, folded := n.(*geo.Operation)
		if folded {
			if o.Op != "casei" || len(o.Args) != 1 {
				return nil, false
			}
			n = o.Args[0]
		}
		t, ok := n.(geo.Text)
		if !ok {
			return nil, false
		}
		if texts[i] = string(t); folded {
			texts[i] = fold(texts[i])
		}
	}
	return texts, true
}

// fold is what casei makes of a text: each character in lower case.
func fold(s string) string {
	for _, r := range s {
		if unicode.ToLower(r) != r {
			return lowered(s)
		}
	}
	return s
}

func lowered(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}
