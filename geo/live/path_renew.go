package live

// keep marks all nodes as used.
func (d *paths) keep() { d.kept = len(d.ids) }

// due reports whether more nodes came than were kept, and some: moves leave behind the paths that everything below had.
func (d *paths) due(least int) bool { return len(d.ids) > 2*d.kept+least }

// renewed returns the successor of s with new dictionaries of paths that hold what its rows use; false when that is not
// due. It copies the codes of paths of all rows, four bytes each, and nothing else: the chunks stay what they are, and so
// does what was derived from them. x.writing is held.
func (x *Index) renewed(s *Snapshot) (*Snapshot, bool) {
	n := &Snapshot{position: s.position, chunks: s.chunks, dead: s.dead, delta: s.delta}
	changed := false
	for slot, old := range x.dict.paths {
		if !old.due(x.sizes.paths) {
			continue
		}
		t := translation{old: old, to: newPaths(), nodes: make([]uint32, len(old.ids))}
		t.to.longest = old.longest // or less
		n.chunks, n.delta = t.chunks(n.chunks, slot), t.rows(n.delta, slot)
		t.to.keep()
		x.dict.paths[slot] = t.to
		changed = true
	}
	return n, changed
}

// translation brings codes from one dictionary into another.
type translation struct {
	old, to *paths
	nodes   []uint32 // in to, by node of old; 0 is not there yet
}

func (t *translation) code(c pathCode) pathCode { return pathCode(t.node(c.node()))<<1 | c&1 }

func (t *translation) node(n uint32) uint32 {
	if n != 0 && t.nodes[n] == 0 {
		t.nodes[n] = t.to.child(t.node(t.old.above[n]), t.old.ids[n])
	}
	return t.nodes[n]
}

func (t *translation) chunks(old []*chunk, slot int) []*chunk {
	chunks := make([]*chunk, len(old))
	for i, k := range old {
		c := *k
		c.paths = append([][]pathCode(nil), k.paths...)
		c.paths[slot] = make([]pathCode, k.len())
		for row, code := range k.paths[slot] {
			c.paths[slot][row] = t.code(code)
		}
		chunks[i] = &c
	}
	return chunks
}

func (t *translation) rows(old []*row, slot int) []*row {
	rows := make([]*row, len(old))
	for i, r := range old {
		c := *r
		c.paths = append([]pathCode(nil), r.paths...)
		c.paths[slot] = t.code(c.paths[slot])
		rows[i] = &c
	}
	return rows
}
