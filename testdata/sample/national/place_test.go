package national_test

import (
	"math"
	"testing"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

// kilometres between positions close to each other.
func kilometres(a, b geo.Position) float64 {
	north := float64(a.Lat-b.Lat) / 1e7 * 111.19
	east := float64(a.Lon-b.Lon) / 1e7 * 111.19 * math.Cos(float64(a.Lat)/1e7*math.Pi/180)
	return math.Hypot(east, north)
}

// TestPlacesLieInTheirCounties: of all label points of the country, that of the own county wins (power diagram), and
// nothing is in the sea but what belongs to an island.
func TestPlacesLieInTheirCounties(t *testing.T) {
	n := nation(t, 1)
	o := forest(t, n, 60_000)
	cells := n.Cells()
	own := map[geo.DivisionCode]int{}
	for i, c := range cells {
		own[c.Code] = i
		if w := winner(cells, c.At); w != i {
			t.Errorf("the label of %s lies in the cell of %s", c.Code, cells[w].Code)
		}
	}
	for i := 0; i < o.Len(); i += 2 {
		c, _ := o.Organization(i)
		if c.Level == "province" || c.Level == "prefecture" {
			continue
		}
		county := own[c.Division/1e6*1e6]
		if w := winner(cells, c.Location); w != county {
			t.Errorf("organization %d of %s lies in the cell of %s", i, c.Division, cells[w].Code)
		}
		if !cells[county].AtSea && !n.OnLand(c.Location) {
			t.Errorf("organization %d of %s lies in the sea at %s", i, c.Division, c.Location)
		}
	}
	sea := 0
	for _, c := range cells {
		if c.AtSea {
			sea++
		}
	}
	if sea > 60 {
		t.Errorf("%d of %d counties lie in the sea", sea, len(cells))
	}
}

func winner(cells []national.Cell, p geo.Position) int {
	best, least := -1, math.Inf(1)
	cos := math.Cos(float64(p.Lat) / 1e7 * math.Pi / 180)
	for i, c := range cells {
		north := float64(p.Lat-c.At.Lat) / 1e7 * 111.19
		east := float64(p.Lon-c.At.Lon) / 1e7 * 111.19 * cos
		if d := east*east + north*north - c.Power; d < least {
			best, least = i, d
		}
	}
	return best
}

// TestCoincidentPlaces: some units share their building, and no point holds a crowd.
func TestCoincidentPlaces(t *testing.T) {
	o := forest(t, nation(t, 1), 150_000)
	places := map[geo.Position]int{}
	states, status := map[string]int{}, map[string]int{}
	for i := range o.Len() {
		c, _ := o.Organization(i)
		places[c.Location]++
		states[c.LocationState]++
		status[c.Status]++
		if c.LocationSource != "generated" || c.LocationAccuracyM < 100 || c.LocationAccuracyM > 100_000 {
			t.Fatalf("organization %d: source %s, accuracy %g m", i, c.LocationSource, c.LocationAccuracyM)
		}
	}
	shared, most := 0, 0
	for _, k := range places {
		if k > 1 {
			shared += k
		}
		most = max(most, k)
	}
	if part := float64(shared) / float64(o.Len()); part < 0.03 || part > 0.05 || most > 200 {
		t.Errorf("%.2f %% share their place, up to %d", 100*part, most)
	}
	if other := float64(o.Len()-status["active"]) / float64(o.Len()); len(status) != 4 || other < 0.015 || other > 0.025 {
		t.Errorf("status %v", status)
	}
	if len(states) != 6 || states["reported"] < states["confirmed"] {
		t.Errorf("states of locations %v", states)
	}
}

// TestOnlyLeavesAreInactive: what has subordinates is active.
func TestOnlyLeavesAreInactive(t *testing.T) {
	o := forest(t, nation(t, 1), 50_000)
	inactive := map[int]bool{}
	for i := range o.Len() {
		c, superior := o.Organization(i)
		if inactive[superior] {
			t.Fatalf("organization %d is below one that is not active", i)
		}
		inactive[i] = c.Status != "active"
	}
}

// TestJurisdictions: simple rings around the location, one for each township.
func TestJurisdictions(t *testing.T) {
	o := forest(t, nation(t, 1), 150_000)
	villages, some := 0, 0
	for i := range o.Len() {
		c, superior := o.Organization(i)
		area, ok := o.Jurisdiction(i)
		switch {
		case c.Level == "township" && !ok:
			t.Fatalf("organization %d of a township has no jurisdiction", i)
		case c.Level == "village":
			if above, _ := o.Organization(superior); above.Level != "village" {
				villages++
			}
			if ok {
				some++
			}
		case c.Level != "township" && ok:
			t.Fatalf("organization %d of level %s has a jurisdiction", i, c.Level)
		}
		if ok {
			checkRing(t, area, c.Location)
		}
	}
	if part := float64(some) / float64(villages); part < 0.017 || part > 0.023 {
		t.Errorf("%d of %d villages have a jurisdiction", some, villages)
	}
}

func checkRing(t *testing.T, area geo.MultiPolygon, at geo.Position) {
	t.Helper()
	if len(area) != 1 || len(area[0]) != 1 {
		t.Fatalf("jurisdiction %v", area)
	}
	ring := area[0][0]
	if len(ring) < 8 || len(ring) > 24 || ring.DoubleArea() <= 0 || !ring.Contains(at) {
		t.Fatalf("a ring of %d vertices, area %d, around %s", len(ring), ring.DoubleArea(), at)
	}
	for i := range ring {
		for j := i + 1; j < len(ring); j++ {
			if apart := (j - i) % (len(ring) - 1); apart > 1 && cross(ring[i], ring[i+1], ring[j], ring[(j+1)%len(ring)]) {
				t.Fatalf("edges %d and %d of %v cross", i, j, ring)
			}
		}
	}
}

func cross(a, b, c, d geo.Position) bool {
	return geo.Turn(a, b, c)*geo.Turn(a, b, d) <= 0 && geo.Turn(c, d, a)*geo.Turn(c, d, b) <= 0
}
