package main_test

import (
	"bytes"
	"fmt"

	"testing"

	"jingwei/geo"
)

// verificationRows are the attempts of the routes of verification.
func verificationRows() map[string]row {
	// whole is what those get who may, by one of the actions; in says where, hidden whether everyone sees the organization.
	whole := func(in, hidden bool, actions ...geo.Action) func(persona) int {
		return func(p persona) int {
			for _, a := range actions {
				if p.may(a, in) {
					return 200
				}
			}
			switch {
			case !p.known():
				return 401
			case hidden && !p.may(geo.ActionReadOrganization, in):
				return 404
			}
			return 403
		}
	}
	// each makes attempts on an organization that everyone sees and on one that not everyone does, in and outside of the subtree; state is
	// that of their locations.
	each := func(suffix, body, state string, actions ...geo.Action) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				// None bears the name of what is hidden: a search for that has a hundred answers at most.
				for hidden, status := range map[bool]string{false: geo.StatusActive, true: geo.StatusDraft} {
					id := w.organization(t, "Zweig", s.public, status)
					w.put(t, id, state)
					a := attempt{path: fmt.Sprintf("/api/organizations/%d/%s", id, suffix), body: body, want: whole(in, hidden, actions...)}
					if body != "" {
						a.header = []string{"If-Match", `"1"`}
					}
					all = append(all, a)
				}
			}
			return all
		}
	}
	step := func(rows ...row) row {
		return func(t *testing.T, w *world, p persona) (all []attempt) {
			for _, r := range rows {
				all = append(all, r(t, w, p)...)
			}
			return all
		}
	}
	// scoped is for those who see anything that is hidden.
	scoped := func(path string, check func(*world, *testing.T, persona, reply)) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			a := attempt{path: path, want: func(p persona) int {
				if p.known() && !p.may(geo.ActionReadOrganization, true) {
					return 403
				}
				return known(200)(p)
			}}
			if check != nil {
				a.check = func(t *testing.T, p persona, r reply) { check(w, t, p, r) }
			}
			return []attempt{a}
		}
	}
	verify, confirm := geo.ActionVerifyLocation, geo.ActionConfirmLocation
	return map[string]row{
		"GET /api/organizations/:id/verification": func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				read := internal(fmt.Sprintf("/api/organizations/%d/verification?edition=internal", s.public))
				read.check = func(t *testing.T, p persona, r reply) {
					if p.may(geo.ActionReadOrganization, in) == bytes.Contains(r.body, []byte(`"reported":null`)) {
						t.Errorf("%s: %s", r.request, r.body)
					}
				}
				public := get(fmt.Sprintf("/api/organizations/%d/verification?edition=public", s.public), 200)
				public.check = func(t *testing.T, _ persona, r reply) {
					if !bytes.Contains(r.body, []byte(`"reported":null,"steps":[],"findings":[]`)) {
						t.Errorf("%s: %s", r.request, r.body)
					}
				}
				all = append(all, read, public, attempt{path: fmt.Sprintf("/api/organizations/%d/verification?edition=internal", s.hidden),
					want: allowed(geo.ActionReadOrganization, in, 200, 404)})
			}
			return all
		},
		"POST /api/organizations/:id/verification": step(
			each("verification", `{"to":"checked","evidence":"x"}`, "reported", verify),
			each("verification", `{"to":"compared","evidence":"x"}`, "checked", verify),
			each("verification", `{"to":"approved","evidence":"x"}`, "compared", verify),
			each("verification", `{"to":"inspected","evidence":"x"}`, "approved", verify),
			each("verification", `{"to":"confirmed","reason":"x"}`, "inspected", confirm),
			each("verification", `{"back":"reported","reason":"x"}`, "inspected", verify),
			each("verification", `{"back":"reported","reason":"x"}`, "confirmed", verify, confirm),
		),
		"POST /api/organizations/:id/verification/check": each("verification/check", "", "reported", geo.ActionWriteOrganization, verify),
		"GET /api/verification": scoped("/api/verification?limit=500", func(w *world, t *testing.T, p persona, r reply) {
			w.names(t, p, r)
			if !p.may(geo.ActionReadOrganization, false) && bytes.Contains(r.body, []byte(fmt.Sprintf(`"id":%d,`, w.out.public))) {
				t.Errorf("%s lists what lies elsewhere", r.request)
			}
		}),
		"GET /api/verification/counts": scoped("/api/verification/counts", nil),
		"POST /api/verification/check": fixed(attempt{path: "/api/verification/check", want: func(p persona) int {
			return allowed(geo.ActionWriteOrganization, true, 200, 403)(p)
		}}),
	}
}

// put lets the location of an organization be in a state, as an import does.
func (w *world) put(t *testing.T, id geo.ID, state string) {
	t.Helper()
	if _, err := w.conn.Exec(t.Context(), `update jingwei.organization_version set location_state = $2 where organization_id = $1`, id, state); err != nil {
		t.Fatal(err)
	}
}
