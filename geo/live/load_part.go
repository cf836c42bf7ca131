package live

import "jingwei/geo"

// Part is a share of a load: one goroutine adds points to it while others add to theirs.
type Part struct {
	columns *columns      // nil when the load takes its rows from another one
	dict    *dictionaries // of its own, so that parts do not wait for each other
	pages   []*chunk      // rows in the order of Add; not finished
	scratch row
}

// pageBits is the binary logarithm of the rows of a page.
const pageBits = 16

// NewPart returns a further part of the load. Parts are made before Build; the order in which they are filled makes no
// difference.
func (l *Load) NewPart() *Part {
	if l.source != nil {
		return &Part{}
	}
	p := &Part{columns: l.index.columns, dict: newDictionaries(l.index.columns)}
	l.parts = append(l.parts, p)
	return p
}

// Add takes a point, of which it keeps no memory; those that the edition does not show are left out.
func (p *Part) Add(point geo.Point) error {
	if p.columns == nil || !p.columns.shows(point) {
		return nil
	}
	if err := p.columns.fill(&p.scratch, point, p.dict); err != nil {
		return err
	}
	if n := len(p.pages); n == 0 || p.pages[n-1].len() == 1<<pageBits {
		p.grow()
	}
	p.pages[len(p.pages)-1].add(&p.scratch)
	return nil
}

// grow adds a page, with room for texts as long as those of the page before.
func (p *Part) grow() {
	k := newChunk(1<<pageBits, p.columns, 0)
	if n := len(p.pages); n > 0 {
		for slot, t := range p.pages[n-1].texts {
			k.texts[slot].bytes = make([]byte, 0, len(t.bytes)+len(t.bytes)/8)
		}
	}
	p.pages = append(p.pages, k)
}

func (p *Part) rows() int {
	if len(p.pages) == 0 {
		return 0
	}
	return (len(p.pages)-1)<<pageBits + p.pages[len(p.pages)-1].len()
}

// adopt brings the codes of the part's rows into the dictionaries of the load.
func (p *Part) adopt(to *dictionaries) error {
	for slot, values := range p.dict.values {
		codes, err := to.adopt(slot, values, nil)
		if err != nil {
			return err
		}
		for _, k := range p.pages {
			for i, code := range k.codes[slot] {
				k.codes[slot][i] = codes[code]
			}
		}
	}
	for slot, old := range p.dict.paths {
		t := translation{old: old, to: to.paths[slot], nodes: make([]uint32, len(old.ids))}
		t.to.longest = max(t.to.longest, old.longest)
		for _, k := range p.pages {
			for i, code := range k.paths[slot] {
				k.paths[slot][i] = t.code(code)
			}
		}
	}
	p.dict = nil
	return nil
}

// adopt returns the codes in d of values of another dictionary, by their codes there; of those that are used only, when
// used is not nil.
func (d *dictionaries) adopt(slot int, values []string, used []bool) ([]uint16, error) {
	codes := make([]uint16, len(values))
	for i, value := range values {
		if used != nil && !used[i] {
			continue
		}
		code, err := d.code(slot, value)
		if err != nil {
			return nil, err
		}
		codes[i] = code
	}
	return codes, nil
}
