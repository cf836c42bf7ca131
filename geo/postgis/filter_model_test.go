package postgis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"jingwei/geo"
)

// verdict is what a condition is: nil is unknown.
type verdict *bool

func known(b bool) verdict { return &b }

func not(a verdict) verdict {
	if a == nil {
		return nil
	}
	return known(!*a)
}

// both is the conjunction in three-valued logic.
func both(a, b verdict) verdict {
	switch {
	case a != nil && !*a || b != nil && !*b:
		return known(false)
	case a == nil || b == nil:
		return nil
	}
	return known(true)
}

// modelRow is the values of a row by property: string, float64, geo.Day or a position; absent is not there.
type modelRow map[string]any

func modelRowOf(v geo.OrganizationVersion) modelRow {
	row := modelRow{"id": float64(v.ID), "name": v.Name, "kind": v.Kind, "status": v.Status, "location": v.Location, "division": v.Division.String()}
	for name, s := range map[string]string{"short_name": v.ShortName, "address": v.Address, "phone": v.Phone, "code": v.Code} {
		if s != "" {
			row[name] = s
		}
	}
	if v.LocationAccuracyM > 0 {
		row["location_accuracy_m"] = math.Ceil(v.LocationAccuracyM)
	}
	if v.Valid.From != geo.MinDay {
		row["valid_from"] = v.Valid.From
	}
	if v.Valid.To != geo.MaxDay {
		row["valid_to"] = v.Valid.To
	}
	return row
}

// value evaluates what is no condition; nil is unknown.
func (r modelRow) value(n geo.Node) any {
	switch n := n.(type) {
	case geo.Property:
		return r[string(n)]
	case geo.Text:
		return string(n)
	case geo.Number:
		return float64(n)
	case geo.Date:
		return geo.Day(n)
	case *geo.Operation:
		a := r.value(n.Args[0])
		if a == nil {
			return nil
		}
		if n.Op == "casei" {
			return strings.Map(unicode.ToLower, a.(string))
		}
		b := r.value(n.Args[1])
		if b == nil {
			return nil
		}
		return calculate(n.Op, a.(float64), b.(float64))
	}
	panic(fmt.Sprintf("%T", n))
}

func calculate(op string, a, b float64) any {
	switch {
	case op == "+":
		return a + b
	case op == "-":
		return a - b
	case op == "*":
		return a * b
	case b == 0:
		return nil
	case op == "/":
		return a / b
	case op == "div":
		return math.Trunc(a / b)
	}
	return math.Mod(a, b)
}

func (r modelRow) holds(n geo.Node) verdict {
	if b, ok := n.(geo.Bool); ok {
		return known(bool(b))
	}
	o := n.(*geo.Operation)
	switch o.Op {
	case "and", "or":
		turn := func(t verdict) verdict { return t }
		if o.Op == "or" { // De Morgan
			turn = not
		}
		all := known(true)
		for _, a := range o.Args {
			all = both(all, turn(r.holds(a)))
		}
		return turn(all)
	case "not":
		return not(r.holds(o.Args[0]))
	case "isNull":
		return known(r.value(o.Args[0]) == nil)
	case "in":
		any := known(false)
		for _, item := range o.Args[1].(geo.List) {
			any = not(both(not(any), not(r.compare("=", o.Args[0], item))))
		}
		return any
	case "between":
		return both(r.compare(">=", o.Args[0], o.Args[1]), r.compare("<=", o.Args[0], o.Args[2]))
	case "s_within":
		box := o.Args[1].(geo.Box)
		lon, lat := r["location"].(geo.Position).Degrees()
		return known(box.West < lon && lon < box.East && box.South < lat && lat < box.North)
	case "t_intersects":
		return r.meets(o.Args[0].(geo.Interval), o.Args[1].(geo.Interval))
	}
	return r.compare(o.Op, o.Args[0], o.Args[1])
}

