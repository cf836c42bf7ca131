package national

import (
	"math"
	"strings"

	"jingwei/geo"
)

// Nation is the real divisions with places for all of them, made up below the counties. It is safe for concurrent use.
type Nation struct {
	seed        uint64
	edition     geo.Day
	land        *land
	divisions   *Divisions
	provinces   []province
	prefectures []prefecture
	counties    []county
	towns       []town
	seats       []seat // of the counties, then of the units that the division table does not know
}

type province struct {
	row        int
	population float64
	capital    int // county that its committee stands in
}

type prefecture struct {
	row      int
	province int
	capital  int
	bucket   bool // only holds together counties directly below the province
}

type county struct {
	row        int
	prefecture int
	province   int
	towns      [2]int // from, to
	villages   int    // committees of villages
	residents  int    // committees of communities
	zone       bool   // an area that only statistics count as a county
	weight     float64
}

type town struct {
	row    int32
	end    int32 // row after its last village
	county int32
	street bool
	at     point
	radius float64 // km
}

// New reads the divisions and settles where their parts are. Equal seeds give equal nations.
func New(seed uint64) (*Nation, error) {
	edition, err := geo.ParseDay("edition", Edition)
	if err != nil {
		return nil, err
	}
	divisions, err := readDivisions()
	if err != nil {
		return nil, err
	}
	mask, err := readLand()
	if err != nil {
		return nil, err
	}
	known, err := readSeats()
	if err != nil {
		return nil, err
	}
	n := &Nation{seed: seed, edition: edition, land: mask, divisions: divisions}
	n.readTree()
	n.settleSeats(known)
	n.settleWeights()
	for c := range n.counties {
		n.settleTowns(c)
	}
	return n, nil
}

// Divisions returns the table of divisions.
func (n *Nation) Divisions() *Divisions { return n.divisions }

// readTree finds provinces, prefectures, counties and townships in the table.
func (n *Nation) readTree() {
	population := provincePopulation()
	for i, r := range n.divisions.rows {
		switch geo.DivisionLevel(r.level) {
		case geo.Province:
			n.provinces = append(n.provinces, province{row: i, population: population[r.code/levelScale[geo.Province]], capital: len(n.counties)})
		case geo.Prefecture:
			name := n.divisions.name(i)
			bucket := name == "市辖区" || name == "县" || strings.HasSuffix(name, "直辖县级行政区划")
			n.prefectures = append(n.prefectures, prefecture{row: i, province: len(n.provinces) - 1, capital: len(n.counties), bucket: bucket})
		case geo.County:
			c := county{row: i, prefecture: len(n.prefectures) - 1, province: len(n.provinces) - 1, towns: [2]int{len(n.towns), len(n.towns)}}
			// 71 to 79 are development zones (GB/T 2260 leaves them free) but below 90, the direct units of provinces.
			unit := r.code / 1e6 % 100
			c.zone = unit >= 71 && unit < 80
			n.counties = append(n.counties, c)
		case geo.Township:
			c := &n.counties[len(n.counties)-1]
			n.towns = append(n.towns, town{row: int32(i), end: int32(i + 1), county: int32(len(n.counties) - 1), street: divisionKind(geo.Township, r.code) == street})
			c.towns[1] = len(n.towns)
		case geo.Village:
			n.towns[len(n.towns)-1].end = int32(i + 1)
			switch n.divisions.rows[i].kind() {
			case villageCommittee:
				n.counties[len(n.counties)-1].villages++
			case residentsCommittee:
				n.counties[len(n.counties)-1].residents++
			}
		}
	}
	n.dropEmpty()
}

func (r divisionRow) kind() string { return divisionKind(geo.DivisionLevel(r.level), r.code) }

// dropEmpty leaves the townships out of counties without any committee (reefs, areas that are counted elsewhere): nobody
// is organized there.
func (n *Nation) dropEmpty() {
	for i := range n.counties {
		if c := &n.counties[i]; c.villages+c.residents == 0 {
			c.towns[1] = c.towns[0]
		}
	}
}

// empty reports whether nobody is organized in the county.
func (c county) empty() bool { return c.towns[0] == c.towns[1] }

