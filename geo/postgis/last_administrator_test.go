package postgis_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"jingwei/geo"
)

// TestLastAdministratorStays: nobody takes away the last present grant of an administrator of everything, nor do two who
// take away each other's at once; to hand it over is well.
func TestLastAdministratorStays(t *testing.T) {
	o := newOffice(t)
	first := o.open(t, "first", 0, administrator(0, geo.Always))
	o.open(t, "later", 0, administrator(0, days("2026-07-01", "")))
	o.open(t, "part", o.county, administrator(o.county, geo.Always), geo.Grant{Role: geo.RoleAnalyst, Valid: geo.Always})
	gone := o.open(t, "gone", 0, administrator(0, geo.Always))
	if err := o.disable(t, gone); err != nil {
		t.Fatal(err)
	}
	wantError(t, o.endFirstGrant(t, operator(), first.ID), geo.ErrConflict, "")
	wantError(t, o.disable(t, first), geo.ErrConflict, "")
	if err := o.endFirstGrant(t, operator(), gone.ID); err != nil {
		t.Errorf("a grant that nobody could use: %v", err)
	}
	second := o.open(t, "second", 0, administrator(0, geo.Always))
	errs := make([]error, 2)
	grants := []geo.ID{o.firstGrant(t, first.ID), o.firstGrant(t, second.ID)}
	var wg sync.WaitGroup
	for i, a := range []geo.Account{first, second} {
		wg.Go(func() { errs[i] = o.EndGrant(t.Context(), operator(), a.ID, grants[i], noon()) })
	}
	wg.Wait()
	if won := slices.Index(errs, nil); won < 0 || !errors.Is(errs[1-won], geo.ErrConflict) {
		t.Fatalf("both at once: %v", errs)
	}
	last, next := first, o.open(t, "next", 0)
	if errs[0] == nil {
		last = second
	}
	if err := o.HandOver(t.Context(), operator(), last.ID, next.ID, noon()); err != nil {
		t.Fatal(err)
	}
	// What a provider claimed does not go over with an office.
	o.exec(t, `update jingwei.role_grant set source = 'oidc' where ended_at is null`)
	wantError(t, o.HandOver(t.Context(), operator(), next.ID, o.open(t, "heir", 0).ID, noon()), geo.ErrConflict, "")
}

// TestLastAdministratorStaysAble: nor is the last one disabled, or are two who disable each other at once; who has the right
// in days to come only, or of a part, is no other.
func TestLastAdministratorStaysAble(t *testing.T) {
	o := newOffice(t)
	first, second := o.open(t, "first", 0, administrator(0, geo.Always)), o.open(t, "second", 0, administrator(0, geo.Always))
	o.open(t, "later", 0, administrator(0, days("2026-07-01", "")))
	part := o.open(t, "part", o.county, administrator(o.county, geo.Always))
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, a := range []geo.Account{first, second} {
		wg.Go(func() { errs[i] = o.disable(t, a) })
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	if won < 0 || !errors.Is(errs[1-won], geo.ErrConflict) {
		t.Fatalf("both at once: %v", errs)
	}
	if err := o.disable(t, part); err != nil {
		t.Errorf("one of a part: %v", err)
	}
	last := []geo.Account{second, first}[won]
	last.DisplayName = "the last one"
	if _, err := o.ReplaceAccount(t.Context(), operator(), last, noon()); err != nil {
		t.Errorf("another name: %v", err)
	}
}

// disable disables an account that was read before.
func (o office) disable(t *testing.T, a geo.Account) error {
	t.Helper()
	a.Disabled = true
	_, err := o.ReplaceAccount(t.Context(), operator(), a, noon())
	return err
}
