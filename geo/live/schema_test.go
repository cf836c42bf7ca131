package live_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// failer is what ends a test.
type failer interface{ Fatal(args ...any) }

// drawLayer draws a schema of up to seven columns of any role, shown to everyone or not, whose public edition may be generalised.
func drawLayer(t *rapid.T) geo.PointLayer {
	l := geo.PointLayer{Name: "things"}
	for i := range rapid.IntRange(0, 7).Draw(t, "columns") {
		role := geo.ColumnRole(rapid.IntRange(0, 3).Draw(t, "role"))
		l.Columns = append(l.Columns, geo.Column{
			Name: fmt.Sprint("c", i), Role: role, Public: rapid.IntRange(0, 2).Draw(t, "shown") > 0,
			Counted: role == geo.ColumnCategory && rapid.Bool().Draw(t, "counted"),
		})
	}
	if rapid.Bool().Draw(t, "generalised") {
		l.Generalise = coarse
	}
	return l
}

// drawRows draws the rows of one object of a layer: none, one, or two that follow each other.
func drawRows(t *rapid.T, l geo.PointLayer, id geo.ID) []geo.Point {
	var points []geo.Point
	day := geo.Day(rapid.IntRange(0, 5).Draw(t, "from"))
	for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(t, "rows") {
		p := geo.Point{
			ID: id, At: position(t), Valid: geo.DayRange{From: day, To: day + 3}, Public: rapid.Bool().Draw(t, "public"),
			Division: rapid.SampledFrom([]geo.DivisionCode{0, 330102001001, 330103000000}).Draw(t, "division"),
		}
		if len(points) == 0 && rapid.Bool().Draw(t, "unbegun") {
			p.Valid.From = geo.MinDay
		}
		for _, c := range l.Columns {
			p.Values = append(p.Values, drawValue(t, c.Role))
		}
		points, day = append(points, p), day+3
	}
	if n := len(points); n > 0 && rapid.Bool().Draw(t, "unended") {
		points[n-1].Valid.To = geo.MaxDay
	}
	return points
}

func drawValue(t *rapid.T, role geo.ColumnRole) string {
	switch role {
	case geo.ColumnCategory:
		return rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "category")
	case geo.ColumnNumber:
		return rapid.SampledFrom([]string{"", "0", "-7", "9007199254740993"}).Draw(t, "number")
	case geo.ColumnTree:
		return drawPath(t)
	}
	return rapid.SampledFrom([]string{"", "柳塘", "x", strings.Repeat("长", 50)}).Draw(t, "text")
}

// answers is everything that a snapshot says, in one text.
func answers(t failer, x *live.Index, l geo.PointLayer) string {
	s := x.Snapshot()
	if s == nil {
		return "nothing"
	}
	var b strings.Builder
	fmt.Fprintln(&b, s.Edition(), s.Position(), s.Rows())
	for _, q := range queries(l, s.Edition()) {
		answer(t, &b, s, q)
	}
	for _, c := range l.Columns {
		for _, v := range []string{"a", "b", "c", "d", "e"} {
			fmt.Fprintln(&b, c.Name, v, s.HasValue(c.Name, v))
		}
	}
	for z := range uint32(4) {
		fmt.Fprintln(&b, "fingerprint", s.Fingerprint(z, 1<<z/2, 1<<z/3))
	}
	return b.String()
}

func answer(t failer, b *strings.Builder, s *live.Snapshot, q live.Query) {
	for _, cells := range []int{0, 16} {
		for _, tile := range []live.Tile{{}, {Z: 1, X: 1}, {Z: 7, X: 106, Y: 52}} {
			data, err := s.Tile(q, tile.Z, tile.X, tile.Y, cells)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(b, "%v %d %x\n", tile, cells, data)
		}
	}
	within, err := s.FingerprintWithin(q.Filter, 0, 0, 0)
	counts, err2 := s.CountDivisionsBy(q, 3, 0)
	list, _, err3 := s.List(q, geo.World, live.Cursor{}, 1000)
	if err != nil || err2 != nil || err3 != nil {
		t.Fatal(err, err2, err3)
	}
	fmt.Fprintln(b, within, counts, list)
}

// queries are a few questions that an edition of the layer can answer.
func queries(l geo.PointLayer, e live.Edition) []live.Query {
	all := []live.Query{{Days: geo.On(2)}, {Days: geo.Always}, {Filter: geo.Within(330000000000), Days: geo.On(4)}}
	for _, c := range l.Columns {
		if e == live.Public && !c.Public {
			continue
		}
		switch c.Role {
		case geo.ColumnCategory:
			all = append(all, live.Query{Filter: geo.In(c.Name, "a", "c"), Days: geo.On(3)})
		case geo.ColumnTree:
			all = append(all, live.Query{Filter: geo.Filter{Root: &geo.Operation{Op: "a_overlaps", Args: []geo.Node{geo.Property(c.Name), geo.List{geo.Number(2)}}}}, Days: geo.Always})
		}
	}
	return slices.Clip(all)
}
