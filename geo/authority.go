package geo

import (
	"slices"
	"strings"
)

// Authority is who asks and what was granted to them. The zero value is the public: it may do nothing that is an Action.
// Every decision about who may see or change what is made by May, or by the Scope that it agrees with.
type Authority struct {
	Account ID      // 0 for the public and for the operator
	Name    string  // what the history and the audit call them
	Grants  []Grant // of the account, or the part of them that a token carries
	// ReadOnly is set for tokens that may change nothing.
	ReadOnly bool
	// Operator is set for whoever holds the token in the data directory: everything is theirs to do.
	Operator bool
}

// Known reports whether it is somebody, not the public.
func (u Authority) Known() bool { return u.Operator || u.Account != 0 }

// Object is what an action is about.
type Object struct {
	// Path is the ids of the organizations from the topmost down to the one that the object is or belongs to. Empty, it
	// belongs to none, and only a grant on all organizations reaches it.
	Path []ID
}

// May reports whether the action on the object is granted on the day.
func (u Authority) May(a Action, o Object, on Day) bool { return u.Scope(a, on).Covers(o.Path) }

// Scope returns where the action is granted on the day.
func (u Authority) Scope(a Action, on Day) Scope {
	if u.ReadOnly && !a.Reads() {
		return Scope{}
	}
	if u.Operator {
		return Everywhere()
	}
	var roots []ID
	for _, g := range u.Grants {
		if !g.Role.Permits(a) || !g.Valid.Contains(on) {
			continue
		}
		if g.Organization == 0 {
			return Everywhere()
		}
		roots = append(roots, g.Organization)
	}
	slices.Sort(roots)
	return Scope{Roots: slices.Compact(roots)}
}

// Exceeds reports whether the grant would give anything, on any day, that the authority cannot give on the day: who
// grants gives away at most what is theirs. path is that of the grant's organization, nil for all organizations.
// Somebody whose own grant ends may give no longer one.
func (u Authority) Exceeds(g Grant, path []ID, on Day) bool {
	if u.ReadOnly {
		return true
	}
	if u.Operator {
		return false
	}
	return !slices.ContainsFunc(u.Grants, func(own Grant) bool {
		return own.Role.Permits(ActionGrant) && own.Valid.Contains(on) && own.Valid.To >= g.Valid.To &&
			(own.Organization == 0 || slices.Contains(path, own.Organization)) &&
			!slices.ContainsFunc(Actions(), func(a Action) bool { return g.Role.Permits(a) && !own.Role.Permits(a) })
	})
}

// Scope is a set of organizations: those at or below any of Roots, or all. The zero value is empty.
type Scope struct {
	All   bool
	Roots []ID // sorted, each once; nil when All
}

// Everywhere is all organizations.
func Everywhere() Scope { return Scope{All: true} }

// Empty reports whether no organization is in s.
func (s Scope) Empty() bool { return !s.All && len(s.Roots) == 0 }

// Covers reports whether the organization at the end of a path from the topmost one is in s. An object of no
// organization, whose path is empty, is in Everywhere only.
func (s Scope) Covers(path []ID) bool {
	return s.All || slices.ContainsFunc(path, func(id ID) bool { _, ok := slices.BinarySearch(s.Roots, id); return ok })
}

// Or returns what is in s, in o or in both.
func (s Scope) Or(o Scope) Scope {
	if s.All || o.All {
		return Everywhere()
	}
	roots := slices.Concat(s.Roots, o.Roots)
	slices.Sort(roots)
	return Scope{Roots: slices.Compact(roots)}
}

// Key returns a text that is equal for equal scopes: part of the keys of caches and of entity tags.
func (s Scope) Key() string {
	if s.All {
		return "*"
	}
	parts := make([]string, len(s.Roots))
	for i, id := range s.Roots {
		parts[i] = id.String()
	}
	return strings.Join(parts, ".")
}

// Filter returns the condition that a feature is in s, by its property path (the ids from the topmost organization down):
// the array predicate a_overlaps of CQL2. Everywhere gives the zero Filter; the empty scope holds for nothing.
func (s Scope) Filter() Filter {
	switch {
	case s.All:
		return Filter{}
	case len(s.Roots) == 0:
		return Filter{Root: Bool(false)}
	}
	list := make(List, len(s.Roots))
	for i, id := range s.Roots {
		list[i] = Number(id)
	}
	return Filter{Root: &Operation{Op: "a_overlaps", Args: []Node{Property(PathColumn), list}}}
}
