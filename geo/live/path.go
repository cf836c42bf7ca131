package live

import (
	"fmt"
	"strings"

	"jingwei/geo"
)

// pathCode is a path as a row stores it: twice the number of a node of the dictionary, and one more when the row's own id
// follows that node. An organization so costs no node unless something is below it. 0 is no path.
type pathCode uint32

func (c pathCode) node() uint32 { return uint32(c >> 1) }
func (c pathCode) own() bool    { return c&1 == 1 }

// mostNodes is how many nodes a pathCode can tell apart.
const mostNodes = 1 << 31

// paths is the dictionary of a tree column: node n is the organization ids[n] below node above[n], node 0 stands above
// the topmost ones. A node has a greater number than the one above it. It only grows, so that codes in immutable chunks
// stay true; what nothing uses any more is left behind when a new one takes its place.
type paths struct {
	above   []uint32
	ids     []geo.ID
	longest int      // ids in the longest path
	table   []uint32 // nodes by the hash of what is above and id, open addressing; 0 is free
	kept    int      // nodes that it began with
	text    []byte   // the path looked up last, and its node: rows that follow each other often have the same superiors
	node    uint32
}

func newPaths() *paths {
	return &paths{above: []uint32{0}, ids: []geo.ID{0}, table: make([]uint32, 16)}
}

func manyPaths(n int) []*paths {
	all := make([]*paths, n)
	for i := range all {
		all[i] = newPaths()
	}
	return all
}

// code returns the code of a path, ids joined by dots and not "", of the row with the given id.
func (d *paths) code(id geo.ID, path string) (pathCode, error) {
	above, own := path, pathCode(0)
	i := strings.LastIndexByte(path, '.')
	last, err := geo.ParseID(geo.PathColumn, path[i+1:])
	if err != nil {
		return 0, err
	}
	if last == id {
		above, own = path[:max(i, 0)], 1
	}
	node, err := d.find(above)
	return pathCode(node)<<1 | own, err
}

// find returns the node of a path, which becomes one when it is none yet; 0 for "".
func (d *paths) find(path string) (uint32, error) {
	if path == string(d.text) {
		return d.node, nil
	}
	node, length := uint32(0), 0
	for rest, more := path, path != ""; more; length++ {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		id, err := geo.ParseID(geo.PathColumn, label)
		if err != nil {
			return 0, err
		}
		if len(d.ids) == mostNodes {
			return 0, fmt.Errorf("more than %d organizations are superiors", mostNodes)
		}
		node = d.child(node, id)
	}
	d.longest = max(d.longest, length)
	d.text, d.node = append(d.text[:0], path...), node
	return node, nil
}

// child returns the node of id below a node.
func (d *paths) child(above uint32, id geo.ID) uint32 {
	if 4*len(d.ids) >= 3*len(d.table) {
		d.grow()
	}
	at := d.place(above, id)
	if d.table[at] == 0 {
		d.table[at] = uint32(len(d.ids))
		d.above, d.ids = append(d.above, above), append(d.ids, id)
	}
	return d.table[at]
}

// place returns where in the table the node stands, or would.
func (d *paths) place(above uint32, id geo.ID) uint64 {
	mask := uint64(len(d.table) - 1)
	for at := mix(uint64(id)^mix(uint64(above))) & mask; ; at = (at + 1) & mask {
		if n := d.table[at]; n == 0 || d.above[n] == above && d.ids[n] == id {
			return at
		}
	}
}

func (d *paths) grow() {
	d.table = make([]uint32, 2*len(d.table))
	for n := 1; n < len(d.ids); n++ {
		d.table[d.place(d.above[n], d.ids[n])] = uint32(n)
	}
}

// pathView is a dictionary as of a moment; later growth does not touch it.
type pathView struct {
	above   []uint32
	ids     []geo.ID
	longest int
	size    int // bytes of the dictionary
}

func (d *paths) view() pathView {
	return pathView{above: d.above, ids: d.ids, longest: d.longest, size: 4*cap(d.above) + 8*cap(d.ids) + 4*len(d.table)}
}
