package main_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"jingwei/geo"
)

// taskRows are about what organizations are asked for. Asks are made by the operator for each attempt, of organizations of
// their own.
func taskRows() map[string]row {
	reads := func(path string) row {
		return fixed(attempt{path: path, want: func(p persona) int {
			switch {
			case !p.known():
				return 401
			case !p.may(geo.ActionReadOrganization, true) && !p.may(geo.ActionReadOrganization, false):
				return 403
			}
			return 200
		}})
	}
	sides := func(make func(w *world, in bool, s subtree) attempt) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			return []attempt{make(w, true, w.in), make(w, false, w.out)}
		}
	}
	return map[string]row{
		"GET /api/asks":   reads("/api/asks"),
		"GET /api/tasks":  reads("/api/tasks?state=open&limit=500"),
		"GET /api/burden": reads("/api/burden"),
		"POST /api/asks": func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				one := w.organization(t, "Zweig", s.public, geo.StatusActive)
				all = append(all, attempt{path: "/api/asks", body: askJSON(one), want: func(p persona) int {
					if p.may(geo.ActionAsk, !in) && !p.may(geo.ActionAsk, in) {
						return 409 // for them there is none
					}
					return allowed(geo.ActionAsk, in, 201, 403)(p)
				}})
			}
			return all
		},
		"POST /api/asks/:id/withdraw": func(t *testing.T, w *world, p persona) []attempt {
			return sides(func(w *world, in bool, s subtree) attempt {
				ask, _ := w.asked(t, s)
				return attempt{path: fmt.Sprintf("/api/asks/%d/withdraw", ask), want: func(p persona) int {
					if p.may(geo.ActionReadOrganization, in) {
						return allowed(geo.ActionAsk, in, 204, 403)(p)
					}
					return known(404)(p)
				}}
			})(t, w, p)
		},
		"POST /api/tasks/:id/answer": func(t *testing.T, w *world, p persona) []attempt {
			return sides(func(w *world, in bool, s subtree) attempt {
				_, task := w.asked(t, s)
				return attempt{path: fmt.Sprintf("/api/tasks/%d/answer", task), body: `{"state":"declined","reason":"none"}`, want: func(p persona) int {
					if p.may(geo.ActionReadOrganization, in) {
						return allowed(geo.ActionWriteOrganization, in, 200, 403)(p)
					}
					return known(404)(p)
				}}
			})(t, w, p)
		},
	}
}

func askJSON(organization geo.ID) string {
	return fmt.Sprintf(`{"title":"Rundfrage","fields":["phone"],"organizations":[%d]}`, organization)
}

// asked lets the operator ask an organization of the subtree for something.
func (w *world) asked(t *testing.T, s subtree) (ask, task geo.ID) {
	t.Helper()
	one := w.organization(t, "Zweig", s.public, geo.StatusActive)
	var made struct{ ID geo.ID }
	w.ask(t, w.operator, "POST", "/api/asks", askJSON(one)).decode(t, 201, &made)
	var list struct{ Items []struct{ ID geo.ID } }
	w.ask(t, w.operator, "GET", fmt.Sprintf("/api/tasks?ask=%d", made.ID), "").decode(t, 200, &list)
	if len(list.Items) != 1 {
		out, _ := json.Marshal(list)
		t.Fatalf("tasks of an ask: %s", out)
	}
	return made.ID, list.Items[0].ID
}
