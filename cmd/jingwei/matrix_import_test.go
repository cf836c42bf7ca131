package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jingwei/geo"
)

// tableOfOne is a file with one organization.
const tableOfOne = "name,kind,division\nEins,branch,330102001051\n"

// importRows are about imports of clerks on either side, which only those see who look after the clerks.
func importRows() map[string]row {
	sees := func(_ persona, in bool, status int) func(persona) int {
		return allowed(geo.ActionReadAccount, in, status, 404)
	}
	of := func(path, body, state string, status int, want func(persona, bool, int) func(persona) int) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				id := w.upload(t, s, state)
				all = append(all, attempt{path: fmt.Sprintf(path, id), body: body, want: want(p, in, status)})
			}
			return all
		}
	}
	return map[string]row{
		"GET /api/imports": fixed(attempt{path: "/api/imports", want: known(200)}),
		"POST /api/imports": func(_ *testing.T, w *world, _ persona) []attempt {
			return []attempt{{path: fmt.Sprintf("/api/imports?filename=t.csv&superior=%d", w.in.public), body: tableOfOne, header: []string{"Content-Type", "text/csv"},
				want: allowed(geo.ActionWriteOrganization, true, 201, 403)}}
		},
		"GET /api/imports/:id":                of("/api/imports/%d", "", "mapped", 200, sees),
		"GET /api/imports/:id/errors":         of("/api/imports/%d/errors", "", "checked", 200, sees),
		"GET /api/imports/:id/kept":           of("/api/imports/%d/kept", "", "undone", 200, sees),
		"GET /api/imports/:id/preview":        of("/api/imports/%d/preview", "", "checked", 200, sees),
		"GET /api/imports/:id/corrected.xlsx": of("/api/imports/%d/corrected.xlsx", "", "checked", 200, sees),
		"DELETE /api/imports/:id":             of("/api/imports/%d", "", "mapped", 204, writes),
		"PUT /api/imports/:id/mapping":        of("/api/imports/%d/mapping", `{"columns":["name","kind","division"],"header_row":1}`, "mapped", 200, writes),
		"POST /api/imports/:id/check":         of("/api/imports/%d/check", "", "mapped", 200, writes),
		"POST /api/imports/:id/run":           of("/api/imports/%d/run", "", "checked", 200, writes),
		"POST /api/imports/:id/resume":        of("/api/imports/%d/resume", "", "paused", 200, writes),
		"POST /api/imports/:id/pause":         of("/api/imports/%d/pause", "", "checked", 409, writes),
		"POST /api/imports/:id/undo":          of("/api/imports/%d/undo", "", "done", 409, writes), // nothing was written
	}
}

// upload makes an import of the clerk of a subtree, in a state.
func (w *world) upload(t *testing.T, s subtree, state string) geo.ID {
	t.Helper()
	r := w.ask(t, w.operator, "POST", "/api/imports?filename="+strings.ReplaceAll(s.clerk.name, " ", "")+".csv", tableOfOne, "Content-Type", "text/csv")
	var made struct{ ID geo.ID }
	r.decode(t, http.StatusCreated, &made)
	_, err := w.conn.Exec(t.Context(), `update jingwei.import_job set account_id = $2, organization_id = $3, state = $4, counts = '{"refused": 1}' where id = $1`,
		made.ID, s.clerk.id, s.public, state)
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}
