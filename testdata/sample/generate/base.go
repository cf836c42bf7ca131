package main

import (
	"fmt"
	"math"
	"slices"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// Generalisation of the base map's land.
const (
	baseUnits  = 10_000                    // vertices are rounded to 0.001 degree
	farUnits   = 500_000                   // and to 0.05 degree far from China, where nobody zooms in
	leastPart  = 0.02                      // square degrees; smaller islands and holes are dropped
	squareUnit = 2 / (geo.Unit * geo.Unit) // doubled area units per square degree
	farPart    = 0.5                       // likewise far from China
	farError   = 0.15 / geo.Unit           // a coast far from China may be this much off, in units
)

// home is the part of the world whose coast keeps its vertices.
var home = geo.Extent{West: 65, South: -5, East: 145, North: 58}

// landFile is the land of the world without borders of countries: outlines that two countries share cancel out. China
// keeps every part, near Zhejiang in the detail of the cells, and its dashes are features of their own.
func landFile(data *source, l *land) (file, error) {
	var rings []outline.Ring
	keep := map[geo.Position]bool{}
	var dashes []outline.Polygon
	for _, c := range data.world {
		for _, p := range c.polygons {
			if c.code == "CN" && compactness(p[0]) < 0.1 {
				dashes = append(dashes, outline.Polygon{baseRing(p[0])})
				continue
			}
			shell := turned(baseRing(p[0]), true)
			rings = append(rings, shell)
			for _, r := range p[1:] {
				hole := baseRing(r)
				rings = append(rings, turned(hole, !slices.ContainsFunc(hole, shell.Contains)))
			}
			if c.code == "CN" {
				for _, v := range baseRing(p[0]) {
					keep[v] = true
				}
			}
		}
	}
	parts, err := dissolve(rings, keep)
	if err != nil {
		return file{}, fmt.Errorf("land of the world: %w", err)
	}
	l.refine(parts)
	for _, i := range l.islands {
		parts = append(parts, outline.Polygon{l.detailed(i.ring)})
	}
	text := []byte(`{"type":"FeatureCollection","features":[`)
	text = appendBase(text, "land", parts)
	text = appendBase(append(text, ','), "dash_line", dashes)
	return file{"land.json", append(text, "\n]}\n"...)}, nil
}

func appendBase(text []byte, kind string, parts []outline.Polygon) []byte {
	text = fmt.Appendf(text, "\n"+`{"type":"Feature","properties":{"kind":%q},"geometry":`, kind)
	return append(outline.AppendMultiPolygon(text, parts), '}')
}

// baseRing opens a ring and rounds it.
func baseRing(closed [][2]float64) outline.Ring {
	var out outline.Ring
	for _, v := range closed[:len(closed)-1] {
		out = append(out, coarse(geo.Position{Lon: round(v[0]), Lat: round(v[1])}))
	}
	return slices.Compact(out)
}

// turned gives a ring the direction of a shell or a hole: in the source not all have it, and an island of Chile is
// given as a hole outside of its shell.
func turned(r outline.Ring, shell bool) outline.Ring {
	if (r.DoubleArea() > 0) != shell {
		slices.Reverse(r)
	}
	return r
}

func coarse(p geo.Position) geo.Position {
	return rounded(p, baseUnits)
}

func rounded(p geo.Position, units int32) geo.Position {
	near := func(x int32) int32 { return int32(math.Round(float64(x)/float64(units))) * units }
	return geo.Position{Lon: near(p.Lon), Lat: near(p.Lat)}
}

// dissolve joins rings to land, without small parts and holes; what has a vertex to keep stays.
func dissolve(rings []outline.Ring, keep map[geo.Position]bool) ([]outline.Polygon, error) {
	var edges []outline.Edge
	for _, r := range rings {
		edges = append(edges, outline.Edges(outline.Polygon{r})...)
	}
	joined, err := outline.Rings(outline.Cancel(edges))
	if err != nil {
		return nil, err
	}
	joined = slices.DeleteFunc(joined, func(r outline.Ring) bool {
		return math.Abs(float64(r.DoubleArea())) < farPart*squareUnit && !slices.ContainsFunc(r, home.Contains)
	})
	for i, r := range joined {
		joined[i] = thinned(r)
	}
	return outline.Assemble(slices.DeleteFunc(joined, func(r outline.Ring) bool {
		area := float64(r.DoubleArea())
		kept := area > 0 && slices.ContainsFunc(r, func(v geo.Position) bool { return keep[v] })
		return math.Abs(area) < leastPart*squareUnit && !kept
	}))
}

// thinned drops vertices of a coast far from China (Douglas and Peucker 1973); those at home all stay.
func thinned(r outline.Ring) outline.Ring {
	closed := append(slices.Clone(r), r[0])
	keep := make([]bool, len(closed))
	for i, v := range closed {
		keep[i] = home.Contains(v)
	}
	half := len(r) / 2
	keep[0], keep[half] = true, true
	mark(closed, keep, 0, half)
	mark(closed, keep, half, len(r))
	var out outline.Ring
	for i, v := range r {
		switch {
		case !keep[i]:
		case home.Contains(v):
			out = append(out, v)
		default:
			out = append(out, rounded(v, farUnits))
		}
	}
	if out = slices.Compact(out); len(out) < 4 {
		return r
	}
	return out
}

// mark keeps what is farther than farError from the line between first and last.
func mark(r outline.Ring, keep []bool, first, last int) {
	worst, at := 0.0, -1
	for i := first + 1; i < last; i++ {
		if d := offset(r[first], r[last], r[i]); d > worst || keep[i] && at < 0 {
			worst, at = d, i
		}
	}
	if at < 0 || worst <= farError && !slices.Contains(keep[first+1:last], true) {
		return
	}
	keep[at] = true
	mark(r, keep, first, at)
	mark(r, keep, at, last)
}

// offset is the distance of p from the line through a and b, in units.
func offset(a, b, p geo.Position) float64 {
	dx, dy := float64(b.Lon)-float64(a.Lon), float64(b.Lat)-float64(a.Lat)
	px, py := float64(p.Lon)-float64(a.Lon), float64(p.Lat)-float64(a.Lat)
	if length := math.Hypot(dx, dy); length > 0 {
		return math.Abs(dx*py-dy*px) / length
	}
	return math.Hypot(px, py)
}

// refine puts the coast that the cells were cut with in place of its rounded form.
func (l *land) refine(parts []outline.Polygon) {
	exact := map[outline.Edge][]geo.Position{}
	for _, s := range near(segments(l.mainland)) {
		if path := l.detailed([]geo.Position{s.from, s.to}); len(l.pieces[s]) > 0 {
			exact[outline.Edge{From: coarse(s.from), To: coarse(s.to)}] = path[:len(path)-1]
		}
	}
	for _, p := range parts {
		for k, r := range p {
			var out outline.Ring
			for _, e := range outline.Edges(outline.Polygon{r}) {
				if path, ok := exact[e]; ok {
					out = append(out, path...)
				} else if last := len(out) - 1; last < 0 || out[last] != e.From {
					out = append(out, e.From)
				}
			}
			p[k] = out
		}
	}
}

// compactness is 1 for a disc and near 0 for a line.
func compactness(closed [][2]float64) float64 {
	area, length := 0.0, 0.0
	for i := 1; i < len(closed); i++ {
		a, b := closed[i-1], closed[i]
		area += (a[0]*b[1] - a[1]*b[0]) / 2
		length += math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	return 4 * math.Pi * math.Abs(area) / (length * length)
}
