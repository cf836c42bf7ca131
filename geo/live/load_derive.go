package live

import "jingwei/geo"

// NewLoadFrom begins a load of the public edition beside one of the internal edition of the same layer, from whose rows it
// takes its own, so that each point is read and sorted once. It is built after that one. Of a layer whose public edition is
// generalised, or shows where in the tree of organizations something belongs, it is a load like any other.
func (x *Index) NewLoadFrom(internal *Load) *Load {
	l := x.NewLoad()
	if internal.index.columns.open && x.columns.public && x.columns.paths == 0 {
		l.source, internal.derived = internal, true
	}
	return l
}

// derive takes the public rows of the source, under dictionaries that hold their values only. The pages stay the source's:
// what the edition does not show, gather leaves out.
func (l *Load) derive() error {
	from := l.source
	l.pages, l.refs = from.pages, make([]ref, 0, len(from.refs))
	used := l.usedCodes()
	for _, r := range from.refs {
		page, i := l.row(r)
		if !openRow(page, i) {
			continue
		}
		l.refs = append(l.refs, r)
		for slot, code := range page.codes {
			used[slot][code[i]] = true
		}
	}
	from.parts, from.pages, from.refs = nil, nil, nil
	for _, page := range l.pages { // what comes after may be hidden
		for i := range page.next {
			page.next[i] = geo.MaxDay
		}
	}
	l.link(openRow)
	return l.adoptUsed(used)
}

func (l *Load) usedCodes() [][]bool {
	l.source.index.writing.Lock() // guards the values, which the index shares
	defer l.source.index.writing.Unlock()
	used := make([][]bool, len(l.source.dict.values))
	for slot, values := range l.source.dict.values {
		used[slot] = make([]bool, len(values))
	}
	return used
}

// adoptUsed learns the codes of the values that are used.
func (l *Load) adoptUsed(used [][]bool) error {
	l.source.index.writing.Lock()
	values, _ := l.source.dict.view()
	l.source.index.writing.Unlock()
	l.index.writing.Lock()
	defer l.index.writing.Unlock()
	for slot := range used {
		codes, err := l.dict.adopt(slot, values[slot][:len(used[slot])], used[slot])
		if err != nil {
			return err
		}
		l.codes = append(l.codes, codes)
	}
	return nil
}

// shownSlots tells of each slot of the columns of a role whether the edition shows it.
func (c *columns) shownSlots(role geo.ColumnRole) []bool {
	var shown []bool
	for i, col := range c.layer.Columns {
		if col.Role == role {
			shown = append(shown, !c.hidden[i])
		}
	}
	return shown
}

// gatherDerived makes a chunk of the public side of rows of the internal edition.
func (l *Load) gatherDerived(refs []ref, serial uint64) *chunk {
	k, p := newChunk(len(refs), l.index.columns, serial), picker{pages: l.pages, refs: refs}
	p.common(k)
	k.sums = p.sums(k.sums, func(k *chunk) []uint64 { return k.opens })
	for slot, shown := range l.index.columns.shownSlots(geo.ColumnCategory) {
		if !shown {
			k.codes[slot] = k.codes[slot][:len(refs)]
			continue
		}
		k.codes[slot] = pick(p, k.codes[slot], func(k *chunk) []uint16 { return k.codes[slot] })
		for i, code := range k.codes[slot] {
			k.codes[slot][i] = l.codes[slot][code]
		}
	}
	for slot, shown := range l.index.columns.shownSlots(geo.ColumnNumber) {
		if shown {
			k.numbers[slot] = pick(p, k.numbers[slot], func(k *chunk) []int64 { return k.numbers[slot] })
			continue
		}
		for range refs {
			k.numbers[slot] = append(k.numbers[slot], noNumber)
		}
	}
	for slot, shown := range l.index.columns.shownSlots(geo.ColumnText) {
		if shown {
			p.texts(&k.texts[slot], slot)
		} else {
			k.texts[slot].ends = k.texts[slot].ends[:len(refs)]
		}
	}
	return k.finish()
}
