package national

import "math"

// allowed reports whether county c may have something at p: in its cell, on land unless the county itself is at sea.
func (n *Nation) allowed(c int, p point) bool {
	s := &n.seats[c]
	return s.wins(p) && (s.atSea || n.land.holds(p.lon, p.lat))
}

// near returns a place at the given distance in km and direction from one that is allowed, nearer where it would leave
// the county.
func (n *Nation) near(c int, from point, km, turn float64) point {
	sin, cos := math.Sincos(turn)
	for range 8 {
		p := from.move(km*cos, km*sin)
		if n.allowed(c, p) {
			return p
		}
		km *= 0.55
	}
	return from
}

// settleTowns places the townships of a county: streets around its label point, the others farther out, apart from each
// other (Mitchell's best candidate).
func (n *Nation) settleTowns(c int) {
	towns := n.towns[n.counties[c].towns[0]:n.counties[c].towns[1]]
	streets := 0.0
	for _, t := range towns {
		if t.street {
			streets++
		}
	}
	others := float64(len(towns)) - streets
	wide := n.seats[c].radius
	core := 0.8 * wide * math.Sqrt(streets/max(1, streets+3*others))
	s := newStream(n.seed, forTown, c)
	for i := range towns {
		t := &towns[i]
		extent := wide
		t.radius = min(40, max(0.8, 0.75*wide/math.Sqrt(max(1, others))))
		if t.street {
			extent = core
			t.radius = min(6, max(0.3, 0.8*core/math.Sqrt(streets)))
		}
		t.at = n.apart(&s, c, extent, towns[:i])
	}
}

// candidates is how many allowed places are compared for a township.
const candidates = 5

// apart returns the one of a few places within extent km of the label point that is farthest from the towns.
func (n *Nation) apart(s *stream, c int, extent float64, towns []town) point {
	best, farthest := n.seats[c].at, -1.0
	found := 0
	for try := 0; try < 40 && found < candidates; try++ {
		sin, cos := math.Sincos(2 * math.Pi * s.float())
		away := extent * math.Sqrt(s.float())
		p := n.seats[c].at.move(away*cos, away*sin)
		if !n.allowed(c, p) {
			continue
		}
		found++
		nearest := math.Inf(1)
		cos = cosine(p)
		for i := range towns {
			nearest = min(nearest, distance2(p, towns[i].at, cos))
		}
		if nearest > farthest {
			best, farthest = p, nearest
		}
	}
	return best
}

// townOf returns the township that a row of the table is or lies in.
func (n *Nation) townOf(row int) int {
	lo, hi := 0, len(n.towns)
	for lo < hi {
		if mid := (lo + hi) / 2; int(n.towns[mid].row) > row {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo - 1
}

// villageSpread is the distance in km between the villages of a township, roughly.
func (t town) villageSpread() float64 {
	return t.radius / math.Sqrt(max(1, float64(t.end-t.row-1)))
}

// village returns the middle of the village in a row of the table: communities near the middle of the township, villages
// all over it.
func (n *Nation) village(t *town, row int) point {
	s := newStream(n.seed, forVillage, row)
	km := t.radius * math.Sqrt(s.float())
	if n.divisions.rows[row].residents() {
		km *= 0.5
	}
	return n.near(int(t.county), t.at, km, 2*math.Pi*s.float())
}

// residents reports whether a village is a community of a town.
func (r divisionRow) residents() bool {
	number := r.code % 1000
	return number > 0 && number < 200
}
