package postgis_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// TestLockOut goes through failures in a row: after five a name is locked, for a time that doubles; what is tried while it
// is locked prolongs nothing; success and a day of rest forget them. There need be no such account.
func TestLockOut(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	for _, name := range []string{"somebody", "nobody.at.all"} {
		now := noon()
		attempt := func(after time.Duration, locked bool) {
			t.Helper()
			now = now.Add(after)
			got, err := o.AttemptSignIn(t.Context(), name, now)
			if err != nil || got.Locked != locked {
				t.Fatalf("%s, %v after noon: %+v, %v; want locked %v", name, now.Sub(noon()), got, err, locked)
			}
			if locked && (got.Account != 0 || got.Password != "") {
				t.Fatalf("a locked name tells %+v", got)
			}
		}
		for range 5 {
			attempt(0, false)
		}
		for _, lock := range []time.Duration{30, 60, 120, 240, 480, 900, 900} {
			attempt(lock*time.Second-time.Second, true)
			attempt(time.Second, false)
		}
		attempt(0, true)
		now = now.Add(geo.FailuresForgotten)
		for range 5 {
			attempt(time.Second, false)
		}
		attempt(0, true)
	}
	if err := o.OpenSession(t.Context(), a.ID, phc+"somebody", newSession("s")); err != nil {
		t.Fatal(err)
	}
	got, err := o.AttemptSignIn(t.Context(), "Somebody", noon())
	if err != nil || got != (geo.SignInAttempt{Account: a.ID, Password: phc + "somebody"}) {
		t.Errorf("after success: %+v, %v", got, err)
	}
}

// TestLockOutHoldsAcrossNodes: attempts at once, by way of several stores, are not more than the lock-out allows.
func TestLockOutHoldsAcrossNodes(t *testing.T) {
	o := newOffice(t)
	nodes := []*postgis.Store{o.Store, open(t, o.url), open(t, o.url)}
	var (
		wg      sync.WaitGroup
		allowed atomic.Int32
	)
	for i := range 30 {
		wg.Go(func() {
			got, err := nodes[i%3].AttemptSignIn(t.Context(), "somebody", noon())
			if err != nil {
				t.Error(err)
			}
			if !got.Locked {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if allowed.Load() != geo.FreeFailures {
		t.Errorf("%d passwords would have been looked at", allowed.Load())
	}
}

func TestRefundedAttemptsDoNotLock(t *testing.T) {
	o := newOffice(t)
	for range 20 {
		if got, err := o.AttemptSignIn(t.Context(), "somebody", noon()); err != nil || got.Locked {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := o.RefundSignIn(t.Context(), "somebody"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFailuresKeepNoName: what was tried may be a password by mistake.
func TestFailuresKeepNoName(t *testing.T) {
	o := newOffice(t)
	if _, err := o.AttemptSignIn(t.Context(), "my secret password", noon()); err != nil {
		t.Fatal(err)
	}
	if kept := queryOne[bool](t, o.setup, `select bool_or(f::text ~ 'secret' or convert_from(f.key, 'LATIN1') ~ 'secret') from jingwei.sign_in_failure f`); kept {
		t.Error("the name is kept")
	}
}

func TestOpenSessionNeedsThePasswordThatWasChecked(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if err := o.ChangePassword(t.Context(), a.ID, phc+"somebody", phc+"new", newSession("own")); err != nil {
		t.Fatal(err)
	}
	wantError(t, o.OpenSession(t.Context(), a.ID, phc+"somebody", newSession("late")), geo.ErrNotFound, "")
	wantError(t, o.ChangePassword(t.Context(), a.ID, phc+"somebody", phc+"newer", newSession("late")), geo.ErrNotFound, "")
	if err := o.OpenSession(t.Context(), a.ID, phc+"new", newSession("next")); err != nil {
		t.Error(err)
	}
}

func TestChangePasswordEndsOtherSessionsAndLinks(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if !a.MustChange {
		t.Error("a password that somebody else chose need not be changed")
	}
	for _, name := range []string{"one", "two"} {
		if err := o.OpenSession(t.Context(), a.ID, "", newSession(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.CreateRecovery(t.Context(), operator(), a.ID, geo.NewLink{Hash: hash("l"), ExpiresAt: noon().Add(time.Hour)}, noon()); err != nil {
		t.Fatal(err)
	}
	if err := o.ChangePassword(t.Context(), a.ID, phc+"somebody", phc+"new", newSession("three")); err != nil {
		t.Fatal(err)
	}
	sessions, err := o.Sessions(t.Context(), a.ID, noon())
	if err != nil || len(sessions) != 1 {
		t.Errorf("%+v, %v", sessions, err)
	}
	_, _, _, mustChange, err := o.AuthorityOfSession(t.Context(), hash("three"), noon())
	if err != nil || mustChange {
		t.Errorf("must change %v, %v", mustChange, err)
	}
	_, err = o.InspectLink(t.Context(), hash("l"), noon())
	wantError(t, err, geo.ErrNotFound, "")
}