// settleSeats gives every county its label point and cell. Zones that no table of counties knows get a part of the
// county that is nearest to the middle of their prefecture.
func (n *Nation) settleSeats(known []seat) {
	byCode := make(map[geo.DivisionCode]int, len(known))
	for i, s := range known {
		byCode[s.code] = i
	}
	settlePowers(known)
	settleRivals(known)
	used := make([]bool, len(known))
	n.seats = make([]seat, len(n.counties), len(n.counties)+len(known))
	for c := range n.counties {
		code := n.divisions.rows[n.counties[c].row].code
		if i, ok := byCode[otherCode(code)]; ok {
			n.seats[c], used[i] = known[i], true
			n.seats[c].code = code
		}
	}
	for c := range n.counties {
		if n.seats[c].code == 0 {
			n.seats[c] = n.madeSeat(c)
		}
	}
	for i, s := range known {
		if !used[i] {
			n.seats = append(n.seats, s)
		}
	}
	for i := range n.seats {
		n.seats[i].atSea = !n.land.holds(n.seats[i].at.lon, n.seats[i].at.lat)
	}
	settlePowers(n.seats)
	settleRivals(n.seats)
}

// zoneArea is taken for units whose area is not known, in km².
const zoneArea = 60

// madeSeat returns a place for a county without one: inside the cell of another of its prefecture, off its middle.
func (n *Nation) madeSeat(c int) seat {
	host := n.host(c)
	s := newStream(n.seed, forSite, c)
	at := n.seats[host].at
	for range 100 {
		away := n.seats[host].radius * (0.35 + 0.5*s.float())
		turn := 2 * math.Pi * s.float()
		at = n.seats[host].at.move(away*math.Cos(turn), away*math.Sin(turn))
		if n.seats[host].wins(at) && n.land.holds(at.lon, at.lat) {
			break
		}
	}
	return newSeat(n.divisions.rows[n.counties[c].row].code, at, min(zoneArea, n.seats[host].area/4))
}

// host is the county with a known place in the same prefecture, else province, that holds the zone.
func (n *Nation) host(c int) int {
	own := n.counties[c]
	var near []int
	for _, same := range []func(o county) bool{
		func(o county) bool { return o.prefecture == own.prefecture },
		func(o county) bool { return o.province == own.province },
	} {
		for i, o := range n.counties {
			if same(o) && n.seats[i].code != 0 && !o.zone && n.seats[i].area > 100 {
				near = append(near, i)
			}
		}
		if len(near) > 0 {
			break
		}
	}
	s := newStream(n.seed, forWeight, c)
	return near[s.below(len(near))]
}

// mostDeviation cuts the tail of the weights off, in standard deviations.
const mostDeviation = 2

// typicalSize is the size of a usual county, in committees weighted as settleWeights does.
const typicalSize = 400

// settleWeights says how much of the organizations outside of the committees of villages and townships a county has,
// within its province: after its committees, with a tail that is the heavier the more urban it is (log-normal).
func (n *Nation) settleWeights() {
	for i := range n.counties {
		c := &n.counties[i]
		if c.empty() {
			continue
		}
		size := float64(c.villages) + 2.2*float64(c.residents) + 6*float64(c.towns[1]-c.towns[0])
		urban := float64(c.residents) / float64(c.villages+c.residents)
		deviation := (0.3 + 0.95*urban) * min(1, math.Sqrt(typicalSize/size)) // large ones differ less
		s := newStream(n.seed, forWeight, i)
		c.weight = size * math.Exp(deviation*min(s.normal(), mostDeviation)-deviation*deviation/2)
	}
	for i := range n.provinces {
		n.provinces[i].capital = n.firstPeopled(n.provinces[i].capital)
	}
	for i := range n.prefectures {
		n.prefectures[i].capital = n.firstPeopled(n.prefectures[i].capital)
	}
}

// firstPeopled is the first county from c on that is not empty.
func (n *Nation) firstPeopled(c int) int {
	for c < len(n.counties)-1 && n.counties[c].empty() {
		c++
	}
	return c
}
