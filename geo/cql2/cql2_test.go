package cql2_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/cql2"
)

func call(op string, args ...geo.Node) *geo.Operation { return &geo.Operation{Op: op, Args: args} }

func TestParseJSON(t *testing.T) {
	at := func(s string) geo.Instant {
		moment, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return geo.Instant(moment)
	}
	square := geo.Geometry{Type: "Polygon", Parts: [][][]geo.Vertex{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}}
	for text, want := range map[string]geo.Node{
		`true`: geo.Bool(true),
		`{"op":"=","args":[{"property":"kind"},"x"]}`:                                                                      call("=", geo.Property("kind"), geo.Text("x")),
		`{"op":"in","args":[{"property":"id"},[1,2.0]]}`:                                                                   call("in", geo.Property("id"), geo.List{geo.Number(1), geo.Number(2)}),
		`{"op":"not","args":[{"op":"isNull","args":[{"property":"code"}]}]}`:                                               call("not", call("isNull", geo.Property("code"))),
		`{"op":"LIKE","args":[{"op":"CaseI","args":[{"property":"a"}]},{"op":"casei","args":["x%"]}]}`:                     call("like", call("casei", geo.Property("a")), call("casei", geo.Text("x%"))),
		`{"op":"between","args":[{"op":"*","args":[{"property":"a"},2]},1,3]}`:                                             call("between", call("*", geo.Property("a"), geo.Number(2)), geo.Number(1), geo.Number(3)),
		`{"op":"t_FINISHEDBY","args":[{"date":"2024-01-31"},{"interval":["2024-01-01",".."]}]}`:                            call("t_finishedBy", geo.Date(19753), geo.Interval{From: geo.Date(19723)}),
		`{"op":"t_after","args":[{"property":"a"},{"timestamp":"2024-01-31T08:00:00.5+08:00"}]}`:                           call("t_after", geo.Property("a"), at("2024-01-31T00:00:00.5Z")),
		`{"op":"t_during","args":[{"interval":[{"property":"a"},{"property":"b"}]},{"date":"1970-01-02"}]}`:                call("t_during", geo.Interval{From: geo.Property("a"), To: geo.Property("b")}, geo.Date(1)),
		`{"op":"s_within","args":[{"property":"p"},{"bbox":[170,-1,0,-170,1,9]}]}`:                                         call("s_within", geo.Property("p"), geo.Box{West: 170, South: -1, East: -170, North: 1}),
		`{"op":"s_equals","args":[{"property":"p"},{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}]}`: call("s_equals", geo.Property("p"), square),
		`{"op":"a_overlaps","args":[{"property":"path"},[12,3]]}`:                                                          call("a_overlaps", geo.Property("path"), geo.List{geo.Number(3), geo.Number(12)}),
		`{"op":"near","args":[{"property":"p"},5]}`:                                                                        call("near", geo.Property("p"), geo.Number(5)),
	} {
		got, err := cql2.ParseJSON([]byte(text))
		if err != nil || got.Canonical() != (geo.Filter{Root: want}).Canonical() {
			t.Errorf("%s: %s, %v", text, got.Canonical(), err)
		}
	}
}

