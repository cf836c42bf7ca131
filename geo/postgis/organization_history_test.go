package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// told is a write in short.
func told(w geo.OrganizationWrite) string {
	return fmt.Sprint(w.Version, " ", w.Action, " by ", w.Author, " ", w.Valid, " ", w.Fields)
}

func (s setup) historyOf(t testing.TB, see geo.Scope, id geo.ID) (out []string) {
	t.Helper()
	h, err := s.OrganizationHistory(t.Context(), see, id, time.Time{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range h.Writes {
		out = append(out, told(w))
	}
	return out
}

// TestHistoryOfAnOrganization: each write with who, since when, and what is another, as far as its reader may know.
func TestHistoryOfAnOrganization(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	top, other := s.create(t, content("省委")), s.create(t, content("市委"))
	c := content("柳东")
	c.Parent, c.Code = top.ID, "C1"
	id := s.create(t, c).ID
	write := func(version int32, from geo.Day) {
		t.Helper()
		if _, _, err := s.ReplaceOrganization(t.Context(), all, all, id, version, c, from, s.today, "b"); err != nil {
			t.Fatal(err)
		}
	}
	c.Name, c.Location.Lat = "柳东新村", c.Location.Lat+1000
	write(1, s.today-10)
	c.Parent, c.Code = other.ID, "C2"
	write(2, s.today)
	c.Status = geo.StatusDraft
	write(3, s.today)
	write(4, s.today) // says nothing new
	if _, err := s.RetireOrganization(t.Context(), all, all, id, 5, s.today, "c"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.RestoreOrganization(t.Context(), all, all, id, 6, 2, nil, s.today, "d"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.UndoOrganization(t.Context(), all, all, id, 7, s.today, "e"); err != nil {
		t.Fatal(err)
	}
	today, ago := s.today.String(), (s.today - 10).String()
	want := []string{
		"8 undo by e " + today + "/.. [valid_to]",
		"7 restore by d " + today + "/.. [valid_to]",
		"6 retire by c " + today + "/.. [valid_to]",
		"5 replace by b " + today + "/.. []",
		"4 replace by b " + today + "/.. [status]",
		"3 replace by b " + today + "/.. [code parent]",
		"2 replace by b " + ago + "/.. [name location]",
		"1 create by tester 2023-06-30/.. []",
	}
	if diff := cmp.Diff(want, s.historyOf(t, all, id)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	h, err := s.OrganizationHistory(t.Context(), all, id, time.Time{}, 3)
	if err != nil || !h.More || len(h.Writes) != 3 {
		t.Fatalf("%+v, %v", h, err)
	}
	rest, err := s.OrganizationHistory(t.Context(), all, id, h.Writes[2].Recorded, 5)
	if err != nil || rest.More || len(rest.Writes) != 5 {
		t.Fatalf("%+v, %v", rest, err)
	}
	move := rest.Writes[2]
	if rest.Names[move.Before.Parent] != "省委" || rest.Names[move.After.Parent] != "市委" || move.CodeBefore != "C1" || move.CodeAfter != "C2" {
		t.Errorf("%+v %v", move, rest.Names)
	}
	if d := geo.Distance(rest.Writes[3].Before.Location, rest.Writes[3].After.Location); d < 11 || d > 12 {
		t.Errorf("moved by %f m", d)
	}
}

// TestPublicHistory: what was not active was not, and nobody wrote it.
func TestPublicHistory(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	c := content("柳东")
	id := s.create(t, c).ID
	for i, status := range []string{geo.StatusDraft, geo.StatusActive} {
		c.Status, c.Phone = status, fmt.Sprint(i)
		if _, _, err := s.ReplaceOrganization(t.Context(), all, all, id, int32(i+1), c, s.today, s.today, "b"); err != nil {
			t.Fatal(err)
		}
	}
	today := s.today.String()
	want := []string{"3 restore by  " + today + "/.. [phone valid_to]", "2 retire by  " + today + "/.. [valid_to]", "1 create by  2023-06-30/.. []"}
	if diff := cmp.Diff(want, s.historyOf(t, geo.Scope{}, id)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// TestAsOf: what held on a day, and what was known of it at a time; the tree of a past day has the retired and the former
// superiors.
func TestAsOf(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	for _, see := range []geo.Scope{{}, all} {
		first, second := s.below(t, 0).ID, s.below(t, 0).ID
		id := s.below(t, first).ID
		began := time.Now()
		s.replace(t, id, second, s.today-5)
		if _, err := s.RetireOrganization(t.Context(), all, all, id, 2, s.today, "a"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			day    geo.Day
			at     time.Time
			parent geo.ID
		}{
			{s.today - 6, time.Time{}, first}, {s.today - 5, time.Time{}, second}, {s.today - 1, began, first}, {s.today, began, first},
			{s.today, time.Time{}, 0}, {day("2023-06-29"), time.Time{}, 0}, {s.today, began.Add(-time.Hour), 0},
		} {
			o, err := s.OrganizationAt(t.Context(), see, id, c.day, c.at)
			if c.parent == 0 {
				wantError(t, err, geo.ErrNotFound, "")
				continue
			}
			if err != nil || o.Parent != c.parent {
				t.Errorf("on %s, known at %v: below %d, %v; want %d", c.day, c.at, o.Parent, err, c.parent)
			}
		}
		for _, c := range []struct {
			day    geo.Day
			parent geo.ID
			want   int
		}{{s.today - 6, first, 1}, {s.today - 6, second, 0}, {s.today - 1, first, 0}, {s.today - 1, second, 1}, {s.today, second, 0}} {
			nodes, err := s.OrganizationChildren(t.Context(), see, c.parent, geo.NodeCursor{}, 10, c.day)
			if err != nil || len(nodes) != c.want || len(nodes) > 0 && nodes[0].ID != id {
				t.Errorf("below %d on %s: %+v, %v", c.parent, c.day, nodes, err)
			}
		}
	}
}

// TestStaleWriterLearnsWhatChanged: who wrote, when, and what differs from the version that the writer holds.
func TestStaleWriterLearnsWhatChanged(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	top := s.create(t, content("省委"))
	c := content("柳东")
	c.Code = "C1"
	id := s.create(t, c).ID
	mine := c
	mine.Phone = "1"
	c.Name, c.Parent = "柳西", top.ID
	if _, _, err := s.ReplaceOrganization(t.Context(), all, all, id, 1, c, s.today, s.today, "liu"); err != nil {
		t.Fatal(err)
	}
	c.Code = "C2"
	if _, _, err := s.ReplaceOrganization(t.Context(), all, all, id, 2, c, s.today, s.today, "wang"); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.ReplaceOrganization(t.Context(), all, all, id, 1, mine, s.today, s.today, "me")
	wantError(t, err, geo.ErrStale, "")
	var stale *geo.StaleError
	if !errors.As(err, &stale) || stale.Was == nil {
		t.Fatal(err)
	}
	fields := geo.Difference(stale.Was.OrganizationContent, stale.Present.OrganizationContent)
	if diff := cmp.Diff([]string{"code", "parent", "name"}, fields); diff != "" || stale.Author != "wang" || stale.Recorded.IsZero() ||
		stale.Present.Version != 3 || stale.Was.Code != "C1" || stale.Names[top.ID] != "省委" || stale.Base != 1 {
		t.Errorf("%+v\n%s", stale, diff)
	}
	_, err = s.RetireOrganization(t.Context(), all, all, id, 9, s.today, "me")
	if !errors.As(err, &stale) || stale.Was != nil || stale.Base != 9 {
		t.Errorf("a version that never was: %v", err)
	}
}

// scene is a tree for merges and splits: a and b below one office, c below another.
type scene struct {
	office
	a, b, c, child, grandchild geo.ID
}

func newScene(t *testing.T) scene {
	t.Helper()
	o := scene{office: newOffice(t)}
	below := func(parent geo.ID) geo.ID { return o.below(t, parent).ID }
	o.a, o.b, o.c = below(o.county), below(o.county), below(o.other)
	o.child = below(o.a)
	o.grandchild = below(o.child)
	return o
}

func (o scene) scope(ids ...geo.ID) geo.Scope {
	slices.Sort(ids)
	return geo.Scope{Roots: ids}
}

func (o scene) parentOf(t *testing.T, id geo.ID) geo.ID {
	t.Helper()
	org, err := o.Organization(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	return org.Parent
}

// TestMergeNeedsRightsAtBothEnds: of the sources, of the target and of every new superior.
func TestMergeNeedsRightsAtBothEnds(t *testing.T) {
	o := newScene(t)
	for _, c := range []struct {
		name           string
		in             geo.Scope
		source, target geo.ID
		children       map[geo.ID]geo.ID
		want           error
		field          string
	}{
		{"the source is elsewhere", o.scope(o.other), o.a, o.c, nil, geo.ErrForbidden, "sources"},
		{"the target is elsewhere", o.scope(o.county), o.a, o.c, nil, geo.ErrForbidden, "target"},
		{"a new superior is elsewhere", o.scope(o.county), o.a, o.b, map[geo.ID]geo.ID{o.child: o.c}, geo.ErrForbidden, "children"},
		{"a child of nobody", geo.Everywhere(), o.a, o.b, map[geo.ID]geo.ID{o.grandchild: o.c}, geo.ErrInvalid, "children"},
		{"the target is below", geo.Everywhere(), o.a, o.grandchild, nil, geo.ErrConflict, "target"},
		{"nothing may be written", geo.Scope{}, o.a, o.b, nil, geo.ErrForbidden, "sources"},
		{"all that is needed", o.scope(o.county, o.other), o.a, o.c, nil, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: c.source, Version: 1}}, Target: geo.VersionOf{ID: c.target, Version: 1}, Date: o.today, Children: c.children}
			_, _, err := o.MergeOrganizations(t.Context(), geo.Everywhere(), c.in, geo.Scope{}, m, o.today, "a")
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				if o.parentOf(t, o.child) != o.c {
					t.Error("the child did not move")
				}
				// One who may write at one end cannot take it back, who may at both can.
				_, _, err = o.UndoOrganization(t.Context(), geo.Everywhere(), o.scope(o.other), o.a, 2, o.today, "a")
				wantError(t, err, geo.ErrForbidden, "")
				_, _, err = o.UndoOrganization(t.Context(), geo.Everywhere(), c.in, o.a, 2, o.today, "a")
				if err != nil || o.parentOf(t, o.child) != o.a || o.parentOf(t, o.a) != o.county {
					t.Errorf("undone: %v", err)
				}
				return
			}
			wantError(t, err, c.want, c.field)
		})
	}
}

// TestMergeTellsAll: who moved, whose grants are void, to whom it is told, and what a preview does.
func TestMergeTellsAll(t *testing.T) {
	o := newScene(t)
	own := geo.Grant{Role: geo.RoleRegistrar, Organization: o.a, Valid: geo.Always}
	for name, of := range map[string]geo.ID{"seen.one": o.a, "hidden.one": o.c} {
		if _, err := o.CreateAccountWithPassword(t.Context(), operator(), geo.Account{Name: name, DisplayName: name, Organization: of}, "$argon2id$x", []geo.Grant{own}, noon()); err != nil {
			t.Fatal(err)
		}
	}
	m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: o.a, Version: 1}}, Target: geo.VersionOf{ID: o.b, Version: 1}, Date: o.today - 3, Preview: true}
	for _, preview := range []bool{true, false} {
		m.Preview = preview
		done, at, err := o.MergeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), o.scope(o.county), m, o.today, "a")
		if err != nil {
			t.Fatal(err)
		}
		if (at.Epoch == "") != preview || len(done.Moved) != 1 || done.Moved[0].ID != o.child || done.Moved[0].Parent != o.b || !done.Sources[0].Retired ||
			len(done.Grants) != 1 || done.Grants[0].AccountName != "seen.one" || done.HiddenGrants != 1 {
			t.Errorf("%+v at %v", done, at)
		}
		if preview && o.parentOf(t, o.child) != o.a {
			t.Error("a preview has done it")
		}
	}
	_, err := o.OrganizationAt(t.Context(), geo.Scope{}, o.a, o.today-3, time.Time{})
	wantError(t, err, geo.ErrNotFound, "")
	for _, c := range []struct {
		id    geo.ID
		other geo.ID
		after bool
	}{{o.a, o.b, true}, {o.b, o.a, false}} {
		list, err := o.OrganizationSuccession(t.Context(), geo.Scope{}, c.id)
		if err != nil || len(list) != 1 || list[0].ID != c.other || list[0].After != c.after || list[0].Date != o.today-3 || list[0].Kind != geo.LinkMergedInto {
			t.Errorf("succession of %d: %+v, %v", c.id, list, err)
		}
	}
	_, _, err = o.MergeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Scope{}, m, o.today, "a")
	wantError(t, err, geo.ErrNotFound, "sources")
	m.Date = o.today + 1
	_, _, err = o.MergeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Scope{}, m, o.today, "a")
	wantError(t, err, geo.ErrInvalid, "date")
}

