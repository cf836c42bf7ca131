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

// noon is when the tests of accounts happen: what is stored does not hang on the clock of the machine.
func noon() time.Time { return time.Date(2026, 6, 15, 4, 0, 0, 0, time.UTC) }

// days is a range of days of a grant; "" is an open end.
func days(from, to string) geo.DayRange {
	r := geo.Always
	if from != "" {
		r.From = day(from)
	}
	if to != "" {
		r.To = day(to)
	}
	return r
}

// office is a database with a tree of organizations: province 1 above county 2 above village 3, and county 4 beside 2.
type office struct {
	setup
	province, county, village, other geo.ID
}

func newOffice(t testing.TB) office {
	t.Helper()
	o := office{setup: newSetup(t)}
	below := func(name string, parent geo.ID) geo.ID {
		c := content(name)
		c.Parent = parent
		return o.create(t, c).ID
	}
	o.province = below("省委", 0)
	o.county = below("县委", o.province)
	o.village = below("村支部", o.county)
	o.other = below("邻县", o.province)
	return o
}

func operator() geo.Authority { return geo.Authority{Name: "operator", Operator: true} }

// hash gives the hash of a secret that the test names.
func hash(name string) [32]byte { return geo.Secret(name).Hash() }

func newSession(name string) geo.NewSession {
	return geo.NewSession{Hash: hash(name), CSRF: "csrf of " + name, At: noon(), Address: "192.0.2.1", Agent: "browser"}
}

const phc = "$argon2id$v=19$test$"

