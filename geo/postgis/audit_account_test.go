package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestAuditOfAccounts walks an account through everything that can happen to it: each write is told, with who did it,
// for whom it is to be read, before and after, and no secret or hash of one.
func TestAuditOfAccounts(t *testing.T) {
	o := newOffice(t)
	boss := geo.WithActor(t.Context(), geo.Actor{Account: 1, Name: "boss", Via: geo.ViaSession})
	nobody := geo.WithActor(t.Context(), geo.Actor{Name: geo.NobodyName, Via: geo.ViaSession, Address: "192.0.2.9"})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := o.CreateAccount(boss, operator(), geo.Account{Name: "liu", DisplayName: "刘", Organization: o.village},
		[]geo.Grant{{Role: geo.RoleRegistrar, Organization: o.other, Valid: days("2026-06-15", "")}}, geo.NewLink{Hash: hash("secret of invitation"), ExpiresAt: noon().Add(time.Hour)}, noon())
	must(err)
	self := geo.WithActor(t.Context(), geo.Actor{Account: a.ID, Name: "liu", Via: geo.ViaSession})
	must(o.RedeemLink(nobody, hash("secret of invitation"), phc+"first", geo.Account{}, newSession("secret of session one")))
	must(o.ChangePassword(self, a.ID, phc+"first", phc+"second", newSession("secret of session two")))
	must(o.OpenSession(nobody, a.ID, phc+"second", newSession("secret of session three")))
	sessions, err := o.Sessions(t.Context(), a.ID, noon())
	must(err)
	must(o.EndSession(self, a.ID, sessions[0].ID))
	_, err = o.RenameSelf(self, a.ID, "刘老师", geo.DayOf(noon()))
	must(err)
	token, err := o.CreateToken(self, geo.Token{Account: a.ID, Name: "printer", ReadOnly: true, ExpiresAt: noon().AddDate(0, 0, 9)}, hash("secret of token"), noon())
	must(err)
	must(o.EndToken(self, a.ID, token.ID))
	must(o.CreateRecovery(boss, operator(), a.ID, geo.NewLink{Hash: hash("secret of recovery"), ExpiresAt: noon().Add(time.Hour)}, noon()))
	given, err := o.Grant(boss, operator(), geo.Grant{Account: a.ID, Role: geo.RoleAnalyst, Valid: days("2026-06-15", "")}, noon())
	must(err)
	must(o.EndGrant(boss, operator(), a.ID, given.ID, noon()))
	must(o.EndAccess(boss, operator(), a.ID, noon()))
	a, err = o.Account(t.Context(), a.ID, geo.DayOf(noon()))
	must(err)
	for _, disabled := range []bool{true, false} {
		a.Disabled = disabled
		a, err = o.ReplaceAccount(boss, operator(), a, noon())
		must(err)
	}
	a.Organization = o.county
	a, err = o.ReplaceAccount(boss, operator(), a, noon())
	must(err)
	must(o.ReplaceClaimedGrants(nobody, a.ID, []geo.Grant{{Role: geo.RoleReviewer, Organization: o.village, Valid: days("2026-01-01", "")}}, noon()))
	must(o.ReplaceClaimedGrants(nobody, a.ID, []geo.Grant{{Role: geo.RoleReviewer, Organization: o.village, Valid: days("2026-01-01", "")}}, noon())) // changes nothing
	next := o.open(t, "next", o.county)
	must(o.HandOver(boss, operator(), a.ID, next.ID, noon()))

	var got []string
	for _, e := range o.entries(t, geo.AuditQuery{Object: geo.AuditObject{Kind: "account", ID: a.ID}}) {
		got = append(got, fmt.Sprint(e.Actor.Name, " ", e.Action, " ", o.places(e.Path)))
	}
	slices.Reverse(got)
	want := []string{
		"boss account.create province county village", "boss grant.create province county village", "boss link.create province county village",
		"liu link.redeem province county village", "liu sign-in province county village",
		"liu sign-in province county village", "liu password.change province county village",
		"liu sign-in province county village", "liu session.end province county village", "liu account.rename province county village",
		"liu token.create province county village", "liu token.end province county village", "boss link.create province county village",
		"boss grant.create province county village", "boss grant.end province county village", "boss account.end-access province county village",
		"boss account.disable province county village", "boss account.enable province county village", "boss account.leave province county village", "boss account.replace province county",
		"liu grant.claim province county", "boss account.hand-over province county",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit of the account (-want +got):\n%s", diff)
	}
	list := o.entries(t, geo.AuditQuery{Object: geo.AuditObject{Kind: "account", ID: next.ID}, Limit: 1})
	if e := list[0]; e.Action != "account.take-over" || membersOf(t, e.After, "from") != fmt.Sprint(float64(a.ID)) || !strings.Contains(string(e.After), `"registrar"`) {
		t.Errorf("%+v %s", e, e.After)
	}
	o.wantNoSecrets(t, "invitation", "recovery", "token", "session one", "session two", "session three")
}

