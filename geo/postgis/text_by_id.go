package postgis

import (
	"cmp"
	"context"
	"slices"

	"jingwei/geo"
)

// textByID holds a text for each of many ids, sorted, in little memory.
type textByID struct {
	ids   []geo.ID
	ends  []int // of the texts
	bytes []byte
}

// readBeside reads what completes the rows of all; nil when nothing does.
func (s pointSource) readBeside(ctx context.Context, q querier) (*textByID, error) {
	if s.beside == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, s.beside)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := &textByID{}
	for rows.Next() {
		raw := rows.RawValues()
		t.add(geo.ID(bigint(raw[0])), raw[1])
	}
	t.sort()
	return t, rows.Err()
}

func (t *textByID) add(id geo.ID, text []byte) {
	t.ids, t.bytes = append(t.ids, id), append(t.bytes, text...)
	t.ends = append(t.ends, len(t.bytes))
}

// sort brings the ids into order; most tables have them so.
func (t *textByID) sort() {
	if slices.IsSorted(t.ids) {
		return
	}
	order := make([]int, len(t.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(t.ids[a], t.ids[b]) })
	sorted := &textByID{bytes: make([]byte, 0, len(t.bytes))}
	for _, i := range order {
		sorted.add(t.ids[i], t.at(i))
	}
	*t = *sorted
}

func (t *textByID) at(i int) []byte {
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.bytes[start:t.ends[i]]
}

// find returns the text of id and where it stands; nil for none. near is where the one before was found: rows that follow
// each other often have ids that do.
func (t *textByID) find(id geo.ID, near int) ([]byte, int) {
	if near+1 < len(t.ids) && t.ids[near+1] == id {
		return t.at(near + 1), near + 1
	}
	i, ok := slices.BinarySearch(t.ids, id)
	if !ok {
		return nil, near
	}
	return t.at(i), i
}

// besides returns the text that completes the row of id: that of the row itself, unless the texts were read apart.
func (r *pointReader) besides(id geo.ID, own []byte) string {
	if r.beside == nil {
		return text(own)
	}
	found, at := r.beside.find(id, r.near)
	r.near = at
	return text(found)
}
