package national

import (
	"fmt"
	"math"

	"jingwei/geo"
)

// organizationsPerGrid is how many organizations there are for one grid.
const organizationsPerGrid = 20

// Grids are the grids of a forest: tiles of hexagons or squares around communities, about one for twenty organizations.
// Those of one community do not overlap.
type Grids struct {
	organizations *Organizations
	base          geo.ID
	rows          []int32 // communities and villages that have grids, by row of the table
	from          []int32 // number of the first grid of each; the last entry is the number of grids
}

// Grids returns the grids of the forest whose organization i is stored as base + i.
func (o *Organizations) Grids(base geo.ID) *Grids {
	g := &Grids{organizations: o, base: base}
	n := o.nation
	var weights []float64
	for row, head := range o.ofVillage {
		if head < 0 {
			continue
		}
		s := newStream(n.seed, forGrid, row)
		part := 0.05
		if n.divisions.rows[row].residents() {
			part = 0.5
		}
		if s.chance(part) {
			g.rows = append(g.rows, int32(row))
			weights = append(weights, 0.5+s.exponential())
		}
	}
	g.from = make([]int32, 1, len(g.rows)+1)
	for _, size := range quotas(o.Len()/organizationsPerGrid, weights) {
		g.from = append(g.from, g.from[len(g.from)-1]+int32(size))
	}
	return g
}

// Len returns how many grids there are.
func (g *Grids) Len() int { return int(g.from[len(g.from)-1]) }

// Grid returns grid i.
func (g *Grids) Grid(i int) geo.Grid {
	v := search(len(g.rows), func(v int) int { return int(g.from[v]) }, i)
	row, place := int(g.rows[v]), i-int(g.from[v])
	n := g.organizations.nation
	community := n.divisions.rows[row].residents()
	s := newStream(n.seed, forGrid, row)
	kind := "village_grid"
	if community {
		kind = communityKind(&s, place)
	}
	code := n.divisions.rows[row].code
	return geo.Grid{
		Code:         fmt.Sprintf("S%d-%s-%03d", n.seed, code, place+1),
		Kind:         kind,
		Name:         string(append(appendNumeral(append(g.organizations.appendVillage(nil, row), "第"...), place+1), "网格"...)),
		Division:     code,
		Organization: g.base + geo.ID(g.organizations.ofVillage[row]),
		Shape:        geo.MultiPolygon{{g.tile(row, place)}},
		Valid:        geo.DayRange{From: n.edition, To: geo.MaxDay},
	}
}

// communityKind: one in eight grids of a community is of enterprises, one in sixteen public.
func communityKind(s *stream, place int) string {
	switch (place + s.below(16)) % 16 {
	case 3, 11:
		return "enterprise_grid"
	case 7:
		return "public_grid"
	}
	return "community_grid"
}

// lattice is how the tiles of a community lie: vertices are whole steps from the origin, so that neighbours have equal
// ones.
type lattice struct {
	origin      geo.Position
	east, north int32 // steps, in 1e-7 degree
	hexagons    bool
}

func (g *Grids) lattice(row int) lattice {
	n := g.organizations.nation
	t := &n.towns[n.townOf(row)]
	at := n.village(t, row)
	s := newStream(n.seed, forShape, row)
	side := 0.2 + 0.25*s.float() // km
	l := lattice{origin: at.position(), hexagons: n.divisions.rows[row].residents()}
	l.north = int32(side / kmPerDegree * 1e7)
	l.east = int32(side / (kmPerDegree * cosine(at)) * 1e7)
	if l.hexagons { // of the same width: half sides and half heights
		l.east /= 4
		l.north = int32(float64(l.north) * math.Sqrt(3) / 4)
	}
	return l
}

// spiral returns the place of tile i in a square spiral around the first one.
func spiral(i int) (east, north int32) {
	if i == 0 {
		return 0, 0
	}
	ring := int32(math.Ceil((math.Sqrt(float64(i+1)) - 1) / 2))
	i -= int((2*ring - 1) * (2*ring - 1))
	side, along := int32(i)/(2*ring), int32(i)%(2*ring)
	switch side {
	case 0:
		return ring, along - ring + 1
	case 1:
		return ring - 1 - along, ring
	case 2:
		return -ring, ring - 1 - along
	}
	return along - ring + 1, -ring
}

// tile returns the ring of tile i of a community, counterclockwise.
func (g *Grids) tile(row, i int) geo.Ring {
	l := g.lattice(row)
	east, north := spiral(i)
	if !l.hexagons {
		return l.ring([][2]int32{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, east, north)
	}
	// Columns of hexagons are three half sides apart; every other one is shifted by half a height.
	return l.ring([][2]int32{{-2, 0}, {-1, -1}, {1, -1}, {2, 0}, {1, 1}, {-1, 1}}, 3*east, 2*north+east&1)
}

func (l lattice) ring(corners [][2]int32, east, north int32) geo.Ring {
	ring := make(geo.Ring, len(corners))
	for i, c := range corners {
		ring[i] = geo.Position{Lon: l.origin.Lon + (east+c[0])*l.east, Lat: l.origin.Lat + (north+c[1])*l.north}
	}
	return ring
}

// of returns the grids of a community, from <= i < to.
func (g *Grids) of(row int) (from, to int) {
	v := search(len(g.rows), func(v int) int { return int(g.rows[v]) }, row)
	if v < 0 || int(g.rows[v]) != row {
		return 0, 0
	}
	return int(g.from[v]), int(g.from[v+1])
}

// inside returns a place in tile i of a community.
func (g *Grids) inside(s *stream, row, i int) point {
	ring := g.tile(row, i)
	middle := point{}
	for _, p := range ring {
		q := pointAt(p)
		middle.lon, middle.lat = middle.lon+q.lon/float64(len(ring)), middle.lat+q.lat/float64(len(ring))
	}
	// Between the middle and two neighbouring corners.
	k := s.below(len(ring))
	a, b := pointAt(ring[k]), pointAt(ring[(k+1)%len(ring)])
	u, v := 0.97*math.Sqrt(s.float()), s.float()
	return point{
		middle.lon + u*((1-v)*(a.lon-middle.lon)+v*(b.lon-middle.lon)),
		middle.lat + u*((1-v)*(a.lat-middle.lat)+v*(b.lat-middle.lat)),
	}
}
