package topology

import (
	"math"
	"slices"

	"jingwei/geo"
)

// perCell is how many vertices a cell of the grid holds on average.
const perCell = 2

// grid finds vertices by place: cells of equal size over the box of all of them.
type grid struct {
	at            []geo.Position
	min           geo.Position
	width, height int64 // of a cell
	columns, rows int
	cells         [][]int32
}

func newGrid(at []geo.Position) grid {
	g := grid{at: at, width: 1, height: 1, columns: 1, rows: 1}
	if len(at) > 0 {
		low, high := at[0], at[0]
		for _, p := range at {
			low.Lon, low.Lat = min(low.Lon, p.Lon), min(low.Lat, p.Lat)
			high.Lon, high.Lat = max(high.Lon, p.Lon), max(high.Lat, p.Lat)
		}
		side := int64(math.Sqrt(float64(len(at))/perCell)) + 1
		g.min = low
		g.width = (int64(high.Lon)-int64(low.Lon))/side + 1
		g.height = (int64(high.Lat)-int64(low.Lat))/side + 1
		g.columns, g.rows = int(side), int(side)
	}
	g.cells = make([][]int32, g.columns*g.rows)
	return g
}

func (g *grid) column(lon int32) int { return int((int64(lon) - int64(g.min.Lon)) / g.width) }
func (g *grid) row(lat int32) int    { return int((int64(lat) - int64(g.min.Lat)) / g.height) }

func (g *grid) cell(v int32) *[]int32 {
	return &g.cells[g.row(g.at[v].Lat)*g.columns+g.column(g.at[v].Lon)]
}

func (g *grid) add(v int32) {
	cell := g.cell(v)
	*cell = append(*cell, v)
}

// remove does nothing before the grid is made.
func (g *grid) remove(v int32) {
	if len(g.cells) == 0 {
		return
	}
	cell := g.cell(v)
	if i := slices.Index(*cell, v); i >= 0 {
		last := len(*cell) - 1
		(*cell)[i] = (*cell)[last]
		*cell = (*cell)[:last]
	}
}

// any reports whether some vertex of the box, edges included, satisfies f. The box must lie in that of all vertices.
func (g *grid) any(low, high geo.Position, f func(v int32) bool) bool {
	for row := g.row(low.Lat); row <= g.row(high.Lat); row++ {
		for column := g.column(low.Lon); column <= g.column(high.Lon); column++ {
			for _, v := range g.cells[row*g.columns+column] {
				p := g.at[v]
				if low.Lon <= p.Lon && p.Lon <= high.Lon && low.Lat <= p.Lat && p.Lat <= high.Lat && f(v) {
					return true
				}
			}
		}
	}
	return false
}
