package main_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// attempt is one request that every persona sends, and the status that they are to get.
type attempt struct {
	path, body string
	header     []string
	want       func(p persona) int
	check      func(t *testing.T, p persona, r reply) // of an answer with the wanted status; optional
}

// row makes the attempts of one route for a persona. What they would change is made for them.
type row func(t *testing.T, w *world, p persona) []attempt

// TestMatrix sends, for every route that the router has, requests of every role, inside and outside of what is granted to
// them, about what is theirs and what is somebody else's. It holds the statuses against the table of roles, and no answer may name
// what its reader may not see. A route without a row fails.
func TestMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows := matrix()
	for _, r := range w.Server.Handler().(*echo.Echo).Routes() {
		name := r.Method + " " + r.Path
		if _, ok := rows[name]; !ok && r.Method != http.MethodHead {
			t.Errorf("%s has no row: say who may do what with it", name)
		}
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			method, _, _ := bytes.Cut([]byte(name), []byte(" "))
			for _, p := range w.people {
				for _, a := range row(t, w, p) {
					w.try(t, p, string(method), a)
				}
			}
		})
	}
}

// try sends one request and checks its answer.
func (w *world) try(t *testing.T, p persona, method string, a attempt) {
	t.Helper()
	r := w.ask(t, p, method, a.path, a.body, a.header...)
	if want := a.want(p); r.status != want {
		t.Errorf("%s %s: %d %.300s, want %d", r.request, a.body, r.status, r.body, want)
		return
	}
	for _, secret := range w.secretsFrom(p) {
		if bytes.Contains(r.body, []byte(secret)) {
			t.Errorf("%s names %s:\n%.500s", r.request, secret, r.body)
		}
	}
	if a.check != nil && r.status < 300 {
		a.check(t, p, r)
	}
}

// secretsFrom lists what no answer to the persona may hold.
func (w *world) secretsFrom(p persona) []string {
	var secrets []string
	for _, s := range []struct {
		action geo.Action
		in     bool
		text   string
	}{
		{geo.ActionReadOrganization, true, w.in.secret}, {geo.ActionReadOrganization, false, w.out.secret},
		{geo.ActionReadAccount, true, w.in.clerk.name}, {geo.ActionReadAccount, false, w.out.clerk.name}, {geo.ActionReadAccount, true, w.boss.name},
	} {
		if !p.may(s.action, s.in) {
			secrets = append(secrets, s.text)
		}
	}
	return secrets
}

// always is what everyone gets.
func always(status int) func(persona) int { return func(persona) int { return status } }

// if known: 401 for everyone else.
func known(status int) func(persona) int {
	return func(p persona) int {
		if !p.known() {
			return http.StatusUnauthorized
		}
		return status
	}
}

// inBrowser is what those get whom a session makes known; tokens are refused.
func inBrowser(status int) func(persona) int {
	return func(p persona) int {
		if p.token != "" {
			return http.StatusForbidden
		}
		return known(status)(p)
	}
}

// allowed is what those get who may, all others get otherwise.
func allowed(a geo.Action, in bool, status, otherwise int) func(persona) int {
	return func(p persona) int {
		switch {
		case p.may(a, in):
			return status
		case !p.known():
			return http.StatusUnauthorized
		}
		return otherwise
	}
}

// fixed is a row of attempts that need no preparation.
func fixed(attempts ...attempt) row {
	return func(*testing.T, *world, persona) []attempt { return attempts }
}

// get is an attempt whose answer is the same for everyone.
func get(path string, status int) attempt { return attempt{path: path, want: always(status)} }

// internal is a read of what the public has less of.
func internal(path string) attempt { return attempt{path: path, want: known(http.StatusOK)} }

// Filters by what the live index does not hold, and by what the public edition does not have.
const (
	noPhone = "%7B%22op%22:%22isNull%22,%22args%22:%5B%7B%22property%22:%22phone%22%7D%5D%7D"
	noPath  = "%7B%22op%22:%22isNull%22,%22args%22:%5B%7B%22property%22:%22path%22%7D%5D%7D"
)

