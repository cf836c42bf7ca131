package geo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
)

func TestHeirs(t *testing.T) {
	l := geo.NewLineage([]geo.Succession{
		{1, 2, 1990, geo.SuccessionRecode}, {2, 3, 1995, geo.SuccessionMerge}, {3, 4, 2000, geo.SuccessionSplit}, {3, 5, 2000, geo.SuccessionSplit},
		{5, 5, 2001, geo.SuccessionRename}, {5, 9, 2002, geo.SuccessionTransfer}, {6, 7, 2010, geo.SuccessionRecode}, {7, 8, 2010, geo.SuccessionRecode},
		{10, 11, 1990, geo.SuccessionRecode}, {11, 10, 2000, geo.SuccessionRecode},
	})
	for _, c := range []struct {
		code     geo.DivisionCode
		from, to int
		want     []geo.DivisionCode
	}{
		{1, 1985, 1989, []geo.DivisionCode{1}}, {1, 1985, 1990, []geo.DivisionCode{2}}, {1, 1985, 1999, []geo.DivisionCode{3}},
		{1, 1985, 2020, []geo.DivisionCode{4, 5}}, {3, 2000, 2020, []geo.DivisionCode{3}}, {5, 2000, 2020, []geo.DivisionCode{5}},
		{6, 2005, 2020, []geo.DivisionCode{8}}, {10, 1985, 1995, []geo.DivisionCode{11}}, {10, 1985, 2020, []geo.DivisionCode{10}},
		{99, 1985, 2020, []geo.DivisionCode{99}}, {1, 2020, 1985, []geo.DivisionCode{1}},
	} {
		if diff := cmp.Diff(c.want, l.Heirs(c.code, geo.FirstDay(c.from), geo.FirstDay(c.to))); diff != "" {
			t.Errorf("heirs of %d from %d to %d (-want +got):\n%s", c.code, c.from, c.to, diff)
		}
	}
}

// days makes rows of a code of the days, each two numbers.
func days(name string, bounds ...geo.Day) []geo.Division {
	var out []geo.Division
	for i := 0; i+1 < len(bounds); i += 2 {
		out = append(out, geo.Division{Name: name, Valid: geo.DayRange{From: bounds[i], To: bounds[i+1]}})
	}
	return out
}

func TestMergeHistory(t *testing.T) {
	for name, c := range map[string]struct{ known, told, added, ended []geo.Division }{
		"former code":                    {nil, days("a", 10, 20), days("a", 10, 20), nil},
		"before an edition":              {days("a", 50, geo.MaxDay), days("a", 10, geo.MaxDay), days("a", 10, 50), nil},
		"in use, but in no edition":      {nil, days("a", 10, geo.MaxDay), nil, nil},
		"ends after an edition":          {days("a", 50, geo.MaxDay), days("a", 10, 60), days("a", 10, 50), days("a", 50, 60)},
		"renamed after an edition":       {days("a", 50, geo.MaxDay), append(days("a", 10, 60), days("b", 60, geo.MaxDay)...), append(days("a", 10, 50), days("b", 60, geo.MaxDay)...), days("a", 50, 60)},
		"ends before an edition sees it": {days("a", 50, geo.MaxDay), days("a", 10, 40), days("a", 10, 40), nil},
		"another name ends":              {days("b", 50, geo.MaxDay), days("a", 10, 60), days("a", 10, 50), nil},
		"between editions":               {append(days("a", 20, 30), days("a", 40, 50)...), days("a", 10, 60), append(days("a", 10, 20), append(days("a", 30, 40), days("a", 50, 60)...)...), nil},
		"known already":                  {days("a", 10, 20), days("a", 10, 20), nil, nil},
	} {
		added, ended := geo.MergeHistory(c.known, c.told)
		if diff := cmp.Diff(c.added, added); diff != "" {
			t.Errorf("%s: added (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.ended, ended); diff != "" {
			t.Errorf("%s: ended (-want +got):\n%s", name, diff)
		}
	}
}

// TestMergeHistoryTwice: merged again, nothing is added or ended, and no two rows hold on one day.
func TestMergeHistoryTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := func(label string) []geo.Division {
			var out []geo.Division
			at := geo.Day(0)
			for range rapid.IntRange(0, 4).Draw(t, label) {
				from := at + geo.Day(rapid.IntRange(0, 3).Draw(t, "gap"))
				at = from + geo.Day(rapid.IntRange(1, 5).Draw(t, "length"))
				out = append(out, days(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), from, at)...)
			}
			if len(out) > 0 && rapid.Bool().Draw(t, "open") {
				out[len(out)-1].Valid.To = geo.MaxDay
			}
			return out
		}
		known, told := rows("known"), rows("told")
		added, ended := geo.MergeHistory(known, told)
		merged := added
		for _, k := range known {
			for _, e := range ended {
				if e.Valid.From == k.Valid.From {
					k = e
				}
			}
			merged = append(merged, k)
		}
		for i, a := range merged {
			for _, b := range merged[:i] {
				if a.Valid.From < b.Valid.To && b.Valid.From < a.Valid.To {
					t.Fatalf("%v and %v overlap", a.Valid, b.Valid)
				}
			}
		}
		if added, ended := geo.MergeHistory(merged, told); len(added)+len(ended) > 0 {
			t.Fatalf("a second time: added %v, ended %v", added, ended)
		}
	})
}