// open opens an account with a password and grants.
func (o office) open(t testing.TB, name string, organization geo.ID, grants ...geo.Grant) geo.Account {
	t.Helper()
	a, err := o.CreateAccountWithPassword(t.Context(), operator(), geo.Account{Name: name, DisplayName: "名" + name, Organization: organization}, phc+name, grants, noon())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// signIn opens a session and returns who it makes known.
func (o office) signIn(t testing.TB, a geo.Account) geo.Authority {
	t.Helper()
	secret := string(geo.NewSecret())
	if err := o.OpenSession(t.Context(), a.ID, "", newSession(secret)); err != nil {
		t.Fatal(err)
	}
	u, _, _, _, err := o.AuthorityOfSession(t.Context(), hash(secret), noon())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func administrator(organization geo.ID, valid geo.DayRange) geo.Grant {
	return geo.Grant{Role: geo.RoleAdministrator, Organization: organization, Valid: valid}
}

func names(accounts []geo.Account) []string {
	var out []string
	for _, a := range accounts {
		out = append(out, a.Name)
	}
	return out
}

func TestAccountRoundTrip(t *testing.T) {
	o := newOffice(t)
	made, err := o.CreateAccount(t.Context(), operator(), geo.Account{Name: " Village.Office ", DisplayName: "村办", Organization: o.village},
		[]geo.Grant{{Role: geo.RoleRegistrar, Organization: o.village, Valid: days("2026-06-15", "2027-01-01")}}, geo.NewLink{Hash: hash("l"), ExpiresAt: noon().Add(time.Hour)}, noon())
	if err != nil {
		t.Fatal(err)
	}
	want := geo.Account{ID: made.ID, Version: 1, Name: "village.office", DisplayName: "村办", Organization: o.village, OrganizationName: "村支部",
		Path: []geo.ID{o.province, o.county, o.village}, CreatedAt: noon()}
	made.CreatedAt = made.CreatedAt.UTC()
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	held, err := o.HeldGrants(t.Context(), day("2026-06-15"), made.ID)
	if err != nil || len(held) != 1 {
		t.Fatalf("grants %+v, %v", held, err)
	}
	wantGrant := geo.HeldGrant{Grant: geo.Grant{ID: held[0].ID, Account: made.ID, Role: geo.RoleRegistrar, Organization: o.village, Valid: days("2026-06-15", "2027-01-01")},
		Path: want.Path, OrganizationName: "村支部", Public: true, Source: "grant", CreatedBy: "operator"}
	if diff := cmp.Diff(wantGrant, held[0]); diff != "" {
		t.Errorf("grant (-want +got):\n%s", diff)
	}
	if named, err := o.AccountNamed(t.Context(), "VILLAGE.office", day("2026-06-15")); err != nil || named.ID != made.ID {
		t.Errorf("by name: %+v, %v", named, err)
	}
	_, err = o.Account(t.Context(), 1, day("2026-06-15"))
	wantError(t, err, geo.ErrNotFound, "")
}

func TestAccountsInScope(t *testing.T) {
	o := newOffice(t)
	o.open(t, "everything", 0)
	o.open(t, "province", o.province)
	o.open(t, "county", o.county)
	o.open(t, "village", o.village)
	o.open(t, "neighbour", o.other)
	for _, test := range []struct {
		query geo.AccountQuery
		want  []string
	}{
		{geo.AccountQuery{Scope: geo.Everywhere()}, []string{"county", "everything", "neighbour", "province", "village"}},
		{geo.AccountQuery{Scope: geo.Scope{}}, nil},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}}, []string{"county", "village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.village, o.other}}}, []string{"neighbour", "village"}},
		{geo.AccountQuery{Scope: geo.Everywhere(), Organization: o.county}, []string{"county", "village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.province}, []string{"county", "village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.village}, []string{"village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.other}, nil},
		{geo.AccountQuery{Scope: geo.Everywhere(), After: "everything"}, []string{"neighbour", "province", "village"}},
		{geo.AccountQuery{Scope: geo.Everywhere(), Text: "VILL"}, []string{"village"}},
		{geo.AccountQuery{Scope: geo.Everywhere(), Text: "illage"}, []string{"village"}}, // part of the display name
		{geo.AccountQuery{Scope: geo.Everywhere(), Text: "名n"}, []string{"neighbour"}},
		{geo.AccountQuery{Scope: geo.Everywhere(), Text: "%"}, nil},
	} {
		test.query.Limit = 10
		got, err := o.Accounts(t.Context(), test.query, day("2026-06-15"))
		if diff := cmp.Diff(test.want, names(got)); err != nil || diff != "" {
			t.Errorf("%+v: %v\n%s", test.query, err, diff)
		}
	}
	got, err := o.Accounts(t.Context(), geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.province}}, Limit: 2}, day("2026-06-15"))
	if diff := cmp.Diff([]string{"county", "neighbour"}, names(got)); err != nil || diff != "" {
		t.Errorf("a page: %v\n%s", err, diff)
	}
}

// TestAccountsLookNowhereElse: of a tree that is asked for, only the part that is theirs is gone through, and slow reads
// take turns.
func TestAccountsLookNowhereElse(t *testing.T) {
	o := newOffice(t)
	for _, test := range []struct {
		query geo.AccountQuery
		want  []geo.ID
	}{
		{geo.AccountQuery{Scope: geo.Everywhere(), Organization: o.province}, []geo.ID{o.province}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.village, o.other}}}, []geo.ID{o.village, o.other}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.village, o.other}}, Organization: o.province}, []geo.ID{o.village, o.other}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.village, o.other}}, Organization: o.county}, []geo.ID{o.village}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.village}, []geo.ID{o.village}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.county}, []geo.ID{o.county}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: o.other}, nil},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Organization: geo.MaxID}, nil},
	} {
		got, err := o.AccountTops(t.Context(), test.query)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, %v, want %v", test.query, got, err, test.want)
		}
	}
	defer o.HoldGate(t, time.Millisecond)()
	_, err := o.Accounts(t.Context(), geo.AccountQuery{Scope: geo.Everywhere(), Limit: 1}, day("2026-06-15"))
	wantError(t, err, geo.ErrUnavailable, "")
}