// places names the organizations of a path.
func (o office) places(path []geo.ID) string {
	texts := make([]string, len(path))
	for i, id := range path {
		texts[i] = map[geo.ID]string{o.province: "province", o.county: "county", o.village: "village", o.other: "other"}[id]
	}
	return strings.Join(texts, " ")
}

// wantNoSecrets looks through all of the audit for the secrets that were used, for hashes of them, and for passwords.
func (o office) wantNoSecrets(t *testing.T, secrets ...string) {
	t.Helper()
	whole := queryOne[string](t, o.setup, `select string_agg(a::text, ' ') from jingwei.audit a`)
	for _, s := range secrets {
		for _, text := range []string{"secret of", fmt.Sprintf("%x", hash("secret of "+s))} {
			if strings.Contains(whole, text) {
				t.Errorf("the audit holds %s of %s", text, s)
			}
		}
	}
	for _, text := range []string{"argon2", "csrf"} {
		if strings.Contains(whole, text) {
			t.Errorf("the audit holds %q", text)
		}
	}
}

// TestAuditOfTheFirstAccount: who opens it is nobody until then, and it has no organization whose administrators could
// read of it.
func TestAuditOfTheFirstAccount(t *testing.T) {
	o := newOffice(t)
	if made, err := o.CreateFirstLink(t.Context(), geo.NewLink{Hash: hash("secret of first"), ExpiresAt: noon().Add(time.Hour)}, noon()); !made || err != nil {
		t.Fatal(made, err)
	}
	nobody := geo.WithActor(t.Context(), geo.Actor{Name: geo.NobodyName, Via: geo.ViaSession})
	if err := o.RedeemLink(nobody, hash("secret of first"), phc+"x", geo.Account{Name: "chief", DisplayName: "头"}, newSession("secret of session")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range o.entries(t, geo.AuditQuery{Limit: 5}) {
		got = append(got, e.Actor.Name+" "+e.Action+" "+o.places(e.Path))
	}
	want := []string{"chief sign-in ", "chief link.redeem ", "chief grant.create ", "chief account.create ", "system link.create "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o.wantNoSecrets(t, "first", "session")
}

// TestAuditOfIdentities: an account that is opened at a provider's word is told with the provider.
func TestAuditOfIdentities(t *testing.T) {
	o := newOffice(t)
	for range 2 {
		if _, err := o.AccountOfIdentity(t.Context(), "https://issuer.example", "subject", &geo.Account{Name: "wang", DisplayName: "王", Organization: o.village}); err != nil {
			t.Fatal(err)
		}
	}
	list := o.entries(t, geo.AuditQuery{Action: "account.create"})
	if len(list) != 1 || membersOf(t, list[0].After, "name", "issuer") != "wang https://issuer.example" || o.places(list[0].Path) != "province county village" {
		t.Errorf("%+v", list)
	}
}

// TestAuditFindsThePlace: the path of an entry without one is that of its object, else that of its actor.
func TestAuditFindsThePlace(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "liu", o.village)
	liu := geo.Actor{Account: a.ID, Name: "liu", Via: geo.ViaSession}
	for i, c := range []struct {
		entry geo.AuditEntry
		want  string
	}{
		{geo.AuditEntry{Actor: liu}, "province county village"},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "report", ID: 3}}, "province county village"},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "organization", ID: o.other}}, "province other"},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "organization", ID: 5}}, ""},
		{geo.AuditEntry{Object: geo.AuditObject{Kind: "account", ID: a.ID}}, "province county village"},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "account", ID: 5}}, ""},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "organization"}}, "province county village"},
		{geo.AuditEntry{Actor: liu, Object: geo.AuditObject{Kind: "account"}}, "province county village"},
		{geo.AuditEntry{Actor: geo.Actor{Name: geo.NobodyName, Via: geo.ViaSession}, Object: geo.AuditObject{Kind: "account"}}, ""},
		{geo.AuditEntry{Actor: liu, Path: []geo.ID{o.county}}, "county"},
		{geo.AuditEntry{Actor: liu, Path: []geo.ID{}}, ""},
		{geo.AuditEntry{}, ""},
	} {
		c.entry.Action = "a"
		o.record(t, c.entry)
		if got := o.places(o.entries(t, geo.AuditQuery{Limit: 1})[0].Path); got != c.want {
			t.Errorf("entry %d has %q, want %q", i, got, c.want)
		}
	}
}
