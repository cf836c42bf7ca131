package live

import (
	"slices"

	"jingwei/geo"
)

// filed is the divisions that the rows of a chunk are filed under: of each row the number of its code among those that occur,
// so that a range of codes is one of numbers.
type filed struct {
	codes []geo.DivisionCode // sorted
	rows  []uint16
}

func newFiled(divisions []geo.DivisionCode) filed {
	f := filed{codes: slices.Clone(divisions), rows: make([]uint16, len(divisions))}
	slices.Sort(f.codes)
	f.codes = slices.Clone(slices.Compact(f.codes))
	number := make(map[geo.DivisionCode]uint16, len(f.codes))
	for n, code := range f.codes {
		number[code] = uint16(n)
	}
	for i, code := range divisions {
		f.rows[i] = number[code]
	}
	return f
}

func (f filed) at(i int) geo.DivisionCode { return f.codes[f.rows[i]] }

// within sets the rows with codes from lo to hi, both included.
func (f filed) within(lo, hi geo.DivisionCode, out []uint64) {
	first, _ := slices.BinarySearch(f.codes, lo)
	end, _ := slices.BinarySearch(f.codes, hi+1)
	switch {
	case first >= end:
		clear(out)
	case first == 0 && end == len(f.codes):
		fill(out, ^uint64(0))
	default:
		within(f.rows, uint16(first), uint16(end-1), out)
	}
}

func (f filed) bytes() int { return 8*len(f.codes) + 2*len(f.rows) }
