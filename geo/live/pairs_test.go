package live_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
)

// TestPairsOverManyBlocks counts by division and value in chunks of many blocks, with rows that have moved since: at the level of
// provinces before each block, at that of villages, of which there are too many, one by one.
func TestPairsOverManyBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	draw := func(id geo.ID) geo.Point {
		p := point(id, geo.Position{Lon: 1_180_000_000 + random.Int32N(50_000_000), Lat: 270_000_000 + random.Int32N(40_000_000)})
		p.Division = geo.DivisionCode(310_000_000_000 + random.Int64N(3)*10_000_000_000 + random.Int64N(900)*1_000)
		p.Values = slices.Clone(p.Values)
		p.Values[1] = []string{"village", "town", "unit", ""}[random.IntN(4)]
		return p
	}
	points := make([]geo.Point, 20_000)
	for i := range points {
		points[i] = draw(geo.ID(i + 1))
	}
	x := live.NewSmall(layer(), live.Internal, 8192, 10_000)
	load(t, x, points)
	for i := range 300 {
		id := points[i*60].ID
		points[i*60] = draw(id)
		if _, err := x.Apply([]geo.ID{id}, points[i*60:i*60+1], geo.FeedPosition{Epoch: "e"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range [][]live.By{
		{{Level: geo.Province}}, {{Level: geo.Province}, {Column: "kind"}}, {{Column: "kind"}, {Level: geo.Province}},
		{{Column: "kind"}, {Level: geo.Village}}, {{Level: geo.Province}, {Level: geo.County}},
	} {
		for range 20 {
			area := geo.Extent{West: 118 + 2*random.Float64(), South: 27 + 2*random.Float64(), East: 120 + 3*random.Float64(), North: 29 + 2*random.Float64()}
			kinds := geo.Filter{}
			if random.IntN(2) == 0 {
				kinds = geo.In("kind", "town", "unit")
			}
			inside := slices.DeleteFunc(slices.Clone(points), func(p geo.Point) bool {
				return !area.Contains(p.At) || kinds.Root != nil && p.Values[1] != "town" && p.Values[1] != "unit"
			})
			got, err := x.Snapshot().Aggregate(t.Context(), live.Aggregation{Query: live.Query{Days: geo.On(1), Filter: kinds}, Region: live.In(area), By: by})
			if diff := cmp.Diff(grouped(inside, by, ""), lines(got, "")); diff != "" || err != nil {
				t.Fatalf("by %v in %v: %v (-want +got)\n%s", by, area, err, diff)
			}
		}
	}
}
