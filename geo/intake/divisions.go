package intake

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// Divisions are the divisions of a table in the order of level and code, so that superiors come first.
type Divisions struct {
	rows []row
	read int
}

// Read returns how many rows the file had, refused ones included.
func (d *Divisions) Read() int { return d.read }

// Len returns how many divisions there are.
func (d *Divisions) Len() int { return len(d.rows) }

// Line returns the line of the file that division i stands on.
func (d *Divisions) Line(i int) int { return int(d.rows[i].line) }

// Division returns division i, without validity, pinyin and label.
func (d *Divisions) Division(i int) geo.Division {
	r := d.rows[i]
	return geo.Division{Code: r.code, Level: geo.DivisionLevel(r.level), Kind: r.kind, Parent: r.parent, Name: r.name}
}

func byPlace(a, b row) int {
	return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.code, b.code), cmp.Compare(a.line, b.line))
}

// sort brings the rows into their order and refuses those that repeat an earlier line's code.
func (d *Divisions) sort(refuse func(Refusal)) {
	slices.SortFunc(d.rows, byPlace)
	first := row{}
	d.rows = slices.DeleteFunc(d.rows, func(r row) bool {
		if r.code != first.code || r.level != first.level {
			first = r
			return false
		}
		refuse(refusal(int(r.line), r.code.String(), geo.Invalid("code", "the code stands on line %d already", first.line)))
		return true
	})
}

// Outside returns the parents that the table names and does not hold, in order, each once.
func (d *Divisions) Outside() []geo.DivisionCode {
	var out []geo.DivisionCode
	for _, r := range d.rows {
		if _, ok := d.above(r); !ok {
			out = append(out, r.parent)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// above returns the place of the parent of a row; a province needs none.
func (d *Divisions) above(r row) (int, bool) {
	if r.parent == 0 {
		return -1, true
	}
	for level := r.level - 1; level > 0; level-- {
		i, ok := slices.BinarySearchFunc(d.rows, row{code: r.parent, level: level}, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.code, b.code))
		})
		if ok {
			return i, true
		}
	}
	return -1, false
}

// Settle takes out the rows whose parent is neither in the table nor known otherwise, and those below them: a division
// that hangs in the air would be in no list. known returns the level of a division that the file does not hold.
func (d *Divisions) Settle(known map[geo.DivisionCode]geo.DivisionLevel, refuse func(Refusal)) {
	for i := range d.rows {
		r := &d.rows[i]
		at, ok := d.above(*r)
		switch level, outside := known[r.parent]; {
		case ok && at >= 0 && d.rows[at].refused:
			r.refused = true
			refuse(refusal(int(r.line), r.code.String(), geo.Invalid("parent_code", "its parent %s (line %d) was refused", r.parent, d.rows[at].line)))
		case !ok && (!outside || level >= geo.DivisionLevel(r.level)):
			r.refused = true
			refuse(refusal(int(r.line), r.code.String(), geo.Invalid("parent_code",
				"its parent %s is not known: it is not among the rows of the file that were taken, nor in the database", r.parent)))
		}
	}
	d.rows = slices.DeleteFunc(d.rows, func(r row) bool { return r.refused })
}
