package postgis_test

import (
	"context"
	"slices"
	"testing"

	"jingwei/geo"
)

// undo takes back the last write to an organization, as somebody who may not write states.
func (c clerk) undo(s verifying, org geo.Organization) geo.Organization {
	c.Helper()
	ctx := geo.WithActor(c.Context(), geo.Actor{Account: 8, Name: "clerk", Via: geo.ViaSession})
	of := geo.Scope{Roots: []geo.ID{org.ID}}
	if _, _, err := s.UndoOrganization(ctx, of, of, org.ID, org.Version, s.today, "clerk"); err != nil {
		c.Fatal(err)
	}
	return s.now(c.T, org.ID)
}

// restored is the organization after an earlier version was written anew.
func (c clerk) restored(s verifying, org geo.Organization, version int32) geo.Organization {
	c.Helper()
	ctx := geo.WithActor(c.Context(), geo.Actor{Account: 8, Name: "clerk", Via: geo.ViaSession})
	out, _, err := s.RestoreOrganization(ctx, geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, version, nil, s.today, "clerk")
	if err != nil {
		c.Fatal(err)
	}
	return out
}

// wrote is the organization after a change of its content.
func (c clerk) wrote(s verifying, org geo.Organization, change func(x *geo.OrganizationContent)) geo.Organization {
	c.Helper()
	content := org.OrganizationContent
	content.LocationState = ""
	change(&content)
	out, err := c.replace(s, org, content)
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func (s verifying) now(t *testing.T, id geo.ID) geo.Organization {
	t.Helper()
	org, err := s.Organization(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// compared is an organization whose location was compared.
func (s verifying) compared(t *testing.T, c geo.OrganizationContent) geo.Organization {
	t.Helper()
	return s.take(t, person(1, geo.RoleReviewer), s.create(t, c), geo.LocationMove{To: geo.LocationCompared, Evidence: "x"})
}

func (s verifying) want(t *testing.T, what string, org geo.Organization, state string) {
	t.Helper()
	if org.LocationState != state {
		t.Errorf("%s: %s, want %s", what, org.LocationState, state)
	}
}

// trail is the steps of an organization, after so many.
func (s verifying) trail(t *testing.T, id geo.ID, after int) (trail []string) {
	t.Helper()
	v, err := s.Verification(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range v.Steps[min(after, len(v.Steps)):] {
		trail = append(trail, x.From+" "+x.To+" "+x.Cause)
	}
	return trail
}

// TestUndoKeepsTheVerification: with a place comes back what was verified of it, and of that place only.
func TestUndoKeepsTheVerification(t *testing.T) {
	s, by := newVerifying(t), asClerk(t)
	org := s.compared(t, placed(120.91, 28.01, 30))
	far := func(x *geo.OrganizationContent) { x.Location.Lon -= 50_000 } // 490 m
	near := func(x *geo.OrganizationContent) { x.Location.Lon += 2030 }  // 20 m
	org = by.wrote(s, org, near)
	for range 2 { // what was verified stays the place that it was, however often one moves away and back
		org = by.wrote(s, org, far)
		s.want(t, "moved", org, geo.LocationChecked)
		org = by.undo(s, org)
		s.want(t, "undone", org, geo.LocationCompared)
	}
	want := []string{"compared reported moved", "reported checked check", "checked compared undone"}
	if got := s.trail(t, org.ID, 5); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s.want(t, "20 m more than the accuracy", by.wrote(s, org, near), geo.LocationChecked)

	gone := s.compared(t, placed(120.905, 28.005, 30))
	gone = by.undo(s, by.wrote(s, gone, far)) // version 3 was far away
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), gone.ID, gone.Version, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	gone.Version++
	back := by.restored(s, gone, 3)
	s.want(t, "restored elsewhere", back, geo.LocationChecked)
	ctx, of := geo.WithActor(t.Context(), geo.Actor{Account: 8, Name: "clerk", Via: geo.ViaSession}), geo.Scope{Roots: []geo.ID{gone.ID}}
	if _, _, err := s.UndoOrganization(ctx, of, of, gone.ID, back.Version, s.today, "clerk"); err != nil {
		t.Fatal(err)
	}
	back.Version++
	s.want(t, "restored elsewhere again", by.restored(s, back, 3), geo.LocationChecked)

	// The operator says that another place is as well verified: so it is, until that is taken back.
	said := func(org geo.Organization) geo.Organization {
		moved := org.OrganizationContent
		far(&moved)
		org, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, moved, s.today, s.today, "operator")
		if err != nil {
			t.Fatal(err)
		}
		return org
	}
	org = said(s.compared(t, placed(120.915, 28.015, 30)))
	s.want(t, "20 m from where the operator said", by.wrote(s, org, near), geo.LocationCompared)
	org = by.undo(s, said(s.compared(t, placed(120.915, 28.005, 30))))
	s.want(t, "what the operator said is taken back", org, geo.LocationCompared)
	s.want(t, "where the operator said", by.wrote(s, org, far), geo.LocationChecked)
}

// TestUndoKeepsTheFindings: what contradicts a place is said of it again when it comes back.
func TestUndoKeepsTheFindings(t *testing.T) {
	s, by := newVerifying(t), asClerk(t)
	org := s.create(t, placed(120.95, 28.05, 10))
	org = by.wrote(s, org, func(x *geo.OrganizationContent) { x.Location = placed(120.91, 28.01, 10).Location })
	s.want(t, "put right", org, geo.LocationChecked)
	org = by.undo(s, org)
	v, err := s.Verification(t.Context(), geo.Everywhere(), org.ID)
	if err != nil || !slices.Equal(v.Findings, []geo.Finding{geo.FindingOutsideDivision}) || v.CheckedAt.IsZero() || v.Organization.LocationState != geo.LocationReported {
		t.Errorf("undone: %s with %v, checked %v, %v", v.Organization.LocationState, v.Findings, v.CheckedAt, err)
	}
	list, err := s.Locations(t.Context(), geo.Everywhere(), geo.LocationQuery{Finding: string(geo.FindingOutsideDivision), Limit: 5})
	if err != nil || len(list) != 1 || list[0].ID != org.ID {
		t.Errorf("contradicted are %v, %v", list, err)
	}
	if got, want := s.trail(t, org.ID, 0), []string{"reported checked check", "checked reported undone"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestVerifiedAsItIs: an accuracy or a division that was not verified begins anew, and no accuracy lets a place wander.
func TestVerifiedAsItIs(t *testing.T) {
	s, by := newVerifying(t), asClerk(t)
	step := int32(10_150) // 100 m
	for name, c := range map[string]struct {
		accuracy float64
		change   func(x *geo.OrganizationContent)
		want     string
	}{
		"name":                       {12, func(x *geo.OrganizationContent) { x.Name = "柳东" }, geo.LocationCompared},
		"worse":                      {12, func(x *geo.OrganizationContent) { x.LocationAccuracyM = 90 }, geo.LocationChecked},
		"much worse":                 {12, func(x *geo.OrganizationContent) { x.LocationAccuracyM = 1_500_000 }, geo.LocationReported},
		"better":                     {12, func(x *geo.OrganizationContent) { x.LocationAccuracyM = 1 }, geo.LocationChecked},
		"unknown":                    {12, func(x *geo.OrganizationContent) { x.LocationAccuracyM = 0 }, geo.LocationReported},
		"division":                   {12, func(x *geo.OrganizationContent) { x.Division = qingbo51 }, geo.LocationChecked},
		"within the largest reach":   {100_000, func(x *geo.OrganizationContent) { x.Location.Lon += 4 * step }, geo.LocationCompared},
		"beyond whatever accuracy":   {100_000, func(x *geo.OrganizationContent) { x.Location.Lon += 6 * step }, geo.LocationReported},
		"stated where there is none": {0, func(x *geo.OrganizationContent) { x.LocationAccuracyM = 20 }, geo.LocationChecked},
	} {
		content := placed(120.905, 28.01, c.accuracy)
		org := s.create(t, content)
		if c.accuracy == 12 {
			org = s.take(t, person(1, geo.RoleReviewer), org, geo.LocationMove{To: geo.LocationCompared, Evidence: "x"})
		} else if c.accuracy > 0 {
			org = s.take(t, person(1, geo.RoleReviewer), org, geo.LocationMove{To: geo.LocationChecked, Evidence: "x"})
			org = s.take(t, person(1, geo.RoleReviewer), org, geo.LocationMove{To: geo.LocationCompared, Evidence: "x"})
		}
		before := org
		org = by.wrote(s, org, c.change)
		s.want(t, name, org, c.want)
		s.want(t, name+", undone", by.undo(s, org), before.LocationState)
		s.exec(t, `update jingwei.organization_version set lat_e7 = lat_e7 + organization_id % 100 where organization_id = $1`, org.ID) // not one point for all
	}
	beyond := placed(120.905, 28.01, geo.MaxAccuracyM+1)
	_, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), beyond, since("2023-06-30"), "a")
	wantError(t, err, geo.ErrInvalid, "location_accuracy_m")
}

// TestCheckThatIsBrokenOff: what a check did not come to is checked by the next one, and what is retired meanwhile is passed over.
func TestCheckThatIsBrokenOff(t *testing.T) {
	s := newVerifying(t)
	var ids []geo.ID
	for i := range 4 {
		ids = append(ids, s.create(t, placed(120.901+float64(i)*1e-3, 28.01, 10)).ID)
	}
	s.exec(t, `update jingwei.organization_version set location_state = 'reported', location_accuracy_m = 11 where organization_id = any ($1)`, ids)
	conn := s.connect(t)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `update jingwei.organization set retired = '2024-01-01' where id = $1`, ids[2]); err != nil {
		t.Fatal(err)
	}
	check := func(ctx context.Context) (checked, passed int, err error) {
		checked, passed, _, err = s.CheckLocations(ctx, person(1, geo.RoleReviewer), 0)
		return checked, passed, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	broken := make(chan error, 1)
	go func() {
		_, _, err := check(ctx)
		broken <- err
	}()
	s.waitForBlock(t, conn.PgConn().PID())
	cancel()
	if err := <-broken; err == nil {
		t.Error("it is said to be complete")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if checked, passed, err := check(t.Context()); err != nil || checked != 1 || passed != 1 {
		t.Errorf("afterwards %d are checked, %d pass, %v", checked, passed, err)
	}
	for _, id := range slices.Concat(ids[:2], ids[3:]) {
		s.want(t, id.String(), s.now(t, id), geo.LocationChecked)
	}
}
