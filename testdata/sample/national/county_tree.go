package national

import (
	"math"

	"jingwei/geo"
)

// grower makes the organizations of one county.
type grower struct {
	*Organizations
	s    stream
	c    int
	pull []float64 // running weights of the townships
	p    *plan
	// What is still to be made.
	committees, generals, branches int
}

// addCounty adds what the plan gives to a county: townships, villages, branches below them, and units.
func (o *Organizations) addCounty(c int, p *plan) {
	if p.towns[c]+p.villages[c]+p.others[c] == 0 {
		return
	}
	g := grower{Organizations: o, s: newStream(o.nation.seed, forPlan, c), c: c, p: p}
	primary := g.addTowns(p.towns[c])
	p.grassroots += primary + p.villages[c] + p.others[c]
	p.committees += primary
	g.committees = max(0, int(math.Round(committeeShare*float64(p.grassroots)))-p.committees)
	g.generals = max(0, int(math.Round(generalShare*float64(p.grassroots)))-p.generals)
	from := len(o.kind)
	g.addVillages(p.villages[c])
	to := len(o.kind)
	g.committees = min(g.committees, p.others[c])
	g.generals = min(g.generals, p.others[c]-g.committees)
	g.branches = p.others[c] - g.committees - g.generals
	g.addBelowVillages(from, to, int(math.Round(belowVillages*float64(primary+p.villages[c]+p.others[c]))))
	g.pullTowns()
	g.addUnits()
}

// used takes one of a kind from what is to be made, and counts it for the shares.
func (g *grower) used(k kind) {
	switch k {
	case partyCommittee:
		g.committees--
		g.p.committees++
	case generalBranch:
		g.generals--
		g.p.generals++
	}
}

// addTowns adds organizations for the first townships of the county; it returns how many of them are primary ones (a
// street has a working committee).
func (g *grower) addTowns(count int) (primary int) {
	n := g.nation
	above := g.aboveTown(g.c)
	for t := n.counties[g.c].towns[0]; count > 0; t++ {
		k := partyCommittee
		if n.towns[t].street {
			k = workingCommittee
		} else {
			primary++
		}
		g.ofTown[t] = g.add(k, uint8(geo.Township), int(n.towns[t].row), above, 0)
		count--
	}
	return primary
}

// addVillages adds organizations for as many villages, spread evenly over those of the county.
func (g *grower) addVillages(count int) {
	n := g.nation
	c := n.counties[g.c]
	all, seen := c.villages+c.residents, 0
	for t := c.towns[0]; t < c.towns[1]; t++ {
		for row := int(n.towns[t].row) + 1; row < int(n.towns[t].end); row++ {
			if !n.divisions.rows[row].hasCommittee() {
				continue
			}
			if seen*count/all != (seen+1)*count/all {
				k := g.villageKind(row)
				g.used(k)
				g.ofVillage[row] = g.add(k, uint8(geo.Village), row, g.aboveVillage(t), 0)
			}
			seen++
		}
	}
}

func (r divisionRow) hasCommittee() bool {
	number := r.code % 1000
	return number > 0 && number < 400
}

func (g *grower) aboveVillage(t int) int32 {
	if s := g.ofTown[t]; s >= 0 {
		return s
	}
	return g.aboveTown(g.c)
}

// villageKind: the organization of a community of a town is larger than that of a village, on the whole.
func (g *grower) villageKind(row int) kind {
	committee, general := 0.02, 0.17
	if g.nation.divisions.rows[row].residents() {
		committee, general = 0.15, 0.5
	}
	switch x := g.s.float(); {
	case x < committee && g.committees > 0:
		return partyCommittee
	case x < general && g.generals > 0:
		return generalBranch
	}
	return branch
}

// addBelowVillages adds up to count branches below the villages from <= i < to whose organizations are more than a branch.
func (g *grower) addBelowVillages(from, to, count int) {
	var heads []int32
	for i := from; i < to; i++ {
		if g.kind[i] != branch {
			heads = append(heads, int32(i))
		}
	}
	count = min(count, g.branches)
	if len(heads) == 0 || count == 0 {
		return
	}
	g.branches -= count
	for h, size := range g.deal(count, len(heads)) {
		for j := range size {
			g.add(branchKind(&g.s, branchesOfVillages[:]), uint8(geo.Village), int(g.place[heads[h]]), heads[h], j+1)
		}
	}
}

