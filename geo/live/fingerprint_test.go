package live_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// openLayer shows everyone the same points as those who see more.
func openLayer() geo.PointLayer {
	return geo.PointLayer{Name: "things", Columns: []geo.Column{
		{Name: "kind", Role: geo.ColumnCategory, Public: true, Counted: true}, {Name: "note", Role: geo.ColumnText}, {Name: geo.PathColumn, Role: geo.ColumnTree},
	}}
}

// drawOpen draws some points of openLayer with the ids 1 to n.
func drawOpen(t *rapid.T, n int) []geo.Point {
	points := make([]geo.Point, n)
	for i := range points {
		id := geo.ID(i + 1)
		from := geo.Day(rapid.IntRange(0, 3).Draw(t, "from"))
		points[i] = geo.Point{
			ID: id, Version: int64(id), At: position(t), Valid: geo.DayRange{From: from, To: from + geo.Day(rapid.IntRange(1, 9).Draw(t, "days"))},
			Public: rapid.Bool().Draw(t, "public"), Values: []string{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind"), "", drawPath(t)},
		}
	}
	return points
}

func drawPath(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "1", "1.2", "1.2.3", "4", "4.5"}).Draw(t, "path")
}

// TestFingerprintWithin: of those who see what is public and what is within their scope, the fingerprint is that of an index
// which holds nothing else; it changes with what they see, and whatever happens to the rest does not change it. Edits and
// compactions make no difference.
func TestFingerprintWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scope := geo.Scope{Roots: []geo.ID{2, 4}}
		within := func(p geo.Point) bool {
			steps := strings.Split(p.Values[2], ".")
			return slices.Contains(steps, "2") || slices.Contains(steps, "4")
		}
		x := live.NewSmall(openLayer(), live.Internal, 16, 4)
		points := drawOpen(t, 60)
		loadAll(t, x, points)
		for range rapid.IntRange(0, 6).Draw(t, "edits") {
			i := rapid.IntRange(0, len(points)-1).Draw(t, "edited")
			points[i] = drawOpen(t, i+1)[i]
			if _, err := x.Apply([]geo.ID{points[i].ID}, points[i:i+1], geo.FeedPosition{Epoch: "e"}); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "compact") {
				x.Compact()
			}
		}
		var seen []geo.Point
		for _, p := range points {
			switch {
			case within(p):
				seen = append(seen, p)
			case p.Public: // what is not public of it may be anything
				p.Values = []string{p.Values[0], "hidden", rapid.SampledFrom([]string{"", "1", "7.8"}).Draw(t, "elsewhere")}
				seen = append(seen, p)
			}
		}
		alone := live.NewSmall(openLayer(), live.Internal, 16, 4)
		loadAll(t, alone, seen)
		z := uint32(rapid.IntRange(0, 20).Draw(t, "z"))
		for _, tile := range []live.Tile{{}, tileAt(position(t), z), tileAt(points[0].At, z)} {
			a, b := fingerprintWithin(t, x, scope, tile), fingerprintWithin(t, alone, scope, tile)
			if a != b {
				t.Fatalf("tile %v: %x, of what is seen alone %x", tile, a, b)
			}
		}
		for i, p := range points {
			changed := slices.Clone(seen)
			if j := slices.IndexFunc(seen, func(q geo.Point) bool { return q.ID == p.ID }); j >= 0 && i%7 == 0 {
				changed[j].Values = append([]string{"c"}, changed[j].Values[1:]...)
				loadAll(t, alone, changed)
				if fingerprintWithin(t, x, scope, live.Tile{}) == fingerprintWithin(t, alone, scope, live.Tile{}) {
					t.Fatalf("a change of %d, which is seen, changes nothing", p.ID)
				}
			}
		}
	})
}

func loadAll(t *rapid.T, x *live.Index, points []geo.Point) {
	yield := func(yield func(geo.Point, error) bool) {
		for _, p := range points {
			if !yield(p, nil) {
				return
			}
		}
	}
	if err := x.Load(yield, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
}

func fingerprintWithin(t *rapid.T, x *live.Index, s geo.Scope, tile live.Tile) uint64 {
	sum, err := x.Snapshot().FingerprintWithin(s.Filter(), tile.Z, tile.X, tile.Y)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
