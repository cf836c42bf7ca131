package main_test

import (
	"fmt"
	"strings"
	"testing"

	"jingwei/geo"
)

// accountRows are about accounts and what is granted to them: one on either side, and in the subtree in one that holds more
// than anyone there may give.
func accountRows() map[string]row {
	// of makes attempts on accounts that are made for them. Those who see an account but may not change it get 403.
	of := func(path, body string, status int, header ...string) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			inside := w.account(t, w.clerk("clerk-inside"), w.in.public, grantJSON(geo.RoleRegistrar, w.in.public), "")
			outside := w.account(t, w.clerk("clerk-outside"), w.out.public, grantJSON(geo.RoleRegistrar, w.out.public), "")
			boss := w.account(t, w.clerk("boss-of-all"), w.in.public, grantJSON(geo.RoleAdministrator, 0), "")
			heir := w.account(t, w.clerk("clerk-inside"), w.in.public, "", "")
			return []attempt{
				w.onAccount(inside, path, body, heir.id, header, writes(p, true, status)),
				w.onAccount(outside, path, body, heir.id, header, writes(p, false, status)),
				w.onAccount(boss, path, body, heir.id, header, func(p persona) int {
					if p.may(geo.ActionWriteAccount, true) && !p.all {
						return 403
					}
					return writes(p, true, status)(p)
				}),
			}
		}
	}
	// read makes attempts to read of the same accounts.
	read := func(path string) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			return []attempt{
				{path: fmt.Sprintf(path, w.in.clerk.id), want: allowed(geo.ActionReadAccount, true, 200, 404)},
				{path: fmt.Sprintf(path, w.boss.id), want: allowed(geo.ActionReadAccount, true, 200, 404)},
				{path: fmt.Sprintf(path, w.out.clerk.id), want: allowed(geo.ActionReadAccount, false, 200, 404)},
			}
		}
	}
	return map[string]row{
		"GET /api/accounts":                      fixed(attempt{path: "/api/accounts?limit=200", want: allowed(geo.ActionReadAccount, true, 200, 403)}),
		"POST /api/accounts":                     opening,
		"GET /api/accounts/:id":                  read("/api/accounts/%d"),
		"GET /api/accounts/:id/grants":           read("/api/accounts/%d/grants"),
		"PUT /api/accounts/:id":                  of("/api/accounts/%d", `{"display_name":"Umbenannt","disabled":true}`, 200, "If-Match", `"1"`),
		"POST /api/accounts/:id/recovery":        of("/api/accounts/%d/recovery", "", 201),
		"POST /api/accounts/:id/handover":        of("/api/accounts/%d/handover", `{"to":HEIR}`, 204),
		"DELETE /api/accounts/:id/sessions":      of("/api/accounts/%d/sessions", "", 204),
		"POST /api/accounts/:id/grants":          giving,
		"DELETE /api/accounts/:id/grants/:grant": taking,
		"GET /api/audit":                         fixed(attempt{path: "/api/audit?limit=500", want: allowed(geo.ActionReadAudit, true, 200, 403), check: auditOfTheirs}),
	}
}

// auditOfTheirs checks that an administrator reads of their subtree, and of nothing that belongs to no organization.
func auditOfTheirs(t *testing.T, p persona, r reply) {
	t.Helper()
	var list struct {
		Items []struct{ Organization *struct{ ID geo.ID } }
	}
	r.decode(t, 200, &list)
	if len(list.Items) == 0 {
		t.Errorf("%s: an empty audit", r.request)
	}
	for _, e := range list.Items {
		if e.Organization == nil && !p.all {
			t.Errorf("%s: %.300s holds what belongs to no organization", r.request, r.body)
			return
		}
	}
}

// writes is what those get who change an account: 404 when they do not even see it.
func writes(p persona, in bool, status int) func(persona) int {
	if p.may(geo.ActionReadAccount, in) {
		return allowed(geo.ActionWriteAccount, in, status, 403)
	}
	return allowed(geo.ActionWriteAccount, in, status, 404)
}

