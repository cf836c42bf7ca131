package postgis_test

import (
	"fmt"
	"slices"
	"testing"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// world is a database with two trees of organizations, some of them hidden, and reports that they are responsible for.
//
//	A active ─ A1 active ─ A11 draft ─ A111 active
//	         └ A2 draft
//	B active ─ B1 draft
//	D draft
//
// A3 was a draft below A, is active now and is to be one again; R1 below A was active when it was retired, R2 was not.
type world struct {
	setup
	id      map[string]geo.ID
	reports map[string]geo.ID
}

// member is an organization of a world.
type member struct {
	name, parent, status string
}

func members() []member {
	return []member{
		{"A", "", "active"}, {"B", "", "active"}, {"D", "", "draft"}, {"A1", "A", "active"}, {"A2", "A", "draft"}, {"B1", "B", "draft"},
		{"A11", "A1", "draft"}, {"A111", "A11", "active"}, {"A3", "A", "draft"}, {"R1", "A", "active"}, {"R2", "A", "draft"},
	}
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{setup: newSetup(t), id: map[string]geo.ID{}, reports: map[string]geo.ID{}}
	for _, m := range members() {
		w.id[m.name] = w.create(t, w.content(m)).ID
	}
	w.replace(t, "A3", "active", w.today-10)
	w.replace(t, "A3", "draft", w.today+10)
	for _, name := range []string{"R1", "R2"} {
		if _, err := w.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), w.id[name], 1, w.today, "author"); err != nil {
			t.Fatal(err)
		}
	}
	w.exec(t, `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 120.5, 28.25, 4326))`)
	w.report(t)
	return w
}

func (w world) content(m member) geo.OrganizationContent {
	c := content("组织 " + m.name)
	c.Code, c.Parent, c.Status = "C-"+m.name, w.id[m.parent], m.status
	return c
}

// replace lets an organization have a status from a day on.
func (w world) replace(t testing.TB, name, status string, from geo.Day) {
	t.Helper()
	i := slices.IndexFunc(members(), func(m member) bool { return m.name == name })
	m := members()[i]
	m.status = status
	present, err := w.Organization(t.Context(), geo.Everywhere(), w.id[name])
	if err != nil {
		t.Fatal(err)
	}
	all := geo.Everywhere()
	if _, _, err := w.ReplaceOrganization(t.Context(), all, all, present.ID, present.Version, w.content(m), from, w.today, "author"); err != nil {
		t.Fatal(err)
	}
}

// report loads a report of each kind: who is responsible, and what hides it.
func (w world) report(t testing.TB) {
	t.Helper()
	var list []geo.Report
	names := []string{}
	for _, of := range []string{"", "A1", "A2", "B"} {
		for _, hidden := range []string{"", "restricted", "sensitive"} {
			r := report()
			r.Organization = w.id[of]
			switch hidden {
			case "restricted":
				r.Visibility = geo.VisibilityRestricted
			case "sensitive":
				r.Category = "mediation"
			}
			names, list = append(names, of+" "+hidden), append(list, r)
		}
	}
	base := w.loadReports(t, "reports", list...)
	for i, name := range names {
		w.reports[name] = base + geo.ID(i)
	}
}

// scopes are those of the matrix: nobody's, one's own tree, that of somebody else, a part of one's own, and everything.
func (w world) scopes() map[string]geo.Scope {
	return map[string]geo.Scope{
		"none": {}, "own": w.scope("A"), "other": w.scope("B"), "part": w.scope("A1"), "two": w.scope("A11", "D"), "all": geo.Everywhere(),
	}
}

func (w world) scope(names ...string) geo.Scope {
	var s geo.Scope
	for _, name := range names {
		s.Roots = append(s.Roots, w.id[name])
	}
	slices.Sort(s.Roots)
	return s
}

// path returns where a member stands.
func (w world) path(name string) []geo.ID {
	for _, m := range members() {
		if m.name == name && m.parent == "" {
			return []geo.ID{w.id[name]}
		}
		if m.name == name {
			return append(w.path(m.parent), w.id[name])
		}
	}
	return nil
}

// status is what members have today; "" for those that are retired.
func (w world) status(name string) string {
	switch name {
	case "A3":
		return "active"
	case "R1", "R2":
		return ""
	}
	i := slices.IndexFunc(members(), func(m member) bool { return m.name == name })
	return members()[i].status
}

// sees is the rule: what is active, and what lies in the scope.
func (w world) sees(see geo.Scope, name, status string) bool {
	return status == geo.StatusActive || see.Covers(w.path(name))
}

// lines are the stores of the matrix: with both lines of defence, and with either one alone.
func (w world) lines(t testing.TB) map[string]*postgis.Store {
	return map[string]*postgis.Store{"both": w.Store, "database": w.openAs(t, false, true), "predicate": w.openAs(t, true, false)}
}

func (w world) openAs(t testing.TB, predicate, database bool) *postgis.Store {
	t.Helper()
	s, err := postgis.OpenAs(t.Context(), w.url, predicate, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// answers asks a store everything that it can be asked of organizations, and returns what comes.
func (w world) answers(t testing.TB, s *postgis.Store, see geo.Scope) []string {
	t.Helper()
	out := []string{}
	add := func(what string, got any, err error) {
		if err != nil {
			wantError(t, err, geo.ErrNotFound, "")
			got = "hidden"
		}
		out = append(out, fmt.Sprint(what, ": ", got))
	}
	for _, m := range members() {
		id := w.id[m.name]
		org, err := s.Organization(t.Context(), see, id)
		add("organization "+m.name, org.Name+" "+org.Status, err)
		versions, err := s.OrganizationVersions(t.Context(), see, id)
		add("versions "+m.name, inShort(versions), err)
		nodes, err := s.OrganizationChildren(t.Context(), see, id, geo.NodeCursor{}, 100, w.today)
		add("below "+m.name, nodesInShort(nodes), err)
		n, err := s.CountOrganizationChildren(t.Context(), see, id, w.today)
		add("number below "+m.name, n, err)
		area, err := s.JurisdictionShape(t.Context(), see, id, w.today)
		add("jurisdiction "+m.name, area, err)
	}
	nodes, err := s.OrganizationChildren(t.Context(), see, 0, geo.NodeCursor{}, 100, w.today)
	add("topmost", nodesInShort(nodes), err)
	for _, q := range []string{"组织", "C-", "组织 A", "C-A2", "D", "zuzhi", "zza"} {
		hits, err := setup{Store: s}.search(t.Context(), see, q, 100, w.today)
		var names []string
		for _, hit := range hits {
			names = append(names, hit.Match.String()+" "+hit.Name)
		}
		add("search "+q, names, err)
	}
	return out
}

func inShort(versions []geo.OrganizationVersion) (out []string) {
	for _, v := range versions {
		out = append(out, v.Status+" by "+v.Author)
	}
	return out
}

func nodesInShort(nodes []geo.OrganizationNode) (out []string) {
	for _, n := range nodes {
		out = append(out, fmt.Sprint(n.Name, " ", n.Status, " ", n.Children))
	}
	return out
}
