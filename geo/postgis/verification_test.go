package postgis_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// verifying is a setup in which Liudong has an outline of 0.02 degrees a side, and the province one around it.
type verifying struct{ setup }

func newVerifying(t *testing.T) verifying {
	t.Helper()
	s := newSetup(t)
	s.exec(t, `insert into jingwei.boundary_set (name, source, illustrative, is_default) values ('test', 'test', true, true)`)
	s.exec(t, `insert into jingwei.division_shape (set_id, level, code, geometry)
		select b.id, x.level, x.code, st_multi(st_makeenvelope(x.w, x.s, x.e, x.n, 4326))
		from jingwei.boundary_set b cross join (values (5, 330382108001, 120.90, 28.00, 120.92, 28.02), (1, 330000000000, 118, 27, 123, 31)) x (level, code, w, s, e, n)`)
	return verifying{s}
}

// placed is content at a place with an accuracy.
func placed(lon, lat, accuracy float64) geo.OrganizationContent {
	c := content("柳东村民委员会")
	p, err := geo.NewPosition(lon, lat)
	if err != nil {
		panic(err)
	}
	c.Location, c.LocationAccuracyM, c.LocationState = p, accuracy, ""
	return c
}

// person is somebody with one grant on all organizations.
func person(account geo.ID, role geo.Role) geo.Authority {
	return geo.Authority{Account: account, Name: fmt.Sprintf("%s %d", role, account), Grants: []geo.Grant{{Account: account, Role: role, Valid: geo.Always}}}
}

func (s verifying) take(t *testing.T, by geo.Authority, org geo.Organization, m geo.LocationMove) geo.Organization {
	t.Helper()
	org, _, err := s.TakeLocationStep(t.Context(), by, org.ID, org.Version, m)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// asClerk is a context in which a session acts, which may not write states.
func asClerk(t *testing.T) (c clerk) {
	return clerk{t}
}

type clerk struct{ *testing.T }

func (c clerk) replace(s verifying, org geo.Organization, content geo.OrganizationContent) (geo.Organization, error) {
	c.Helper()
	ctx := geo.WithActor(c.Context(), geo.Actor{Account: 8, Name: "clerk", Via: geo.ViaSession})
	out, _, err := s.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, content, s.today, s.today, "clerk")
	return out, err
}

