package live_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// covers is the plain reading of an area, in exact numbers: the even-odd rule, edges included.
func covers(shape orb.MultiPolygon, at geo.Position) bool {
	lon, lat := at.Degrees()
	odd := false
	for _, polygon := range shape {
		turns := []float64{0}
		if bound := polygon.Bound(); bound.Max[0] > 180 {
			turns = append(turns, 360)
		} else if bound.Min[0] < -180 {
			turns = append(turns, -360)
		}
		for _, turn := range turns {
			p := [2]*big.Rat{exact(lon + turn), exact(lat)}
			for _, ring := range polygon {
				for i := range ring {
					on, crossed := meets(ring[i], ring[(i+1)%len(ring)], p)
					if on {
						return true
					}
					odd = odd != crossed
				}
			}
		}
	}
	return odd
}

func exact(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// meets reports whether p lies on the edge, and whether the edge lies to the east of it.
func meets(a, b orb.Point, p [2]*big.Rat) (on, crossed bool) {
	if a[1] > b[1] || a[1] == b[1] && a[0] > b[0] {
		a, b = b, a
	}
	ax, ay, bx, by := exact(a[0]), exact(a[1]), exact(b[0]), exact(b[1])
	if p[1].Cmp(ay) < 0 || p[1].Cmp(by) > 0 {
		return false, false
	}
	if ay.Cmp(by) == 0 {
		return p[0].Cmp(ax) >= 0 && p[0].Cmp(bx) <= 0, false
	}
	// x where the edge has p's latitude
	x := new(big.Rat).Sub(p[1], ay)
	x.Mul(x, new(big.Rat).Sub(bx, ax)).Quo(x, new(big.Rat).Sub(by, ay)).Add(x, ax)
	return x.Cmp(p[0]) == 0, x.Cmp(p[0]) > 0 && p[1].Cmp(by) < 0
}

// star is a ring around a middle that does not cross itself.
func star(random *rand.Rand, lon, lat, radius float64, vertices int) orb.Ring {
	ring := orb.Ring{}
	for i := range vertices {
		angle := 2 * math.Pi * float64(i) / float64(vertices)
		r := radius * (0.3 + 0.7*random.Float64())
		ring = append(ring, orb.Point{lon + r*math.Cos(angle), max(-90, min(90, lat+r*math.Sin(angle)))})
	}
	return append(ring, ring[0])
}

// TestAggregateEqualsModel compares aggregates over random areas with holes, corners on points and edges through them, across
// the antimeridian and at the poles, filtered and grouped, with the plain reading of each row.
func TestAggregateEqualsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{rows: map[geo.ID][]geo.Point{}, above: map[geo.ID]geo.ID{}}
		for id := range geo.ID(rapid.IntRange(0, 80).Draw(t, "objects")) {
			m.rows[id+1] = m.object(t, id+1)
		}
		x := live.NewSmall(layer(), live.Internal, 16, 8)
		if err := x.Load(m.all(), m.position()); err != nil {
			t.Fatal(err)
		}
		shape := someShape(t)
		area, err := live.NewPolygons(shape)
		if err != nil {
			t.Fatal(err)
		}
		pick, days := tree(t, live.Internal, 2), someDays(t)
		inside := m.matching(live.Internal, days, func(p geo.Point) bool { return pick.holds(p) && covers(shape, p.At) })
		by := rapid.SampledFrom([][]live.By{nil, {{Column: "kind"}}, {{Level: geo.County}}, {{Level: geo.Province}, {Column: "state"}}, {{Column: "kind"}, {Column: "state"}}, {{Column: "secret"}, {Level: geo.Village}}, {{Bins: geo.Bins{Hexagons: true, Metres: 30_000}}, {Column: "kind"}}}).Draw(t, "by")
		number := rapid.SampledFrom([]string{"", "size"}).Draw(t, "number")
		got, err := x.Snapshot().Aggregate(context.Background(), live.Aggregation{Query: live.Query{Filter: pick.filter, Days: days}, Region: area, By: by, Number: number})
		if diff := cmp.Diff(grouped(inside, by, number), lines(got, number)); diff != "" || err != nil {
			t.Fatalf("%v in %v, by %v: %v (-want +got)\n%s", days, shape, by, err, diff)
		}
	})
}

// someShape draws stars around the places that points are drawn at, some with a hole, and boxes with points on their edges.
func someShape(t *rapid.T) orb.MultiPolygon {
	var shape orb.MultiPolygon
	seed := rapid.Uint64().Draw(t, "seed")
	random := rand.New(rand.NewPCG(seed, 5))
	for range rapid.IntRange(0, 2).Draw(t, "polygons") {
		lon, lat := position(t).Degrees()
		if rapid.Bool().Draw(t, "box") {
			other := position(t)
			lon2, lat2 := other.Degrees()
			shape = append(shape, orb.Polygon{{{lon, lat}, {lon2, lat}, {lon2, lat2}, {lon, lat2}, {lon, lat}}})
			continue
		}
		radius := math.Pow(10, float64(rapid.IntRange(-7, 1).Draw(t, "radius")))
		polygon := orb.Polygon{star(random, lon, lat, radius, rapid.IntRange(3, 40).Draw(t, "vertices"))}
		if rapid.Bool().Draw(t, "hole") {
			polygon = append(polygon, star(random, lon, lat, radius/4, 5))
		}
		shape = append(shape, polygon)
	}
	return shape
}

