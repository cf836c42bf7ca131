package cql2

import (
	"slices"
	"strings"

	"jingwei/geo"
)

// kinds are what a node may stand for, or what an operation takes: a set of these.
type kinds int

const (
	predicate kinds = 1 << iota // true, false or unknown
	text
	number
	truth // a literal, true or false
	moment
	interval
	space
	list
	pattern // of like: a literal, also within casei or accenti
	unknown // a property: whoever evaluates it knows
)

const (
	scalar   = text | number | truth | moment
	anything = predicate | scalar | interval | space | list
)

// signature is what an operation takes and gives.
type signature struct {
	args  []kinds
	more  bool // the last of args any number of times
	gives kinds
}

// signatures are those of the operations of CQL2; other names are functions.
func signatures() map[string]signature {
	all := map[string]signature{
		"and": {args: []kinds{predicate, predicate}, more: true, gives: predicate}, "or": {args: []kinds{predicate, predicate}, more: true, gives: predicate},
		"not":  {args: []kinds{predicate}, gives: predicate},
		"like": {args: []kinds{text, pattern}, gives: predicate}, "between": {args: []kinds{scalar, scalar, scalar}, gives: predicate},
		"in": {args: []kinds{scalar, list}, gives: predicate}, "isNull": {args: []kinds{anything}, gives: predicate},
		"casei": {args: []kinds{text}, gives: text}, "accenti": {args: []kinds{text}, gives: text},
	}
	for names, s := range map[string]signature{
		"= <> < <= > >=":  {args: []kinds{scalar, scalar}, gives: predicate},
		"+ - * / ^ % div": {args: []kinds{number, number}, gives: number},
		"s_intersects s_equals s_disjoint s_touches s_within s_overlaps s_crosses s_contains": {args: []kinds{space, space}, gives: predicate},
		"t_after t_before t_contains t_disjoint t_during t_equals t_finishedBy t_finishes t_intersects t_meets t_metBy t_overlappedBy t_overlaps t_startedBy t_starts": {
			args: []kinds{moment | interval, moment | interval}, gives: predicate},
		"a_equals a_contains a_containedBy a_overlaps": {args: []kinds{list, list}, gives: predicate},
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = s
		}
	}
	return all
}

// nameOf returns the operation that is meant: examples of the standard differ in the case of letters.
func nameOf(op string, all map[string]signature) string {
	if _, ok := all[op]; ok {
		return op
	}
	for name := range all {
		if strings.EqualFold(name, op) {
			return name
		}
	}
	return op
}

// kindsOf returns what a node stands for.
func kindsOf(n geo.Node, all map[string]signature) kinds {
	switch n := n.(type) {
	case geo.Text:
		return text | pattern
	case geo.Number:
		return number
	case geo.Bool:
		return truth | predicate
	case geo.Date, geo.Instant:
		return moment
	case geo.Interval:
		return interval
	case geo.Geometry, geo.Box:
		return space
	case geo.List:
		return list
	case *geo.Operation:
		return kindsOfOperation(n, all)
	}
	return unknown
}

func kindsOfOperation(o *geo.Operation, all map[string]signature) kinds {
	s, ok := all[o.Op]
	if !ok {
		return unknown | predicate // a function
	}
	folds := o.Op == "casei" || o.Op == "accenti"
	if folds && len(o.Args) == 1 && kindsOf(o.Args[0], all)&pattern != 0 {
		return s.gives | pattern
	}
	return s.gives
}

// check says what is wrong with the arguments of an operation, which stand at the place.
func (s signature) check(o *geo.Operation, all map[string]signature, at place) error {
	if len(o.Args) < len(s.args) || len(o.Args) > len(s.args) && !s.more {
		return at.fault("%s takes %s, not %d", o.Op, s.count(), len(o.Args))
	}
	for i, a := range o.Args {
		wanted := s.args[min(i, len(s.args)-1)]
		got := kindsOf(a, all)
		if got&wanted == 0 && (got&unknown == 0 || wanted&^(predicate|pattern) == 0) {
			return at.item(i).fault("%s takes %s here", o.Op, wanted)
		}
	}
	return nil
}

func (s signature) count() string {
	n := []string{"no argument", "1 argument", "2 arguments", "3 arguments"}[len(s.args)]
	if s.more {
		n += " or more"
	}
	return n
}

// String names the kinds for people.
func (s kinds) String() string {
	var names []string
	for _, n := range []struct {
		is   kinds
		name string
	}{
		{predicate, "a condition"}, {text, "a text"}, {number, "a number"}, {truth, "true or false"}, {moment, "a date or timestamp"},
		{interval, "an interval"}, {space, "a geometry or bbox"}, {list, "a list"}, {pattern, "a text that is written out"},
	} {
		if s&n.is != 0 {
			names = append(names, n.name)
		}
	}
	if last := len(names) - 1; last > 0 {
		names = slices.Concat(names[:last-1], []string{names[last-1] + " or " + names[last]})
	}
	return strings.Join(names, ", ")
}
