package postgis_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
)

var taskTime = time.Date(2026, 7, 15, 4, 0, 0, 0, time.UTC)

// asked is a world at taskTime in which everything can be asked.
func (w world) ask(t testing.TB, in geo.Scope, a geo.Ask, now time.Time) geo.AskOutcome {
	t.Helper()
	a.Title = "补全信息"
	out, err := w.AskOrganizations(t.Context(), in, a, "asker", false, now)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// open lists the fields of open tasks that a scope sees, by organization.
func (w world) openTasks(t testing.TB, see geo.Scope, now time.Time) []geo.Task {
	t.Helper()
	list, err := w.Tasks(t.Context(), see, geo.TaskQuery{State: geo.TaskOpen, Limit: 100}, geo.DayOf(now))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func askedOf(list []geo.Task) []string {
	out := []string{}
	for _, t := range list {
		out = append(out, fmt.Sprint(t.Name, t.Fields))
	}
	slices.Sort(out)
	return out
}

func TestNothingIsAskedTwice(t *testing.T) {
	w := newWorld(t)
	all := geo.Everywhere()
	w.exec(t, `update jingwei.organization_version set phone = '0571-1' where organization_id = $1`, w.id["A1"])
	within := geo.Ask{Within: w.id["A"], Fields: []geo.Field{geo.FieldPhone, geo.FieldAddress}}
	out := w.ask(t, all, within, taskTime)
	// A, A1, A3 and A111 are active then; drafts and those that are retired are not asked.
	want := geo.AskOutcome{ID: out.ID, Chosen: 4, Tasks: 4, Burden: geo.Burden{Fields: 7, Minutes: 5.5}, Skipped: []geo.Skipped{{Reason: geo.SkipKnown, Organizations: 1, Fields: 1}}}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Fatalf("outcome (-want +got):\n%s", diff)
	}
	again := w.ask(t, w.scope("A1"), within, taskTime) // where A1 may be asked, A is passed over
	want = geo.AskOutcome{Chosen: 2, Skipped: []geo.Skipped{{Reason: geo.SkipKnown, Organizations: 1, Fields: 1}, {Reason: geo.SkipOpen, Organizations: 2, Fields: 3}}}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"组织 A111[phone address]", "组织 A1[address]"}, askedOf(w.openTasks(t, w.scope("A1"), taskTime))); diff != "" {
		t.Errorf("tasks below A1 (-want +got):\n%s", diff)
	}
}

func TestAnswerTask(t *testing.T) {
	w := newWorld(t)
	all := geo.Everywhere()
	w.ask(t, all, geo.Ask{Organizations: []geo.ID{w.id["A1"]}, Fields: []geo.Field{geo.FieldPhone}}, taskTime)
	task := w.openTasks(t, all, taskTime)[0]
	answer := func(see, in geo.Scope, state, reason string) error {
		_, err := w.AnswerTask(t.Context(), see, in, task.ID, state, reason, "clerk", taskTime)
		return err
	}
	wantError(t, answer(w.scope("B"), w.scope("B"), geo.TaskDone, ""), geo.ErrNotFound, "")
	wantError(t, answer(w.scope("A"), w.scope("B"), geo.TaskDone, ""), geo.ErrForbidden, "id")
	wantError(t, answer(all, all, geo.TaskDone, ""), geo.ErrConflict, "state")
	w.exec(t, `update jingwei.organization_version set phone = '0571-1' where organization_id = $1`, w.id["A1"])
	for _, step := range []struct{ state, reason string }{{geo.TaskDone, ""}, {geo.TaskOpen, ""}, {geo.TaskDeclined, "no telephone"}, {geo.TaskOpen, ""}, {geo.TaskDone, ""}} {
		if err := answer(all, w.scope("A1"), step.state, step.reason); err != nil {
			t.Fatal(step, err)
		}
	}
	// What was answered is not asked for again within a year, not even to be confirmed.
	confirm := geo.Ask{Organizations: []geo.ID{w.id["A1"]}, Fields: []geo.Field{geo.FieldPhone}, Confirm: true}
	for _, later := range []struct {
		days  int
		tasks int
	}{{300, 0}, {366, 1}} {
		if out := w.ask(t, all, confirm, taskTime.AddDate(0, 0, later.days)); out.Tasks != later.tasks {
			t.Errorf("after %d days %d tasks: %+v", later.days, out.Tasks, out)
		}
	}
}