func (r modelRow) meets(a, b geo.Interval) verdict {
	end := func(n geo.Node, open geo.Day) any {
		if n == nil {
			return open
		}
		return r.value(n)
	}
	from, to, first, last := end(a.From, geo.MinDay), end(a.To, geo.MaxDay), end(b.From, geo.MinDay), end(b.To, geo.MaxDay)
	begins, ends := verdict(nil), verdict(nil)
	if from != nil && last != nil {
		begins = known(from.(geo.Day) <= last.(geo.Day))
	}
	if to != nil && first != nil {
		ends = known(to.(geo.Day) >= first.(geo.Day))
	}
	return both(begins, ends)
}

func (r modelRow) compare(op string, m, n geo.Node) verdict {
	a, b := r.value(m), r.value(n)
	if a == nil || b == nil {
		return nil
	}
	if op == "like" {
		return known(like([]rune(a.(string)), []rune(b.(string))))
	}
	c := 0
	switch a := a.(type) {
	case string:
		c = strings.Compare(a, b.(string))
	case float64:
		c = map[bool]int{true: 1}[a > b.(float64)] - map[bool]int{true: 1}[a < b.(float64)]
	case geo.Day:
		c = int(a) - int(b.(geo.Day))
	}
	return known(map[string]bool{"=": c == 0, "<>": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op])
}

func like(s, pattern []rune) bool {
	if len(pattern) == 0 {
		return len(s) == 0
	}
	switch {
	case pattern[0] == '%':
		return like(s, pattern[1:]) || len(s) > 0 && like(s[1:], pattern)
	case len(s) == 0:
		return false
	case pattern[0] == '_':
		return like(s[1:], pattern[1:])
	case pattern[0] == '\\':
		pattern = pattern[1:]
	}
	return s[0] == pattern[0] && like(s[1:], pattern[1:])
}

// words are few, so that what is asked for is there.
func words() []string { return []string{"甲", "乙", "甲乙", "Ab", "aB", "a_b", "a%b", "ä", ""} }

func pick[T any](t *rapid.T, from ...T) T { return rapid.SampledFrom(from).Draw(t, "pick") }

func modelNumber(t *rapid.T, depth int) geo.Node {
	switch {
	case depth > 0 && rapid.Bool().Draw(t, "calculated"):
		return &geo.Operation{Op: pick(t, "+", "-", "*", "/", "%", "div"), Args: []geo.Node{modelNumber(t, depth-1), modelNumber(t, depth-1)}}
	case rapid.Bool().Draw(t, "literal"):
		return geo.Number(pick(t, -1, 0, 2, 3, 12, 12.5))
	}
	return geo.Property("location_accuracy_m")
}

func modelText(t *rapid.T) geo.Node {
	var n geo.Node = geo.Property(pick(t, "name", "short_name", "address", "phone", "kind", "code", "division"))
	if rapid.Bool().Draw(t, "literal") {
		n = geo.Text(pick(t, words()...))
	}
	if rapid.Bool().Draw(t, "casei") {
		n = &geo.Operation{Op: "casei", Args: []geo.Node{n}}
	}
	return n
}

func modelDay(t *rapid.T, days []geo.Day) geo.Node {
	if rapid.Bool().Draw(t, "literal") {
		return geo.Date(pick(t, days...))
	}
	return geo.Property(pick(t, "valid_from", "valid_to"))
}

// modelCondition draws a condition over the properties of organizations.
func modelCondition(t *rapid.T, days []geo.Day, depth int) geo.Node {
	op := func(name string, args ...geo.Node) geo.Node { return &geo.Operation{Op: name, Args: args} }
	if depth > 0 && rapid.Bool().Draw(t, "junction") {
		name := pick(t, "and", "or", "not")
		args := []geo.Node{modelCondition(t, days, depth-1)}
		for range map[bool]int{true: 2}[name != "not"] {
			args = append(args, modelCondition(t, days, depth-1))
		}
		return op(name, args...)
	}
	value := func() geo.Node { return modelText(t) }
	switch rapid.IntRange(0, 2).Draw(t, "type") {
	case 1:
		value = func() geo.Node { return modelNumber(t, 1) }
	case 2:
		value = func() geo.Node { return modelDay(t, days) }
	}
	switch rapid.IntRange(0, 6).Draw(t, "operator") {
	case 0:
		return op("between", value(), value(), value())
	case 1:
		return op("in", value(), geo.List{value(), value()})
	case 2:
		return op("isNull", value())
	case 3:
		return op("like", modelText(t), geo.Text(pick(t, "%", "甲%", "_", `a\_b`, `a\%b`, "%b", "A_", "")))
	case 4:
		lon := pick(t, 120.0, 120.5, 120.91)
		return op("s_within", geo.Property("location"), geo.Box{West: lon, South: 27, East: lon + 0.5, North: 31})
	case 5:
		return op("t_intersects", geo.Interval{From: geo.Property("valid_from"), To: modelDay(t, days)}, geo.Interval{From: modelDay(t, days)})
	}
	return op(pick(t, "=", "<>", "<", "<=", ">", ">="), value(), value())
}

