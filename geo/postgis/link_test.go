package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"jingwei/geo"
)

func (o office) invite(t testing.TB, by geo.Authority, name string, organization geo.ID, grants ...geo.Grant) geo.Account {
	t.Helper()
	link := geo.NewLink{Hash: hash("link of " + name), ExpiresAt: noon().Add(geo.InviteValid)}
	a, err := o.CreateAccount(t.Context(), by, geo.Account{Name: name, DisplayName: name, Organization: organization}, grants, link, noon())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o office) recover(t testing.TB, by geo.Authority, a geo.Account, name string) {
	t.Helper()
	if err := o.CreateRecovery(t.Context(), by, a.ID, geo.NewLink{Hash: hash(name), ExpiresAt: noon().Add(geo.RecoveryValid)}, noon()); err != nil {
		t.Fatal(err)
	}
}

func (o office) redeem(t testing.TB, link string) error {
	return o.RedeemLink(t.Context(), hash(link), phc+"chosen", geo.Account{}, newSession("session by "+link))
}

func TestInvitation(t *testing.T) {
	o := newOffice(t)
	a := o.invite(t, operator(), "somebody", o.village)
	attempt, err := o.AttemptSignIn(t.Context(), "somebody", noon())
	if err != nil || attempt.Password != "" || a.HasPassword {
		t.Errorf("before: %+v, %+v, %v", attempt, a, err)
	}
	l, err := o.InspectLink(t.Context(), hash("link of somebody"), noon())
	if err != nil || l.Purpose != geo.LinkInvite || l.AccountName != "somebody" || l.Account != a.ID || !l.ExpiresAt.Equal(noon().Add(geo.InviteValid)) {
		t.Errorf("%+v, %v", l, err)
	}
	if err := o.redeem(t, "link of somebody"); err != nil {
		t.Fatal(err)
	}
	u, _, _, mustChange, err := o.AuthorityOfSession(t.Context(), hash("session by link of somebody"), noon())
	if err != nil || u.Account != a.ID || mustChange {
		t.Errorf("%+v, must change %v, %v", u, mustChange, err)
	}
	wantError(t, o.redeem(t, "link of somebody"), geo.ErrNotFound, "")
	_, err = o.InspectLink(t.Context(), hash("link of somebody"), noon())
	wantError(t, err, geo.ErrNotFound, "")
}

func TestLinksEnd(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	o.recover(t, operator(), a, "first")
	o.recover(t, operator(), a, "second")
	for link, at := range map[string]time.Time{"first": noon(), "second": noon().Add(geo.RecoveryValid), "never": noon()} {
		_, err := o.InspectLink(t.Context(), hash(link), at)
		wantError(t, err, geo.ErrNotFound, "")
		n := newSession("s")
		n.At = at
		wantError(t, o.RedeemLink(t.Context(), hash(link), phc, geo.Account{}, n), geo.ErrNotFound, "")
	}
	if _, err := o.AttemptSignIn(t.Context(), "somebody", noon()); err != nil {
		t.Fatal(err)
	}
	if err := o.OpenSession(t.Context(), a.ID, "", newSession("of old")); err != nil {
		t.Fatal(err)
	}
	token := geo.Token{Account: a.ID, Name: "of old", ExpiresAt: noon().AddDate(1, 0, 0)}
	if _, err := o.CreateToken(t.Context(), token, hash("token of old"), noon()); err != nil {
		t.Fatal(err)
	}
	if err := o.redeem(t, "second"); err != nil {
		t.Fatal(err)
	}
	_, _, tokenErr := o.AuthorityOfToken(t.Context(), hash("token of old"), noon())
	wantError(t, tokenErr, geo.ErrNotFound, "")
	_, _, _, _, err := o.AuthorityOfSession(t.Context(), hash("of old"), noon())
	wantError(t, err, geo.ErrNotFound, "")
	attempt, err := o.AttemptSignIn(t.Context(), "somebody", noon())
	if err != nil || attempt.Password != phc+"chosen" {
		t.Errorf("%+v, %v", attempt, err)
	}
}

