package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

func TestHandOver(t *testing.T) {
	o := newOffice(t)
	old := o.open(t, "old", o.county, administrator(o.county, days("2025-01-01", "2027-01-01")),
		geo.Grant{Role: geo.RoleAnalyst, Organization: o.county, Valid: days("2024-01-01", "2025-01-01")},
		geo.Grant{Role: geo.RoleRegistrar, Organization: o.other, Valid: days("2026-09-01", "")})
	next := o.open(t, "next", o.county)
	o.exec(t, `insert into jingwei.role_grant (account_id, role, valid, source, created_by) values ($1, 'analyst', '[,)', 'oidc', 'corp')`, old.ID)
	if err := o.OpenSession(t.Context(), old.ID, "", newSession("s")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.CreateToken(t.Context(), geo.Token{Account: old.ID, Name: "t", ExpiresAt: noon().Add(time.Hour)}, hash("t"), noon()); err != nil {
		t.Fatal(err)
	}
	o.recover(t, operator(), old, "l")
	if err := o.HandOver(t.Context(), operator(), old.ID, next.ID, noon()); err != nil {
		t.Fatal(err)
	}
	held, err := o.HeldGrants(t.Context(), day("2026-06-15"), next.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range held {
		got = append(got, fmt.Sprintf("%s on %s from %v to %v by %s of %s", g.Role, g.OrganizationName, g.Valid.From, g.Valid.To, g.CreatedBy, g.Source))
	}
	want := []string{"administrator on 县委 from 2026-06-15 to 2027-01-01 by operator of grant", "registrar on 邻县 from 2026-09-01 to  by operator of grant"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	if left, err := o.HeldGrants(t.Context(), day("2026-06-15"), old.ID); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	if n := queryOne[int](t, o.setup, `select count(*) from jingwei.role_grant where account_id = $1 and ended_by = 'operator'`, old.ID); n != 4 {
		t.Errorf("%d grants stay in the record", n)
	}
	if a, err := o.Account(t.Context(), old.ID, day("2026-06-15")); err != nil || !a.Disabled || a.Version != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	_, _, _, _, session := o.AuthorityOfSession(t.Context(), hash("s"), noon())
	_, _, token := o.AuthorityOfToken(t.Context(), hash("t"), noon())
	_, link := o.InspectLink(t.Context(), hash("l"), noon())
	for _, err := range []error{session, token, link} {
		wantError(t, err, geo.ErrNotFound, "")
	}
	wantError(t, o.HandOver(t.Context(), operator(), next.ID, old.ID, noon()), geo.ErrConflict, "to")
}

// TestHandOverBesideSignIn: whatever comes first, nothing of the old account is left open.
func TestHandOverBesideSignIn(t *testing.T) {
	o := newOffice(t)
	for round := range 10 {
		old := o.open(t, fmt.Sprint("old", round), o.county, administrator(o.county, geo.Always))
		next := o.open(t, fmt.Sprint("next", round), o.county)
		name := fmt.Sprint("session ", round)
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 5 {
				err := o.OpenSession(t.Context(), old.ID, phc+old.Name, newSession(fmt.Sprint(name, i)))
				if err != nil && !errors.Is(err, geo.ErrNotFound) {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			_, err := o.CreateToken(t.Context(), geo.Token{Account: old.ID, Name: "t", ExpiresAt: noon().Add(time.Hour)}, hash(name), noon())
			if err != nil && !errors.Is(err, geo.ErrNotFound) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := o.HandOver(t.Context(), operator(), old.ID, next.ID, noon()); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if n := queryOne[int](t, o.setup, `select (select count(*) from jingwei.session where account_id = $1) + (select count(*) from jingwei.token where account_id = $1)`, old.ID); n != 0 {
			t.Fatalf("round %d: %d sessions and tokens of the old account are left", round, n)
		}
	}
}

// TestHandOverBothWays: two that go opposite ways do not block each other for ever, and one wins.
func TestHandOverBothWays(t *testing.T) {
	o := newOffice(t)
	for round := range 5 {
		a, b := o.open(t, fmt.Sprint("aaa", round), o.county), o.open(t, fmt.Sprint("bbb", round), o.county)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		wg.Go(func() { errs[0] = o.HandOver(t.Context(), operator(), a.ID, b.ID, noon()) })
		wg.Go(func() { errs[1] = o.HandOver(t.Context(), operator(), b.ID, a.ID, noon()) })
		wg.Wait()
		if i := slices.Index(errs, nil); i < 0 || !errors.Is(errs[1-i], geo.ErrConflict) {
			t.Errorf("%v", errs)
		}
	}
}

// TestGrantEndsOnce: of many that take one grant away at once, one does.
func TestGrantEndsOnce(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village, administrator(o.village, geo.Always))
	id := o.firstGrant(t, a.ID)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			by := geo.Authority{Name: fmt.Sprint("by", i), Operator: true}
			errs[i] = o.EndGrant(t.Context(), by, a.ID, id, noon())
		})
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	for i, err := range errs {
		if i != won && !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("end %d: %v", i, err)
		}
	}
	if by := queryOne[string](t, o.setup, `select ended_by from jingwei.role_grant`); by != fmt.Sprint("by", won) {
		t.Errorf("%d won, ended by %s", won, by)
	}
}

func TestGrantAgain(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	g := geo.Grant{Account: a.ID, Role: geo.RoleAnalyst, Organization: o.village, Valid: geo.Always}
	held, err := o.Grant(t.Context(), operator(), g, noon())
	if err != nil || held.OrganizationName != "村支部" || held.Account != a.ID {
		t.Fatalf("%+v, %v", held, err)
	}
	_, err = o.Grant(t.Context(), operator(), g, noon())
	wantError(t, err, geo.ErrConflict, "role")
	if err := o.EndGrant(t.Context(), operator(), a.ID, held.ID, noon()); err != nil {
		t.Fatal(err)
	}
	if _, err = o.Grant(t.Context(), operator(), g, noon()); err != nil {
		t.Errorf("again: %v", err)
	}
	g.Organization = 5
	_, err = o.Grant(t.Context(), operator(), g, noon())
	wantError(t, err, geo.ErrConflict, "organization")
	g.Role = "king"
	_, err = o.Grant(t.Context(), operator(), g, noon())
	wantError(t, err, geo.ErrInvalid, "role")
}
