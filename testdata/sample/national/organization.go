package national

import (
	"math"

	"jingwei/geo"
)

// Organization returns organization i and the number of its superior, -1 for none.
func (o *Organizations) Organization(i int) (c geo.OrganizationContent, superior int) {
	s := newStream(o.nation.seed, forState, i)
	name, short := o.names(i)
	at, accuracy := o.location(i)
	return geo.OrganizationContent{
		Kind:              kindCodes[o.kind[i]],
		Level:             levelCode(o.level[i]),
		Name:              name,
		ShortName:         short,
		Division:          o.nation.divisions.rows[o.place[i]].code,
		Location:          at.position(),
		LocationSource:    "generated",
		LocationAccuracyM: accuracy,
		SourceCRS:         "EPSG:4326",
		LocationState:     locationStates[s.pick(locationStateShares[:])],
		Address:           o.address(i),
		Status:            o.status(i, &s),
	}, int(o.superior[i])
}

var locationStates = [...]string{
	geo.LocationReported, geo.LocationChecked, geo.LocationCompared, geo.LocationApproved, geo.LocationInspected, geo.LocationConfirmed,
}

// locationStateShares are running sums.
var locationStateShares = [...]float64{0.38, 0.60, 0.74, 0.86, 0.94, 1}

// status is active, but for about 2 % of all, which have no subordinates.
func (o *Organizations) status(i int, s *stream) string {
	if o.leads[i] || o.level[i] < uint8(geo.Village) {
		return geo.StatusActive
	}
	switch x := s.float(); {
	case x < 0.006:
		return geo.StatusDraft
	case x < 0.014:
		return geo.StatusSubmitted
	case x < 0.022:
		return geo.StatusRetired
	}
	return geo.StatusActive
}

// sameBuilding is how many of the parts of a unit stand exactly where it does.
const sameBuilding = 0.035

// location returns where organization i stands, and the radius in metres in which it is made up.
func (o *Organizations) location(i int) (at point, accuracy float64) {
	n := o.nation
	row := int(o.place[i])
	if o.level[i] < uint8(geo.Township) {
		return o.localLocation(i)
	}
	t := &n.towns[n.townOf(row)]
	accuracy = math.Ceil(t.radius*100) * 10
	s := newStream(n.seed, forPlace, i)
	if o.level[i] == uint8(geo.Township) {
		return n.near(int(t.county), t.at, min(0.5, 0.1*t.radius)*s.float(), 2*math.Pi*s.float()), accuracy
	}
	if int(o.ofVillage[row]) == i {
		return n.village(t, row), accuracy
	}
	above := o.superior[i]
	spread := min(1.5, max(0.12, 0.5*t.villageSpread()))
	if above >= 0 && o.level[above] >= uint8(geo.Village) && o.place[above] == o.place[i] {
		at, _ = o.location(int(above))
		if s.chance(sameBuilding) {
			return at, accuracy
		}
		spread = min(spread, 0.3)
	} else if row == int(t.row) {
		at = t.at
	} else {
		at = n.village(t, row)
	}
	return n.near(int(t.county), at, spread*s.exponential(), 2*math.Pi*s.float()), accuracy
}

// localLocation: committees of counties and above stand near the middle of the first township of their county, or of
// that of their capital.
func (o *Organizations) localLocation(i int) (at point, accuracy float64) {
	n := o.nation
	c := o.capital(i)
	t := n.towns[n.counties[c].towns[0]]
	s := newStream(n.seed, forPlace, i)
	return n.near(c, t.at, 0.8*s.exponential(), 2*math.Pi*s.float()), math.Ceil(t.radius*100) * 10
}

// capital is the county that a committee of a county or above stands in.
func (o *Organizations) capital(i int) int {
	n, row := o.nation, int(o.place[i])
	switch geo.DivisionLevel(o.level[i]) {
	case geo.Province:
		return n.provinces[search(len(n.provinces), func(p int) int { return n.provinces[p].row }, row)].capital
	case geo.Prefecture:
		return n.prefectures[search(len(n.prefectures), func(p int) int { return n.prefectures[p].row }, row)].capital
	}
	return search(len(n.counties), func(c int) int { return n.counties[c].row }, row)
}

// search returns the last of count items whose row is not beyond the given one.
func search(count int, rowOf func(int) int, row int) int {
	lo, hi := 0, count
	for lo < hi {
		if mid := (lo + hi) / 2; rowOf(mid) > row {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo - 1
}

// countyOf returns the county that organization i stands in.
func (o *Organizations) countyOf(i int) int {
	if o.level[i] < uint8(geo.Township) {
		return o.capital(i)
	}
	return int(o.nation.towns[o.nation.townOf(int(o.place[i]))].county)
}
