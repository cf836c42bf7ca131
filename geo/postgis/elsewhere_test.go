package postgis_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestWhatWasDoneElsewhere: an organization that comes from another committee brings neither who wrote to it there nor what was
// found out of its place, and takes along nothing of that when it goes.
func TestWhatWasDoneElsewhere(t *testing.T) {
	w := newWorld(t)
	all := geo.Everywhere()
	c := w.content(member{"M", "A1", "active"})
	c.LocationState = geo.LocationChecked
	org := w.create(t, c)
	org, _, err := w.TakeLocationStep(t.Context(), person(1, geo.RoleReviewer), org.ID, org.Version, geo.LocationMove{To: geo.LocationCompared, Evidence: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, write := range []struct{ author, code string }{{"mover", c.Code}, {"of B", "C-OTHER"}} {
		c.Parent, c.Code, c.LocationState = w.id["B"], write.code, ""
		if org, _, err = w.ReplaceOrganization(t.Context(), all, all, org.ID, org.Version, c, w.today, w.today, write.author); err != nil {
			t.Fatal(err)
		}
	}
	for line, s := range w.lines(t) {
		for name, want := range map[string][]string{"A": {"4 ", "3 mover", "2 reviewer 1", "1 tester"}, "B": {"4 of B C-OTHER", "3 mover", "2 ", "1 "}} {
			h, err := s.OrganizationHistory(t.Context(), w.scope(name), org.ID, time.Time{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range h.Writes {
				told := fmt.Sprintf("%d %s", x.Version, x.Author)
				if x.CodeAfter == "C-OTHER" {
					told += " " + x.CodeAfter
				}
				got = append(got, told)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("line %s, history as %s sees it (-want +got):\n%s", line, name, diff)
			}
		}
		v, err := s.Verification(t.Context(), w.scope("B"), org.ID)
		if err != nil || len(v.Steps) != 0 || v.ReportedBy != "" || !v.ReportedAt.IsZero() || v.ComparedBy.Account != 1 {
			t.Errorf("line %s, verification as B sees it: %+v, %v", line, v, err)
		}
	}
}

// TestWithdrawAskOfTheMoved: who had an organization before withdraws nothing that is asked of it now, and learns of no ask; what is
// asked of one that is gone can be withdrawn by those who had it.
func TestWithdrawAskOfTheMoved(t *testing.T) {
	w := newWorld(t)
	all, today := geo.Everywhere(), geo.DayOf(taskTime)
	c := w.content(member{"M", "B", "active"})
	org, _, err := w.CreateOrganization(t.Context(), all, all, c, geo.DayRange{From: today - 10, To: geo.MaxDay}, "author")
	if err != nil {
		t.Fatal(err)
	}
	c.Parent, c.LocationState = w.id["A"], ""
	if _, _, err = w.ReplaceOrganization(t.Context(), all, all, org.ID, org.Version, c, today, today, "author"); err != nil {
		t.Fatal(err)
	}
	out := w.ask(t, all, geo.Ask{Organizations: []geo.ID{org.ID}, Fields: []geo.Field{geo.FieldUSCC}}, taskTime)
	wantError(t, w.WithdrawAsk(t.Context(), w.scope("B"), w.scope("B"), out.ID, taskTime), geo.ErrNotFound, "")
	if err := w.WithdrawAsk(t.Context(), w.scope("A"), w.scope("A"), out.ID, taskTime); err != nil {
		t.Errorf("by whose it is: %v", err)
	}
	short, _, err := w.CreateOrganization(t.Context(), all, all, w.content(member{"S", "A", "active"}), geo.DayRange{From: today, To: geo.MaxDay}, "author")
	if err != nil {
		t.Fatal(err)
	}
	out = w.ask(t, all, geo.Ask{Organizations: []geo.ID{short.ID}, Fields: []geo.Field{geo.FieldUSCC}}, taskTime)
	if _, err := w.RetireOrganization(t.Context(), all, all, short.ID, 1, today, "author"); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.WithdrawAsk(t.Context(), w.scope("B"), w.scope("B"), out.ID, taskTime), geo.ErrNotFound, "")
	if err := w.WithdrawAsk(t.Context(), w.scope("A"), w.scope("A"), out.ID, taskTime); err != nil {
		t.Errorf("of one that never was: %v", err)
	}
}

// TestMergeTellsNoChildren: who may not write to a source learns nothing of what is below it.
func TestMergeTellsNoChildren(t *testing.T) {
	w := newWorld(t)
	day := w.today
	for _, child := range []geo.ID{w.id["A111"], w.id["A2"]} {
		m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: w.id["A11"], Version: 1}}, Target: geo.VersionOf{ID: w.id["B"], Version: 1}, Date: day,
			Children: map[geo.ID]geo.ID{child: w.id["B"]}, Preview: true}
		_, _, err := w.MergeOrganizations(t.Context(), w.scope("B"), w.scope("B"), geo.Scope{}, m, day, "b")
		wantError(t, err, geo.ErrNotFound, "sources")
		p := geo.OrganizationSplit{Source: geo.VersionOf{ID: w.id["A11"], Version: 1}, Date: day, Preview: true,
			Targets: []geo.SplitTarget{{Existing: geo.VersionOf{ID: w.id["B"], Version: 1}}, {Existing: geo.VersionOf{ID: w.id["B1"], Version: 1}}}, Children: map[geo.ID]int{child: 0}}
		_, _, err = w.SplitOrganization(t.Context(), w.scope("B"), w.scope("B"), geo.Scope{}, p, day, "b")
		wantError(t, err, geo.ErrNotFound, "source")
	}
}