// TestSuccessionOfARestored: what came back went into nothing, until that is taken back.
func TestSuccessionOfARestored(t *testing.T) {
	o := newScene(t)
	all := geo.Everywhere()
	m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: o.a, Version: 1}}, Target: geo.VersionOf{ID: o.b, Version: 1}, Date: o.today - 3}
	if _, _, err := o.MergeOrganizations(t.Context(), all, all, geo.Scope{}, m, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	linked := func(want int) {
		t.Helper()
		for _, see := range []geo.Scope{all, {}} {
			for _, id := range []geo.ID{o.a, o.b} {
				if list, err := o.OrganizationSuccession(t.Context(), see, id); err != nil || len(list) != want {
					t.Errorf("succession of %d: %+v, %v; want %d", id, list, err, want)
				}
			}
		}
	}
	linked(1)
	if _, _, err := o.RestoreOrganization(t.Context(), all, all, o.a, 2, 1, nil, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	linked(0)
	if _, _, err := o.UndoOrganization(t.Context(), all, all, o.a, 3, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	linked(1)
}

// TestSplitNamesWhoIsStale and leaves everything as it was.
func TestSplitNamesWhoIsStale(t *testing.T) {
	o := newScene(t)
	split := geo.OrganizationSplit{Source: geo.VersionOf{ID: o.a, Version: 1}, Date: o.today, Keep: true, Children: map[geo.ID]int{o.child: 1},
		Targets: []geo.SplitTarget{{Content: content("新支部"), Beside: true}, {Existing: geo.VersionOf{ID: o.b, Version: 7}}}}
	_, _, err := o.SplitOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Scope{}, split, o.today, "a")
	wantError(t, err, geo.ErrStale, "targets")
	var stale *geo.StaleError
	if !errors.As(err, &stale) || stale.Present.ID != o.b {
		t.Errorf("%v", err)
	}
	split.Targets[1].Existing.Version = 1
	done, _, err := o.SplitOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Scope{}, split, o.today, "a")
	if err != nil || o.parentOf(t, o.child) != o.b || o.parentOf(t, done.Targets[0].ID) != o.county || done.Sources[0].Retired {
		t.Errorf("%+v, %v", done, err)
	}
	list, err := o.OrganizationSuccession(t.Context(), geo.Scope{}, o.a)
	if err != nil || len(list) != 2 || !list[0].After || list[0].Kind != geo.LinkSplitInto {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestHiddenSuccession: a link to what may not be seen is not told.
func TestHiddenSuccession(t *testing.T) {
	o := newScene(t)
	hidden := content("草稿")
	hidden.Parent, hidden.Status = o.county, geo.StatusDraft
	split := geo.OrganizationSplit{Source: geo.VersionOf{ID: o.a, Version: 1}, Date: o.today, Keep: true, Targets: []geo.SplitTarget{{Content: hidden}}}
	if _, _, err := o.SplitOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Scope{}, split, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	for _, line := range []struct{ predicate, database bool }{{true, true}, {true, false}, {false, true}} {
		s := world{setup: o.setup}.openAs(t, line.predicate, line.database)
		for n, see := range []geo.Scope{o.scope(o.other), o.scope(o.county)} {
			if list, err := s.OrganizationSuccession(t.Context(), see, o.a); err != nil || len(list) != n {
				t.Errorf("%+v: %v sees %+v, %v", line, see, list, err)
			}
		}
		if list, err := s.OrganizationSuccession(t.Context(), geo.Scope{}, o.a); err != nil || len(list) != 0 {
			t.Errorf("%+v: the public sees %+v, %v", line, list, err)
		}
	}
}

// TestRestoreOfTheRetired: with the superior of the version, or another; the area that it had comes with it.
func TestRestoreOfTheRetired(t *testing.T) {
	o := newScene(t)
	all := geo.Everywhere()
	o.exec(t, `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 120.5, 28.25, 4326)) where organization_id = $1`, o.grandchild)
	in := o.scope(o.county)
	for i, id := range []geo.ID{o.grandchild, o.child} {
		if _, err := o.RetireOrganization(t.Context(), in, in, id, 1, o.today, "a"); err != nil {
			t.Fatal(i, err)
		}
	}
	_, _, err := o.RestoreOrganization(t.Context(), all, in, o.grandchild, 2, 1, nil, o.today, "b")
	wantError(t, err, geo.ErrConflict, "parent")
	_, _, err = o.RestoreOrganization(t.Context(), all, in, o.grandchild, 2, 9, nil, o.today, "b")
	wantError(t, err, geo.ErrInvalid, "version")
	_, _, err = o.RestoreOrganization(t.Context(), all, o.scope(o.other), o.grandchild, 2, 1, &o.c, o.today, "b")
	wantError(t, err, geo.ErrForbidden, "")
	org, _, err := o.RestoreOrganization(t.Context(), in, in, o.grandchild, 2, 1, &o.b, o.today, "b")
	if err != nil || org.Parent != o.b || org.Version != 3 || org.Valid.From != o.today {
		t.Fatalf("%+v, %v", org, err)
	}
	if !queryOne[bool](t, o.setup, `select jurisdiction is not null from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, o.grandchild) {
		t.Error("the area is lost")
	}
}

// TestRestoreOfWhatNeverWas: one that was retired on its first day comes back for whom it lay in the scope.
func TestRestoreOfWhatNeverWas(t *testing.T) {
	o := newScene(t)
	in := o.scope(o.county)
	c := content("今日")
	c.Parent = o.county
	org, _, err := o.CreateOrganization(t.Context(), in, in, c, geo.DayRange{From: o.today, To: geo.MaxDay}, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RetireOrganization(t.Context(), in, in, org.ID, 1, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	_, _, err = o.RestoreOrganization(t.Context(), geo.Everywhere(), o.scope(o.other), org.ID, 2, 1, nil, o.today, "b")
	wantError(t, err, geo.ErrForbidden, "")
	back, _, err := o.RestoreOrganization(t.Context(), in, in, org.ID, 2, 1, nil, o.today, "b")
	if err != nil || back.Version != 3 || back.Parent != o.county {
		t.Errorf("%+v, %v", back, err)
	}
	entries := o.entries(t, geo.AuditQuery{Object: geo.AuditObject{Kind: "organization", ID: org.ID}})
	if len(entries) != 3 || entries[0].Action != geo.AuditRestoreOrganization {
		t.Errorf("audit %+v", entries)
	}
}

// TestUndoIsOfTheLastWriteOnly, and not of an import, nor of an undoing.
func TestUndoIsOfTheLastWriteOnly(t *testing.T) {
	o := newScene(t)
	all := geo.Everywhere()
	m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: o.a, Version: 1}}, Target: geo.VersionOf{ID: o.b, Version: 1}, Date: o.today}
	if _, _, err := o.MergeOrganizations(t.Context(), all, all, all, m, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	_, _, err := o.UndoOrganization(t.Context(), all, all, o.a, 1, o.today, "a")
	wantError(t, err, geo.ErrNotFound, "")
	o.replace(t, o.child, o.c, o.today)
	_, _, err = o.UndoOrganization(t.Context(), all, all, o.a, 2, o.today, "a")
	var stale *geo.StaleError
	if !errors.As(err, &stale) || stale.Present.ID != o.child || stale.Base != 2 {
		t.Fatalf("%v", err)
	}
	if _, _, err := o.UndoOrganization(t.Context(), all, all, o.child, 3, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	_, _, err = o.UndoOrganization(t.Context(), all, all, o.child, 4, o.today, "a")
	wantError(t, err, geo.ErrConflict, "")
	o.exec(t, `delete from jingwei.organization_write where organization_id = $1`, o.c)
	_, _, err = o.UndoOrganization(t.Context(), all, all, o.c, 1, o.today, "a")
	wantError(t, err, geo.ErrConflict, "")
}
