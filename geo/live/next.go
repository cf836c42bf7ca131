package live

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// precede notes the first day of the row that follows r among those of its object. It is part of the hash, as an answer for
// several days depends on it.
func (r *row) precede(next geo.Day) {
	if next == geo.MaxDay {
		return
	}
	r.next, r.hash = next, preceded(r.hash, next)
}

// preceded returns what becomes of a row's hash when a row from the day next on follows it.
func preceded(hash uint64, next geo.Day) uint64 {
	if next == geo.MaxDay {
		return hash
	}
	return mix(hash ^ uint64(uint32(next)))
}

// link notes of all rows of one object which comes after which.
func link(rows []*row) {
	slices.SortFunc(rows, func(a, b *row) int { return cmp.Compare(a.valid.From, b.valid.From) })
	for i := range len(rows) - 1 {
		rows[i].precede(rows[i+1].valid.From)
	}
}

// version is a row of a load on its way to be linked.
type version struct {
	id   geo.ID
	from geo.Day
	n    uint32
}

// everyRow and openRow choose rows of a page: all, or those that everyone sees.
func everyRow(*chunk, int) bool         { return true }
func openRow(page *chunk, row int) bool { return page.opens[row+1] != page.opens[row] }

// link notes of the rows of the load that are chosen which comes after which. Only objects of which a row ends can have several.
func (l *Load) link(chosen func(page *chunk, row int) bool) {
	versions := l.versionsOf(l.ended(), chosen)
	slices.SortFunc(versions, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.from, b.from))
	})
	for i := 1; i < len(versions); i++ {
		if before := versions[i-1]; before.id == versions[i].id {
			page, row := l.row(ref{n: before.n})
			page.next[row] = versions[i].from
		}
	}
}

// ended returns the ids of the objects that have a row with an end, sorted.
func (l *Load) ended() []geo.ID {
	var ids []geo.ID
	for _, page := range l.pages {
		for i, to := range page.to {
			if to != geo.MaxDay {
				ids = append(ids, page.ids[i])
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// versionsOf returns the chosen rows of the objects.
func (l *Load) versionsOf(ids []geo.ID, chosen func(page *chunk, row int) bool) []version {
	var versions []version
	if len(ids) == 0 {
		return nil
	}
	for p, page := range l.pages {
		for i, id := range page.ids {
			if _, ok := slices.BinarySearch(ids, id); ok && chosen(page, i) {
				versions = append(versions, version{id, page.from[i], uint32(p<<pageBits | i)})
			}
		}
	}
	return versions
}
