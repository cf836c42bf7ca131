package live

import "jingwei/geo"

// Part is a share of a load: one goroutine adds points to it while others add to theirs.
type Part struct {
	columns *columns
	dict    *dictionaries // of its own, so that parts do not wait for each other
	pages   []*chunk      // rows in the order of Add; not finished
	scratch row
}

// pageBits is the binary logarithm of the rows of a page.
const pageBits = 16

// NewPart returns a further part of the load. Parts are made before Build; the order in which they are filled makes no
// difference.
func (l *Load) NewPart() *Part {
	p := &Part{columns: l.index.columns, dict: newDictionaries(l.index.columns)}
	l.parts = append(l.parts, p)
	return p
}

// Add takes a point, of which it keeps no memory; those that the edition does not show are left out.
func (p *Part) Add(point geo.Point) error {
	if !p.columns.shows(point) {
		return nil
	}
	if err := p.columns.fill(&p.scratch, point, p.dict); err != nil {
		return err
	}
	if n := len(p.pages); n == 0 || p.pages[n-1].len() == 1<<pageBits {
		p.pages = append(p.pages, newChunk(1<<pageBits, p.columns, 0))
	}
	p.pages[len(p.pages)-1].add(&p.scratch)
	return nil
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
		codes := make([]uint16, len(values))
		for i, value := range values {
			code, err := to.code(slot, value)
			if err != nil {
				return err
			}
			codes[i] = code
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
