package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const issuer = "https://id.example.org/realms/corp"

// person signs in at the issuer and gets an account of the name.
func (s setup) person(t testing.TB, subject, name string) geo.ID {
	t.Helper()
	id, err := s.AccountOfIdentity(t.Context(), issuer, subject, &geo.Account{Name: name, DisplayName: "林"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (s setup) accountName(t testing.TB, id geo.ID) string {
	t.Helper()
	return queryOne[string](t, s, `select name from jingwei.account where id = $1`, id)
}

// TestAccountOfIdentity: issuer and subject identify, and nothing else does.
func TestAccountOfIdentity(t *testing.T) {
	s := newEmptySetup(t)
	local := queryOne[geo.ID](t, s, `insert into jingwei.account (name, display_name) values ('lin', 'Lin') returning id`)
	_, err := s.AccountOfIdentity(t.Context(), issuer, "a", nil)
	wantError(t, err, geo.ErrNotFound, "")
	a := s.person(t, "a", "lin")
	if a == local || s.accountName(t, a) != "lin-2" {
		t.Errorf("account %d %s for a name that is taken by %d", a, s.accountName(t, a), local)
	}
	if again := s.person(t, "a", "wang"); again != a || s.accountName(t, a) != "lin-2" {
		t.Errorf("the same subject gets account %d, had %d", again, a)
	}
	if again, err := s.AccountOfIdentity(t.Context(), issuer, "a", nil); err != nil || again != a {
		t.Errorf("the same subject: account %d, %v; had %d", again, err, a)
	}
	if b := s.person(t, "b", "lin"); b == a || s.accountName(t, b) != "lin-3" {
		t.Errorf("another subject: account %d %s", b, s.accountName(t, b))
	}
	elsewhere, err := s.AccountOfIdentity(t.Context(), "https://other.example", "a", &geo.Account{Name: "lin-3", DisplayName: "林"})
	if err != nil || elsewhere == a || s.accountName(t, elsewhere) != "lin-3-2" {
		t.Errorf("the subject of another issuer: account %d, %v", elsewhere, err)
	}
	if operator := s.person(t, "c", "operator"); s.accountName(t, operator) != "operator-2" {
		t.Errorf("a name of the history is given away: %s", s.accountName(t, operator))
	}
	for _, a := range []struct{ name, display, field string }{{"Lin", "x", "name"}, {"7", "x", "name"}, {strings.Repeat("l", 60), "x", "name"}, {"lin", "", "display_name"}} {
		_, err := s.AccountOfIdentity(t.Context(), issuer, "d", &geo.Account{Name: a.name, DisplayName: a.display})
		wantError(t, err, geo.ErrInvalid, a.field)
	}
	if n := queryOne[int](t, s, `select count(*)::int from jingwei.account_identity`); n != 4 {
		t.Errorf("%d identities, want 4", n)
	}
}

func TestDisabledAccountOfIdentity(t *testing.T) {
	s := newEmptySetup(t)
	id := s.person(t, "a", "lin")
	s.exec(t, `update jingwei.account set disabled = true where id = $1`, id)
	for _, create := range []*geo.Account{nil, {Name: "lin", DisplayName: "林"}} {
		_, err := s.AccountOfIdentity(t.Context(), issuer, "a", create)
		wantError(t, err, geo.ErrForbidden, "")
	}
	if n := queryOne[int](t, s, `select count(*)::int from jingwei.account`); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// TestManySignInAtOnce: one person gets one account, many of one name get one each.
func TestManySignInAtOnce(t *testing.T) {
	s := newEmptySetup(t)
	const many = 8
	for _, same := range []bool{true, false} {
		var (
			all sync.WaitGroup
			ids [many]geo.ID
			err [many]error
		)
		for i := range many {
			subject := "same"
			if !same {
				subject = fmt.Sprint(i)
			}
			all.Go(func() {
				ids[i], err[i] = s.AccountOfIdentity(t.Context(), issuer, subject, &geo.Account{Name: "lin", DisplayName: "林"})
			})
		}
		all.Wait()
		if e := errors.Join(err[:]...); e != nil {
			t.Fatal(e)
		}
		slices.Sort(ids[:])
		if n := len(slices.Compact(ids[:])); same && n != 1 || !same && n != many {
			t.Errorf("%d accounts for %d sign-ins; one person: %t", n, many, same)
		}
	}
}

// grantRow is a grant of an account as it is stored.
type grantRow struct {
	ID           geo.ID
	Role         string
	Organization geo.ID
	Source       string
	Ended        bool
}

func (s setup) grantsOf(t testing.TB, account geo.ID) []grantRow {
	t.Helper()
	rows, err := s.connect(t).Query(t.Context(), `
select id, role, coalesce(organization_id, 0), source, ended_at is not null and ended_by = 'system'
from jingwei.role_grant where account_id = $1 order by created_at, id`, account)
	if err != nil {
		t.Fatal(err)
	}
	grants, err := pgx.CollectRows(rows, pgx.RowToStructByPos[grantRow])
	if err != nil {
		t.Fatal(err)
	}
	return grants
}

func TestReplaceClaimedGrants(t *testing.T) {
	s := newSetup(t)
	village := s.create(t, content("柳东村委会")).ID
	id, other := s.person(t, "a", "lin"), s.person(t, "b", "lin")
	claim := func(role geo.Role, organization geo.ID) geo.Grant {
		return geo.Grant{Role: role, Organization: organization, Valid: geo.Always}
	}
	replace := func(account geo.ID, grants ...geo.Grant) {
		t.Helper()
		if err := s.ReplaceClaimedGrants(t.Context(), account, grants, noon()); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(t, `insert into jingwei.role_grant (account_id, role, organization_id, valid, created_by) values ($1, 'analyst', $2, daterange(null, null), 'chen')`, id, village)
	replace(other, claim(geo.RoleAnalyst, 0))
	replace(id, claim(geo.RoleAnalyst, village), claim(geo.RoleRegistrar, village), claim(geo.RoleAdministrator, 0))
	before := s.grantsOf(t, id)
	if len(before) != 4 || slices.ContainsFunc(before, func(g grantRow) bool { return g.Ended }) {
		t.Fatalf("grants %+v", before)
	}
	// The same claims change nothing, also not the ids, which tokens carry.
	replace(id, claim(geo.RoleAdministrator, 0), claim(geo.RoleAnalyst, village), claim(geo.RoleRegistrar, village), claim(geo.RoleRegistrar, village))
	if diff := cmp.Diff(before, s.grantsOf(t, id)); diff != "" {
		t.Errorf("the same claims (-before +after):\n%s", diff)
	}
	// One is gone, one is new, and what was granted here stays.
	replace(id, claim(geo.RoleAnalyst, village), claim(geo.RoleRegistrar, village), claim(geo.RoleRegistrar, 0))
	after := s.grantsOf(t, id)
	for i := range before {
		before[i].Ended = before[i].Role == string(geo.RoleAdministrator)
	}
	if len(after) != 5 || !cmp.Equal(before, after[:4]) || after[4].Role != string(geo.RoleRegistrar) || after[4].Organization != 0 || after[4].Source != "oidc" {
		t.Errorf("other claims: %+v", after)
	}
	// Who gets back what was taken away gets a new grant.
	replace(id)
	replace(id, claim(geo.RoleAdministrator, 0))
	after = s.grantsOf(t, id)
	live := slices.DeleteFunc(slices.Clone(after), func(g grantRow) bool { return g.Ended })
	if len(after) != 6 || len(live) != 2 || live[0].Source != "grant" || live[1].Role != string(geo.RoleAdministrator) {
		t.Errorf("no claims, and one again: %+v", after)
	}
	if got := s.grantsOf(t, other); len(got) != 1 || got[0].Ended {
		t.Errorf("grants of another account: %+v", got)
	}
}

func TestReplaceClaimedGrantsRefuses(t *testing.T) {
	s := newEmptySetup(t)
	id := s.person(t, "a", "lin")
	registrar := geo.Grant{Role: geo.RoleRegistrar, Valid: geo.Always}
	if err := s.ReplaceClaimedGrants(t.Context(), id, []geo.Grant{registrar}, noon()); err != nil {
		t.Fatal(err)
	}
	before := s.grantsOf(t, id)
	wantError(t, s.ReplaceClaimedGrants(t.Context(), id, []geo.Grant{{Role: "king", Valid: geo.Always}}, noon()), geo.ErrInvalid, "role")
	wantError(t, s.ReplaceClaimedGrants(t.Context(), id, []geo.Grant{{Role: geo.RoleAnalyst}}, noon()), geo.ErrInvalid, "valid_to")
	wantError(t, s.ReplaceClaimedGrants(t.Context(), id, []geo.Grant{{Role: geo.RoleAnalyst, Organization: 99, Valid: geo.Always}}, noon()), geo.ErrConflict, "organization")
	wantError(t, s.ReplaceClaimedGrants(t.Context(), geo.MaxID, []geo.Grant{registrar}, noon()), geo.ErrNotFound, "")
	if diff := cmp.Diff(before, s.grantsOf(t, id)); diff != "" {
		t.Errorf("refused, and yet (-before +after):\n%s", diff)
	}
}

// TestClaimsGrowOld: a token of somebody whose provider claimed something for them keeps it for a month after the provider last
// did, whatever they signed in with since, and what was granted here for good.
func TestClaimsGrowOld(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "both", o.county, geo.Grant{Role: geo.RoleAnalyst, Organization: o.county, Valid: geo.Always})
	if err := o.ReplaceClaimedGrants(t.Context(), a.ID, []geo.Grant{{Role: geo.RoleRegistrar, Organization: o.county, Valid: geo.Always}}, noon()); err != nil {
		t.Fatal(err)
	}
	byPassword := newSession("s")
	byPassword.At = noon().AddDate(0, 0, 20)
	if err := o.OpenSession(t.Context(), a.ID, phc+"both", byPassword); err != nil {
		t.Fatal(err)
	}
	token := geo.Token{Account: a.ID, Name: "map", ExpiresAt: noon().AddDate(1, 0, 0)}
	if _, err := o.CreateToken(t.Context(), token, hash("token"), noon()); err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{0: 2, 29: 2, 31: 1} {
		u, _, err := o.AuthorityOfToken(t.Context(), hash("token"), noon().AddDate(0, 0, days))
		if err != nil || len(u.Grants) != want {
			t.Errorf("after %d days: %+v, %v, want %d grants", days, u.Grants, err, want)
		}
	}
}
