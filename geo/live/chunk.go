package live

import (
	"cmp"
	"slices"
	"sort"
	"sync/atomic"
	"unsafe"

	"jingwei/geo"
)

// sizes bounds the parts of an index, in rows.
type sizes struct {
	chunk  int // most rows of a chunk; at most 65536, the reach of the row numbers in byID
	fill   int // rows of a chunk after a load: room is left, so that the first edits do not split every chunk
	delta  int // rows of the delta from which a compaction has work to do, or
	spread int // this many per chunk, if that is more
	dead   int // tombstones of one chunk from which it has
	paths  int // paths in a dictionary, beside as many again as it began with, that may be unused
}

func defaultSizes() sizes {
	return sizes{chunk: 1 << 16, fill: 3 << 14, delta: 2048, spread: 48, dead: 1 << 13, paths: 1 << 16}
}

// chunk is an immutable run of sorted rows in columns.
type chunk struct {
	serial    uint64 // identifies the chunk in caches
	keys      []uint64
	ids       []geo.ID
	at        []geo.Position
	from      []geo.Day
	to        []geo.Day          // nil when no row ends
	division  []geo.DivisionCode // until the chunk is finished, then filed
	filed     filed
	sums      []uint64   // sums[i] is the sum of the hashes of the first i rows
	opens     []uint64   // the same of what everyone sees of them; nil in editions that do not tell
	next      []geo.Day  // first days of the next rows of the same objects; nil when no row has one
	codes     [][]uint16 // until the chunk is finished, then planes
	planes    []planes
	numbers   [][]int64
	texts     []arena
	paths     [][]pathCode
	byID      []uint16 // row numbers in the order of ids
	sieve     sieve
	lastFrom  geo.Day                // greatest first day
	firstTo   geo.Day                // least end
	firstNext geo.Day                // least of next
	names     *atomic.Pointer[names] // of a finished chunk; nothing until somebody made them
}

// arena holds the texts of one column, one after the other.
type arena struct {
	bytes []byte
	ends  []uint32
}

func (a arena) at(i int) string { return string(a.raw(i)) }

func (a arena) raw(i int) []byte { return a.bytes[int(a.ends[i])-a.length(i) : a.ends[i]] }

// view returns the text of row i without a copy: the arena of a finished chunk does not change.
func (a arena) view(i int) string {
	raw := a.raw(i)
	return unsafe.String(unsafe.SliceData(raw), len(raw))
}

// length returns the bytes of the text of row i.
func (a arena) length(i int) int {
	if i == 0 {
		return int(a.ends[0])
	}
	return int(a.ends[i] - a.ends[i-1])
}

// newChunk returns an empty chunk with room for n rows, which add fills and finish completes.
func newChunk(n int, c *columns, serial uint64) *chunk {
	k := &chunk{
		serial: serial, keys: make([]uint64, 0, n), ids: make([]geo.ID, 0, n), at: make([]geo.Position, 0, n),
		from: make([]geo.Day, 0, n), to: make([]geo.Day, 0, n), division: make([]geo.DivisionCode, 0, n), sums: append(make([]uint64, 0, n+1), 0),
		codes: make([][]uint16, c.codes), numbers: make([][]int64, c.numbers), texts: make([]arena, c.texts), paths: make([][]pathCode, c.paths),
		lastFrom: geo.MinDay, firstTo: geo.MaxDay, firstNext: geo.MaxDay, next: make([]geo.Day, 0, n), names: &atomic.Pointer[names]{},
	}
	if c.open {
		k.opens = append(make([]uint64, 0, n+1), 0)
	}
	for slot := range k.codes {
		k.codes[slot] = make([]uint16, 0, n)
	}
	for slot := range k.numbers {
		k.numbers[slot] = make([]int64, 0, n)
	}
	for slot := range k.texts {
		k.texts[slot].ends = make([]uint32, 0, n)
	}
	for slot := range k.paths {
		k.paths[slot] = make([]pathCode, 0, n)
	}
	return k
}

// add appends a copy of r. The rows of a finished chunk are in the order of compare.
func (k *chunk) add(r *row) {
	k.sums = append(k.sums, k.sums[len(k.keys)]+r.hash)
	if k.opens != nil {
		k.opens = append(k.opens, k.opens[len(k.keys)]+r.open)
	}
	k.keys, k.ids, k.at = append(k.keys, r.key), append(k.ids, r.id), append(k.at, r.at)
	k.from, k.to, k.next = append(k.from, r.valid.From), append(k.to, r.valid.To), append(k.next, r.next)
	k.division = append(k.division, r.division)
	for slot, code := range r.codes {
		k.codes[slot] = append(k.codes[slot], code)
	}
	for slot, n := range r.numbers {
		k.numbers[slot] = append(k.numbers[slot], n)
	}
	for slot, text := range r.texts {
		k.texts[slot].add(text)
	}
	for slot, code := range r.paths {
		k.paths[slot] = append(k.paths[slot], code)
	}
	k.lastFrom = max(k.lastFrom, r.valid.From)
	k.firstTo = min(k.firstTo, r.valid.To)
	k.firstNext = min(k.firstNext, r.next)
}