// clerk is a name that nobody has yet and that begins as given.
func (w *world) clerk(name string) string {
	w.organizations++
	return fmt.Sprintf("%s-%d", name, w.organizations)
}

func (w *world) onAccount(of persona, path, body string, heir geo.ID, header []string, want func(persona) int) attempt {
	return attempt{path: fmt.Sprintf(path, of.id), body: replaced(body, heir), header: header, want: want}
}

func opening(t *testing.T, w *world, p persona) []attempt {
	open := func(of geo.ID, grant string, want func(persona) int) attempt {
		return attempt{path: "/api/accounts", want: want,
			body: fmt.Sprintf(`{"name":%q,"display_name":"Neu","organization":%s,"grants":[%s]}`, w.clerk("new-"), idOrNull(of), grant)}
	}
	onTop := func(p persona) int {
		if p.all {
			return 201
		}
		return known(403)(p)
	}
	return []attempt{
		open(w.in.public, grantJSON(geo.RoleRegistrar, w.in.hidden), allowed(geo.ActionWriteAccount, true, 201, 403)),
		open(w.out.public, "", allowed(geo.ActionWriteAccount, false, 201, 403)),
		open(w.in.public, grantJSON(geo.RoleRegistrar, w.out.public), onTop),
		open(w.in.public, grantJSON(geo.RoleAdministrator, 0), onTop),
		open(0, "", onTop),
	}
}

func giving(t *testing.T, w *world, p persona) []attempt {
	inside := w.account(t, w.clerk("clerk-inside"), w.in.public, "", "")
	outside := w.account(t, w.clerk("clerk-outside"), w.out.public, "", "")
	give := func(to persona, grant string, want func(persona) int) attempt {
		return attempt{path: fmt.Sprintf("/api/accounts/%d/grants", to.id), body: grant, want: want}
	}
	beyond := func(p persona) int {
		if p.all {
			return 201
		}
		return writes(p, true, 403)(p)
	}
	return []attempt{
		give(inside, grantJSON(geo.RoleReviewer, w.in.public), writes(p, true, 201)),
		give(outside, grantJSON(geo.RoleReviewer, w.out.public), writes(p, false, 201)),
		give(inside, grantJSON(geo.RoleReviewer, w.out.public), beyond),
		give(inside, grantJSON(geo.RoleAdministrator, 0), beyond),
	}
}

func taking(t *testing.T, w *world, p persona) []attempt {
	var all []attempt
	for _, a := range []struct {
		name  string
		of    geo.ID
		grant string
		want  func(persona) int
	}{
		{"clerk-inside", w.in.public, grantJSON(geo.RoleRegistrar, w.in.public), writes(p, true, 204)},
		{"clerk-outside", w.out.public, grantJSON(geo.RoleRegistrar, w.out.public), writes(p, false, 204)},
		{"boss-of-all", w.in.public, grantJSON(geo.RoleAdministrator, 0), func(p persona) int {
			if p.all {
				return 204
			}
			return writes(p, true, 403)(p)
		}},
	} {
		holder := w.account(t, w.clerk(a.name), a.of, a.grant, "")
		var held struct{ Items []struct{ ID geo.ID } }
		path := fmt.Sprintf("/api/accounts/%d/grants", holder.id)
		w.ask(t, w.operator, "GET", path, "").decode(t, 200, &held)
		all = append(all, attempt{path: path + "/" + held.Items[0].ID.String(), want: a.want})
	}
	return all
}

func idOrNull(id geo.ID) string {
	if id == 0 {
		return "null"
	}
	return id.String()
}

// replaced puts the id of who takes over into a body.
func replaced(body string, heir geo.ID) string {
	return strings.ReplaceAll(body, "HEIR", heir.String())
}