// names reports whether an answer names what it should: exactly those secrets that its reader may see.
func (w *world) names(t *testing.T, p persona, r reply) {
	t.Helper()
	for _, s := range []struct {
		in   bool
		text string
	}{{true, w.in.secret}, {false, w.out.secret}} {
		if p.may(geo.ActionReadOrganization, s.in) && !bytes.Contains(r.body, []byte(s.text)) {
			t.Errorf("%s does not name %s", r.request, s.text)
		}
	}
}

func matrix() map[string]row {
	rows := map[string]row{
		"GET /healthz": fixed(get("/healthz", 200)), "GET /readyz": fixed(get("/readyz", 200)),
		"GET /metrics": fixed(attempt{path: "/metrics", want: func(p persona) int {
			if p.name == "operator" {
				return 200
			}
			return 404
		}}),
		"GET /events":                      fixed(get("/events?layers=organizations,reports", 200)),
		"GET /api/report-categories":       fixed(get("/api/report-categories", 200)),
		"GET /api/codes/:list":             fixed(get("/api/codes/organization_kind", 200)),
		"GET /api/coordinates":             fixed(get("/api/coordinates?q=120.1551,30.2741&crs=gcj02", 200)),
		"GET /api/geocode":                 fixed(get("/api/geocode?q=%E4%B8%8A%E5%9F%8E%E5%8C%BA%E7%A7%98%E5%A4%96%E8%8D%89", 200)), // 上城区秘外草
		"GET /api/geocode/reverse":         fixed(get("/api/geocode/reverse?point=120.12,30.12&within=10000", 200)),
		"GET /api/divisions":               fixed(get("/api/divisions", 200), internal("/api/divisions?edition=internal")),
		"GET /api/divisions/counts":        fixed(get("/api/divisions/counts?by=province", 200), internal("/api/divisions/counts?by=province&edition=internal")),
		"GET /api/divisions/:code":         fixed(get("/api/divisions/330000000000", 200), internal("/api/divisions/330000000000?edition=internal")),
		"GET /api/divisions/:code/history": fixed(get("/api/divisions/330000000000/history", 200)),
		"GET /api/divisions/:code/shape":   fixed(get("/api/divisions/330000000000/shape", 404)),
		"GET /tiles/:layer":                fixed(get("/tiles/organizations", 200), get("/tiles/reports,divisions", 200), internal("/tiles/organizations?edition=internal")),
		"GET /styles/light.json":           fixed(get("/styles/light.json", 200)), "GET /basemaps": fixed(get("/basemaps", 200)),
		"GET /basemaps/land.json": fixed(get("/basemaps/land.json", 200)), "GET /basemaps/:file": fixed(get("/basemaps/none.pmtiles", 404)),
		"GET /basemaps/:name/:z/:x/:y": fixed(get("/basemaps/none/0/0/0", 404)),
		"GET /openapi.yaml":            fixed(get("/openapi.yaml", 200)), "GET /api/openapi.yaml": fixed(get("/api/openapi.yaml", 200)),
	}
	for _, more := range []map[string]row{
		organizationRows(), registrationRows(), pointRows(), sessionRows(), accountRows(), taskRows(), verificationRows(), importRows(),
	} {
		for name, r := range more {
			rows[name] = r
		}
	}
	return rows
}