// TestLinkIsWorthNoMoreThanItsMaker: who made a link cannot use it once the account has more than they could give, nor
// once they lost what they had.
func TestLinkIsWorthNoMoreThanItsMaker(t *testing.T) {
	o := newOffice(t)
	for name, change := range map[string]func(maker geo.Account, theirs [2]geo.Account) error{
		"the accounts were given more": func(_ geo.Account, theirs [2]geo.Account) error {
			var errs []error
			for _, a := range theirs {
				_, err := o.Grant(t.Context(), operator(), geo.Grant{Account: a.ID, Role: geo.RoleAnalyst, Organization: o.province, Valid: geo.Always}, noon())
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		},
		"the accounts moved away": func(_ geo.Account, theirs [2]geo.Account) error {
			var errs []error
			for _, a := range theirs {
				a.Organization = o.other
				_, err := o.ReplaceAccount(t.Context(), operator(), a, noon())
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		},
		"the maker's grant was taken away": func(maker geo.Account, _ [2]geo.Account) error {
			return o.endFirstGrant(t, operator(), maker.ID)
		},
		"the maker was disabled": func(maker geo.Account, _ [2]geo.Account) error {
			maker.Disabled = true
			_, err := o.ReplaceAccount(t.Context(), operator(), maker, noon())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			id := geo.NewSecret()[:10]
			maker := o.open(t, "maker-"+string(id), o.county, administrator(o.county, geo.Always))
			u := o.signIn(t, maker)
			invited := o.invite(t, u, "invited-"+string(id), o.village)
			recovered := o.open(t, "recovered-"+string(id), o.village)
			o.recover(t, u, recovered, "recovery "+string(id))
			links := []string{"link of " + invited.Name, "recovery " + string(id)}
			for _, l := range links {
				if _, err := o.InspectLink(t.Context(), hash(l), noon()); err != nil {
					t.Fatalf("before: %v", err)
				}
			}
			if err := change(maker, [2]geo.Account{invited, recovered}); err != nil {
				t.Fatal(err)
			}
			for _, l := range links {
				_, err := o.InspectLink(t.Context(), hash(l), noon())
				wantError(t, err, geo.ErrNotFound, "")
				wantError(t, o.redeem(t, l), geo.ErrNotFound, "")
			}
		})
	}
}

// TestOneRedemption: of many at once one succeeds, and the password is that one's.
func TestOneRedemption(t *testing.T) {
	o := newOffice(t)
	a := o.invite(t, operator(), "somebody", o.village)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = o.RedeemLink(t.Context(), hash("link of somebody"), fmt.Sprint(phc, i), geo.Account{}, newSession(fmt.Sprint("s", i)))
		})
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	for i, err := range errs {
		if i != won && !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("redemption %d: %v", i, err)
		}
	}
	attempt, err := o.AttemptSignIn(t.Context(), "somebody", noon())
	if err != nil || won < 0 || attempt.Password != fmt.Sprint(phc, won) {
		t.Errorf("%d won, the password is %q, %v", won, attempt.Password, err)
	}
	if sessions, _ := o.Sessions(t.Context(), a.ID, noon()); len(sessions) != 1 {
		t.Errorf("%d sessions", len(sessions))
	}
}

func TestFirstAccount(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"a", "b"} { // a start each
		if made, err := o.CreateFirstLink(t.Context(), geo.NewLink{Hash: hash(name), ExpiresAt: noon().Add(geo.FirstValid)}, noon()); err != nil || !made {
			t.Fatal(made, err)
		}
	}
	subtree := o.open(t, "early", o.county, geo.Grant{Role: geo.RoleAdministrator, Organization: o.county, Valid: geo.Always})
	if any, err := o.AnyAdministrator(t.Context()); err != nil || any {
		t.Errorf("%s, who looks after a part, is taken for an administrator of everything: %v", subtree.Name, err)
	}
	if l, err := o.InspectLink(t.Context(), hash("a"), noon()); err != nil || l.Purpose != geo.LinkFirst || l.AccountName != "" {
		t.Errorf("%+v, %v", l, err)
	}
	wantError(t, o.RedeemLink(t.Context(), hash("a"), phc, geo.Account{Name: "x", DisplayName: "x"}, newSession("s")), geo.ErrInvalid, "name")
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			first := geo.Account{Name: fmt.Sprint("admin", i), DisplayName: "管理员"}
			errs[i] = o.RedeemLink(t.Context(), hash([]string{"a", "b"}[i%2]), phc, first, newSession(fmt.Sprint("s", i)))
		})
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	if won < 0 {
		t.Fatal(errs)
	}
	for i, err := range errs {
		if i != won && !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("redemption %d: %v", i, err)
		}
	}
	u, _, _, mustChange, err := o.AuthorityOfSession(t.Context(), hash(fmt.Sprint("s", won)), noon())
	if err != nil || mustChange || !u.Scope(geo.ActionGrant, day("2030-01-01")).All {
		t.Errorf("%+v, %v", u, err)
	}
	if made, err := o.CreateFirstLink(t.Context(), geo.NewLink{Hash: hash("c"), ExpiresAt: noon().Add(geo.FirstValid)}, noon()); err != nil || made {
		t.Error(made, err)
	}
	o.exec(t, `update jingwei.role_grant set ended_at = now(), ended_by = 'test'`)
	for _, name := range []string{"a", "b"} { // whoever has kept one does not become an administrator later
		_, err := o.InspectLink(t.Context(), hash(name), noon())
		wantError(t, err, geo.ErrNotFound, "")
	}
}
