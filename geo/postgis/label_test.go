package postgis_test

import (
	"testing"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// TestLabelDivisions: only divisions without a label get one, and only of the right level and day.
func TestLabelDivisions(t *testing.T) {
	s := newEmptySetup(t)
	s.imports(t, edition(), "2023-06-30", postgis.Tally{New: len(edition())})
	labels := []geo.Division{
		division(edition()[0].Code, 0, edition()[0].Level, "", 120, 30),
		division(edition()[1].Code, 0, geo.Village, "", 121, 31), // no village has that code
		division(990000000000, 0, geo.Province, "", 122, 32),
	}
	for _, step := range []struct {
		day  string
		want int
	}{{"2020-01-01", 0}, {"2023-06-30", 1}, {"2023-06-30", 0}} {
		n, err := s.LabelDivisions(t.Context(), labels, day(step.day), nil)
		if err != nil || n != step.want {
			t.Errorf("on %s: %d labelled, want %d, %v", step.day, n, step.want, err)
		}
	}
	labels[0].Label = geo.Position{Lon: 1, Lat: 1}
	if n, err := s.LabelDivisions(t.Context(), labels, day("2023-06-30"), nil); n != 0 || err != nil {
		t.Errorf("a label was replaced: %d, %v", n, err)
	}
	if got := queryOne[string](t, s, `select string_agg(st_astext(label), ',') from jingwei.division`); got != "POINT(120 30)" {
		t.Errorf("labels %s", got)
	}
}
