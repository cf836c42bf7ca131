package national

import (
	"fmt"
	"math"

	"jingwei/geo"
)

// Shares of the grassroots organizations at the end of 2024 (306,000 and 330,000 of 5,250,000), and of what stands below
// villages and communities.
const (
	committeeShare = 306.0 / 5250
	generalShare   = 330.0 / 5250
	belowVillages  = 0.187
)

// Organizations is a forest of organizations, one tree for each province. A superior has a lower number than its
// subordinates.
type Organizations struct {
	nation     *Nation
	superior   []int32
	place      []int32 // row of the division that it stands in
	ordinal    []uint16
	kind       []kind
	level      []uint8
	leads      []bool  // has subordinates
	ofProvince []int32 // committees of the local levels by province, prefecture and county; -1 where there is none
	ofPrefect  []int32
	ofCounty   []int32
	ofTown     []int32 // organizations of townships
	ofVillage  []int32 // of villages, by row of the table
}

// Limits of what can be asked for.
const (
	MostOrganizations = 6_000_000
	MostReports       = 200_000_000
)

// levels of organizations; those of divisions have the same numbers.
const unitLevel = uint8(geo.Village) + 1

// Organizations plans a forest of count organizations. Of the local committees there are at most a twentieth, but all of
// the provinces as long as count allows; at full size there are 3,200 and every township and village has one. With fewer
// than the provinces, there are the committees of the first count of these only.
func (n *Nation) Organizations(count int) (*Organizations, error) {
	if count < 0 || count > MostOrganizations {
		return nil, geo.Invalid("organizations", "%d organizations cannot be made: 0 to %d can", count, MostOrganizations)
	}
	o := &Organizations{
		nation: n, superior: make([]int32, 0, count), place: make([]int32, 0, count), ordinal: make([]uint16, 0, count),
		kind: make([]kind, 0, count), level: make([]uint8, 0, count),
		ofProvince: nobody(len(n.provinces)), ofPrefect: nobody(len(n.prefectures)), ofCounty: nobody(len(n.counties)),
		ofTown: nobody(len(n.towns)), ofVillage: nobody(len(n.divisions.rows)),
	}
	o.addLocal(count)
	p := n.planCounties(count-len(o.kind), o)
	for c := range n.counties {
		o.addCounty(c, &p)
	}
	if len(o.kind) != count {
		return nil, fmt.Errorf("%d organizations were planned for %d", len(o.kind), count)
	}
	o.leads = make([]bool, count)
	for _, s := range o.superior {
		if s >= 0 {
			o.leads[s] = true
		}
	}
	return o, nil
}

func nobody(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// Len returns how many organizations there are.
func (o *Organizations) Len() int { return len(o.kind) }

// add appends an organization and returns its number.
func (o *Organizations) add(k kind, level uint8, place int, superior int32, ordinal int) int32 {
	o.superior = append(o.superior, superior)
	o.place = append(o.place, int32(place))
	o.ordinal = append(o.ordinal, uint16(min(ordinal, math.MaxUint16)))
	o.kind = append(o.kind, k)
	o.level = append(o.level, level)
	return int32(len(o.kind) - 1)
}

// addLocal adds the committees of provinces, prefectures and counties.
func (o *Organizations) addLocal(count int) {
	n := o.nation
	left := max(min(count, len(n.provinces)), count/20)
	for i, p := range n.provinces {
		if left > 0 {
			o.ofProvince[i] = o.add(localCommittee, uint8(geo.Province), p.row, -1, 0)
			left--
		}
	}
	for i, p := range n.prefectures {
		if left > 0 && !p.bucket {
			o.ofPrefect[i] = o.add(localCommittee, uint8(geo.Prefecture), p.row, o.ofProvince[p.province], 0)
			left--
		}
	}
	for i, c := range n.counties {
		if left > 0 && !c.empty() {
			k := localCommittee
			if c.zone {
				k = workingCommittee
			}
			o.ofCounty[i] = o.add(k, uint8(geo.County), c.row, o.abovePrefecture(c), 0)
			left--
		}
	}
}

// abovePrefecture is the committee above that of a county.
func (o *Organizations) abovePrefecture(c county) int32 {
	if s := o.ofPrefect[c.prefecture]; s >= 0 {
		return s
	}
	return o.ofProvince[c.province]
}

// aboveTown is the committee above those of the townships of a county.
func (o *Organizations) aboveTown(c int) int32 {
	if s := o.ofCounty[c]; s >= 0 {
		return s
	}
	return o.abovePrefecture(o.nation.counties[c])
}

// plan is how many organizations of which kind every county has.
type plan struct {
	towns    []int // organizations of townships
	villages []int // of villages and communities
	others   []int // of units, and branches below villages
	// What the counties so far have: shares hold for the running sums, so that they hold for the whole.
	grassroots, committees, generals int
}

// townShare and villageShare bound how many of a small forest are organizations of townships and villages.
const (
	townShare    = 0.03
	villageShare = 0.15
)

// planCounties divides what the local committees leave among the counties.
func (n *Nation) planCounties(rest int, o *Organizations) plan {
	size := len(n.counties)
	towns, villages, weights := make([]float64, size), make([]float64, size), make([]float64, size)
	allTowns, allVillages := 0, 0
	for i, c := range n.counties {
		if c.empty() || o.aboveTown(i) < 0 {
			continue
		}
		towns[i], villages[i] = float64(c.towns[1]-c.towns[0]), float64(c.villages+c.residents)
		allTowns, allVillages = allTowns+c.towns[1]-c.towns[0], allVillages+c.villages+c.residents
		weights[i] = c.weight
	}
	t := min(allTowns, int(townShare*float64(rest)))
	v := min(allVillages, int(villageShare*float64(rest)))
	return plan{towns: quotas(t, towns), villages: quotas(v, villages), others: n.divide(rest-t-v, weights)}
}

// divide gives every province its share by population, and every county its part of that.
func (n *Nation) divide(total int, weights []float64) []int {
	population := make([]float64, len(n.provinces))
	for i, c := range n.counties {
		if weights[i] > 0 {
			population[c.province] = n.provinces[c.province].population
		}
	}
	parts := make([]int, len(weights))
	from := 0
	for p, share := range quotas(total, population) {
		to := from
		for to < len(n.counties) && n.counties[to].province == p {
			to++
		}
		copy(parts[from:to], quotas(share, weights[from:to]))
		from = to
	}
	return parts
}
