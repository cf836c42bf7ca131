package outline

import (
	"cmp"
	"fmt"
	"slices"

	"jingwei/geo"
)

// Polygons chains edges, as Cancel leaves them, to polygons: Rings and then Assemble.
func Polygons(edges []Edge) ([]Polygon, error) {
	rings, err := Rings(edges)
	if err != nil {
		return nil, err
	}
	return Assemble(rings)
}

// Assemble puts holes, the clockwise rings, into the smallest of the others that holds them; larger polygons come
// first. A hole that lies in none is an error.
func Assemble(rings []Ring) ([]Polygon, error) {
	var shells []Polygon
	var holes []Ring
	for _, r := range rings {
		if r.DoubleArea() > 0 {
			shells = append(shells, Polygon{r})
		} else {
			holes = append(holes, r)
		}
	}
	slices.SortStableFunc(shells, func(a, b Polygon) int { return cmp.Compare(b[0].DoubleArea(), a[0].DoubleArea()) })
	for _, hole := range holes {
		if err := fit(shells, hole); err != nil {
			return nil, err
		}
	}
	return shells, nil
}

// fit appends hole to the smallest shell that holds it; shells are sorted by falling area.
func fit(shells []Polygon, hole Ring) error {
	for i := len(shells) - 1; i >= 0; i-- {
		if holds(shells[i][0], hole) {
			shells[i] = append(shells[i], hole)
			return nil
		}
	}
	return fmt.Errorf("the hole at %s lies in no polygon", hole[0])
}

// holds asks for a vertex strictly inside, because a hole may touch its shell.
func holds(shell, hole Ring) bool {
	for _, v := range hole {
		if shell.Contains(v) {
			return true
		}
	}
	return false
}

// Rings chains directed edges to rings that touch themselves and each other in single vertices only. Order and starting
// vertices depend only on the set of edges. Edges that do not close are an error.
func Rings(edges []Edge) ([]Ring, error) {
	edges = slices.Clone(edges)
	slices.SortFunc(edges, compareEdges)
	used := make([]bool, len(edges))
	var rings []Ring
	for i := range edges {
		if used[i] {
			continue
		}
		walk, err := follow(edges, used, i)
		if err != nil {
			return nil, err
		}
		rings = append(rings, split(walk)...)
	}
	return rings, nil
}

// follow walks from edge i back to its start, taking the sharpest left turn, which keeps areas that touch in a vertex
// apart.
func follow(edges []Edge, used []bool, i int) (Ring, error) {
	start := edges[i].From
	var walk Ring
	for {
		used[i] = true
		walk = append(walk, edges[i].From)
		if edges[i].To == start {
			return walk, nil
		}
		next := -1
		for j := first(edges, edges[i].To); j < len(edges) && edges[j].From == edges[i].To; j++ {
			if !used[j] && (next < 0 || lefter(edges[i], edges[j].To, edges[next].To)) {
				next = j
			}
		}
		if next < 0 {
			return nil, fmt.Errorf("the outline is open at %s", edges[i].To)
		}
		i = next
	}
}

func first(edges []Edge, from geo.Position) int {
	i, _ := slices.BinarySearchFunc(edges, from, func(e Edge, p geo.Position) int { return Compare(e.From, p) })
	return i
}

// lefter reports whether going on from e to a is a sharper left turn than to b.
func lefter(e Edge, a, b geo.Position) bool {
	leftA, leftB := Cross(e.From, e.To, a) > 0, Cross(e.From, e.To, b) > 0
	if leftA != leftB {
		return leftA
	}
	return Cross(e.To, a, b) < 0
}

// split cuts a walk at vertices that it visits twice into rings that do not.
func split(walk Ring) []Ring {
	var rings []Ring
	var path Ring
	at := map[geo.Position]int{}
	for _, v := range append(walk, walk[0]) {
		k, seen := at[v]
		if !seen {
			at[v] = len(path)
			path = append(path, v)
			continue
		}
		rings = append(rings, slices.Clone(path[k:]))
		for _, w := range path[k+1:] {
			delete(at, w)
		}
		path = path[:k+1]
	}
	return rings
}
