package live

import (
	"fmt"
	"unsafe"

	"jingwei/geo"
)

// storable are the types of columns: without pointers and padding, aligned to 8 bytes at most.
type storable interface {
	~byte | ~uint16 | ~uint32 | ~uint64 | ~int32 | ~int64 | geo.Position
}

// storedColumn is a column of a run of a file: written from where it stands, and read by pointing there into the file.
type storedColumn struct {
	name  string
	bytes []byte
	none  bool // there is no such column
	point func(data []byte) error
}

// anyNumber is the n of a column whose number of values check sees to.
const anyNumber = -1

// stored describes a column of n values, of which some runs have none when it may be nil.
func stored[T storable](name string, column *[]T, n int) storedColumn {
	return storedColumn{name: name, bytes: bytesOf(*column), none: *column == nil && n != anyNumber, point: func(data []byte) error {
		size := int(unsafe.Sizeof(*new(T)))
		if n == anyNumber && len(data)%size != 0 || n != anyNumber && len(data) != n*size {
			return fmt.Errorf("column %s has %d bytes", name, len(data))
		}
		*column = valuesOf[T](data)
		return nil
	}}
}

// bytesOf returns the memory of values.
func bytesOf[T storable](values []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), uintptr(len(values))*unsafe.Sizeof(*new(T)))
}

// valuesOf undoes bytesOf; data is aligned and has the length of whole values. The result is not nil.
func valuesOf[T storable](data []byte) []T {
	if len(data) == 0 {
		return []T{}
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data))/unsafe.Sizeof(*new(T)))
}

// columns lists what a file holds of a chunk of n rows whose slices of columns are made, and of its tombstones.
func (k *chunk) columns(n int, dead *[]uint64) []storedColumn {
	list := []storedColumn{
		stored("key", &k.keys, n), stored("id", &k.ids, n), stored("at", &k.at, n), stored("from", &k.from, n), stored("to", &k.to, n), stored("next", &k.next, n),
		stored("division", &k.filed.codes, anyNumber), stored("filed", &k.filed.rows, n), stored("sum", &k.sums, n+1), stored("open", &k.opens, n+1), stored("by_id", &k.byID, n),
		stored("sieve", (*[]uint64)(&k.sieve), n/8+1),
		stored("dead", dead, wordsOf(n)),
	}
	for slot := range k.planes {
		p := &k.planes[slot]
		list = append(list, stored(fmt.Sprint("code", slot), &p.codes, anyNumber), stored(fmt.Sprint("plane", slot), &p.words, anyNumber))
	}
	for slot := range k.numbers {
		list = append(list, stored(fmt.Sprint("number", slot), &k.numbers[slot], n))
	}
	for slot := range k.paths {
		list = append(list, stored(fmt.Sprint("path", slot), &k.paths[slot], n))
	}
	for slot := range k.texts {
		t := &k.texts[slot]
		list = append(list, stored(fmt.Sprint("end", slot), &t.ends, n), stored(fmt.Sprint("text", slot), &t.bytes, anyNumber))
	}
	return list
}

// optional reports whether a chunk of the schema may be without the column.
func (c *columns) optional(name string) bool {
	return name == "to" || name == "next" || name == "dead" || name == "open" && !c.open
}

// columns lists what a file holds of a dictionary of n nodes.
func (v *pathView) columns(n int) []storedColumn {
	return []storedColumn{stored("above", &v.above, n), stored("node", &v.ids, n)}
}