func grouped(points []geo.Point, by []live.By, number string) []string {
	groups := map[string]*live.Group{}
	if len(by) == 0 {
		groups["[]"] = &live.Group{}
	}
	for _, p := range points {
		keys := []string{}
		for _, b := range by {
			switch {
			case b.Bins.Metres > 0:
				k := b.Bins.At(p.At)
				keys = append(keys, fmt.Sprintf("%d,%d", k.X, k.Y))
			case b.Column == "":
				key := ""
				if p.Division != 0 {
					key = p.Division.Cut(b.Level).String()
				}
				keys = append(keys, key)
			default:
				keys = append(keys, p.Values[map[string]int{"kind": 1, "state": 2, "secret": 3}[b.Column]])
			}
		}
		g := groups[fmt.Sprintf("%q", keys)]
		if g == nil {
			g = &live.Group{}
			groups[fmt.Sprintf("%q", keys)] = g
		}
		g.Count++
		if n, err := strconv.ParseInt(p.Values[4], 10, 64); err == nil && number != "" {
			if g.Numbers++; g.Numbers == 1 {
				g.Min, g.Max = n, n
			}
			g.Sum, g.Min, g.Max = g.Sum+n, min(g.Min, n), max(g.Max, n)
		}
	}
	text := []string{}
	for key, g := range groups {
		text = append(text, line(key, *g))
	}
	slices.Sort(text)
	return text
}

func lines(groups []live.Group, number string) []string {
	text := []string{}
	for _, g := range groups {
		text = append(text, line(fmt.Sprintf("%q", g.Keys), g))
	}
	if !slices.IsSortedFunc(groups, func(a, b live.Group) int { return slices.Compare(a.Keys, b.Keys) }) {
		text = append(text, "not in order")
	}
	slices.Sort(text)
	return text
}

func line(key string, g live.Group) string {
	if g.Numbers == 0 {
		return fmt.Sprint(key, g.Count)
	}
	return fmt.Sprint(key, g.Count, g.Numbers, g.Sum, g.Min, g.Max)
}

func TestAggregateRefuses(t *testing.T) {
	s := loaded(t, 10).Snapshot()
	for field, a := range map[string]live.Aggregation{
		"group_by": {By: []live.By{{Column: "name"}}}, "number": {Number: "kind"}, "filter": {Query: live.Query{Filter: geo.In("colour", "red")}},
	} {
		a.Region = live.In(geo.World)
		var e *geo.Error
		if _, err := s.Aggregate(context.Background(), a); err == nil {
			t.Errorf("%s is taken", field)
		} else if !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, ring := range []orb.Ring{{{0, 91}}, {{math.NaN(), 0}}, {{600, 0}}} {
		if _, err := live.NewPolygons(orb.MultiPolygon{{ring}}); err == nil {
			t.Errorf("%v is an area", ring)
		}
	}
}

// TestAggregateIsBounded: what would tell too much, or take too long, is refused, and nobody's answer is not worked on.
func TestAggregateIsBounded(t *testing.T) {
	s := loaded(t, 1000).Snapshot()
	// Spikes through the whole area: each cell has many sides that only seem to be near.
	spikes := orb.Ring{}
	for i := range 4000 {
		angle, r := 2*math.Pi*float64(i)/4000, []float64{3, 0.001}[i%2]
		spikes = append(spikes, orb.Point{120.5 + r*math.Cos(angle), 29.3 + r*math.Sin(angle)})
	}
	area, err := live.NewPolygons(orb.MultiPolygon{{append(spikes, spikes[0])}})
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, c := range []struct {
		ctx    context.Context
		a      live.Aggregation
		budget live.Budget
		want   error
		field  string
	}{
		{t.Context(), live.Aggregation{Region: live.In(geo.World), By: []live.By{{Bins: geo.Bins{Metres: 100}}}}, live.Budget{Groups: 10, Tests: 1 << 40}, geo.ErrInvalid, "group_by"},
		{t.Context(), live.Aggregation{Region: area}, live.Budget{Groups: 10, Tests: 10_000}, geo.ErrInvalid, "geometry"},
		{gone, live.Aggregation{Region: area}, live.Budget{Groups: 10, Tests: 1 << 40}, context.Canceled, ""},
	} {
		c.a.Days, c.a.Budget = geo.On(0), &c.budget
		_, err := s.Aggregate(c.ctx, c.a)
		var e *geo.Error
		if !errors.Is(err, c.want) || errors.As(err, &e) && e.Field != c.field {
			t.Errorf("%+v: %v, want %v about %q", c.budget, err, c.want, c.field)
		}
	}
	if _, err := s.Aggregate(t.Context(), live.Aggregation{Query: live.Query{Days: geo.On(0)}, Region: area, Budget: live.NewBudget()}); err != nil {
		t.Errorf("an area of 4,000 spikes: %v", err)
	}
}
