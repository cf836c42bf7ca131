package geo_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jingwei/geo"
)

// awkwardText draws texts made of what canonical texts are made of.
func awkwardText() *rapid.Generator[string] {
	parts := rapid.SampledFrom([]string{`"`, `\`, "(", ")", ",", "[", "]", "$", "@d", "@", "1", "-", "true", "a", "..", "in", "\xff", "\n", ""})
	return rapid.Map(rapid.SliceOfN(parts, 0, 3), func(p []string) string { return strings.Join(p, "") })
}

func awkwardNode(depth int) *rapid.Generator[geo.Node] {
	leaves := []*rapid.Generator[geo.Node]{
		rapid.Map(awkwardText(), func(s string) geo.Node { return geo.Property(s) }),
		rapid.Map(awkwardText(), func(s string) geo.Node { return geo.Text(s) }),
		rapid.Map(rapid.SampledFrom([]float64{0, 1, -1, 1.5, 1e21, math.Inf(1), math.Inf(-1)}), func(f float64) geo.Node { return geo.Number(f) }),
		rapid.Map(rapid.Bool(), func(b bool) geo.Node { return geo.Bool(b) }),
		rapid.Map(rapid.SampledFrom([]geo.Day{geo.MinDay, geo.MaxDay, 0, 1}), func(d geo.Day) geo.Node { return geo.Date(d) }),
		rapid.Map(rapid.SampledFrom([]int64{0, 1, 1_000_000}), func(n int64) geo.Node { return geo.Instant(time.UnixMicro(n)) }),
		rapid.Map(rapid.SampledFrom([]float64{0, 1}), func(f float64) geo.Node { return geo.Box{West: f, East: 1, North: 1} }),
		rapid.Map(awkwardGeometry(1), func(g geo.Geometry) geo.Node { return g }),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	below := awkwardNode(depth - 1)
	args := rapid.SliceOfN(below, 0, 3)
	name := rapid.OneOf(awkwardText(), rapid.SampledFrom([]string{"and", "or", "in", "=", "-", "<=", "a_overlaps", "f", "DATE"}))
	return rapid.OneOf(append(leaves,
		rapid.Map(args, func(n []geo.Node) geo.Node { return geo.List(n) }),
		rapid.Custom(func(t *rapid.T) geo.Node {
			i := geo.Interval{From: below.Draw(t, "from")}
			if rapid.Bool().Draw(t, "open") {
				i.From, i.To = nil, i.From
			}
			return i
		}),
		rapid.Custom(func(t *rapid.T) geo.Node { return &geo.Operation{Op: name.Draw(t, "op"), Args: args.Draw(t, "args")} }),
	)...)
}

func awkwardGeometry(depth int) *rapid.Generator[geo.Geometry] {
	return rapid.Custom(func(t *rapid.T) geo.Geometry {
		line := rapid.SliceOfN(rapid.Map(rapid.SampledFrom([]float64{0, 1}), func(f float64) geo.Vertex { return geo.Vertex{f, 1} }), 0, 2)
		g := geo.Geometry{Type: rapid.SampledFrom([]string{"Point", "Polygon", "MultiPolygon", "GeometryCollection"}).Draw(t, "type")}
		g.Parts = rapid.SliceOfN(rapid.SliceOfN(line, 0, 2), 0, 2).Draw(t, "parts")
		if depth > 0 {
			g.Members = rapid.SliceOfN(awkwardGeometry(depth-1), 0, 2).Draw(t, "members")
		}
		return g
	})
}

// meaning writes a node so that no two can be taken for each other: every part with its kind and length in front.
func meaning(n geo.Node) string {
	many := func(kind string, set bool, parts []string) string {
		if set {
			slices.Sort(parts)
			parts = slices.Compact(parts)
		}
		all := strings.Join(parts, "")
		return fmt.Sprintf("%s%d:%s", kind, len(all), all)
	}
	each := func(nodes []geo.Node) (out []string) {
		for _, n := range nodes {
			out = append(out, meaning(n))
		}
		return out
	}
	switch n := n.(type) {
	case nil:
		return "open"
	case *geo.Operation:
		head := fmt.Sprintf("op%d:%s", len(n.Op), n.Op)
		args := each(n.Args)
		for i, a := range n.Args {
			if l, ok := a.(geo.List); ok && slices.Contains([]string{"in", "a_overlaps"}, n.Op) {
				args[i] = many("list", true, each(l))
			}
		}
		return head + many("args", n.Op == "and" || n.Op == "or", args)
	case geo.List:
		return many("list", false, each(n))
	case geo.Interval:
		return many("interval", false, []string{meaning(n.From), meaning(n.To)})
	case geo.Geometry:
		return "geometry " + fmt.Sprintf("%#v", n) + "."
	case geo.Instant:
		return fmt.Sprintf("instant %d.", time.Time(n).UnixMicro())
	}
	s := fmt.Sprintf("%#v", n)
	return fmt.Sprintf("%T%d:%s", n, len(s), s)
}

// TestCanonicalTellsFiltersApart: texts are equal exactly when the filters mean the same.
func TestCanonicalTellsFiltersApart(t *testing.T) {
	seen := map[string]string{} // meaning by canonical text, over all draws
	rapid.Check(t, func(t *rapid.T) {
		n := awkwardNode(2).Draw(t, "node")
		text, is := geo.Filter{Root: n}.Canonical(), meaning(n)
		if other, ok := seen[text]; ok && other != is {
			t.Fatalf("%s stands for two filters:\n%s\n%s", text, other, is)
		}
		seen[text] = is
		o, ok := n.(*geo.Operation)
		if !ok || o.Op != "and" && o.Op != "or" {
			o = &geo.Operation{Op: "and", Args: []geo.Node{n, geo.Bool(true), n}}
		}
		turned := &geo.Operation{Op: o.Op, Args: slices.Clone(o.Args)}
		slices.Reverse(turned.Args)
		if a, b := (geo.Filter{Root: o}).Canonical(), (geo.Filter{Root: turned}).Canonical(); a != b {
			t.Fatalf("%s and %s differ in order only", a, b)
		}
	})
}

// TestCanonicalCollisions are pairs that a careless text takes for each other.
func TestCanonicalCollisions(t *testing.T) {
	f := func(op string, args ...geo.Node) geo.Node { return &geo.Operation{Op: op, Args: args} }
	for name, pair := range map[string][2]geo.Node{
		"property of quotation marks": {f("g", f("f", geo.Text("")), f("h", geo.Text(""))), f("g", f("f", geo.Property(`),h(`)))},
		"ends of time":                {geo.Date(geo.MinDay), geo.Date(geo.MaxDay)},
		"operation named as a list":   {geo.List{geo.Number(1)}, f("", geo.Number(1))},
		"operation with brackets":     {f("h", f("f(1),g")), f("h", f("f", geo.Number(1)), f("g"))},
		"minus":                       {f("-", geo.Number(1)), geo.Number(-1)},
		"order of an array":           {f("f", geo.List{geo.Number(1), geo.Number(2)}), f("f", geo.List{geo.Number(2), geo.Number(1)})},
		"function like a predicate":   {f("a_f", geo.List{geo.Number(1), geo.Number(2)}), f("a_f", geo.List{geo.Number(2), geo.Number(1)})},
		"bytes":                       {geo.Text("\xff"), geo.Text(`\xff`)},
	} {
		if a, b := (geo.Filter{Root: pair[0]}).Canonical(), (geo.Filter{Root: pair[1]}).Canonical(); a == b {
			t.Errorf("%s: %s stands for both", name, a)
		}
	}
	zero, minus := geo.Filter{Root: geo.Number(0)}, geo.Filter{Root: geo.Number(math.Copysign(0, -1))}
	if zero.Canonical() != minus.Canonical() {
		t.Error("0 and -0 are one number")
	}
}

func TestConjunctsAndProperties(t *testing.T) {
	a, b, c := geo.In("kind", "x"), geo.In("level", "y"), geo.Filter{Root: &geo.Operation{Op: "t_during", Args: []geo.Node{
		geo.Interval{From: geo.Property("valid_from"), To: geo.Property("valid_to")}, geo.Interval{From: geo.Date(0)}}}}
	parts := geo.And(a, geo.And(b, c)).Conjuncts()
	if len(parts) != 3 || geo.And(parts...).Canonical() != geo.And(a, b, c).Canonical() {
		t.Errorf("%d parts", len(parts))
	}
	if len(geo.Filter{}.Conjuncts()) != 0 || len(geo.Or(a, b).Conjuncts()) != 1 {
		t.Error("what is no conjunction has parts")
	}
	if got := geo.Or(geo.And(b, c), a).Properties(); !slices.Equal(got, []string{"kind", "level", "valid_from", "valid_to"}) {
		t.Error(got)
	}
}
