package live

import (
	"fmt"
	"math/bits"
	"slices"
)

// check makes sure that no number in the chunk points outside of what it is a number of, so that not even a file that was
// made up can stop the program.
func (k *chunk) check(d *dictionaries) error {
	n := k.len()
	ok := slices.IsSorted(k.keys) && below(k.byID, n) && slices.IsSorted(k.filed.codes) && below(k.filed.rows, len(k.filed.codes))
	for slot := range k.planes {
		ok = ok && k.planes[slot].check(n, len(d.values[slot]))
	}
	for slot, codes := range k.paths {
		ok = ok && below(codes, 2*len(d.paths[slot].ids))
	}
	for _, t := range k.texts {
		ok = ok && slices.IsSorted(t.ends) && int(t.ends[n-1]) == len(t.bytes)
	}
	if !ok {
		return fmt.Errorf("%w: a chunk does not fit together", errDamaged)
	}
	return nil
}

// check sets the depth, and reports whether the planes hold numbers of n rows and these are of values of a dictionary.
func (p *planes) check(n, values int) bool {
	if len(p.codes) == 0 || !slices.IsSorted(p.codes) || !below(p.codes, values) {
		return false
	}
	p.depth = bits.Len(uint(len(p.codes) - 1))
	if len(p.words) != wordsOf(n)*p.depth {
		return false
	}
	for w := range wordsOf(n) {
		if p.tooLarge(w)&(*bitmap)(nil).word(w, 0, n) != 0 {
			return false
		}
	}
	return true
}

// tooLarge returns the rows of word w whose number is that of no value.
func (p *planes) tooLarge(w int) uint64 {
	less, equal := uint64(0), ^uint64(0)
	for j := p.depth - 1; j >= 0; j-- {
		x := p.words[w*p.depth+j]
		if (len(p.codes)-1)>>j&1 == 1 {
			less, equal = less|equal&^x, equal&x
		} else {
			equal &^= x
		}
	}
	return ^(less | equal)
}

func below[T ~uint16 | ~uint32](numbers []T, limit int) bool {
	return int(slices.Max(numbers)) < limit
}

// inOrder reports whether the chunks follow each other, and the rows of the delta.
func (s *Snapshot) inOrder() bool {
	for i := 1; i < len(s.chunks); i++ {
		before := s.chunks[i-1]
		if r := before.rowAt(before.len() - 1); !s.startsAfter(i, r) {
			return false
		}
	}
	return slices.IsSortedFunc(s.delta, compare)
}

// readDictionaries makes the dictionaries of an edition.
func (c *columns) readDictionaries(data []byte, e editionInFile) (*dictionaries, error) {
	if len(e.Values) != c.codes || len(e.Paths) != c.paths {
		return nil, fmt.Errorf("%w: dictionaries", errDamaged)
	}
	d := newDictionaries(c)
	for slot, values := range e.Values {
		for code, value := range values {
			if got, err := d.code(slot, string(value)); err != nil || int(got) != code {
				return nil, fmt.Errorf("%w: values of column %d", errDamaged, slot)
			}
		}
	}
	for slot, p := range e.Paths {
		if err := d.paths[slot].read(data, p); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// read fills an empty dictionary. It copies what the file holds, since dictionaries grow.
func (d *paths) read(data []byte, p pathsInFile) error {
	if p.Nodes < 1 || p.Nodes > mostNodes || p.Longest < 0 || p.Longest > p.Nodes {
		return fmt.Errorf("%w: %d paths", errDamaged, p.Nodes)
	}
	var v pathView
	err := guarded(func() error {
		if err := p.Run.read(data, v.columns(p.Nodes), func(string) bool { return false }); err != nil {
			return err
		}
		d.above, d.ids = slices.Clone(v.above), slices.Clone(v.ids)
		return nil
	})
	if err != nil {
		return err
	}
	for n, above := range d.above {
		if int(above) >= max(n, 1) {
			return fmt.Errorf("%w: a node above itself", errDamaged)
		}
	}
	d.longest = p.Longest
	for size := len(d.table); ; size *= 2 {
		if 4*len(d.ids) < 3*size {
			d.table = make([]uint32, size/2)
			d.grow()
			return nil
		}
	}
}
