package live

import (
	"math"

	"jingwei/geo"
)

// keyBits is the depth of the quadtree: 32 bits of x and of y.
const keyBits = 32

// mercator returns the web-mercator position in units of 2^-32 of the world, x to the east and y to the south from the
// north-west corner. Latitudes beyond ±85.0511° are clamped to the edge. x is computed in integers and so is exact.
func mercator(p geo.Position) (x, y uint32) {
	const full = 3_600_000_000 // 360 degrees in units of 1e-7
	ux := uint64(int64(p.Lon)+full/2) << keyBits / full
	_, lat := p.Degrees()
	s := math.Sin(lat * math.Pi / 180)
	fy := (0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * (1 << keyBits)
	return uint32(min(ux, math.MaxUint32)), clamp32(fy)
}

func clamp32(f float64) uint32 {
	if !(f > 0) {
		return 0
	}
	if f >= math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(f)
}

// keyOf returns the Morton key of p.
func keyOf(p geo.Position) uint64 {
	x, y := mercator(p)
	return interleave(x, y)
}

// interleave puts the bits of x on the even places and those of y on the odd ones.
func interleave(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

// deinterleave undoes interleave.
func deinterleave(key uint64) (x, y uint32) { return gather(key), gather(key >> 1) }

func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

func gather(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	return uint32(x | x>>16)
}

// keyRange is a range of keys, both ends included, so that the last key of the world can be one.
type keyRange struct{ first, last uint64 }

// cellRange returns the keys of the quadtree cell x, y at the given level (0 to 32).
func cellRange(level, x, y uint32) keyRange {
	if level == 0 {
		return keyRange{0, math.MaxUint64}
	}
	shift := 2 * (keyBits - level)
	first := interleave(x, y) << shift
	return keyRange{first, first | (1<<shift - 1)}
}

// quarters returns the keys of the four cells that a cell of the quadtree above the deepest level is made of, in order.
func (r keyRange) quarters() [4]keyRange {
	size := (r.last-r.first)>>2 + 1
	var parts [4]keyRange
	for i := range parts {
		first := r.first + uint64(i)*size
		parts[i] = keyRange{first, first + size - 1}
	}
	return parts
}

// tileOf returns the tile at the given zoom (1 to 32) that holds key.
func tileOf(key uint64, z uint32) Tile {
	x, y := deinterleave(key)
	return Tile{Z: z, X: x >> (keyBits - z), Y: y >> (keyBits - z)}
}
