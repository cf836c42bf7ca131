package main_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// aggregates counts reports: other rows of the matrix make none.
const aggregates = "/ogc/collections/reports/aggregate?within="

// nobodys is an id that nothing has.
func nobodys(id geo.ID) geo.ID { return id + 1_000_000 }

// within are the attempts of the matrix to count within areas that are known, in which all reports lie: grids are everyone's,
// jurisdictions those of whom one may see. The checks are of counts in both editions.
func (w *world) within(public, internal func(*testing.T, persona, reply)) []attempt {
	jurisdiction := func(id geo.ID, edition string) string {
		return fmt.Sprintf("%sjurisdictions/%d&edition=%s", aggregates, id, edition)
	}
	all := []attempt{
		{path: fmt.Sprintf("%sgrids/%d&edition=public", aggregates, w.grid), want: always(200), check: public},
		{path: fmt.Sprintf("%sgrids/%d&edition=internal", aggregates, w.grid), want: known(200), check: internal},
		get(fmt.Sprintf("%sgrids/%d&edition=public&datetime=2019-12-31", aggregates, w.grid), 404),
		get(fmt.Sprintf("%sgrids/%d&edition=public", aggregates, nobodys(w.grid)), 404),
		get(jurisdiction(w.in.root, "public"), 404), // which looks after no area
	}
	for _, s := range []subtree{w.in, w.out} {
		in := s.root == w.in.root
		all = append(all,
			attempt{path: jurisdiction(s.public, "public"), want: always(200), check: public},
			attempt{path: jurisdiction(s.public, "internal"), want: known(200), check: internal},
			get(jurisdiction(s.hidden, "public"), 404),
			attempt{path: jurisdiction(s.hidden, "internal"), want: allowed(geo.ActionReadOrganization, in, 200, 404), check: internal},
			get(jurisdiction(nobodys(s.hidden), "public"), 404),
			attempt{path: jurisdiction(nobodys(s.hidden), "internal"), want: known(404)})
	}
	return all
}

// TestWithinTellsNothing: who asks about the area of an organization that they may not see gets, to the last header, the
// answer to one that never was; but for the id that they sent.
func TestWithinTellsNothing(t *testing.T) {
	w := newWorld(t)
	answer := func(p persona, id geo.ID, more string) string {
		r := w.ask(t, p, "GET", fmt.Sprintf("%sjurisdictions/%d%s", aggregates, id, more), "")
		for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
			r.header.Del(name)
		}
		body := strings.ReplaceAll(withoutRequestID(string(r.body)), fmt.Sprintf("organization %d on", id), "organization ID on")
		return fmt.Sprintf("%d\n%v\n%s", r.status, r.header, body)
	}
	compared := 0
	for _, p := range w.people {
		for _, more := range []string{"", "&edition=public", "&edition=internal", "&edition=internal&datetime=2026-01-31"} {
			for _, s := range []subtree{w.in, w.out} {
				if p.may(geo.ActionReadOrganization, s.root == w.in.root) && more != "&edition=public" {
					continue
				}
				nobody := answer(p, nobodys(s.hidden), more)
				for name, id := range map[string]geo.ID{"hidden": s.hidden, "without an area": s.root} {
					compared++
					if diff := cmp.Diff(nobody, answer(p, id, more)); diff != "" {
						t.Errorf("%s, %s%s (-nobody +got):\n%s", p.name, name, more, diff)
					}
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d answers were compared", compared)
	}
}