// deal divides count among n: two to each as far as that goes, then at random, more to the first ones.
func (g *grower) deal(count, n int) []int {
	sizes := make([]int, n)
	if n == 0 {
		return sizes
	}
	dealt := 0
	for i := 0; i < 2*n && dealt < count; i++ {
		sizes[i/2]++
		dealt++
	}
	for ; dealt < count; dealt++ {
		x := g.s.float()
		sizes[int(float64(n)*x*math.Sqrt(x))]++
	}
	return sizes
}

// pullTowns weighs the townships for units: by their villages, streets thrice, with a tail.
func (g *grower) pullTowns() {
	c := g.nation.counties[g.c]
	weights := make([]float64, c.towns[1]-c.towns[0])
	for i := range weights {
		t := g.nation.towns[c.towns[0]+i]
		weights[i] = float64(t.end-t.row) * math.Exp(0.8*g.s.normal())
		if t.street {
			weights[i] *= 3
		}
	}
	g.pull = cumulate(weights)
}

// Parts of the general branches and the branches that stand in a committee, in a general branch, or alone.
const (
	generalsInCommittees = 0.65
	branchesInCommittees = 0.47
	branchesInGenerals   = 0.24
)

// addUnits adds the committees, general branches and branches of units.
func (g *grower) addUnits() {
	inCommittees := int(generalsInCommittees * float64(g.generals))
	if g.committees == 0 {
		inCommittees = 0
	}
	from := int32(len(g.kind))
	for range g.committees {
		place, above := g.unitPlace()
		g.add(partyCommittee, unitLevel, place, above, 0)
	}
	generals := int32(len(g.kind))
	for c, size := range g.deal(inCommittees, g.committees) {
		for j := range size {
			g.add(generalBranch, unitLevel, g.partPlace(from+int32(c)), from+int32(c), j+1)
		}
	}
	for range g.generals - inCommittees {
		place, above := g.unitPlace()
		g.add(generalBranch, unitLevel, place, above, 0)
	}
	end := int32(len(g.kind))
	g.addBranches(from, generals, branchesInCommittees)
	g.addBranches(generals, end, branchesInGenerals/(1-branchesInCommittees))
	for range g.branches {
		place, above := g.unitPlace()
		g.add(branchKind(&g.s, branchesAlone[:]), unitLevel, place, above, 0)
	}
	g.p.committees += int(generals - from)
	g.p.generals += int(end - generals)
}

// addBranches adds a part of the remaining branches below the organizations from <= i < to.
func (g *grower) addBranches(from, to int32, part float64) {
	if from == to {
		return
	}
	count := int(part * float64(g.branches))
	g.branches -= count
	for h, size := range g.deal(count, int(to-from)) {
		above := from + int32(h)
		for j := range size {
			g.add(branchKind(&g.s, branchesInUnits[:]), unitLevel, g.partPlace(above), above, j+1)
		}
	}
}

// unitPlace draws where a unit stands and whom it is under.
func (g *grower) unitPlace() (row int, above int32) {
	n := g.nation
	t := n.counties[g.c].towns[0] + g.s.pick(g.pull)
	row = n.villageRow(&g.s, t)
	x := g.s.float()
	if x < 0.05 {
		return row, g.abovePrefecture(n.counties[g.c])
	}
	if x < 0.3 || g.ofTown[t] < 0 {
		return row, g.aboveTown(g.c)
	}
	return row, g.ofTown[t]
}

// villageRow draws a village of the township, the first ones more often; the township itself when it has none.
func (n *Nation) villageRow(s *stream, t int) int {
	town := n.towns[t]
	x := s.float()
	villages := int(town.end-town.row) - 1
	if villages < 1 {
		return int(town.row)
	}
	return int(town.row) + 1 + int(float64(villages)*x*math.Sqrt(x))
}

// partPlace is where a part of a unit stands: mostly with it, else somewhere in the same township.
func (g *grower) partPlace(above int32) int {
	row := int(g.place[above])
	if g.s.float() < 0.8 {
		return row
	}
	return g.nation.villageRow(&g.s, g.nation.townOf(row))
}
