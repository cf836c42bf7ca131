package postgis

import (
	"context"

	"jingwei/geo"
)

// textByID holds a text for each of many ids, in little memory.
type textByID struct {
	ids   []geo.ID // 0 for one that was replaced
	ranks []int32
	ends  []int // of the texts
	bytes []byte
	table []uint32 // places in ids, plus 1, by the hash of the id, open addressing; 0 is free
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
	t := &textByID{table: make([]uint32, 1024)}
	for rows.Next() {
		raw := rows.RawValues()
		t.add(geo.ID(bigint(raw[0])), raw[1], integer(raw[2]))
	}
	return t, rows.Err()
}

// add notes the text of an id, of several the one with the greatest rank.
func (t *textByID) add(id geo.ID, text []byte, rank int32) {
	if 4*len(t.ids) >= 3*len(t.table) {
		t.grow()
	}
	at := t.place(id)
	if n := t.table[at]; n > 0 {
		if t.ranks[n-1] >= rank {
			return
		}
		t.ids[n-1] = 0
	}
	t.ids, t.ranks, t.bytes = append(t.ids, id), append(t.ranks, rank), append(t.bytes, text...)
	t.ends = append(t.ends, len(t.bytes))
	t.table[at] = uint32(len(t.ids))
}

// place returns where in the table the id stands, or would.
func (t *textByID) place(id geo.ID) uint64 {
	mask := uint64(len(t.table) - 1)
	h := uint64(id) * 0x9e3779b97f4a7c15
	for at := h >> 32 & mask; ; at = (at + 1) & mask {
		n := t.table[at]
		if n == 0 || t.ids[n-1] == id {
			return at
		}
	}
}

func (t *textByID) grow() {
	t.table = make([]uint32, 2*len(t.table))
	for i, id := range t.ids {
		if id != 0 {
			t.table[t.place(id)] = uint32(i + 1)
		}
	}
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
	n := t.table[t.place(id)]
	if n == 0 {
		return nil, near
	}
	return t.at(int(n - 1)), int(n - 1)
}

// besides returns the text that completes a row: its own, unless the texts were read apart, then that of id.
func (r *pointReader) besides(id geo.ID, own []byte) string {
	if r.beside == nil {
		return textOf(own)
	}
	found, at := r.beside.find(id, r.near)
	r.near = at
	return textOf(found)
}
