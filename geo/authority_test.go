package geo_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
)

// A small tree: 1 above 2 and 3, 2 above 4; 9 stands alone.
func paths() [][]geo.ID {
	return [][]geo.ID{nil, {1}, {1, 2}, {1, 3}, {1, 2, 4}, {9}}
}

func drawGrant(t *rapid.T, label string) geo.Grant {
	from := geo.Day(rapid.IntRange(0, 5).Draw(t, label+" from"))
	return geo.Grant{
		Role:         rapid.SampledFrom(geo.Roles()).Draw(t, label+" role"),
		Organization: rapid.SampledFrom([]geo.ID{0, 1, 2, 3, 4, 9}).Draw(t, label+" organization"),
		Valid:        geo.DayRange{From: from, To: from + geo.Day(rapid.IntRange(1, 5).Draw(t, label+" days"))},
	}
}

// TestMay compares the decision with its definition: some grant of the day has the action and a top at or above the object.
func TestMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := geo.Authority{Account: 5, ReadOnly: rapid.Bool().Draw(t, "read only")}
		for i := range rapid.IntRange(0, 3).Draw(t, "grants") {
			u.Grants = append(u.Grants, drawGrant(t, string(rune('a'+i))))
		}
		day := geo.Day(rapid.IntRange(0, 9).Draw(t, "day"))
		for _, a := range geo.Actions() {
			for _, path := range paths() {
				want := slices.ContainsFunc(u.Grants, func(g geo.Grant) bool {
					return g.Role.Permits(a) && g.Valid.From <= day && day < g.Valid.To && (g.Organization == 0 || slices.Contains(path, g.Organization))
				}) && !(u.ReadOnly && !a.Reads())
				if got := u.May(a, geo.Object{Path: path}, day); got != want {
					t.Fatalf("May(%s, %v, %d) = %v with %+v", a, path, day, got, u)
				}
			}
		}
	})
}

// TestNobodyGivesMoreThanTheirs: what a grant that was not refused allows on any day from now on, its giver may do too.
func TestNobodyGivesMoreThanTheirs(t *testing.T) {
	given := 0
	rapid.Check(t, func(t *rapid.T) {
		giver := geo.Authority{Account: 5, Grants: []geo.Grant{drawGrant(t, "a"), drawGrant(t, "b")}}
		if rapid.Bool().Draw(t, "administrator") {
			giver.Grants[0].Role, giver.Grants[0].Valid = geo.RoleAdministrator, geo.DayRange{From: 0, To: 11} // else hardly anything is given
		}
		g, now := drawGrant(t, "given"), geo.Day(rapid.IntRange(0, 9).Draw(t, "now"))
		i := slices.IndexFunc(paths(), func(p []geo.ID) bool {
			return len(p) > 0 && p[len(p)-1] == g.Organization || len(p) == 0 && g.Organization == 0
		})
		if giver.Exceeds(g, paths()[i], now) {
			return
		}
		given++
		taker := geo.Authority{Account: 6, Grants: []geo.Grant{g}}
		for day := now; day < 12; day++ {
			for _, a := range geo.Actions() {
				for _, path := range paths() {
					if o := (geo.Object{Path: path}); taker.May(a, o, day) && !giver.May(a, o, day) {
						t.Fatalf("%+v gave %+v on day %d, which allows %s on %v on day %d", giver, g, now, a, path, day)
					}
				}
			}
		}
	})
	if given == 0 {
		t.Error("nothing was ever given: the test proves nothing")
	}
}

func TestPublicMayNothing(t *testing.T) {
	var public geo.Authority
	for _, a := range geo.Actions() {
		if s := public.Scope(a, 0); !s.Empty() || public.May(a, geo.Object{}, 0) || public.May(a, geo.Object{Path: []geo.ID{1}}, 0) {
			t.Errorf("the public may %s in %v", a, s)
		}
	}
	if !public.Exceeds(geo.Grant{Role: geo.RolePublisher, Valid: geo.Always}, nil, 0) {
		t.Error("the public may grant")
	}
	operator := geo.Authority{Operator: true}
	if !operator.May(geo.ActionGrant, geo.Object{}, 0) || operator.Exceeds(geo.Grant{Role: geo.RoleAdministrator, Valid: geo.Always}, nil, 0) {
		t.Error("the operator may not do everything")
	}
}

func TestScopeKeyAndFilter(t *testing.T) {
	for _, test := range []struct {
		scope       geo.Scope
		key, filter string
	}{
		{geo.Scope{}, "", "false"},
		{geo.Everywhere(), "*", ""},
		{geo.Scope{Roots: []geo.ID{3, 12}}, "3.12", `a_overlaps($"path",[12,3])`},
	} {
		if test.scope.Key() != test.key || test.scope.Filter().Canonical() != test.filter {
			t.Errorf("%+v: key %q, filter %s", test.scope, test.scope.Key(), test.scope.Filter().Canonical())
		}
	}
}

func TestGrantAndAccountAreChecked(t *testing.T) {
	for name, err := range map[string]error{
		"role":         geo.Grant{Role: "king", Valid: geo.Always}.Validate(),
		"valid_to":     geo.Grant{Role: geo.RoleAnalyst}.Validate(),
		"name":         geo.Account{Name: "x", DisplayName: "x"}.Validate(),
		"display_name": geo.Account{Name: "secretary", DisplayName: ""}.Validate(),
	} {
		var fault *geo.Error
		if !asError(err, &fault) || fault.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"token", "operator", "Ann", "ab", "1a2b", "张三丰", "a b c"} {
		if err := (geo.Account{Name: name, DisplayName: "x"}).Validate(); err == nil {
			t.Errorf("the name %q is taken", name)
		}
	}
	if err := (geo.Account{Name: geo.CleanAccountName(" Ann.Li "), DisplayName: "李安"}).Validate(); err != nil {
		t.Error(err)
	}
}

func asError(err error, fault **geo.Error) bool { return errors.As(err, fault) }