func organizationRows() map[string]row {
	// of makes attempts to read something of each organization, with and without asking for the internal edition.
	of := func(path string) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				all = append(all, get(fmt.Sprintf(path, s.public), 200), attempt{path: fmt.Sprintf(path, s.hidden), want: func(p persona) int {
					if p.token != "" && p.may(geo.ActionReadOrganization, in) {
						return 200
					}
					return 404
				}}, attempt{path: fmt.Sprintf(path, s.hidden) + "?edition=internal", want: allowed(geo.ActionReadOrganization, in, 200, 404)})
			}
			return all
		}
	}
	// change makes attempts to change an organization that everyone sees, and one that not everyone does.
	write := func(make func(id geo.ID, s subtree) attempt, status int) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				seen := 404
				if p.may(geo.ActionReadOrganization, in) {
					seen = 403
				}
				open := make(w.organization(t, "Zweig", s.public, geo.StatusActive), s)
				open.want = allowed(geo.ActionWriteOrganization, in, status, 403)
				hidden := make(w.organization(t, s.secret, s.public, geo.StatusDraft), s)
				hidden.want = allowed(geo.ActionWriteOrganization, in, status, seen)
				if strings.HasSuffix(hidden.path, "/merge") { // what is older is looked at first, which everyone sees
					hidden.want = allowed(geo.ActionWriteOrganization, in, status, 403)
				}
				all = append(all, open, hidden)
			}
			return all
		}
	}
	change := func(path, body string, status int) row {
		return write(func(id geo.ID, s subtree) attempt {
			return attempt{path: fmt.Sprintf("/api/organizations/%d%s", id, path), header: []string{"If-Match", `"1"`}, body: filled(body, s.public)}
		}, status)
	}
	send := func(path, body string) row {
		return write(func(id geo.ID, s subtree) attempt { return attempt{path: path, body: fmt.Sprintf(body, id, s.public)} }, 200)
	}
	return map[string]row{
		"GET /api/organizations/:id":          of("/api/organizations/%d"),
		"GET /api/organizations/:id/versions": of("/api/organizations/%d/versions"),
		"GET /api/organizations/children": func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				read := internal(fmt.Sprintf("/api/organizations/children?parent=%d&limit=1000&edition=internal", s.public))
				read.check = func(t *testing.T, p persona, r reply) {
					if p.may(geo.ActionReadOrganization, in) != bytes.Contains(r.body, []byte(s.secret)) {
						t.Errorf("%s: %s", r.request, r.body)
					}
				}
				hidden := fmt.Sprintf("/api/organizations/children?parent=%d&edition=internal", s.hidden)
				all = append(all, read, get(fmt.Sprintf("/api/organizations/children?parent=%d", s.public), 200),
					attempt{path: hidden, want: allowed(geo.ActionReadOrganization, in, 200, 404)})
			}
			return append(all, get("/api/organizations/children", 200))
		},
		"POST /api/organizations": func(t *testing.T, w *world, p persona) []attempt {
			post := func(parent geo.ID, want func(persona) int) attempt {
				return attempt{path: "/api/organizations", body: filled(newBranch, parent), want: want}
			}
			onTop := func(p persona) int {
				if p.all {
					return 201
				}
				return known(403)(p)
			}
			return []attempt{
				post(w.in.public, allowed(geo.ActionWriteOrganization, true, 201, 403)), post(w.out.public, allowed(geo.ActionWriteOrganization, false, 201, 403)),
				post(w.in.hidden, underHidden(p, true)), post(w.out.hidden, underHidden(p, false)),
				post(0, onTop),
			}
		},
		"PUT /api/organizations/:id":            change("", newBranch, 200),
		"DELETE /api/organizations/:id":         change("", "", 204),
		"GET /api/organizations/:id/history":    of("/api/organizations/%d/history"),
		"GET /api/organizations/:id/succession": of("/api/organizations/%d/succession"),
		"GET /api/organizations/:id/plans":      of("/api/organizations/%d/plans"),
		"GET /api/organizations/:id/actions": func(t *testing.T, w *world, p persona) []attempt {
			all := of("/api/organizations/%d/actions")(t, w, p)
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				all = append(all, attempt{
					path: fmt.Sprintf("/api/organizations/%d/actions?edition=internal", s.public), want: known(200),
					check: func(t *testing.T, p persona, r reply) {
						if p.may(geo.ActionWriteOrganization, in) != bytes.Contains(r.body, []byte(`"organization.write"`)) {
							t.Errorf("%s: %s", r.request, r.body)
						}
					},
				})
			}
			return all
		},
		"DELETE /api/organizations/:id/plans/:day": func(t *testing.T, w *world, p persona) []attempt {
			return write(func(id geo.ID, s subtree) attempt {
				body := strings.Replace(filled(newBranch, s.public), "{", `{"valid_from":"2099-01-01",`, 1)
				if r := w.ask(t, w.operator, "PUT", fmt.Sprintf("/api/organizations/%d", id), body, "If-Match", `"1"`); r.status != 200 {
					t.Fatalf("%d %s", r.status, r.body)
				}
				return attempt{path: fmt.Sprintf("/api/organizations/%d/plans/2099-01-01", id), header: []string{"If-Match", `"2"`}}
			}, 200)(t, w, p)
		},
		"POST /api/organizations/:id/restore": change("/restore", `{"version":1,"parent":%s}`, 200),
		"POST /api/organizations/:id/undo":    change("/undo", "", 200),
		"POST /api/organizations/merge":       send("/api/organizations/merge", `{"sources":[{"id":%d,"version":1}],"target":{"id":%d,"version":1}}`),
		"POST /api/organizations/bulk":        send("/api/organizations/bulk", `{"organizations":[{"id":%d,"version":1}],"set":{"level":"township","parent":%d}}`),
		"POST /api/organizations/split": send("/api/organizations/split",
			`{"source":{"id":%d,"version":1},"keep":true,"targets":[{"kind":"village_committee","level":"village","name":"Ableger","parent":%d,"division":"330102001051","location":[120.12,30.22]}]}`),
	}
}

