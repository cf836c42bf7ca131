package national

import (
	"cmp"
	"math"
	"slices"
)

// reach is how far from its label point a county may have points, in radii of the circle of its area.
const reach = 1.2

// rival is another county in the power diagram.
type rival struct {
	at    point
	power float64
}

// distance2 is the squared distance in km² between points close to each other; cosine is that of the latitude.
func distance2(a, b point, cosine float64) float64 {
	east, north := (a.lon-b.lon)*cosine, a.lat-b.lat
	return (east*east + north*north) * (kmPerDegree * kmPerDegree)
}

func cosine(p point) float64 { return math.Cos(p.lat * math.Pi / 180) }

// settlePowers gives every county its weight in the power diagram: the squared radius, as far as the label points of its
// neighbours stay well inside their own cells.
func settlePowers(seats []seat) {
	order := make([]int, len(seats))
	for i := range seats {
		seats[i].power = seats[i].radius * seats[i].radius
		order[i] = i
	}
	// A weight that is final bounds those above it, as distances do on the way to the nearest.
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(seats[a].power, seats[b].power) })
	for changed := true; changed; {
		changed = false
		for _, i := range order {
			c := cosine(seats[i].at)
			for j := range seats {
				if seats[j].power <= seats[i].power || math.Abs(seats[i].at.lat-seats[j].at.lat) > 6 {
					continue
				}
				const margin = 0.6
				if most := seats[i].power + margin*distance2(seats[i].at, seats[j].at, c); seats[j].power > most*(1+1e-9) {
					seats[j].power, changed = most, true
				}
			}
		}
	}
}

// settleRivals finds for every county those that could win a point within its reach, the nearest first.
func settleRivals(seats []seat) {
	for i := range seats {
		s := &seats[i]
		far := reach * s.radius
		c := cosine(s.at)
		var near []int
		for j := range seats {
			if j == i {
				continue
			}
			// |p-other|² - power(other) < |p-own|² - power(own) needs |p-other| >= distance - far and |p-own| <= far.
			most := far + math.Sqrt(max(0, seats[j].power-s.power+far*far))
			if distance2(s.at, seats[j].at, c) < most*most*1.1 {
				near = append(near, j)
			}
		}
		slices.SortStableFunc(near, func(a, b int) int {
			return cmp.Compare(distance2(s.at, seats[a].at, c), distance2(s.at, seats[b].at, c))
		})
		s.rivals = nil
		for _, j := range near {
			s.rivals = append(s.rivals, rival{seats[j].at, seats[j].power})
		}
	}
}

// wins reports whether p lies in the county's cell of the power diagram and within its reach.
func (s *seat) wins(p point) bool {
	c := cosine(p)
	own := distance2(p, s.at, c)
	if own > reach*reach*s.radius*s.radius {
		return false
	}
	own -= s.power
	for _, r := range s.rivals {
		if distance2(p, r.at, c)-r.power < own {
			return false
		}
	}
	return true
}