// TestFewAccountsAmongMany: those of a small part of the tree are found behind thousands of others, and all of them.
func TestFewAccountsAmongMany(t *testing.T) {
	o := newOffice(t)
	o.exec(t, `insert into jingwei.account (name, display_name, organization_id)
		select 'a' || lpad(n::text, 5, '0'), '村' || n, case when n % 1000 = 0 then $1::bigint else $2 end from generate_series(1, 4100) n`, o.village, o.other)
	o.open(t, "zzz.village", o.village)
	for _, test := range []struct {
		query geo.AccountQuery
		want  []string
	}{
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}}, []string{"a01000", "a02000", "a03000", "a04000", "zzz.village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, After: "a01000"}, []string{"a02000", "a03000", "a04000", "zzz.village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.county}}, Text: "村3000"}, []string{"a03000"}},
		{geo.AccountQuery{Scope: geo.Everywhere(), Organization: o.county, Text: "zzz"}, []string{"zzz.village"}},
		{geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.other}}, Organization: o.county}, nil},
	} {
		test.query.Limit = 10
		got, err := o.Accounts(t.Context(), test.query, day("2026-06-15"))
		if diff := cmp.Diff(test.want, names(got)); err != nil || diff != "" {
			t.Errorf("%+v: %v\n%s", test.query, err, diff)
		}
	}
}

// TestAccountsFollowTheTree: when an organization moves, its accounts and those below it change hands with it.
func TestAccountsFollowTheTree(t *testing.T) {
	o := newOffice(t)
	o.open(t, "village", o.village)
	c := content("县委")
	c.Parent = o.other
	if _, _, err := o.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), o.county, 1, c, day("2023-06-30"), day("2026-06-15"), "tester"); err != nil {
		t.Fatal(err)
	}
	got, err := o.Accounts(t.Context(), geo.AccountQuery{Scope: geo.Scope{Roots: []geo.ID{o.other}}, Limit: 5}, day("2026-06-15"))
	if err != nil || len(got) != 1 || !slices.Equal(got[0].Path, []geo.ID{o.province, o.other, o.county, o.village}) {
		t.Errorf("after the move: %+v, %v", got, err)
	}
}