// registrationRows are of what helps to register: whether it is there already, and photos of the place.
func registrationRows() map[string]row {
	// of makes attempts at the photos of each organization; prepared adds one to it first.
	of := func(path func(organization, photo geo.ID) string, a geo.Action, status int, body string, prepared func(t *testing.T, w *world, organization geo.ID) geo.ID) row {
		return func(t *testing.T, w *world, p persona) []attempt {
			var all []attempt
			for in, s := range map[bool]subtree{true: w.in, false: w.out} {
				for _, id := range []geo.ID{s.public, s.hidden} {
					otherwise := 404 // of a photo whoever may not read the organization learns nothing
					if !a.Reads() && (id == s.public || p.may(geo.ActionReadOrganization, in)) {
						otherwise = 403
					}
					all = append(all, attempt{path: path(id, prepared(t, w, id)), body: body, header: []string{"Content-Type", "image/png"}, want: allowed(a, in, status, otherwise)})
				}
			}
			return all
		}
	}
	none := func(*testing.T, *world, geo.ID) geo.ID { return 0 }
	one := func(t *testing.T, w *world, organization geo.ID) geo.ID {
		t.Helper()
		// Each persona gets one of its own, and there is a limit to them.
		if _, err := w.conn.Exec(t.Context(), `delete from jingwei.organization_photo where organization_id = $1`, organization); err != nil {
			t.Fatal(err)
		}
		var made struct{ ID geo.ID }
		w.ask(t, w.operator, "POST", fmt.Sprintf("/api/organizations/%d/photos", organization), dot, "Content-Type", "image/png").decode(t, 201, &made)
		return made.ID
	}
	removed := func(t *testing.T, w *world, organization geo.ID) geo.ID {
		id := one(t, w, organization)
		if r := w.ask(t, w.operator, "DELETE", fmt.Sprintf("/api/organizations/%d/photos/%d", organization, id), ""); r.status != 204 {
			t.Fatalf("%s: %d %s", r.request, r.status, r.body)
		}
		return id
	}
	at := func(format string) func(organization, photo geo.ID) string {
		return func(organization, photo geo.ID) string { return fmt.Sprintf(format, organization, photo) }
	}
	list := func(organization, _ geo.ID) string {
		return fmt.Sprintf("/api/organizations/%d/photos", organization)
	}
	read := func(f func(organization, photo geo.ID) string) func(organization, photo geo.ID) string {
		return func(organization, photo geo.ID) string { return f(organization, photo) + "?edition=internal" }
	}
	return map[string]row{
		"GET /api/organizations/:id/photos":                 of(read(list), geo.ActionReadOrganization, 200, "", none),
		"POST /api/organizations/:id/photos":                of(list, geo.ActionWriteOrganization, 201, dot, none),
		"GET /api/organizations/:id/photos/:photo":          of(read(at("/api/organizations/%d/photos/%d")), geo.ActionReadOrganization, 200, "", one),
		"DELETE /api/organizations/:id/photos/:photo":       of(at("/api/organizations/%d/photos/%d"), geo.ActionWriteOrganization, 204, "", one),
		"POST /api/organizations/:id/photos/:photo/restore": of(at("/api/organizations/%d/photos/%d/restore"), geo.ActionWriteOrganization, 200, "", removed),
		"GET /api/jurisdictions": func(t *testing.T, w *world, p persona) []attempt {
			const here = "/api/jurisdictions?bbox=120.1,30.1,120.2,30.2"
			for _, s := range []subtree{w.in, w.out} {
				if _, err := w.conn.Exec(t.Context(), `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120.1, 30.1, 120.2, 30.2, 4326))
					where organization_id = $1 and jurisdiction is null`, s.hidden); err != nil {
					t.Fatal(err)
				}
			}
			read := internal(here + "&edition=internal")
			read.check = w.names
			return []attempt{get(here, 200), read, get("/api/jurisdictions", 400)}
		},
		"GET /api/organizations/similar": func(t *testing.T, w *world, p persona) []attempt {
			const question = "/api/organizations/similar?name=%E7%A7%98%E5%86%85%E8%8D%89%E7%A8%BF&point=120.1234567,30.1234567" // 秘内草稿
			read := internal(question + "&edition=internal")
			read.check = func(t *testing.T, p persona, r reply) {
				if p.may(geo.ActionReadOrganization, true) != bytes.Contains(r.body, []byte(w.in.secret)) {
					t.Errorf("%s: %s", r.request, r.body)
				}
				if writes := p.may(geo.ActionWriteOrganization, true); writes == bytes.Contains(r.body, []byte(`"taken":null`)) {
					t.Errorf("%s: %s", r.request, r.body)
				}
			}
			return []attempt{get(question, 200), read}
		},
	}
}

