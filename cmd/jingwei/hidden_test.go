package main_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestHiddenChangesChangeNothing changes everything outside of somebody's reach: no byte, header, tag or event that they can
// get differs afterwards. Only the position of the feed goes on, as it does with every write of anybody.
func TestHiddenChangesChangeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hidden := w.organization(t, w.out.secret, w.out.public, geo.StatusDraft)
	w.settle(t)
	early := w.listen(t)
	w.plan(t, "geheimer Plan", 1) // everyone sees that the organization ends
	for told := fmt.Sprintf(`"ids":[%d]`, w.out.public); !strings.Contains(early.next(t), told); {
	}
	stream := w.listen(t)
	before := w.everythingRead(t)
	w.changeHidden(t, hidden)
	w.settle(t)
	after := w.everythingRead(t)
	for request, was := range before {
		if diff := cmp.Diff(was, after[request]); diff != "" {
			t.Errorf("%s (-before +after):\n%s", request, diff)
		}
	}
	seen := w.organization(t, "Sichtbarer Zweig", w.out.public, geo.StatusActive)
	if event := stream.next(t); !strings.Contains(event, `"layer":"organizations"`) || !strings.Contains(event, fmt.Sprintf(`"ids":[%d]`, seen)) {
		t.Errorf("the first event is not of the first change that everyone sees: %s", event)
	}
}

// plan lets an organization that everyone sees become a draft on a day to come.
func (w *world) plan(t *testing.T, name string, version int) {
	t.Helper()
	body := fmt.Sprintf(`{"kind":"residents_committee","level":"village","name":%q,"parent":%d,"status":"draft","division":"330102001051","location":[120.2,30.2],"valid_from":"2099-01-01"}`, name, w.out.root)
	w.ask(t, w.operator, "PUT", "/api/organizations/"+w.out.public.String(), body, "If-Match", fmt.Sprintf(`"%d"`, version)).expect(t, 200)
}

// changeHidden alters what lies outside of the subtree in and is not public.
func (w *world) changeHidden(t *testing.T, id geo.ID) {
	t.Helper()
	draft := func(name string, lon float64) string {
		return fmt.Sprintf(`{"kind":"residents_committee","level":"village","name":%q,"parent":%d,"status":"draft","division":"330102001051","location":[%g,30.12]}`, name, w.out.root, lon)
	}
	w.plan(t, "anderer Plan", 2)
	w.ask(t, w.operator, "PUT", "/api/organizations/"+id.String(), draft("anderer Entwurf", 121), "If-Match", `"1"`).expect(t, 200)
	w.ask(t, w.operator, "DELETE", "/api/organizations/"+w.out.hidden.String(), "", "If-Match", `"1"`).expect(t, 204)
	w.ask(t, w.operator, "POST", "/api/organizations", draft("dritter Entwurf", 120.2)).expect(t, 201)
	w.ask(t, w.operator, "POST", fmt.Sprintf("/api/accounts/%d/grants", w.out.clerk.id), grantJSON(geo.RoleAnalyst, w.out.root)).expect(t, 201)
	w.account(t, "clerk-outside-too", w.out.public, "", "")
	for _, sql := range []string{
		`update jingwei.report set lon_e7 = 1210000000, category = 'roads', state = 'fixed', status = 'closed' where id = $1`,
		`insert into jingwei.report (category, lon_e7, lat_e7, division_code, organization_id, channel, visibility, received_at)
		 select 'housing', lon_e7, lat_e7, division_code, organization_id, 'phone', 'restricted', '2026-01-06' from jingwei.report where id = $1`,
		`update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 30, 121, 31, 4326))
		 where status = 'draft' and organization_id <> (select organization_id from jingwei.report where id = $1)
		   and path <@ (select p.path from jingwei.report r join jingwei.organization_version p on p.organization_id = r.organization_id
		                where r.id = $1 and upper_inf(p.recorded) and p.status = 'active')`,
	} {
		tag, err := w.conn.Exec(t.Context(), sql, w.out.closedReport)
		if err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%s: %s, %v", sql, tag, err)
		}
	}
}

func (r reply) expect(t *testing.T, status int) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s: %d %s, want %d", r.request, r.status, r.body, status)
	}
}