// TestAdministratorStaysWithin: what an administrator of a county, whose own grant ends, is refused.
func TestAdministratorStaysWithin(t *testing.T) {
	o := newOffice(t)
	ends := days("2026-01-01", "2026-12-31")
	u := o.signIn(t, o.open(t, "county", o.county, administrator(o.county, ends)))
	superior := o.open(t, "superior", o.county, administrator(o.province, geo.Always))
	later := o.open(t, "later", o.village, administrator(o.village, days("2026-01-01", "2027-12-31")))
	outside := o.open(t, "outside", o.other)
	own := o.open(t, "own", o.village, geo.Grant{Role: geo.RoleRegistrar, Organization: o.village, Valid: ends})
	link := func() geo.NewLink { return geo.NewLink{Hash: geo.NewSecret().Hash(), ExpiresAt: noon().Add(time.Hour)} }

	open := func(organization geo.ID, grants ...geo.Grant) error {
		_, err := o.CreateAccount(t.Context(), u, geo.Account{Name: "new.account", DisplayName: "新", Organization: organization}, grants, link(), noon())
		return err
	}
	give := func(account geo.ID, role geo.Role, organization geo.ID, valid geo.DayRange) error {
		_, err := o.Grant(t.Context(), u, geo.Grant{Account: account, Role: role, Organization: organization, Valid: valid}, noon())
		return err
	}
	replace := func(a geo.Account) error { _, err := o.ReplaceAccount(t.Context(), u, a, noon()); return err }
	rename := func(a geo.Account) geo.Account { a.DisplayName = "neu"; return a }
	disable := func(a geo.Account) geo.Account { a.Disabled = true; return a }
	move := func(a geo.Account, to geo.ID) geo.Account { a.Organization = to; return a }
	const unknown = geo.ID(12345)

	for name, test := range map[string]struct {
		err, kind error
		field     string
	}{
		"open in another county":           {open(o.other), geo.ErrForbidden, "organization"},
		"open in none":                     {open(0), geo.ErrForbidden, "organization"},
		"open in an unknown one":           {open(unknown), geo.ErrForbidden, "organization"},
		"open with more":                   {open(o.village, administrator(o.province, ends)), geo.ErrForbidden, "organization"},
		"open with one that is later over": {open(o.village, administrator(o.village, geo.Always)), geo.ErrForbidden, "organization"},
		"grant elsewhere":                  {give(own.ID, geo.RolePublisher, o.other, ends), geo.ErrForbidden, "organization"},
		"grant everywhere":                 {give(own.ID, geo.RolePublisher, 0, ends), geo.ErrForbidden, "organization"},
		"grant in an unknown one":          {give(own.ID, geo.RolePublisher, unknown, ends), geo.ErrForbidden, "organization"},
		"grant beyond the end":             {give(own.ID, geo.RolePublisher, o.village, days("2026-01-01", "2027-01-01")), geo.ErrForbidden, "organization"},
		"grant without an end":             {give(own.ID, geo.RolePublisher, o.village, geo.Always), geo.ErrForbidden, "organization"},
		"grant to somebody unseen":         {give(outside.ID, geo.RolePublisher, o.village, ends), geo.ErrNotFound, ""},
		"grant to nobody":                  {give(unknown, geo.RolePublisher, o.village, ends), geo.ErrNotFound, ""},
		"rename a superior":                {replace(rename(superior)), geo.ErrForbidden, ""},
		"disable a superior":               {replace(disable(superior)), geo.ErrForbidden, ""},
		"disable one that lasts longer":    {replace(disable(later)), geo.ErrForbidden, ""},
		"rename somebody unseen":           {replace(rename(outside)), geo.ErrNotFound, ""},
		"move away":                        {replace(move(own, o.other)), geo.ErrForbidden, "organization"},
		"move to none":                     {replace(move(own, 0)), geo.ErrForbidden, "organization"},
		"disable oneself":                  {replace(disable(geo.Account{ID: u.Account, Version: 1, DisplayName: "x", Organization: o.county})), geo.ErrConflict, "disabled"},
		"recover a superior":               {o.CreateRecovery(t.Context(), u, superior.ID, link(), noon()), geo.ErrForbidden, ""},
		"recover one that lasts longer":    {o.CreateRecovery(t.Context(), u, later.ID, link(), noon()), geo.ErrForbidden, ""},
		"recover somebody unseen":          {o.CreateRecovery(t.Context(), u, outside.ID, link(), noon()), geo.ErrNotFound, ""},
		"recover oneself":                  {o.CreateRecovery(t.Context(), u, u.Account, link(), noon()), geo.ErrConflict, ""},
		"hand a superior over":             {o.HandOver(t.Context(), u, superior.ID, own.ID, noon()), geo.ErrForbidden, ""},
		"hand over to somebody unseen":     {o.HandOver(t.Context(), u, own.ID, outside.ID, noon()), geo.ErrConflict, "to"},
		"hand over to oneself":             {o.HandOver(t.Context(), u, own.ID, own.ID, noon()), geo.ErrInvalid, "to"},
		"hand somebody unseen over":        {o.HandOver(t.Context(), u, outside.ID, own.ID, noon()), geo.ErrNotFound, ""},
		"end the sessions of a superior":   {o.EndAccess(t.Context(), u, superior.ID, noon()), geo.ErrForbidden, ""},
		"end the sessions of the unseen":   {o.EndAccess(t.Context(), u, outside.ID, noon()), geo.ErrNotFound, ""},
		"take a superior's grant":          {o.endFirstGrant(t, u, superior.ID), geo.ErrForbidden, ""},
		"take an unseen one's grant":       {o.EndGrant(t.Context(), u, outside.ID, 1, noon()), geo.ErrNotFound, ""},
		"take a grant of another account":  {o.EndGrant(t.Context(), u, own.ID, o.firstGrant(t, superior.ID), noon()), geo.ErrNotFound, ""},
	} {
		var fault *geo.Error
		if !errors.Is(test.err, test.kind) || errors.As(test.err, &fault) && fault.Field != test.field {
			t.Errorf("%s: %v, want %v about %q", name, test.err, test.kind, test.field)
		}
	}
	for name, err := range map[string]error{
		"grant within":        give(own.ID, geo.RolePublisher, o.village, ends),
		"open within":         open(o.village, administrator(o.village, ends)),
		"recover a committee": o.CreateRecovery(t.Context(), u, own.ID, link(), noon()),
		"take within":         o.endFirstGrant(t, u, own.ID),
		"rename":              replace(rename(own)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (o office) firstGrant(t testing.TB, account geo.ID) geo.ID {
	t.Helper()
	held, err := o.HeldGrants(t.Context(), day("2026-06-15"), account)
	if err != nil || len(held) == 0 {
		t.Fatalf("grants of %d: %+v, %v", account, held, err)
	}
	return held[0].ID
}

func (o office) endFirstGrant(t testing.TB, by geo.Authority, account geo.ID) error {
	t.Helper()
	return o.EndGrant(t.Context(), by, account, o.firstGrant(t, account), noon())
}

// TestReadOnlyChangesNothing: a token that may only read is refused every write to accounts.
func TestReadOnlyChangesNothing(t *testing.T) {
	o := newOffice(t)
	u := o.signIn(t, o.open(t, "all", 0, administrator(0, geo.Always)))
	u.ReadOnly = true
	a := o.open(t, "somebody", o.village, geo.Grant{Role: geo.RoleAnalyst, Organization: o.village, Valid: geo.Always})
	for name, err := range map[string]error{
		"replace": func() error { _, err := o.ReplaceAccount(t.Context(), u, a, noon()); return err }(),
		"recover": o.CreateRecovery(t.Context(), u, a.ID, geo.NewLink{Hash: hash("x"), ExpiresAt: noon()}, noon()),
		"end":     o.EndAccess(t.Context(), u, a.ID, noon()),
		"take":    o.endFirstGrant(t, u, a.ID),
		"give": func() error {
			_, err := o.Grant(t.Context(), u, geo.Grant{Account: a.ID, Role: geo.RoleAnalyst, Valid: geo.Always}, noon())
			return err
		}(),
		"open": func() error {
			_, err := o.CreateAccount(t.Context(), u, geo.Account{Name: "xyz", DisplayName: "x"}, nil, geo.NewLink{}, noon())
			return err
		}(),
	} {
		if !errors.Is(err, geo.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReplaceAccountNeedsItsVersion(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			mine := a
			mine.DisplayName = fmt.Sprint("name ", i)
			_, errs[i] = o.ReplaceAccount(t.Context(), operator(), mine, noon())
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, geo.ErrStale) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d of the writes to one version succeeded", done)
	}
}

func TestDisabledAccountOpensNothing(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if err := o.OpenSession(t.Context(), a.ID, phc+"somebody", newSession("s")); err != nil {
		t.Fatal(err)
	}
	token, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "t", ExpiresAt: noon().Add(time.Hour)}, hash("t"), noon())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.CreateRecovery(t.Context(), operator(), a.ID, geo.NewLink{Hash: hash("l"), ExpiresAt: noon().Add(time.Hour)}, noon()); err != nil {
		t.Fatal(err)
	}
	a.Disabled = true
	if a, err = o.ReplaceAccount(t.Context(), operator(), a, noon()); err != nil || !a.Disabled || a.Version != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	opensNothing := func(when string) {
		_, _, _, _, session := o.AuthorityOfSession(t.Context(), hash("s"), noon())
		_, _, byToken := o.AuthorityOfToken(t.Context(), hash("t"), noon())
		_, link := o.InspectLink(t.Context(), hash("l"), noon())
		for what, err := range map[string]error{"session": session, "token": byToken, "link": link} {
			if !errors.Is(err, geo.ErrNotFound) {
				t.Errorf("%s, the %s: %v", when, what, err)
			}
		}
	}
	opensNothing("disabled")
	attempt, err := o.AttemptSignIn(t.Context(), "somebody", noon())
	if diff := cmp.Diff(geo.SignInAttempt{}, attempt); err != nil || diff != "" {
		t.Errorf("a disabled account differs from none: %v\n%s", err, diff)
	}
	wantError(t, o.OpenSession(t.Context(), a.ID, "", newSession("s2")), geo.ErrNotFound, "")
	_, err = o.CreateToken(t.Context(), token, hash("t2"), noon())
	wantError(t, err, geo.ErrNotFound, "")
	a.Disabled = false
	if _, err = o.ReplaceAccount(t.Context(), operator(), a, noon()); err != nil {
		t.Fatal(err)
	}
	opensNothing("enabled again")
}

func TestRenameSelf(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	got, err := o.RenameSelf(t.Context(), a.ID, "新名", day("2026-06-15"))
	if err != nil || got.DisplayName != "新名" || got.Version != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if read, _ := o.Account(t.Context(), a.ID, day("2026-06-15")); read.DisplayName != "新名" || read.Version != 2 {
		t.Errorf("%+v", read)
	}
	_, err = o.RenameSelf(t.Context(), a.ID, "", day("2026-06-15"))
	wantError(t, err, geo.ErrInvalid, "display_name")
	_, err = o.RenameSelf(t.Context(), 1, "x", day("2026-06-15"))
	wantError(t, err, geo.ErrNotFound, "")
}

func TestCreateAccountIsAllOrNothing(t *testing.T) {
	o := newOffice(t)
	link := geo.NewLink{Hash: hash("l"), ExpiresAt: noon().Add(time.Hour)}
	grant := geo.Grant{Role: geo.RoleAnalyst, Organization: o.village, Valid: geo.Always}
	_, err := o.CreateAccount(t.Context(), operator(), geo.Account{Name: "twice", DisplayName: "x"}, []geo.Grant{grant, grant}, link, noon())
	wantError(t, err, geo.ErrConflict, "role")
	if n := queryOne[int](t, o.setup, `select (select count(*) from jingwei.account) + (select count(*) from jingwei.role_grant) + (select count(*) from jingwei.one_time_link)`); n != 0 {
		t.Errorf("%d rows were left", n)
	}
	o.open(t, "taken", 0)
	_, err = o.CreateAccount(t.Context(), operator(), geo.Account{Name: "Taken", DisplayName: "x"}, nil, link, noon())
	wantError(t, err, geo.ErrConflict, "name")
	_, err = o.CreateAccount(t.Context(), operator(), geo.Account{Name: "elsewhere", DisplayName: "x", Organization: 5}, nil, link, noon())
	wantError(t, err, geo.ErrConflict, "organization")
	_, err = o.CreateAccount(t.Context(), operator(), geo.Account{Name: "x", DisplayName: "x"}, nil, link, noon())
	wantError(t, err, geo.ErrInvalid, "name")
}

// TestAccountsOutliveTheirOrganization: whoever is above one that was retired, on its first day even, looks after its accounts
// as before.
func TestAccountsOutliveTheirOrganization(t *testing.T) {
	o := newOffice(t)
	c := content("一日支部")
	c.Parent = o.county
	all := geo.Everywhere()
	org, _, err := o.CreateOrganization(t.Context(), all, all, c, geo.DayRange{From: o.today, To: geo.MaxDay}, "a")
	if err != nil {
		t.Fatal(err)
	}
	a := o.open(t, "left.behind", org.ID)
	if _, err := o.RetireOrganization(t.Context(), all, all, org.ID, 1, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	after, err := o.Account(t.Context(), a.ID, o.today)
	if diff := cmp.Diff([]geo.ID{o.province, o.county, org.ID}, after.Path); diff != "" || err != nil {
		t.Errorf("path (-want +got): %v\n%s", err, diff)
	}
}