// TestSixSteps goes all the way, and holds what is stored against what was done.
func TestSixSteps(t *testing.T) {
	s := newVerifying(t)
	c := placed(120.91, 28.01, 12)
	org := s.create(t, c)
	if org.LocationState != geo.LocationChecked || org.Version != 1 {
		t.Fatalf("what nothing speaks against is %s at version %d", org.LocationState, org.Version)
	}
	ann, bob, clerk := person(1, geo.RoleReviewer), person(2, geo.RoleReviewer), person(3, geo.RoleRegistrar)
	before := queryOne[int64](t, s.setup, `select count(*) from jingwei.change where layer = 'organizations'`)
	org = s.take(t, ann, org, geo.LocationMove{To: geo.LocationCompared, Evidence: "2025年村界图"})
	for _, refused := range []struct {
		by   geo.Authority
		move geo.LocationMove
	}{
		{ann, geo.LocationMove{To: geo.LocationApproved, Evidence: "x"}},
		{clerk, geo.LocationMove{To: geo.LocationApproved, Evidence: "x"}},
		{clerk, geo.LocationMove{Back: geo.LocationReported, Reason: "x"}},
		{person(4, geo.RoleAnalyst), geo.LocationMove{To: geo.LocationApproved, Evidence: "x"}},
	} {
		_, _, err := s.TakeLocationStep(t.Context(), refused.by, org.ID, org.Version, refused.move)
		wantError(t, err, geo.ErrForbidden, "")
	}
	org = s.take(t, bob, org, geo.LocationMove{To: geo.LocationApproved, Evidence: "x"})
	org = s.take(t, bob, org, geo.LocationMove{Back: geo.LocationCompared, Reason: "x"}) // who sends back has not compared
	_, _, err := s.TakeLocationStep(t.Context(), ann, org.ID, org.Version, geo.LocationMove{To: geo.LocationApproved, Evidence: "x"})
	wantError(t, err, geo.ErrForbidden, "")
	org = s.take(t, bob, org, geo.LocationMove{To: geo.LocationApproved, Evidence: "电话核实"})
	org = s.take(t, ann, org, geo.LocationMove{To: geo.LocationInspected, Evidence: "到过现场"})
	_, _, err = s.TakeLocationStep(t.Context(), bob, org.ID, org.Version, geo.LocationMove{To: geo.LocationConfirmed, Reason: "x"})
	wantError(t, err, geo.ErrForbidden, "")
	device := &geo.DeviceFix{At: geo.Position{Lon: c.Location.Lon + 5000, Lat: c.Location.Lat}, AccuracyM: 9}
	org = s.take(t, clerk, org, geo.LocationMove{To: geo.LocationConfirmed, Device: device})
	if org.LocationState != geo.LocationConfirmed || org.Version != 7 {
		t.Errorf("in the end it is %s at version %d", org.LocationState, org.Version)
	}
	if n := queryOne[int64](t, s.setup, `select count(*) from jingwei.change where layer = 'organizations'`) - before; n < 6 {
		t.Errorf("the feed tells of %d steps", n)
	}
	if n := queryOne[int64](t, s.setup, `select count(*) from jingwei.audit where action = 'location.step' and object_id = $1`, org.ID); n != 6 {
		t.Errorf("the audit tells of %d steps", n)
	}
	if n := queryOne[int64](t, s.setup, `select count(*) from jingwei.organization_version where organization_id = $1 and upper_inf(recorded)`, org.ID); n != 1 {
		t.Errorf("steps leave %d present versions", n)
	}
	v, err := s.Verification(t.Context(), geo.Everywhere(), org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, x := range v.Steps {
		told = append(told, fmt.Sprintf("%s %s %s %q v%d", x.To, x.Cause, x.Author, x.Evidence, x.Version))
	}
	want := []string{`checked check technical check "" v1`, `compared hand reviewer 1 "2025年村界图" v2`, `approved hand reviewer 2 "x" v3`,
		`compared hand reviewer 2 "" v4`, `approved hand reviewer 2 "电话核实" v5`, `inspected hand reviewer 1 "到过现场" v6`, `confirmed hand registrar 3 "" v7`}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if d := v.Steps[6].DistanceM; d < 48 || d > 50 {
		t.Errorf("the device was %g m away", d)
	}
	if v.CheckedAt.IsZero() || len(v.Findings) > 0 || v.ReportedBy != "tester" || v.ComparedBy.Account != 1 {
		t.Errorf("%+v", v)
	}
	everyone, err := s.Verification(t.Context(), geo.Scope{}, org.ID)
	if err != nil || len(everyone.Steps) > 0 || everyone.ReportedBy != "" || everyone.Organization.LocationState != geo.LocationConfirmed {
		t.Errorf("everyone sees %+v, %v", everyone, err)
	}
	if _, err := s.AskWithin(t.Context(), geo.Everywhere(), `update jingwei.location_step set author = 'x' returning 'x'`); !refused(err) {
		t.Errorf("a step was altered: %v", err)
	}
}

// TestStepNeedsTheVersion: of two who take a step at once, one is told that it is late.
func TestStepNeedsTheVersion(t *testing.T) {
	s := newVerifying(t)
	org := s.create(t, placed(120.91, 28.01, 12))
	m := geo.LocationMove{To: geo.LocationCompared, Evidence: "x"}
	s.take(t, person(1, geo.RoleReviewer), org, m)
	_, _, err := s.TakeLocationStep(t.Context(), person(2, geo.RoleReviewer), org.ID, org.Version, m)
	wantError(t, err, geo.ErrStale, "")
	hidden := placed(120.91, 28.01, 12)
	hidden.Status = geo.StatusDraft
	draft := s.create(t, hidden)
	_, _, err = s.TakeLocationStep(t.Context(), geo.Authority{Account: 9}, draft.ID, 1, m)
	wantError(t, err, geo.ErrNotFound, "")
}

// TestStateIsTheOutcomeOfSteps: who writes content writes no state, and a location that is moved is another one.
func TestStateIsTheOutcomeOfSteps(t *testing.T) {
	s := newVerifying(t)
	c := placed(120.91, 28.01, 30)
	org := s.take(t, person(1, geo.RoleReviewer), s.create(t, c), geo.LocationMove{To: geo.LocationCompared, Evidence: "x"})
	claimed := c
	claimed.LocationState = geo.LocationConfirmed
	_, err := asClerk(t).replace(s, org, claimed)
	wantError(t, err, geo.ErrInvalid, "location_state")
	ctx := geo.WithActor(t.Context(), geo.Actor{Account: 8, Name: "clerk", Via: geo.ViaSession})
	_, _, err = s.CreateOrganization(ctx, geo.Everywhere(), geo.Everywhere(), claimed, since("2023-06-30"), "clerk")
	wantError(t, err, geo.ErrInvalid, "location_state")

	named := c
	named.Name, named.LocationState = "柳东", geo.LocationCompared
	if org, err = asClerk(t).replace(s, org, named); err != nil || org.LocationState != geo.LocationCompared {
		t.Fatalf("another name: %s, %v", org.LocationState, err)
	}
	for i := range 3 { // 20 m each: less than the accuracy, and more than that from what was compared
		named.Location.Lon += 2030
		named.LocationState = ""
		if org, err = asClerk(t).replace(s, org, named); err != nil {
			t.Fatal(err)
		}
		want := geo.LocationCompared
		if i > 0 { // reported anew, and good enough to pass the check at once
			want = geo.LocationChecked
		}
		if org.LocationState != want {
			t.Errorf("moved %d times: %s, want %s", i+1, org.LocationState, want)
		}
	}
	v, err := s.Verification(t.Context(), geo.Everywhere(), org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var causes []string
	for _, x := range v.Steps {
		causes = append(causes, x.From+" "+x.To+" "+x.Cause)
	}
	want := []string{"reported checked check", "checked compared hand", "compared reported moved", "reported checked check"}
	if len(causes) < 4 || !slices.Equal(causes[:4], want) {
		t.Errorf("%v, want %v", causes, want)
	}
	// The operator may say what is so.
	claimed.Location = named.Location
	org, _, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, claimed, s.today, s.today, "token")
	if err != nil || org.LocationState != geo.LocationConfirmed {
		t.Errorf("the operator: %s, %v", org.LocationState, err)
	}
}

// TestFindingsOfPlaces puts organizations at wrong places and sees what is found, listed and counted.
func TestFindingsOfPlaces(t *testing.T) {
	s := newVerifying(t)
	gcjX, gcjY := crs.GCJ02.FromWGS84(120.919, 28.002) // the shift leads out of the outline to the south-east
	bdX, bdY := crs.BD09.FromWGS84(120.919, 28.018)
	hangzhou := placed(120.155, 30.241, 10)
	hangzhou.Division = qingbo51 // without an outline of its own: that of the province holds
	label := placed(120.91, 28.015, 10)
	label.LocationSource = geo.LocationDivision
	want := map[geo.ID][]geo.Finding{}
	for _, c := range []struct {
		content geo.OrganizationContent
		found   []geo.Finding
	}{
		{placed(120.905, 28.005, 10), nil},
		{placed(120.8999, 28.005, 20), nil}, // 10 m outside
		{placed(120.8997, 28.005, 20), []geo.Finding{geo.FindingOutsideDivision}},
		{hangzhou, nil},
		{label, []geo.Finding{geo.FindingDivisionPoint}},
		{placed(gcjX, gcjY, 10), []geo.Finding{geo.FindingShiftedGCJ02}},
		{placed(bdX, bdY, 10), []geo.Finding{geo.FindingShiftedBD09}},
		{placed(28.01, 80, 0), []geo.Finding{geo.FindingSwapped, geo.FindingAccuracyUnknown}},
		{placed(0, 0, 0), []geo.Finding{geo.FindingNullIsland, geo.FindingAccuracyUnknown}},
		{placed(-70, 40, 800), []geo.Finding{geo.FindingOutsideCountry, geo.FindingAccuracyPoor}},
	} {
		want[s.create(t, c.content).ID] = c.found
	}
	for id, found := range want {
		v, err := s.Verification(t.Context(), geo.Everywhere(), id)
		if err != nil || !slices.Equal(v.Findings, found) || (v.Organization.LocationState == geo.LocationChecked) != (len(found) == 0) {
			t.Errorf("%v at %v, %s, %v; want %v", v.Findings, v.Organization.Location, v.Organization.LocationState, err, found)
		}
	}
	for _, f := range append(geo.Findings(), "") {
		q := geo.LocationQuery{Finding: string(f), Limit: 500}
		n := 0
		for _, found := range want {
			if f == "" || slices.Contains(found, f) {
				n++
			}
		}
		list, err := s.Locations(t.Context(), geo.Everywhere(), q)
		if err != nil || len(list) != n {
			t.Errorf("with the finding %q: %d, %v; want %d", f, len(list), err, n)
		}
		counts, err := s.CountFindings(t.Context(), geo.Everywhere(), 0, 0)
		if err != nil || f != "" && counts.Findings[f] != n || counts.Checked != len(want) {
			t.Errorf("counted: %+v, %v; want %d of %s", counts, err, n, f)
		}
	}
}

// TestSeveralAtOnePoint: five more in a house are as it may be, six are not; whoever was there before is checked on demand.
func TestSeveralAtOnePoint(t *testing.T) {
	s := newVerifying(t)
	var first, last geo.Organization
	for i := range geo.MostSamePoint + 2 {
		last = s.create(t, placed(120.905, 28.005, 10))
		if i == 0 {
			first = last
		}
	}
	if last.LocationState != geo.LocationReported {
		t.Errorf("the seventh is %s", last.LocationState)
	}
	s.exec(t, `update jingwei.organization_version set lat_e7 = lat_e7 + 100 where organization_id = $1`, first.ID)
	if err := s.CheckLocation(t.Context(), person(3, geo.RoleRegistrar), last.ID); err != nil {
		t.Fatal(err)
	}
	v, err := s.Verification(t.Context(), geo.Everywhere(), last.ID)
	if err != nil || v.Organization.LocationState != geo.LocationChecked || v.Organization.Version != 2 {
		t.Errorf("with one less: %s, %v, %v", v.Organization.LocationState, v.Findings, err)
	}
	wantError(t, s.CheckLocation(t.Context(), person(3, geo.RoleAnalyst), last.ID), geo.ErrForbidden, "")
}

// TestListOfLocations pages through locations of all states, as an import leaves them, and checks them.
func TestListOfLocations(t *testing.T) {
	s := newVerifying(t)
	top := s.create(t, placed(120.905, 28.005, 10))
	ids := map[string][]geo.ID{geo.LocationChecked: {top.ID}}
	for i := range 40 {
		c := placed(120.901+float64(i)*1e-4, 28.01, 10)
		c.Parent, c.LocationState = top.ID, geo.LocationStates()[i%6]
		if i%6 == 5 && i < 20 {
			c.Location.Lat = 300_000_000 // far outside
		}
		org := s.create(t, c)
		ids[org.LocationState] = append(ids[org.LocationState], org.ID)
	}
	all := func(q geo.LocationQuery, see geo.Scope) (list []geo.ID) {
		for q.Limit = 7; ; {
			page, err := s.Locations(t.Context(), see, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page {
				if list = append(list, l.ID); l.CheckedAt.IsZero() {
					t.Errorf("%+v was not checked", l)
				}
			}
			if len(page) < q.Limit {
				return list
			}
			q.After = page[len(page)-1].ID
		}
	}
	same := func(what string, got []geo.ID, lists ...[]geo.ID) {
		t.Helper()
		want := slices.Concat(lists...)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	wrong := ids[geo.LocationConfirmed][:3]
	open := func() (list []geo.ID) {
		for state, of := range ids {
			if state != geo.LocationConfirmed {
				list = append(list, of...)
			}
		}
		return append(list, wrong...)
	}
	same("open", all(geo.LocationQuery{}, geo.Everywhere()), open())
	same("in the scope", all(geo.LocationQuery{}, geo.Scope{Roots: []geo.ID{top.ID}}), open())
	same("of one", all(geo.LocationQuery{Organization: ids[geo.LocationCompared][1]}, geo.Everywhere()), ids[geo.LocationCompared][1:2])
	same("two states", all(geo.LocationQuery{States: []string{"approved", "confirmed"}}, geo.Everywhere()), ids["approved"], ids["confirmed"])
	same("wrong", all(geo.LocationQuery{Finding: string(geo.FindingOutsideDivision)}, geo.Everywhere()), wrong)
	same("wrong and approved", all(geo.LocationQuery{States: []string{"approved"}, Finding: string(geo.FindingOutsideDivision)}, geo.Everywhere()))
	same("elsewhere", all(geo.LocationQuery{Division: hangzhou}, geo.Everywhere()))
	same("nowhere", all(geo.LocationQuery{}, geo.Scope{Roots: []geo.ID{1}}))
	same("for nobody", all(geo.LocationQuery{}, geo.Scope{}))

	s.exec(t, `update jingwei.organization_version set location_accuracy_m = 11 where upper_inf(recorded) and location_state in ('compared', 'confirmed')`)
	s.exec(t, `update jingwei.organization_version set location_state = 'reported' where upper_inf(recorded) and location_state = 'compared'`)
	reviewer := person(1, geo.RoleReviewer)
	unchecked, err := s.Locations(t.Context(), geo.Everywhere(), geo.LocationQuery{States: geo.LocationStates(), Finding: geo.LocationUnchecked, Limit: 500})
	if err != nil || len(unchecked) != len(ids["compared"])+len(ids["confirmed"]) {
		t.Errorf("%d are not checked, %v", len(unchecked), err)
	}
	checked, passed, next, err := s.CheckLocations(t.Context(), reviewer, 0)
	if err != nil || checked != len(unchecked) || passed != checked-len(wrong) || next != 0 {
		t.Errorf("checked %d, passed %d, next %d, %v", checked, passed, next, err)
	}
	for _, id := range ids["compared"] {
		if v, err := s.Verification(t.Context(), geo.Everywhere(), id); err != nil || v.Organization.LocationState != geo.LocationChecked {
			t.Errorf("%d is %s, %v", id, v.Organization.LocationState, err)
		}
	}
	if checked, _, _, err = s.CheckLocations(t.Context(), reviewer, 0); err != nil || checked != 0 {
		t.Errorf("again: %d, %v", checked, err)
	}
	if _, _, _, err = s.CheckLocations(t.Context(), person(1, geo.RoleAnalyst), 0); err != nil {
		t.Error(err) // nowhere there is nothing to check
	}
}

// TestStepHoldsForAllDaysOfTheContent: a location was where it is before it was verified.
func TestStepHoldsForAllDaysOfTheContent(t *testing.T) {
	s := newVerifying(t)
	org := s.create(t, placed(120.91, 28.01, 12))
	valid := org.Valid
	org = s.take(t, person(1, geo.RoleReviewer), org, geo.LocationMove{To: geo.LocationCompared, Evidence: "x"})
	if org.Valid != valid {
		t.Errorf("valid %v, want %v", org.Valid, valid)
	}
	versions, err := s.OrganizationVersions(t.Context(), geo.Everywhere(), org.ID)
	if err != nil || len(versions) != 2 || versions[0].RecordedFrom.After(time.Now().Add(time.Minute)) {
		t.Errorf("%+v, %v", versions, err)
	}
}