// modelWorld registers organizations of few words, some of them with a history, and returns their rows that are known now.
func modelWorld(t *testing.T, s setup) map[geo.ID][]geo.OrganizationVersion {
	t.Helper()
	all, w := geo.Everywhere(), words()
	rows := map[geo.ID][]geo.OrganizationVersion{}
	for i := range 40 {
		c := content(w[i%8])
		c.ShortName, c.Address, c.Phone, c.LocationAccuracyM = w[(i*5+1)%9], w[(i*7+2)%9], w[(i*2+3)%9], []float64{0, 2, 2.5, 12}[i%4]
		c.Location.Lon -= int32(i%5) * 2_000_000
		c.Status = []string{geo.StatusActive, geo.StatusActive, geo.StatusDraft}[i%3]
		o := s.create(t, c)
		if i%4 == 1 {
			c.Address, c.Status = w[i%7], []string{geo.StatusActive, geo.StatusDraft}[i%2*(i%3)/2]
			if _, _, err := s.ReplaceOrganization(t.Context(), all, all, o.ID, 1, c, s.today-20, s.today, "author"); err != nil {
				t.Fatal(err)
			}
		}
		versions, err := s.OrganizationVersions(t.Context(), all, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		rows[o.ID] = slices.DeleteFunc(versions, func(v geo.OrganizationVersion) bool { return !v.RecordedTo.IsZero() })
	}
	return rows
}

// last returns the row that counts: the last one that is valid on one of the days and may be seen.
func last(versions []geo.OrganizationVersion, public bool, days geo.DayRange) (found geo.OrganizationVersion, ok bool) {
	for _, v := range versions {
		if v.Valid.Meets(days) && (!public || v.Status == geo.StatusActive) && (!ok || v.Valid.From > found.Valid.From) {
			found, ok = v, true
		}
	}
	return found, ok
}

// TestFilterEqualsModel: for random filters and days PostGIS chooses what an evaluation row by row does.
func TestFilterEqualsModel(t *testing.T) {
	s := newSetup(t)
	rows := modelWorld(t, s)
	days := []geo.Day{mustDay(t, "2023-06-30"), mustDay(t, "2023-06-29"), s.today - 20, s.today, s.today - 21}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		q := geo.IDQuery{Layer: "organizations", Filter: geo.Filter{Root: modelCondition(t, days, 2)}}
		q.Days = pick(t, geo.On(s.today), geo.On(s.today-21), geo.Always, geo.DayRange{From: s.today - 21, To: s.today - 19}, geo.DayRange{From: geo.MinDay, To: s.today - 20})
		if rapid.Bool().Draw(t, "internal") {
			q.See = geo.Everywhere()
		}
		var want []geo.ID
		for id, versions := range rows {
			if v, ok := last(versions, q.See.Empty(), q.Days); ok {
				if b := modelRowOf(v).holds(q.Filter.Root); b != nil && *b {
					want = append(want, id)
				}
			}
		}
		slices.Sort(want)
		got, _, err := s.FilteredIDs(t.Context(), q)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%s on %s, internal %v: %v, %v; want %v", q.Filter.Canonical(), q.Days, !q.See.Empty(), got, err, want)
		}
		found += len(got)
	})
	if found == 0 {
		t.Error("nothing was ever found")
	}
}
