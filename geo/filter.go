package geo

import (
	"slices"
	"strings"
)

// Filter is a condition on the features of a layer: the expression tree of CQL2 (OGC 21-065r2), whatever notation it
// came in. The zero value holds for every feature. An evaluator that cannot answer a node says so with ErrNotIndexed;
// it never guesses.
type Filter struct{ Root Node }

// Node is a node of an expression: *Operation, Property, a literal (Text, Number, Bool, Date, Instant, Interval, Geometry,
// Box), or a List of nodes.
type Node interface{ canonical(b *strings.Builder) }

// Operation applies Op to Args. Op is the name in CQL2 JSON: and, or, not, =, <>, <, <=, >, >=, like, in, between,
// isNull, casei, accenti, + - * / ^ % div, the spatial, temporal and array predicates (s_intersects, t_after, a_overlaps
// ...), or a function's name.
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

// List is a list of nodes: the second argument of "in", or an array. Both are sets, unless they are arguments of a function.
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

// Conjuncts returns the filters that all must hold for f to hold: the arguments of "and" at the top, and of those again;
// none for the zero Filter.
func (f Filter) Conjuncts() []Filter {
	o, ok := f.Root.(*Operation)
	if !ok || o.Op != "and" {
		if f.Root == nil {
			return nil
		}
		return []Filter{f}
	}
	var parts []Filter
	for _, a := range o.Args {
		parts = append(parts, Filter{Root: a}.Conjuncts()...)
	}
	return parts
}

// Properties returns the names of the properties that f refers to, sorted, each once.
func (f Filter) Properties() []string {
	var names []string
	Walk(f.Root, func(n Node) {
		if p, ok := n.(Property); ok {
			names = append(names, string(p))
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// Walk calls visit for n and for every node below it, n first; nil is no node.
func Walk(n Node, visit func(Node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, below := range children(n) {
		Walk(below, visit)
	}
}

func children(n Node) []Node {
	switch n := n.(type) {
	case *Operation:
		return n.Args
	case List:
		return n
	case Interval:
		return []Node{n.From, n.To}
	}
	return nil
}
