package live_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// TestLoadOfBothEditions: the public edition that takes its rows from the internal one, in parts, answers as one that was
// given every point itself, and knows no values but its own.
func TestLoadOfBothEditions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLayer(t)
		internal, public := live.NewSmall(l, live.Internal, 16, 4), live.NewSmall(l, live.Public, 16, 4)
		a := internal.NewLoad()
		b := public.NewLoadFrom(a)
		var parts [3][2]*live.Part
		for i := range parts {
			parts[i] = [2]*live.Part{a.NewPart(), b.NewPart()}
		}
		var all []geo.Point
		for id := range geo.ID(rapid.IntRange(0, 60).Draw(t, "objects")) {
			for _, p := range drawRows(t, l, id+1) {
				all = append(all, p)
				part := parts[rapid.IntRange(0, 2).Draw(t, "part")]
				if err := part[0].Add(p); err != nil {
					t.Fatal(err)
				}
				if err := part[1].Add(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, load := range []*live.Load{a, b} {
			if err := load.Build(t.Context(), geo.FeedPosition{Epoch: "e"}); err != nil {
				t.Fatal(err)
			}
			load.Publish()
		}
		for _, x := range []*live.Index{internal, public} {
			alone := live.New(l, x.Edition())
			loadAll(t, alone, all)
			if d := gocmp.Diff(answers(t, alone, l), answers(t, x, l)); d != "" {
				t.Fatalf("%s edition (-alone +beside)\n%s", x.Edition(), d)
			}
		}
	})
}

func TestIDOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shards := []geo.ID{0, rapid.SampledFrom([]geo.ID{0, 1, 1984}).Draw(t, "shard")}
		ids := make([]geo.ID, rapid.IntRange(0, 40).Draw(t, "rows"))
		for i := range ids {
			ids[i] = shards[rapid.IntRange(0, 1).Draw(t, "which")]<<42 | geo.ID(rapid.IntRange(1, 20).Draw(t, "id"))
		}
		if near, afar := live.IDOrder(ids); !slices.Equal(near, afar) {
			t.Fatalf("%v: %v, the plain way %v", ids, near, afar)
		}
	})
}