// dot is a picture of a pixel, a PNG.
const dot = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// underHidden is what those get who register below an organization that not everyone sees: to those who do not, there is none.
func underHidden(p persona, in bool) func(persona) int {
	if p.may(geo.ActionReadOrganization, in) {
		return allowed(geo.ActionWriteOrganization, in, 201, 403)
	}
	return known(409)
}

const newBranch = `{"kind":"village_committee","level":"village","name":"Neuer Zweig","parent":%s,"division":"330102001051","location":[120.12,30.22]}`

// filled puts a superior into a body that has a place for it.
func filled(body string, parent geo.ID) string {
	switch {
	case body == "":
		return ""
	case parent == 0:
		return fmt.Sprintf(body, "null")
	}
	return fmt.Sprintf(body, parent.String())
}

func pointRows() map[string]row {
	count := func(action geo.Action, mixed bool, open, closed int) func(t *testing.T, p persona, r reply) {
		return func(t *testing.T, p persona, r reply) {
			var list struct{ NumberMatched int }
			r.decode(t, 200, &list)
			want := 2 * open
			switch in, out := p.may(action, true), p.may(action, false); {
			case in && out:
				want = 2 * (open + closed)
			case in && mixed:
				want += closed
			case in:
				want = open + closed
			}
			if list.NumberMatched != want {
				t.Errorf("%s counts %d, want %d", r.request, list.NumberMatched, want)
			}
		}
	}
	// aggregated checks the count of an aggregate as that of a list.
	aggregated := func(check func(*testing.T, persona, reply)) func(t *testing.T, p persona, r reply) {
		return func(t *testing.T, p persona, r reply) {
			r.body = bytes.Replace(r.body, []byte(`"count":`), []byte(`"numberMatched":`), 1)
			check(t, p, r)
		}
	}
	return map[string]row{
		"GET /api/organizations": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/api/organizations?edition=internal&limit=1000")
			read.check = w.names
			public := get("/api/organizations?edition=public&limit=1000", 200)
			public.check = func(t *testing.T, p persona, r reply) {
				if bytes.Contains(r.body, []byte(w.in.secret)) || bytes.Contains(r.body, []byte(w.out.secret)) {
					t.Errorf("%s names what is hidden", r.request)
				}
			}
			filtered := internal("/api/organizations?edition=internal&limit=1000&filter=" + noPhone)
			filtered.check = w.names
			below := internal(fmt.Sprintf("/api/organizations?edition=internal&limit=1000&organization=%d,%d", w.in.root, w.out.root))
			below.want = func(p persona) int { return map[bool]int{true: 200, false: 401}[p.name != "everyone"] }
			if p.name != "everyone" && !p.may(geo.ActionReadOrganization, true) { // who sees nothing more asks the public edition
				below.want = always(400)
			} else {
				below.check = w.names
			}
			return []attempt{get("/api/organizations?limit=1000", 200), read, public, filtered, below, get("/api/organizations?edition=public&filter="+noPhone, 200),
				get("/api/organizations?edition=public&filter="+noPath, 400), get("/api/organizations?edition=public&organization=1", 400)}
		},
		"GET /api/reports": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/api/reports?edition=internal")
			read.check = count(geo.ActionReadReport, false, 1, 1)
			public := get("/api/reports?edition=public", 200)
			public.check = func(t *testing.T, _ persona, r reply) { count(geo.ActionReadReport, false, 1, 1)(t, persona{}, r) }
			return []attempt{get("/api/reports", 200), read, public}
		},
		"GET /search": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/search?q=%E8%8D%89%E7%A8%BF&limit=100&edition=internal") // 草稿
			read.check = w.names
			return []attempt{get("/search?q=%E8%8D%89%E7%A8%BF", 200), read}
		},
		"GET /ogc/collections/:id/aggregate": func(t *testing.T, w *world, p persona) []attempt {
			reports := internal("/ogc/collections/reports/aggregate?edition=internal&group_by=category")
			reports.check = aggregated(count(geo.ActionReadReport, false, 1, 1))
			public := get("/ogc/collections/reports/aggregate?edition=public", 200)
			public.check = func(t *testing.T, _ persona, r reply) {
				aggregated(count(geo.ActionReadReport, false, 1, 1))(t, persona{}, r)
			}
			interval := internal("/ogc/collections/organizations/aggregate?edition=internal&datetime=2020-01-01/2100-01-01")
			interval.want = func(p persona) int {
				switch {
				case !p.known():
					return http.StatusUnauthorized
				case p.may(geo.ActionReadOrganization, true) && !p.may(geo.ActionReadOrganization, false):
					return http.StatusBadRequest // to some the last row is hidden
				}
				return http.StatusOK
			}
			all := []attempt{reports, public, interval, get("/ogc/collections/organizations/aggregate?edition=public&datetime=2020-01-01/2100-01-01", 200)}
			return append(all, w.within(public.check, reports.check)...)
		},
		"POST /ogc/collections/:id/aggregate": func(t *testing.T, w *world, p persona) []attempt {
			reports := attempt{path: "/ogc/collections/reports/aggregate?edition=internal", want: known(http.StatusOK),
				body: `{"type":"Polygon","coordinates":[[[70,10],[140,10],[140,60],[70,60],[70,10]]]}`}
			reports.check = aggregated(count(geo.ActionReadReport, false, 1, 1))
			return []attempt{reports}
		},
		"GET /ogc/collections/:id/nearest": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/ogc/collections/organizations/nearest?edition=internal&point=120.12,30.12&k=1000")
			read.check = w.names
			return []attempt{get("/ogc/collections/organizations/nearest?edition=public&point=120.12,30.12", 200), read}
		},
		"GET /tiles/:layer/cells/:z/:x/:y/:cell": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/tiles/organizations/cells/13/6829/3376/2?edition=internal&limit=1000")
			read.check = w.names
			filtered := internal("/tiles/organizations/cells/13/6829/3376/2?edition=internal&limit=1000&filter=" + noPhone)
			filtered.check = w.names
			reports := internal("/tiles/reports/cells/13/6829/3376/2?edition=internal")
			reports.check = count(geo.ActionReadReport, false, 1, 1)
			return []attempt{get("/tiles/organizations/cells/13/6829/3376/2?edition=public", 200), read, filtered, reports, get("/tiles/reports/cells/0/0/0/1?edition=public", 200)}
		},
		"GET /tiles/:layer/:z/:x/:y": func(t *testing.T, w *world, p persona) []attempt {
			read := internal("/tiles/organizations/14/13658/6753?cells=0&edition=internal")
			read.check = w.names
			return []attempt{
				get("/tiles/organizations/14/13658/6753?cells=0", 200), read, get("/tiles/reports,organizations,divisions/0/0/0", 200),
				internal("/tiles/reports,organizations/0/0/0?edition=internal"),
			}
		},
	}
}

