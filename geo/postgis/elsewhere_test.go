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