func TestParseJSONRefuses(t *testing.T) {
	deep := strings.Repeat(`{"op":"not","args":[`, 40)
	for text, want := range map[string]string{
		``:                                 "it ends too early",
		`{"op":`:                           "it ends too early",
		`"a"`:                              "a condition is needed",
		`{"property":"a"}`:                 "a condition is needed",
		`null`:                             "isNull",
		`true false`:                       "behind the end",
		"\"\xff\"":                         "not UTF-8",
		`{"op":"=","args":["\u0000",1]}`:   "at /args/0: a text cannot hold",
		`{"op":"=","op":"<","args":[1,1]}`: "at /op: the member is given twice",
		`{"op":"=","args":[1,1],"x":2}`:    "at /x: there is no such member",
		`{"x":2}`:                          "an object is",
		`{"op":"=","args":[1]}`:            "at /args: = takes 2 arguments, not 1",
		`{"op":"and","args":[true]}`:       "at /args: and takes 2 arguments or more, not 1",
		`{"op":"and","args":[true,{"property":"a"}]}`:                                                              "at /args/1: and takes a condition here",
		`{"op":"=","args":[{"property":"a"},{"bbox":[0,0,1,1]}]}`:                                                  "at /args/1: = takes a text, a number, true or false or a date or timestamp here",
		`{"op":"in","args":[{"property":"a"},[]]}`:                                                                 "at /args/1: in takes a list of one or more",
		`{"op":"in","args":[{"property":"a"},{"property":"b"}]}`:                                                   "at /args/1: in takes a list",
		`{"op":"in","args":[{"property":"a"},[["b"]]]}`:                                                            "at /args/1/0: the list of in holds",
		`{"op":"like","args":[{"property":"a"},{"property":"b"}]}`:                                                 "at /args/1: like takes a text that is written out here",
		`{"op":"like","args":[{"property":"a"},"b\\"]}`:                                                            "at /args/1: the pattern ends with",
		`{"op":"=","args":[{"property":""},1]}`:                                                                    "at /args/0/property: a text is needed",
		`{"op":"=","args":[{"date":"2024-02-30"},{"property":"a"}]}`:                                               "at /args/0/date: a day",
		`{"op":"=","args":[{"timestamp":"2024-02-03"},{"property":"a"}]}`:                                          "at /args/0/timestamp: a moment",
		`{"op":"=","args":[{"timestamp":"2024-02-03T00:00:00.1234567Z"},{"property":"a"}]}`:                        "at most six decimals",
		`{"op":"t_after","args":[{"interval":["a","b"]},{"property":"a"}]}`:                                        "at /args/0/interval/0: a day",
		`{"op":"t_after","args":[{"interval":[".."]},{"property":"a"}]}`:                                           "at /args/0/interval: a list of two",
		`{"op":"t_after","args":[{"interval":["..",{"bbox":[0,0,1,1]}]},{"property":"a"}]}`:                        "at /args/0/interval/1: a date or timestamp is needed",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Point","coordinates":[90,180]}]}`:                      "at /args/1/coordinates: latitude 180 is outside",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Point","coordinates":[1]}]}`:                           "at /args/1/coordinates: a position is needed",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Cube","coordinates":[1]}]}`:                            "at /args/1/type: there is no such type",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}]}`: "the ring is not closed",
		`{"op":"s_within","args":[{"property":"a"},{"type":"LineString","coordinates":[[0,0]]}]}`:                  "2 or more positions",
		`{"op":"s_within","args":[{"property":"a"},{"bbox":[0,1,1,0]}]}`:                                           "at /args/1/bbox: south 1 is greater",
		`{"op":"=","args":[{"property":"a"},1e999]}`:                                                               "at /args/1: the number is too large",
		deep + `true` + strings.Repeat(`]}`, 40):                                                                   "nested more than 64 deep",
		`{"op":"in","args":[{"property":"a"},[` + strings.Repeat("1,", 1000) + `1]]}`:                              "the list has 1001 values, at most 1000",
		`{"op":"and","args":[` + strings.Repeat("true,", 10_000) + `true]}`:                                        "more than 10000 values",
		`"` + strings.Repeat("a", cql2.MaxBytes) + `"`:                                                             "at most 65536 are possible",
	} {
		_, err := cql2.ParseJSON([]byte(text))
		var fault *geo.Error
		if !errors.As(err, &fault) || !errors.Is(err, geo.ErrInvalid) || fault.Field != "filter" || !strings.Contains(fault.Message, want) {
			t.Errorf("%.120s: %v, want %q", text, err, want)
		}
	}
}

// Generators of filters that CQL2 has.
func condition(depth int) *rapid.Generator[geo.Node] {
	number := rapid.OneOf(rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) geo.Node { return geo.Number(f) }), property())
	if depth > 0 {
		number = rapid.OneOf(number, operation(number, 2, "+", "-", "*", "/", "^", "%", "div"))
	}
	scalar := rapid.OneOf(number, text(), moment(), rapid.Map(rapid.Bool(), func(b bool) geo.Node { return geo.Bool(b) }))
	leaves := []*rapid.Generator[geo.Node]{
		rapid.Map(rapid.Bool(), func(b bool) geo.Node { return geo.Bool(b) }),
		operation(scalar, 2, "=", "<>", "<", "<=", ">", ">="), operation(scalar, 3, "between"), operation(scalar, 1, "isNull"),
		operation(rapid.OneOf(property(), array()), 2, "a_equals", "a_contains", "a_containedBy", "a_overlaps"),
		operation(rapid.OneOf(property(), shape()), 2, "s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains", "near"),
		operation(rapid.OneOf(property(), moment(), interval()), 2, "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy",
			"t_finishes", "t_intersects", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts"),
		rapid.Custom(func(t *rapid.T) geo.Node {
			return call("in", scalar.Draw(t, "value"), geo.List(rapid.SliceOfN(scalar, 1, 3).Draw(t, "list")))
		}),
		rapid.Custom(func(t *rapid.T) geo.Node {
			return call("like", call("accenti", property().Draw(t, "property")), call("casei", geo.Text(rapid.SampledFrom([]string{"%a", `\%_`, ""}).Draw(t, "pattern"))))
		}),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	below := condition(depth - 1)
	return rapid.OneOf(append(leaves, operation(below, 2, "and", "or"), operation(below, 3, "and", "or"), operation(below, 1, "not"))...)
}

func operation(arg *rapid.Generator[geo.Node], n int, ops ...string) *rapid.Generator[geo.Node] {
	return rapid.Custom(func(t *rapid.T) geo.Node {
		return call(rapid.SampledFrom(ops).Draw(t, "op"), rapid.SliceOfN(arg, n, n).Draw(t, "args")...)
	})
}

func property() *rapid.Generator[geo.Node] {
	return rapid.Map(rapid.StringN(1, 5, -1).Filter(func(s string) bool { return !strings.ContainsRune(s, 0) }), func(s string) geo.Node { return geo.Property(s) })
}

func text() *rapid.Generator[geo.Node] {
	return rapid.Map(rapid.String().Filter(func(s string) bool { return !strings.ContainsRune(s, 0) }), func(s string) geo.Node { return geo.Text(s) })
}

func array() *rapid.Generator[geo.Node] {
	return rapid.Map(rapid.SliceOfN(text(), 0, 3), func(n []geo.Node) geo.Node { return geo.List(n) })
}

func moment() *rapid.Generator[geo.Node] {
	return rapid.OneOf(
		rapid.Map(rapid.Int32Range(-700_000, 2_900_000), func(n int32) geo.Node { return geo.Date(n) }),
		rapid.Map(rapid.Int64Range(-60e15, 250e15), func(n int64) geo.Node { return geo.Instant(time.UnixMicro(n)) }),
	)
}

func interval() *rapid.Generator[geo.Node] {
	end := rapid.OneOf(moment(), property(), rapid.Just[geo.Node](nil))
	return rapid.Custom(func(t *rapid.T) geo.Node { return geo.Interval{From: end.Draw(t, "from"), To: end.Draw(t, "to")} })
}

func vertex(t *rapid.T) geo.Vertex {
	return geo.Vertex{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
}

func line(t *rapid.T, least int, closed bool) []geo.Vertex {
	var l []geo.Vertex
	for range rapid.IntRange(least, least+2).Draw(t, "vertices") {
		l = append(l, vertex(t))
	}
	if closed {
		l[len(l)-1] = l[0]
	}
	return l
}

func geometry(t *rapid.T, types ...string) geo.Geometry {
	g := geo.Geometry{Type: rapid.SampledFrom(types).Draw(t, "type")}
	lines := func(least int, closed bool) (all [][]geo.Vertex) {
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			all = append(all, line(t, least, closed))
		}
		return all
	}
	switch g.Type {
	case "Point":
		g.Parts = [][][]geo.Vertex{{{vertex(t)}}}
	case "LineString":
		g.Parts = [][][]geo.Vertex{{line(t, 2, false)}}
	case "MultiPoint":
		g.Parts = [][][]geo.Vertex{nil}
		for range rapid.IntRange(1, 3).Draw(t, "points") {
			g.Parts[0] = append(g.Parts[0], []geo.Vertex{vertex(t)})
		}
	case "MultiLineString":
		g.Parts = [][][]geo.Vertex{lines(2, false)}
	case "Polygon":
		g.Parts = [][][]geo.Vertex{lines(4, true)}
	case "MultiPolygon":
		g.Parts = [][][]geo.Vertex{lines(4, true), lines(4, true)}
	case "GeometryCollection":
		g.Members = []geo.Geometry{geometry(t, types[:6]...), geometry(t, types[:6]...)}
	}
	return g
}

func shape() *rapid.Generator[geo.Node] {
	return rapid.Custom(func(t *rapid.T) geo.Node {
		if rapid.Bool().Draw(t, "box") {
			a, b := vertex(t), vertex(t)
			return geo.Box{West: a[0], South: min(a[1], b[1]), East: b[0], North: max(a[1], b[1])}
		}
		return geometry(t, "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
	})
}

// TestRoundTrip: what is written is read as the same filter, and written again as the same text.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := geo.Filter{Root: condition(2).Draw(t, "filter")}
		text, err := cql2.JSON(f)
		if err != nil {
			t.Fatal(err)
		}
		back, err := cql2.ParseJSON(text)
		if err != nil || back.Canonical() != f.Canonical() {
			t.Fatalf("%s\nis read as %s\ninstead of %s, %v", text, back.Canonical(), f.Canonical(), err)
		}
	})
}

func TestJSONRefuses(t *testing.T) {
	for name, f := range map[string]geo.Filter{
		"zero": {}, "no day": {Root: call("t_after", geo.Property("a"), geo.Date(geo.MaxDay))}, "nothing": {Root: call("not", nil)},
		"no number": {Root: call("=", geo.Property("a"), geo.Number(math.Inf(1)))},
	} {
		if text, err := cql2.JSON(f); !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{
		`{"op":"and","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"not","args":[{"op":"in","args":[{"property":"b"},["x",true]]}]}]}`,
		`{"op":"t_during","args":[{"interval":[{"property":"a"},".."]},{"timestamp":"2024-01-31T08:00:00.123456Z"}]}`,
		`{"op":"s_within","args":[{"property":"p"},{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[0,1],[2,3]]}]}]}`,
		`{"op":"s_within","args":[{"property":"p"},{"bbox":[170,-1,-170,1]}]}`,
		`{"op":"f","args":[[1,"a",{"date":"2024-01-31"}],{"op":"^","args":[2,{"property":"é"}]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		filter, err := cql2.ParseJSON(text)
		if err != nil {
			if !errors.Is(err, geo.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		again, err := cql2.JSON(filter)
		if err != nil {
			t.Fatalf("%s: %v", filter.Canonical(), err)
		}
		back, err := cql2.ParseJSON(again)
		if len(again) <= cql2.MaxBytes && (err != nil || back.Canonical() != filter.Canonical()) {
			t.Fatalf("%s is read as %s, %v", again, back.Canonical(), err)
		}
	})
}