func sessionRows() map[string]row {
	return map[string]row{
		"GET /api/sign-in":                 fixed(get("/api/sign-in", 200)),
		"GET /api/oidc/:provider/start":    fixed(get("/api/oidc/none/start", 404)), // who signs in elsewhere is nobody here yet
		"GET /api/oidc/:provider/callback": fixed(get("/api/oidc/none/callback?state=a&code=b", 404)),
		"POST /api/session":                fixed(attempt{path: "/api/session", body: `{"name":"clerk-nobody","password":"a wrong password"}`, want: always(401)}),
		"GET /api/session":                 fixed(attempt{path: "/api/session", want: known(200)}),
		"PUT /api/session/password":        fixed(attempt{path: "/api/session/password", body: `{"current":"a wrong password","new":"Sieben Zwerge, 8 Berge"}`, want: inBrowser(400)}),
		"PUT /api/session/profile":         fixed(attempt{path: "/api/session/profile", body: `{"display_name":"Anders"}`, want: inBrowser(200)}),
		"GET /api/sessions":                fixed(attempt{path: "/api/sessions", want: inBrowser(200)}),
		"GET /api/tokens":                  fixed(attempt{path: "/api/tokens", want: inBrowser(200)}),
		"POST /api/tokens":                 fixed(attempt{path: "/api/tokens", body: `{"name":"t"}`, want: inBrowser(201)}),
		"POST /api/links/inspect":          fixed(attempt{path: "/api/links/inspect", body: `{"link":"none"}`, want: always(404)}),
		"POST /api/links/redeem":           fixed(attempt{path: "/api/links/redeem", body: `{"link":"none","password":"Sieben Zwerge, 8 Berge"}`, want: always(404)}),
		"DELETE /api/session": func(t *testing.T, w *world, p persona) []attempt {
			return []attempt{w.inNewSession(t, p, attempt{path: "/api/session", want: inBrowser(204)})}
		},
		"DELETE /api/sessions/:id": func(t *testing.T, w *world, p persona) []attempt {
			all := []attempt{}
			for _, other := range w.people {
				if other.session != 0 && other.name != p.name {
					all = append(all, attempt{path: "/api/sessions/" + other.session.String(), want: inBrowser(404)})
					break
				}
			}
			if p.cookie == "" {
				return all
			}
			second := w.signIn(t, p)
			return append(all, attempt{path: "/api/sessions/" + second.session.String(), want: inBrowser(204)})
		},
		"DELETE /api/tokens/:id": func(t *testing.T, w *world, p persona) []attempt {
			owner := w.people[slices.IndexFunc(w.people, func(o persona) bool { return o.cookie != "" && o.name != p.name })]
			all := []attempt{{path: "/api/tokens/" + w.newToken(t, owner).String(), want: inBrowser(404)}}
			if p.cookie != "" {
				all = append(all, attempt{path: "/api/tokens/" + w.newToken(t, p).String(), want: inBrowser(204)})
			}
			return all
		},
	}
}

func (w *world) newToken(t *testing.T, p persona) geo.ID {
	t.Helper()
	var made struct{ Item struct{ ID geo.ID } }
	w.ask(t, p, "POST", "/api/tokens", `{"name":"t"}`).decode(t, 201, &made)
	return made.Item.ID
}

// signIn opens one more session of a persona.
func (w *world) signIn(t *testing.T, p persona) persona {
	t.Helper()
	visitor := persona{name: p.name, address: w.address()}
	r := w.ask(t, visitor, "POST", "/api/session", fmt.Sprintf(`{"name":%q,"password":%q}`, p.name, password))
	return r.signedIn(t, p)
}

// inNewSession lets the attempt use a session that may end with it.
func (w *world) inNewSession(t *testing.T, p persona, a attempt) attempt {
	t.Helper()
	if p.cookie != "" {
		second := w.signIn(t, p)
		a.header = append(a.header, "Cookie", "jingwei_session="+second.cookie, "X-CSRF-Token", second.csrf)
	}
	return a
}