func TestWithdrawAsk(t *testing.T) {
	w := newWorld(t)
	all := geo.Everywhere()
	out := w.ask(t, all, geo.Ask{Organizations: []geo.ID{w.id["A1"], w.id["B"]}, Fields: []geo.Field{geo.FieldJurisdiction, geo.FieldUSCC}, Confirm: true}, taskTime)
	wantError(t, w.WithdrawAsk(t.Context(), w.scope("A2"), w.scope("A2"), out.ID, taskTime), geo.ErrNotFound, "")
	wantError(t, w.WithdrawAsk(t.Context(), w.scope("A"), w.scope("A"), out.ID, taskTime), geo.ErrForbidden, "id")
	for range 2 {
		if err := w.WithdrawAsk(t.Context(), all, all, out.ID, taskTime); err != nil {
			t.Fatal(err)
		}
	}
	b, err := w.MonthBurden(t.Context(), all, 0, geo.DayOf(taskTime), geo.DayOf(taskTime))
	if err != nil || b != (geo.MonthBurden{}) {
		t.Errorf("the burden is %+v after all was withdrawn, %v", b, err)
	}
	list, err := w.Asks(t.Context(), w.scope("B"), 0, 10, geo.DayOf(taskTime))
	if err != nil || len(list) != 1 || list[0].Withdrawn != 1 || list[0].Open != 0 || !list[0].Ended.Equal(taskTime) {
		t.Errorf("asks below B: %+v, %v", list, err)
	}
}

// asking is an ask and what becomes of it: nothing, or all of its tasks are declined, or it is withdrawn.
type asking struct {
	ask  geo.Ask
	fate string
}

// askings draws what offices ask for one after the other.
func (w world) askings() *rapid.Generator[[]asking] {
	one := rapid.Custom(func(t *rapid.T) asking {
		return asking{geo.Ask{
			Fields:  rapid.SliceOfNDistinct(rapid.SampledFrom(geo.AskedFields()), 1, 6, rapid.ID[geo.Field]).Draw(t, "fields"),
			Confirm: rapid.Bool().Draw(t, "confirm"), Within: w.id[rapid.SampledFrom([]string{"A", "A1", "B"}).Draw(t, "within")],
		}, rapid.SampledFrom([]string{"", geo.TaskDeclined, geo.TaskDeclined, geo.TaskWithdrawn}).Draw(t, "fate")}
	})
	return rapid.SliceOfN(one, 1, 10)
}

// meet lets what was asked meet its fate.
func (w world) meet(t *testing.T, out geo.AskOutcome, fate string) {
	t.Helper()
	all := geo.Everywhere()
	switch {
	case out.ID == 0:
	case fate == geo.TaskWithdrawn:
		if err := w.WithdrawAsk(t.Context(), all, all, out.ID, taskTime); err != nil {
			t.Fatal(err)
		}
	case fate == geo.TaskDeclined:
		for _, task := range w.openTasks(t, all, taskTime) {
			if _, err := w.AnswerTask(t.Context(), all, all, task.ID, fate, "unknown", "clerk", taskTime); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestBudget: whatever is asked in whatever order, no organization is asked for more than the budget of a month, nor twice for
// the same thing.
func TestBudget(t *testing.T) {
	w := newWorld(t)
	all, budget := geo.Everywhere(), geo.BurdenBudget()
	for seed := range 25 {
		w.exec(t, `truncate jingwei.task_field, jingwei.task, jingwei.ask`)
		for _, a := range w.askings().Example(seed) {
			w.meet(t, w.ask(t, all, a.ask, taskTime), a.fate)
		}
		list, err := w.Tasks(t.Context(), all, geo.TaskQuery{Limit: 1000}, geo.DayOf(taskTime))
		if err != nil {
			t.Fatal(err)
		}
		sums, twice := map[string]geo.Burden{}, map[string]bool{}
		for _, task := range list {
			if task.State == geo.TaskWithdrawn {
				continue
			}
			b := sums[task.Name]
			sums[task.Name] = geo.Burden{Fields: b.Fields + len(task.Fields), Minutes: b.Minutes + task.Minutes}
			for _, f := range task.Fields {
				if task.State != geo.TaskOpen {
					continue
				}
				if key := task.Name + string(f); twice[key] {
					t.Errorf("seed %d: %s is asked for twice", seed, key)
				} else {
					twice[key] = true
				}
			}
		}
		for name, b := range sums {
			if b.Fields > budget.Fields || b.Minutes > budget.Minutes+1e-9 {
				t.Errorf("seed %d: %s is asked for %+v", seed, name, b)
			}
		}
	}
}

func TestBudgetOfMinutes(t *testing.T) {
	w := newWorld(t)
	w.exec(t, `update jingwei.organization_version set jurisdiction = null, location_source = 'division'`)
	a := geo.Ask{Organizations: []geo.ID{w.id["A1"]}, Fields: []geo.Field{geo.FieldJurisdiction, geo.FieldLocation}}
	for _, tasks := range []int{1, 1, 0} { // 13 minutes each
		out := w.ask(t, geo.Everywhere(), a, taskTime)
		if out.Tasks != tasks {
			t.Fatalf("%+v, want %d tasks", out, tasks)
		}
		w.meet(t, out, geo.TaskDeclined)
	}
	if out := w.ask(t, geo.Everywhere(), a, taskTime.AddDate(0, 1, 0)); out.Tasks != 1 {
		t.Errorf("in the month after: %+v", out)
	}
}