// finish makes the chunk ready to be read.
func (k *chunk) finish() *chunk {
	for slot := range k.texts {
		if t := &k.texts[slot]; cap(t.bytes) > len(t.bytes) {
			t.bytes = slices.Clone(t.bytes) // without the room for more
		}
	}
	for _, codes := range k.codes {
		k.planes = append(k.planes, newPlanes(codes))
	}
	k.filed = newFiled(k.division)
	k.codes, k.division = nil, nil
	k.byID, k.sieve = idOrder(k.ids), newSieve(k.ids)
	if k.firstTo == geo.MaxDay {
		k.to = nil
	}
	if k.firstNext == geo.MaxDay {
		k.next = nil
	}
	return k
}

// divisionOf returns the division of row i.
func (k *chunk) divisionOf(i int) geo.DivisionCode {
	if k.division != nil {
		return k.division[i]
	}
	return k.filed.at(i)
}

// code returns the code of row i in a category column.
func (k *chunk) code(slot, i int) uint16 {
	if k.codes != nil {
		return k.codes[slot][i]
	}
	return k.planes[slot].at(i)
}

func (a *arena) add(text string) {
	a.bytes = append(a.bytes, text...)
	a.ends = append(a.ends, uint32(len(a.bytes)))
}

// idOrder returns the row numbers in the order of ids and, of the same, of rows.
func idOrder(ids []geo.ID) []uint16 {
	pairs := make([]uint64, len(ids)) // an id takes 53 bits at most, and those of a chunk differ in 48 or nearly always less
	least, greatest := geo.ID(geo.MaxID), geo.ID(0)
	for _, id := range ids {
		least, greatest = min(least, id), max(greatest, id)
	}
	if uint64(greatest-least) >= 1<<48 {
		return idOrderAfar(ids)
	}
	for i, id := range ids {
		pairs[i] = uint64(id-least)<<16 | uint64(i)
	}
	slices.Sort(pairs)
	order := make([]uint16, len(ids))
	for i, p := range pairs {
		order[i] = uint16(p)
	}
	return order
}

// idOrderAfar is idOrder for any ids.
func idOrderAfar(ids []geo.ID) []uint16 {
	order := make([]uint16, len(ids))
	for i := range order {
		order[i] = uint16(i)
	}
	slices.SortFunc(order, func(a, b uint16) int { return cmp.Or(cmp.Compare(ids[a], ids[b]), cmp.Compare(a, b)) })
	return order
}

func (k *chunk) len() int { return len(k.keys) }

// valid returns the days of row i.
func (k *chunk) valid(i int) geo.DayRange {
	if k.to == nil {
		return geo.DayRange{From: k.from[i], To: geo.MaxDay}
	}
	return geo.DayRange{From: k.from[i], To: k.to[i]}
}

// lowerBound returns the first row whose key is at least key.
func (k *chunk) lowerBound(key uint64) int {
	return sort.Search(len(k.keys), func(i int) bool { return k.keys[i] >= key })
}

// rowsOf returns the row numbers of id.
func (k *chunk) rowsOf(id geo.ID) []uint16 {
	if !k.sieve.may(id) {
		return nil
	}
	lo := sort.Search(len(k.byID), func(i int) bool { return k.ids[k.byID[i]] >= id })
	hi := lo
	for hi < len(k.byID) && k.ids[k.byID[hi]] == id {
		hi++
	}
	return k.byID[lo:hi]
}

// before reports whether row i comes before r in the order of compare.
func (k *chunk) before(i int, r *row) bool {
	if k.keys[i] != r.key {
		return k.keys[i] < r.key
	}
	if k.ids[i] != r.id {
		return k.ids[i] < r.id
	}
	return k.from[i] < r.valid.From
}

// hashes returns the hash of row i, and that of what everyone sees of it; 0 when the chunk does not tell.
func (k *chunk) hashes(i int) [2]uint64 {
	if k.opens == nil {
		return [2]uint64{k.sums[i+1] - k.sums[i]}
	}
	return [2]uint64{k.sums[i+1] - k.sums[i], k.opens[i+1] - k.opens[i]}
}

// copyRow sets r to row i. Its texts are those of the chunk: r must not outlive it.
func (k *chunk) copyRow(i int, r *row) {
	r.key, r.id, r.at, r.valid, r.division = k.keys[i], k.ids[i], k.at[i], k.valid(i), k.divisionOf(i)
	hashes := k.hashes(i)
	r.hash, r.open, r.next = hashes[0], hashes[1], geo.MaxDay
	if k.next != nil {
		r.next = k.next[i]
	}
	r.codes, r.numbers, r.texts, r.paths = r.codes[:0], r.numbers[:0], r.texts[:0], r.paths[:0]
	for slot := range max(len(k.codes), len(k.planes)) {
		r.codes = append(r.codes, k.code(slot, i))
	}
	for _, col := range k.numbers {
		r.numbers = append(r.numbers, col[i])
	}
	for _, col := range k.texts {
		r.texts = append(r.texts, col.view(i))
	}
	for _, col := range k.paths {
		r.paths = append(r.paths, col[i])
	}
}

// bytes returns the memory held by the columns.
func (k *chunk) bytes() int {
	n := k.len()*(8+8+8+4+8+2) + k.filed.bytes() + 8*len(k.sieve) + 4*len(k.to) + 4*len(k.next) + 8*len(k.opens) + len(k.numbers)*8*k.len() + len(k.paths)*4*k.len()
	for _, p := range k.planes {
		n += p.bytes()
	}
	for _, t := range k.texts {
		n += len(t.bytes) + 4*len(t.ends)
	}
	if names := k.names.Load(); names != nil {
		n += names.bytes()
	}
	return n
}