// everythingRead is what the people who reach no more than the subtree in get at every address, by request.
func (w *world) everythingRead(t *testing.T) map[string]string {
	t.Helper()
	read := map[string]string{}
	for _, p := range w.people {
		if p.all {
			continue
		}
		for _, path := range w.addressesOf(p) {
			r := w.ask(t, p, "GET", path, "")
			for _, name := range []string{"Date", "X-Request-Id", "Jingwei-Position"} {
				r.header.Del(name)
			}
			read[r.request] = fmt.Sprintf("%d\n%v\n%s", r.status, r.header, withoutRequestID(string(r.body)))
		}
	}
	return read
}

// withoutRequestID takes out of a problem what differs with every request.
func withoutRequestID(body string) string {
	before, rest, found := strings.Cut(body, `"request_id":"`)
	if !found {
		return body
	}
	_, after, _ := strings.Cut(rest, `"`)
	return before + after
}

// addressesOf lists what the persona reads, everything in both editions.
func (w *world) addressesOf(p persona) []string {
	var all []string
	for _, s := range []subtree{w.in, w.out} {
		for _, id := range []geo.ID{s.root, s.public, s.hidden} {
			all = append(all, fmt.Sprintf("/api/organizations/%d", id), fmt.Sprintf("/api/organizations/%d/versions", id))
		}
		all = append(all, fmt.Sprintf("/api/accounts/%d", s.clerk.id), fmt.Sprintf("/api/accounts/%d/grants", s.clerk.id))
	}
	all = append(all,
		"/api/organizations?limit=1000", "/api/organizations/children", fmt.Sprintf("/api/organizations/children?parent=%d", w.out.public), "/api/organizations?status=draft", "/api/organizations?kind=residents_committee", "/api/reports?limit=1000",
		"/api/reports?category=roads", "/api/reports?category=housing", "/api/divisions", "/api/divisions/counts?by=province", "/api/divisions/330102001051",
		"/search?q=%E8%8D%89%E7%A8%BF", "/search?q=Entwurf", "/tiles/organizations", "/tiles/reports", "/tiles/grids/12/3414/1684", "/tiles/jurisdictions/12/3414/1684",
		"/ogc/collections/organizations/aggregate?group_by=status,kind", "/ogc/collections/reports/aggregate?group_by=category&bbox=119,29,121,31",
		"/ogc/collections/organizations/nearest?point=120.2,30.12&k=1000", "/ogc/collections/reports/nearest?point=121,30.12&k=1000",
	)
	for _, area := range []string{fmt.Sprint("jurisdictions/", w.in.public), fmt.Sprint("jurisdictions/", w.out.public), fmt.Sprint("jurisdictions/", w.out.hidden), fmt.Sprint("grids/", w.grid)} {
		all = append(all, "/ogc/collections/organizations/aggregate?group_by=kind&within="+area, "/ogc/collections/reports/aggregate?within="+area)
	}
	for _, filter := range []string{noPhone, noPath} {
		all = append(all, "/api/organizations?filter="+filter, "/tiles/organizations/10/853/422?filter="+filter, "/tiles/organizations/cells/13/6829/3376/2?filter="+filter,
			"/api/organizations?datetime=../..&filter="+filter, "/api/divisions/counts?by=province&filter="+filter)
	}
	for _, layer := range []string{"organizations", "reports", "reports,organizations"} {
		for _, tile := range []string{"0/0/0", "5/26/13", "10/853/422", "14/13658/6753", "14/13698/6753"} {
			all = append(all, "/tiles/"+layer+"/"+tile, "/tiles/"+layer+"/"+tile+"?cells=0")
		}
	}
	both := append([]string{"/api/accounts", "/api/session", "/metrics"}, all...)
	for _, path := range all {
		if strings.HasPrefix(path, "/api/accounts") || strings.HasPrefix(path, "/tiles/grids") || strings.HasPrefix(path, "/tiles/jurisdictions") {
			continue
		}
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		both = append(both, path+join+"edition=internal")
	}
	return both
}

// stream is an open stream of events.
type stream struct{ events <-chan string }

// listen opens a stream of everyone's.
func (w *world) listen(t *testing.T) stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", w.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() && lines.Text() != ": connected" { // from here on nothing is missed
	}
	events := make(chan string, 64)
	go func() {
		defer close(events)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- data
			}
		}
	}()
	return stream{events}
}

func (s stream) next(t *testing.T) string {
	t.Helper()
	bounded, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case e := <-s.events:
		return e
	case <-bounded.Done():
		t.Fatal("no event came")
		return ""
	}
}
