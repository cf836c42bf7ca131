package mvt

import (
	"errors"
	"fmt"
	"math"
)

// Command ids (§4.3.3).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// Vertex is a position in tile coordinates: x to the east, y to the south.
type Vertex struct{ X, Y int32 }

// command is a command with the absolute positions that its parameters lead to; ClosePath has none.
type command struct {
	id       uint32
	vertices []Vertex
}

var errGeometry = errors.New("geometry ends within a command")

// readCommands decodes command integers and parameters (§4.3.1, §4.3.2). It allocates in proportion to len(geometry)
// whatever counts the commands claim.
func readCommands(geometry []uint32) ([]command, error) {
	var out []command
	var x, y int64
	for i := 0; i < len(geometry); {
		id, count := geometry[i]&7, int(geometry[i]>>3)
		i++
		switch {
		case id == closePath && count == 1:
			out = append(out, command{id: id})
			continue
		case id != moveTo && id != lineTo || count == 0:
			return nil, fmt.Errorf("command %d with count %d", id, count)
		case count > (len(geometry)-i)/2:
			return nil, errGeometry
		}
		vertices := make([]Vertex, count)
		for j := range vertices {
			x += int64(unzigzag(geometry[i]))
			y += int64(unzigzag(geometry[i+1]))
			i += 2
			if x != int64(int32(x)) || y != int64(int32(y)) {
				return nil, fmt.Errorf("coordinates leave the range ±%d", math.MaxInt32)
			}
			vertices[j] = Vertex{X: int32(x), Y: int32(y)}
		}
		out = append(out, command{id: id, vertices: vertices})
	}
	return out, nil
}

// checkCommands tells whether the commands make a geometry of type t: §4.3.4.2 to §4.3.4.4. Of an unknown geometry
// (§4.3.4.1) nothing is asked.
func checkCommands(t GeomType, cs []command) error {
	if len(cs) == 0 {
		return errors.New("no geometry")
	}
	ok := true
	switch t {
	case Unknown:
	case Point:
		ok = len(cs) == 1 && cs[0].id == moveTo
	case LineString:
		ok = repeats(cs, 2, func(part []command) bool { return len(part[1].vertices) > 0 })
	case Polygon:
		ok = repeats(cs, 3, func(part []command) bool { return len(part[1].vertices) > 1 && part[2].id == closePath })
	default:
		return fmt.Errorf("geometry type %d is not of this version", t)
	}
	if !ok {
		return fmt.Errorf("these commands are no %s", t)
	}
	return nil
}

// repeats tells whether cs is parts of n commands, each a MoveTo with one position, a LineTo, and what rest asks.
func repeats(cs []command, n int, rest func([]command) bool) bool {
	for ; len(cs) >= n; cs = cs[n:] {
		if cs[0].id != moveTo || len(cs[0].vertices) != 1 || cs[1].id != lineTo || !rest(cs[:n]) {
			return false
		}
	}
	return len(cs) == 0
}
