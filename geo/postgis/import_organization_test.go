package postgis_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// committees is a table of organizations held as a slice.
type committees []geo.OrganizationContent

func (c committees) Len() int                                   { return len(c) }
func (c committees) Organization(i int) geo.OrganizationContent { return c[i] }

func tableOfCommittees(n int) committees {
	out := make(committees, n)
	for i := range out {
		out[i] = content(fmt.Sprintf("第%d村村民委员会", i))
		out[i].Code = fmt.Sprintf("T%05d", i)
		out[i].LocationSource = geo.LocationDivision
	}
	return out
}

func TestImportOrganizations(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	rows := tableOfCommittees(5003)
	n := len(rows)
	imports := func(dry bool, want postgis.Tally) {
		t.Helper()
		got, err := s.ImportOrganizations(t.Context(), rows, since("2023-06-30"), "import", dry, nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	imports(true, postgis.Tally{New: n})
	if got := queryOne[int](t, s, `select count(*) from jingwei.organization`); got != 0 {
		t.Errorf("a dry run made %d organizations", got)
	}
	imports(false, postgis.Tally{New: n})
	if batch := r.poll(); !r.reload(batch) {
		t.Error("no reload")
	}
	r.wantTruth(s)
	imports(false, postgis.Tally{Unchanged: n})
	if batch := r.poll(); r.reload(batch) {
		t.Error("a reload though nothing changed")
	}

	// What others wrote or retired since is theirs.
	id := func(code string) geo.ID {
		return geo.ID(queryOne[int64](t, s, `select id from jingwei.organization where code = $1`, code))
	}
	edited := rows[7]
	edited.Address, edited.Location.Lon, edited.LocationSource = "柳东路1号", edited.Location.Lon+1000, "map"
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id("T00007"), 1, edited, s.today, s.today, "committee"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id("T00009"), 1, s.today, "committee"); err != nil {
		t.Fatal(err)
	}
	imports(true, postgis.Tally{Unchanged: n - 2, Kept: 2})
	imports(false, postgis.Tally{Unchanged: n - 2, Kept: 2})

	// A table that knows better, or a division whose point moved, changes what was imported.
	rows[3].Location.Lat++
	rows[4].Name = "更名村村民委员会"
	imports(true, postgis.Tally{Changed: 2, Unchanged: n - 4, Kept: 2})
	imports(false, postgis.Tally{Changed: 2, Unchanged: n - 4, Kept: 2})
	imports(false, postgis.Tally{Unchanged: n - 2, Kept: 2})
	if org, err := s.Organization(t.Context(), geo.Everywhere(), id("T00007")); err != nil || org.Address != "柳东路1号" {
		t.Errorf("the edited one: %+v, %v", org, err)
	}
	r.poll()
	r.wantTruth(s)
}

func TestUnknownDivisions(t *testing.T) {
	s := newSetup(t)
	got, err := s.UnknownDivisions(t.Context(), []geo.DivisionCode{liushi1, 330382108999, zhejiang}, s.today)
	if diff := cmp.Diff([]geo.DivisionCode{330382108999}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := s.UnknownDivisions(t.Context(), []geo.DivisionCode{zhejiang}, day("2019-01-01")); err != nil || len(got) != 1 {
		t.Errorf("before its first day: %v, %v", got, err)
	}
}

// checkNames holds the names of divisions, of all days, against their places today; these are measured on a sphere.
func (s setup) checkNames(t *testing.T, places map[geo.DivisionCode]geo.Place) {
	t.Helper()
	found := map[geo.DivisionCode]bool{}
	err := s.DivisionsOfAllDays(t.Context(), func(d geo.Division, reachM float64) {
		if !d.Valid.Contains(s.today) {
			return
		}
		found[d.Code] = true
		p, ok := places[d.Code]
		if ok != d.HasLabel || ok && (p.At != d.Label || math.Abs(p.AccuracyM-reachM) > 20+p.AccuracyM/100) || d.Name == "" {
			t.Errorf("%+v reaches %g m, its place is %+v", d, reachM, p)
		}
	})
	if err != nil || len(found) != len(divisions()) {
		t.Errorf("%d names, %v", len(found), err)
	}
}

// TestDivisionPlaces: the accuracy is the distance to the farthest corner of the shape, or of the one above it.
func TestDivisionPlaces(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	s.exec(t, `update jingwei.division set label = null where code = $1`, int64(wenzhou))
	places, err := s.DivisionPlaces(t.Context(), s.today)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := places[wenzhou]; ok || len(places) != len(divisions())-1 {
		t.Errorf("%d places", len(places))
	}
	// Liushi: 120.85..120.95, 27.95..28.05 around 120.9, 28; half the diagonal is 7.4 km.
	for code, want := range map[geo.DivisionCode][2]float64{liushi: {7400, 7450}, liushi1: {8900, 8920}, qingbo51: {250_000, 400_000}} {
		if m := places[code].AccuracyM; m < want[0] || m > want[1] || int(m)%10 != 0 {
			t.Errorf("accuracy in %s: %g m, want %v", code, m, want)
		}
	}
	s.checkNames(t, places)
	s.exec(t, `delete from jingwei.division_shape`)
	places, err = s.DivisionPlaces(t.Context(), s.today)
	if err != nil || places[liushi].AccuracyM != 0 {
		t.Errorf("without a shape: %+v, %v", places[liushi], err)
	}
}