// TestOneRequestWithACode: of requests with one name at once, each is answered with what one of them registered, also where it has
// an own code.
func TestOneRequestWithACode(t *testing.T) {
	s := newSetup(t)
	c := content("柳东")
	c.Code = "OWN-1"
	var all sync.WaitGroup
	ids := make([]geo.ID, 12)
	for i := range ids {
		all.Go(func() {
			org, _, _, err := s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "7:key-1", "a")
			if ids[i] = org.ID; err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("registered %v", ids)
		}
	}
	_, _, _, err := s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "7:key-2", "a")
	wantError(t, err, geo.ErrConflict, "code")
}

// TestPlannedMove: who gets an organization on a day to come does not see before what is below it, nor write to it; from that day on
// they do, and whoever had it does not.
func TestPlannedMove(t *testing.T) {
	w := newWorld(t)
	all, day := geo.Everywhere(), w.today+5
	p := w.create(t, w.content(member{"P", "B", "active"}))
	below := func(name string, from geo.Day) geo.ID {
		c := w.content(member{name, "", "draft"})
		c.Parent = p.ID
		org, _, err := w.CreateOrganization(t.Context(), all, all, c, geo.DayRange{From: from, To: geo.MaxDay}, "author")
		if err != nil {
			t.Fatal(err)
		}
		return org.ID
	}
	before := below("before", w.today-3)
	c := w.content(member{"P", "A", "active"})
	c.LocationState = ""
	if _, _, err := w.ReplaceOrganization(t.Context(), all, all, p.ID, 1, c, day, w.today, "author"); err != nil {
		t.Fatal(err)
	}
	after, later := below("after", w.today), below("later", day+1)
	stand := func(want map[geo.ID]string) {
		t.Helper()
		for id, top := range want {
			path := queryOne[string](t, w.setup, `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded)`, id)
			if path != fmt.Sprintf("%d.%d.%d", w.id[top], p.ID, id) {
				t.Errorf("the path of %d is %s, want it below %s", id, path, top)
			}
		}
	}
	sees := func(yes, no string) {
		t.Helper()
		for _, id := range []geo.ID{before, after} {
			if _, err := w.Organization(t.Context(), w.scope(yes), id); err != nil {
				t.Errorf("%s does not see %d: %v", yes, id, err)
			}
			_, err := w.Organization(t.Context(), w.scope(no), id)
			wantError(t, err, geo.ErrNotFound, "")
		}
	}
	stand(map[geo.ID]string{before: "B", after: "B", later: "A"})
	sees("B", "A")
	if err := w.TurnPaths(t.Context(), day-1); err != nil {
		t.Fatal(err)
	}
	sees("B", "A")
	// The day comes.
	for _, sql := range []string{
		`update jingwei.organization_version set valid = daterange(lower(valid), jingwei.day($2)) where organization_id = $1 and upper_inf(recorded) and not upper_inf(valid)`,
		`update jingwei.organization_version set valid = daterange(jingwei.day($2), null) where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`,
		`update jingwei.planned_move set day = jingwei.day($2) where organization_id = $1`,
	} {
		w.exec(t, sql, p.ID, int32(w.today))
	}
	for range 2 {
		if err := w.TurnPaths(t.Context(), w.today); err != nil {
			t.Fatal(err)
		}
	}
	stand(map[geo.ID]string{before: "A", after: "A", later: "A"})
	sees("A", "B")
	if n := queryOne[int64](t, w.setup, `select count(*) from jingwei.planned_move`); n != 0 {
		t.Errorf("%d moves are still to come", n)
	}
}
