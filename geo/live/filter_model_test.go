package live_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// someDays draws a day, an interval, open ends, and no day.
func someDays(t *rapid.T) geo.DayRange {
	day := geo.Day(rapid.IntRange(-1, 30).Draw(t, "day"))
	switch rapid.IntRange(0, 5).Draw(t, "days") {
	case 0:
		return geo.DayRange{From: day, To: day + geo.Day(rapid.IntRange(0, 20).Draw(t, "length"))}
	case 1:
		return geo.DayRange{From: geo.MinDay, To: day}
	case 2:
		return geo.DayRange{From: day, To: geo.MaxDay}
	case 3:
		return geo.Always
	}
	return geo.On(day)
}

// among restricts a reading to some objects by their ids.
func (r reading) among(t *rapid.T) (*live.Members, reading) {
	ids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.ID { return geo.ID(rapid.IntRange(1, 60).Draw(t, "id")) }), 0, 40).Draw(t, "ids")
	holds := r.holds
	r.holds = func(p geo.Point) bool { return slices.Contains(ids, p.ID) && holds(p) }
	return live.NewMembers(ids, fmt.Sprint(ids)), r
}

// truth is a value of three-valued logic: a comparison with what is absent is unknown.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// tree draws a filter with its plain reading.
func tree(t *rapid.T, e live.Edition, depth int) reading {
	node, holds := branch(t, e, depth)
	return reading{geo.Filter{Root: node}, func(p geo.Point) bool { return holds(p) == yes }}
}

type judge func(geo.Point) truth

func branch(t *rapid.T, e live.Edition, depth int) (geo.Node, judge) {
	kind := rapid.IntRange(0, 5).Draw(t, "node")
	if depth == 0 || kind > 2 {
		return leaf(t, e)
	}
	if kind == 0 {
		n, j := branch(t, e, depth-1)
		return op("not", n), func(p geo.Point) truth { return yes - j(p) }
	}
	var (
		args   []geo.Node
		judges []judge
	)
	for range rapid.IntRange(0, 3).Draw(t, "args") {
		n, j := branch(t, e, depth-1)
		args, judges = append(args, n), append(judges, j)
	}
	if kind == 1 {
		return op("and", args...), func(p geo.Point) truth {
			least := yes
			for _, j := range judges {
				least = min(least, j(p))
			}
			return least
		}
	}
	return op("or", args...), func(p geo.Point) truth {
		most := no
		for _, j := range judges {
			most = max(most, j(p))
		}
		return most
	}
}

func op(name string, args ...geo.Node) geo.Node { return &geo.Operation{Op: name, Args: args} }

// property is one that can be filtered by, with the values that are drawn for it.
type property struct {
	name  string
	value func(geo.Point) (any, bool) // string or float64
	draw  func(t *rapid.T) (geo.Node, any)
}

func properties(e live.Edition) []property {
	all := []property{
		textual("name", 0, "", "柳塘村委会", "a", "上城区", "A", "柳", "b"), textual("kind", 1, "village", "school", "palace", ""), textual("state", 2, "open", "closed", "P"),
		numeric("size", func(p geo.Point) (any, bool) {
			n, err := strconv.ParseFloat(p.Values[4], 64)
			return n, err == nil
		}, -5, 0, 70000, 0.5, -4.5, 1e18),
		numeric("id", func(p geo.Point) (any, bool) { return float64(p.ID), true }, 1, 7, 7.5, 30, -1),
		{"division", func(p geo.Point) (any, bool) { return p.Division.String(), p.Division != 0 }, text("330102001001", "33", "3301", "330103000000", "", "5")},
		daily("valid_from", func(p geo.Point) (any, bool) { return float64(p.Valid.From), p.Valid.From != geo.MinDay }),
		daily("valid_to", func(p geo.Point) (any, bool) { return float64(p.Valid.To), p.Valid.To != geo.MaxDay }),
	}
	if e == live.Internal {
		return append(all, textual("secret", 3, "x", "y"))
	}
	return all
}

func textual(name string, column int, values ...string) property {
	return property{name, func(p geo.Point) (any, bool) { return p.Values[column], p.Values[column] != "" }, text(values...)}
}

