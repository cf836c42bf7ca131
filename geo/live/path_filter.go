package live

import (
	"slices"
	"sync"

	"jingwei/geo"
)

// under holds when one of ids is in the path, or none when negated; a row without a path is unknown, and so neither.
type under struct {
	slot    int
	paths   pathView
	ids     []geo.ID // sorted, each once
	negated bool
	inside  func() *bitmap // the nodes at or below one of ids; made when a chunk is looked at that no cache knows
}

// pathless holds when there is no path, or when there is one.
type pathless struct {
	slot    int
	negated bool
}

func (p under) row(r *row) bool {
	c := r.paths[p.slot]
	return c != 0 && (p.own(c, r.id) || p.paths.passes(c.node(), p.ids)) != p.negated
}

func (p under) rows(k *chunk, out []uint64) {
	inside, column := p.inside().words, k.paths[p.slot]
	for w := range out {
		m, part := uint64(0), column[w<<6:min(w<<6+64, len(column))]
		for _, c := range part {
			n := c.node()
			m = m>>1 | inside[n>>6]>>(n&63)<<63
		}
		out[w] = m >> (64 - len(part))
	}
	p.addOwn(k, out)
	if p.negated {
		var room [mostWords]uint64
		there := room[:len(out)]
		pathless{p.slot, true}.rows(k, there)
		for w := range out {
			out[w] = there[w] &^ out[w]
		}
	}
}

// addOwn adds the rows of the ids themselves whose paths end with them.
func (p under) addOwn(k *chunk, out []uint64) {
	for _, id := range p.ids {
		for _, i := range k.rowsOf(id) {
			if k.paths[p.slot][i].own() {
				out[i>>6] |= 1 << (i & 63)
			}
		}
	}
}

// own reports whether the path ends with the row itself and that is one of ids.
func (p under) own(c pathCode, id geo.ID) bool { return c.own() && contains(p.ids, id) }

func (p pathless) row(r *row) bool { return (r.paths[p.slot] == 0) != p.negated }
func (p pathless) rows(k *chunk, out []uint64) {
	column := k.paths[p.slot]
	eachWord(out, k.len(), func(i int) bool { return (column[i] == 0) != p.negated })
}

func contains(sorted []geo.ID, id geo.ID) bool {
	_, ok := slices.BinarySearch(sorted, id)
	return ok
}

// passes reports whether one of ids is on the way up from a node.
func (v pathView) passes(node uint32, ids []geo.ID) bool {
	for ; node != 0; node = v.above[node] {
		if contains(ids, v.ids[node]) {
			return true
		}
	}
	return false
}

// inside returns the nodes at or below one of ids, in one pass, since a node comes after the one above it.
func (v pathView) inside(ids []geo.ID) *bitmap {
	b := newBitmap(len(v.ids))
	maybe := uint64(0) // which ids modulo 64 are worth a closer look
	for _, id := range ids {
		maybe |= 1 << (id & 63)
	}
	for n, above := range v.above {
		in := b.words[above>>6] >> (above & 63) & 1
		if id := v.ids[n]; maybe>>(id&63)&1 == 1 && n > 0 && contains(ids, id) {
			in = 1
		}
		b.words[n>>6] |= in << (n & 63)
	}
	return b
}

// tree compiles the array predicates of CQL2 over a column of paths, with a list of ids.
func (c *compiler) tree(o *geo.Operation, slot int, negated bool) (predicate, error) {
	if o.Op == "isNull" {
		return pathless{slot, negated}, nil
	}
	ids, ok := idLiterals(o)
	switch {
	case !ok:
		return nil, geo.ErrNotIndexed
	case o.Op == "a_overlaps":
		return c.under(slot, ids, negated), nil
	case o.Op == "a_contains" && len(ids) <= c.paths[slot].longest+1:
		return c.containsAll(slot, ids, negated), nil
	case o.Op == "a_contains": // no path is so long: it holds for none, its negation for all that have one
		return c.under(slot, nil, negated), nil
	}
	return nil, geo.ErrNotIndexed
}

func (c *compiler) under(slot int, ids []geo.ID, negated bool) predicate {
	view := c.paths[slot]
	return under{slot: slot, paths: view, ids: ids, negated: negated, inside: sync.OnceValue(func() *bitmap { return view.inside(ids) })}
}

// containsAll holds when all of ids are in the path.
func (c *compiler) containsAll(slot int, ids []geo.ID, negated bool) predicate {
	parts := []predicate{pathless{slot, true}}
	for i := range ids {
		parts = append(parts, c.under(slot, ids[i:i+1], negated))
	}
	if negated {
		return all{parts[0], any1(parts[1:])}
	}
	return all(parts)
}

// idLiterals returns the ids in the list that an array predicate compares with, sorted, each once.
func idLiterals(o *geo.Operation) ([]geo.ID, bool) {
	if len(o.Args) != 2 {
		return nil, false
	}
	list, ok := o.Args[1].(geo.List)
	if !ok {
		return nil, false
	}
	ids := make([]geo.ID, len(list))
	for i, n := range list {
		number, ok := n.(geo.Number)
		if !ok {
			return nil, false
		}
		if ids[i] = geo.ID(number); geo.Number(ids[i]) != number {
			ids[i] = 0 // not whole: the id of nothing
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}
