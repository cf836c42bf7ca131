package geo

import (
	"slices"
	"strconv"
	"strings"
)

// Filter is a condition on the features of a layer: the expression tree of CQL2 (OGC 21-065r2), whatever notation it
// came in. The zero value holds for every feature. An evaluator that cannot answer a node says so with ErrNotIndexed;
// it never guesses.
type Filter struct{ Root Node }

// Node is a node of an expression: *Operation, Property, Text, Number, Bool, Date, List.
type Node interface{ canonical(b *strings.Builder) }

// Operation applies Op to Args. Op is the name in CQL2 JSON: and, or, not, =, <>, <, <=, >, >=, like, in, between,
// isNull, + - * / ^ % div, the spatial, temporal and array predicates (s_intersects ...), or a function's name.
type Operation struct {
	Op   string
	Args []Node
}

// Property refers to a property of the feature by name.
type Property string

// Text, Number, Bool and Date are literals.
type (
	Text   string
	Number float64
	Bool   bool
	Date   Day
)

// List is a list of nodes, the second argument of "in".
type List []Node

// ErrNotIndexed is what an evaluator answers for a filter that it cannot evaluate itself.
var ErrNotIndexed = &Error{Kind: ErrInvalid, Field: "filter", Message: "this filter cannot be answered by the index"}

// And returns the conjunction of filters; those that hold for everything are left out.
func And(filters ...Filter) Filter {
	var args []Node
	for _, f := range filters {
		if f.Root != nil {
			args = append(args, f.Root)
		}
	}
	switch len(args) {
	case 0:
		return Filter{}
	case 1:
		return Filter{Root: args[0]}
	}
	return Filter{Root: &Operation{Op: "and", Args: args}}
}

// Or returns the disjunction of filters. Without filters it holds for nothing, with one that holds for everything it does so.
func Or(filters ...Filter) Filter {
	args := make([]Node, len(filters))
	for i, f := range filters {
		if f.Root == nil {
			return Filter{}
		}
		args[i] = f.Root
	}
	switch len(args) {
	case 0:
		return Filter{Root: Bool(false)}
	case 1:
		return Filter{Root: args[0]}
	}
	return Filter{Root: &Operation{Op: "or", Args: args}}
}

// In returns the filter that property has one of values; no values is the zero Filter.
func In(property string, values ...string) Filter {
	if len(values) == 0 {
		return Filter{}
	}
	list := make(List, len(values))
	for i, v := range values {
		list[i] = Text(v)
	}
	return Filter{Root: &Operation{Op: "in", Args: []Node{Property(property), list}}}
}

// Within returns the filter that the feature's division is code or lies below it; 0 is the zero Filter.
func Within(code DivisionCode) Filter {
	if code == 0 {
		return Filter{}
	}
	return Filter{Root: &Operation{Op: "like", Args: []Node{Property("division"), Text(code.Prefix() + "%")}}}
}

// Canonical returns a text that is equal for equal filters, and for filters that differ only in the order of the
// arguments of and, or, in. It is the key of caches and part of ETags. The zero Filter gives "".
func (f Filter) Canonical() string {
	if f.Root == nil {
		return ""
	}
	var b strings.Builder
	f.Root.canonical(&b)
	return b.String()
}

func (o *Operation) canonical(b *strings.Builder) {
	args := make([]string, len(o.Args))
	for i, a := range o.Args {
		args[i] = nodeText(a)
	}
	if o.Op == "and" || o.Op == "or" {
		slices.Sort(args)
		args = slices.Compact(args)
	}
	writeCall(b, o.Op, args)
}

func (l List) canonical(b *strings.Builder) {
	args := make([]string, len(l))
	for i, n := range l {
		args[i] = nodeText(n)
	}
	slices.Sort(args)
	writeCall(b, "", slices.Compact(args))
}

func (p Property) canonical(b *strings.Builder) { b.WriteString(`"` + strconv.Quote(string(p)) + `"`) }
func (t Text) canonical(b *strings.Builder)     { b.WriteString(strconv.Quote(string(t))) }
func (n Number) canonical(b *strings.Builder) {
	b.WriteString(strconv.FormatFloat(float64(n), 'g', -1, 64))
}
func (v Bool) canonical(b *strings.Builder) { b.WriteString(strconv.FormatBool(bool(v))) }
func (d Date) canonical(b *strings.Builder) { b.WriteString("DATE" + Day(d).String()) }

func nodeText(n Node) string {
	var b strings.Builder
	n.canonical(&b)
	return b.String()
}

func writeCall(b *strings.Builder, op string, args []string) {
	b.WriteString(op + "(")
	for i, a := range args {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(a)
	}
	b.WriteByte(')')
}