func text(values ...string) func(t *rapid.T) (geo.Node, any) {
	return func(t *rapid.T) (geo.Node, any) {
		v := rapid.SampledFrom(values).Draw(t, "text")
		return geo.Text(v), v
	}
}

func numeric(name string, value func(geo.Point) (any, bool), values ...float64) property {
	return property{name, value, func(t *rapid.T) (geo.Node, any) {
		v := rapid.SampledFrom(values).Draw(t, "number")
		return geo.Number(v), v
	}}
}

func daily(name string, value func(geo.Point) (any, bool)) property {
	return property{name, value, func(t *rapid.T) (geo.Node, any) {
		day := geo.Day(rapid.IntRange(-1, 30).Draw(t, "date"))
		return geo.Date(day), float64(day)
	}}
}

func less(a, b any) bool {
	if s, ok := a.(string); ok {
		return s < b.(string)
	}
	return a.(float64) < b.(float64)
}

// leaf draws a comparison of a property.
func leaf(t *rapid.T, e live.Edition) (geo.Node, judge) {
	p := rapid.SampledFrom(properties(e)).Draw(t, "property")
	present := func(of func(v any) bool) judge {
		return func(point geo.Point) truth {
			v, ok := p.value(point)
			if !ok {
				return unknown
			}
			return truthOf(of(v))
		}
	}
	name := geo.Property(p.name)
	switch what := rapid.IntRange(0, 5).Draw(t, "comparison"); what {
	case 0:
		return op("isNull", name), func(point geo.Point) truth { _, ok := p.value(point); return truthOf(!ok) }
	case 1:
		var list geo.List
		var values []any
		for range rapid.IntRange(1, 12).Draw(t, "list") {
			n, v := p.draw(t)
			list, values = append(list, n), append(values, v)
		}
		return op("in", name, list), present(func(v any) bool { return slices.Contains(values, v) })
	case 2:
		lo, a := p.draw(t)
		hi, b := p.draw(t)
		return op("between", name, lo, hi), present(func(v any) bool { return !less(v, a) && !less(b, v) })
	case 3:
		if p.name == "name" || p.name == "kind" {
			return likeLeaf(t, name, present)
		}
	}
	literal, want := p.draw(t)
	if text, ok := want.(string); ok && p.name == "name" && rapid.Bool().Draw(t, "folded literal") {
		literal, want = op("casei", literal), any(strings.ToLower(text))
	}
	tests := map[string]func(v any) bool{
		"=": func(v any) bool { return v == want }, "<>": func(v any) bool { return v != want },
		"<": func(v any) bool { return less(v, want) }, "<=": func(v any) bool { return !less(want, v) },
		">": func(v any) bool { return less(want, v) }, ">=": func(v any) bool { return !less(v, want) },
	}
	symbol := rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "symbol")
	if rapid.Bool().Draw(t, "mirrored") {
		flipped := strings.NewReplacer("<>", "<>", "<", ">", ">", "<").Replace(symbol)
		return op(flipped, literal, name), present(tests[symbol])
	}
	return op(symbol, name, literal), present(tests[symbol])
}

// likeLeaf draws a pattern; the plain reading is a regular expression.
func likeLeaf(t *rapid.T, name geo.Property, present func(func(any) bool) judge) (geo.Node, judge) {
	var pattern, expression strings.Builder
	for range rapid.IntRange(0, 5).Draw(t, "parts") {
		switch part := rapid.SampledFrom([]string{"%", "_", `\%`, `\_`, "柳塘", "村", "委会", "a", "上", "l", "A", "s"}).Draw(t, "part"); part {
		case "%":
			pattern.WriteString(part)
			expression.WriteString("(?s:.*)")
		case "_":
			pattern.WriteString(part)
			expression.WriteString("(?s:.)")
		default:
			pattern.WriteString(part)
			expression.WriteString(regexp.QuoteMeta(strings.TrimPrefix(part, `\`)))
		}
	}
	var left, right geo.Node = name, geo.Text(pattern.String())
	flags := ""
	if rapid.Bool().Draw(t, "casei") {
		left, right, flags = op("casei", left), op("casei", right), "(?i)"
	}
	e := regexp.MustCompile(flags + "^" + expression.String() + "$")
	return op("like", left, right), present(func(v any) bool { return e.MatchString(v.(string)) })
}
