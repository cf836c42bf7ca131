package national

import (
	"math"

	"jingwei/geo"
)

// villageJurisdictions is how many villages have a jurisdiction.
const villageJurisdictions = 0.02

// Jurisdiction returns the area that organization i looks after: one for each organization of a township and for about
// 2 % of those of villages, false for the others. It is a polygon of 8 to 24 vertices that is made up around the location
// and holds it; neighbours may overlap.
func (o *Organizations) Jurisdiction(i int) (geo.MultiPolygon, bool) {
	level := o.level[i]
	if level != uint8(geo.Township) && (level != uint8(geo.Village) || int(o.ofVillage[o.place[i]]) != i) {
		return nil, false
	}
	s := newStream(o.nation.seed, forShape, i)
	if level == uint8(geo.Village) && !s.chance(villageJurisdictions) {
		return nil, false
	}
	t := o.nation.towns[o.nation.townOf(int(o.place[i]))]
	km := max(0.3, 0.9*t.radius)
	if level == uint8(geo.Village) {
		km = max(0.15, 0.9*t.villageSpread())
	}
	at, _ := o.location(i)
	return geo.MultiPolygon{{around(&s, at, km)}}, true
}

// around returns a star-shaped ring around the point: directions go up, so that no two edges cross.
func around(s *stream, at point, km float64) geo.Ring {
	ring := make(geo.Ring, 8+s.below(17))
	step := 2 * math.Pi / float64(len(ring))
	bend, phase := 0.12+0.1*s.float(), 2*math.Pi*s.float()
	for i := range ring {
		turn := step * (float64(i) + 0.6*s.float())
		far := km * (0.8 + bend*math.Sin(2*turn+phase) + bend*math.Sin(3*turn-phase) + 0.08*s.float())
		sin, cos := math.Sincos(turn)
		ring[i] = at.move(far*cos, far*sin).position()
	}
	return ring
}
