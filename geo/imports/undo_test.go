package imports_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// clerk is an account that may write below some organizations.
type clerk struct {
	id  geo.ID
	ctx context.Context
	ask geo.ImportAsk
}

func (o *office) clerk(t *testing.T, name string, roots ...geo.ID) clerk {
	t.Helper()
	c := clerk{id: one[geo.ID](t, o, `insert into jingwei.account (name, display_name) values ($1, $1) returning id`, name)}
	c.ctx = geo.WithActor(t.Context(), geo.Actor{Account: c.id, Name: name, Via: geo.ViaSession})
	c.ask = geo.ImportAsk{Account: c.id, Name: name}
	o.grant(t, &c, roots...)
	return c
}

// grant lets a clerk write below these organizations, and no others any more.
func (o *office) grant(t *testing.T, c *clerk, roots ...geo.ID) {
	t.Helper()
	o.exec(t, `update jingwei.role_grant set ended_at = now(), ended_by = 'test' where account_id = $1 and ended_at is null`, c.id)
	for _, root := range roots {
		o.exec(t, `insert into jingwei.role_grant (account_id, role, organization_id, valid, created_by) values ($1, 'registrar', $2, '[2020-01-01,)', 'test')`, c.id, root)
	}
	c.ask.See, c.ask.In = geo.Scope{Roots: roots}, geo.Scope{Roots: roots}
}

// works does what an import is to have done, as a clerk; after is called with how far it is.
func (o *office) works(t *testing.T, c clerk, id geo.ID, state string, after func(done int)) geo.ImportJob {
	t.Helper()
	if _, err := o.StartImport(c.ctx, c.ask, id, state); err != nil {
		t.Fatal(err)
	}
	w, err := o.ClaimImport(c.ctx, id, func(done, _ int) {
		if after != nil {
			after(done)
		}
	})
	if err != nil || w == nil {
		t.Fatalf("claim: %v, %v", w, err)
	}
	if err := o.desk.Do(c.ctx, w, w.Job); err != nil {
		t.Fatal(err)
	}
	j, err := o.Import(c.ctx, c.ask, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// branches is a table of new branches P0, P1 and so on, below the organizations in turn.
func branches(n int, superiors ...string) string {
	var text strings.Builder
	text.WriteString("编码,名称,类别,上级,区划\n")
	for i := range n {
		fmt.Fprintf(&text, "P%d,第%d支部,党支部,%s,330102001051\n", i, i, superiors[i%len(superiors)])
	}
	return text.String()
}

// TestUndoGoesOn: an undo that did not come to its end is not taken for a run, and goes on when the import is undone again; what each
// transaction wrote or took back stands in the audit.
func TestUndoGoesOn(t *testing.T) {
	o := newOffice(t)
	before := o.digest(t)
	c := o.clerk(t, "clerk", o.top)
	j := o.upload(t, "t.csv", []byte(branches(1200, "T")), geo.ImportMapping{})
	o.exec(t, `update jingwei.import_job set account_id = $2 where id = $1`, j.ID, c.id)
	o.works(t, c, j.ID, geo.ImportChecking, nil)
	told := func(action string) string {
		return one[string](t, o, `select coalesce(string_agg(coalesce(after ->> 'made', '') || coalesce(after ->> 'undone', '') || coalesce(' of ' || (after -> 'all' ->> 'made'), ''), ', ' order by id), '')
			from jingwei.audit where action = $1`, action)
	}
	j = o.works(t, c, j.ID, geo.ImportRunning, nil)
	if got := told("organization.import"); got != "500, 500, 200 of 1200" || j.Counts.Made != 1200 {
		t.Errorf("the audit has %s, the import %+v", got, j.Counts)
	}
	j = o.works(t, c, j.ID, geo.ImportUndoing, func(done int) {
		if done == 500 { // of the next batch, the grant is gone
			o.exec(t, `update jingwei.role_grant set ended_at = now(), ended_by = 'test' where account_id = $1`, c.id)
		}
	})
	if j.State != geo.ImportPartlyUndone || j.Failure == "" || j.Counts.Undone != 500 || !j.Undoable() {
		t.Fatalf("without a grant: %s %q %+v", j.State, j.Failure, j.Counts)
	}
	if got := told("organization.import-undo"); got != "500" {
		t.Errorf("the audit has %s undone", got)
	}
	o.grant(t, &c, o.top)
	for _, state := range []string{geo.ImportRunning, geo.ImportChecking} {
		if _, err := o.StartImport(c.ctx, c.ask, j.ID, state); !errors.Is(err, geo.ErrConflict) {
			t.Errorf("%s in the middle of an undo: %v", state, err)
		}
	}
	j = o.works(t, c, j.ID, geo.ImportUndoing, nil)
	if j.State != geo.ImportUndone || j.Failure != "" || j.Counts.Undone != 1200 || j.Undoable() || o.digest(t) != before {
		t.Errorf("undone again: %s %q %+v", j.State, j.Failure, j.Counts)
	}
}

// TestUndoByAnother: what lies out of the reach of who undoes is kept for that reason, and is taken back by somebody who may.
func TestUndoByAnother(t *testing.T) {
	o := newOffice(t)
	before := o.digest(t)
	c := o.clerk(t, "clerk", o.top, o.other)
	j := o.upload(t, "t.csv", []byte(branches(10, "T", "OTHER")+"C,下级,党支部,P1,330102001051\nT,,,,\n"), geo.ImportMapping{})
	o.exec(t, `update jingwei.import_job set account_id = $2 where id = $1`, j.ID, c.id)
	o.works(t, c, j.ID, geo.ImportChecking, nil)
	o.works(t, c, j.ID, geo.ImportRunning, nil)
	o.grant(t, &c, o.top)
	j = o.works(t, c, j.ID, geo.ImportUndoing, nil)
	if j.State != geo.ImportPartlyUndone || j.Failure != "" || j.Counts.Undone != 5 || j.Counts.Kept != 6 {
		t.Errorf("by who was narrowed: %s %q %+v", j.State, j.Failure, j.Counts)
	}
	kept, err := o.ImportKept(t.Context(), o.ask, j.ID, 10)
	if err != nil || len(kept) != 6 {
		t.Fatalf("%+v, %v", kept, err)
	}
	for _, k := range kept {
		if k.Reason != geo.KeptOutOfReach {
			t.Errorf("%s stays since %s", k.Name, k.Reason)
		}
	}
	j = o.work(t, j.ID, geo.ImportUndoing)
	if j.State != geo.ImportUndone || j.Counts.Undone != 11 || j.Counts.Kept != 0 || o.digest(t) != before {
		t.Errorf("by the operator: %s %+v", j.State, j.Counts)
	}
}

// TestUndoKeepsWhatIsInUse: an organization that others rely on is kept, with what is above it, until they do not any more.
func TestUndoKeepsWhatIsInUse(t *testing.T) {
	o := newOffice(t)
	before := o.digest(t)
	uses := []struct{ use, end string }{
		{`insert into jingwei.organization_photo (organization_id, author, width, height, jpeg) values ($1, 'a', 1, 1, '\x00')`, `update jingwei.organization_photo set removed_at = now() where organization_id = $1`},
		{`insert into jingwei.account (name, display_name, organization_id) values ('own', 'own', $1)`, `update jingwei.account set organization_id = null where organization_id = $1`},
		{`insert into jingwei.role_grant (account_id, role, organization_id, valid, created_by) select id, 'registrar', $1, '[2020-01-01,)', 'test' from jingwei.account where name = 'clerk'`,
			`update jingwei.role_grant set ended_at = now(), ended_by = 'test' where organization_id = $1`},
		{`with a as (insert into jingwei.ask (title, fields, confirm, author) values ('a', '{phone}', false, 'a') returning id)
			insert into jingwei.task (ask_id, organization_id, fields, minutes, month) select id, $1, '{phone}', 1, '2026-01-01' from a`,
			`update jingwei.task set state = 'withdrawn' where organization_id = $1`},
		{`insert into jingwei.organization_link (from_id, to_id, kind, valid) select $1, min(id), 'merge', '[2020-01-01,)' from jingwei.organization`, `delete from jingwei.organization_link where from_id = $1`},
		{`insert into jingwei.location_step (organization_id, version, from_state, to_state, cause, author, at, lon_e7, lat_e7, accuracy_m)
			values ($1, 1, 'reported', 'verified', 'hand', 'a', now(), 0, 0, 0)`, ``},
	}
	o.clerk(t, "clerk", o.top)
	j := o.ran(t, branches(len(uses)+1, "T")+"C,下级,党支部,P0,330102001051\n")
	id := func(code string) geo.ID {
		return one[geo.ID](t, o, `select id from jingwei.organization where code = $1`, code)
	}
	want := []geo.ImportKept{{Organization: id("P0"), Name: "第0支部", Reason: geo.KeptSubordinates}}
	for i := range uses {
		code := fmt.Sprint("P", i)
		if i == 0 {
			code = "C"
		}
		o.exec(t, uses[i].use, id(code))
		if i > 0 {
			want = append(want, geo.ImportKept{Organization: id(code), Name: fmt.Sprintf("第%d支部", i), Reason: geo.KeptInUse})
		}
	}
	want = append(want, geo.ImportKept{Organization: id("C"), Name: "下级", Reason: geo.KeptInUse})
	j = o.work(t, j.ID, geo.ImportUndoing)
	kept, err := o.ImportKept(t.Context(), o.ask, j.ID, 10)
	if diff := cmp.Diff(want, kept); err != nil || diff != "" || j.State != geo.ImportPartlyUndone || j.Counts.Undone != 1 {
		t.Errorf("%v, %s %+v (-want +got):\n%s", err, j.State, j.Counts, diff)
	}
	for i, u := range uses {
		code := fmt.Sprint("P", i)
		if i == 0 {
			code = "C"
		}
		if u.end != "" {
			o.exec(t, u.end, id(code))
		}
	}
	j = o.work(t, j.ID, geo.ImportUndoing)
	if j.State != geo.ImportPartlyUndone || j.Counts.Undone != len(uses)+1 || j.Counts.Kept != 1 {
		t.Errorf("once nobody relies on them: %s %+v", j.State, j.Counts)
	}
	if n := one[int](t, o, `select count(*) from jingwei.organization where code ~ '^[PC]' and retired is null`); n != 1 || o.digest(t) == before {
		t.Errorf("%d are left", n)
	}
	o.sound(t)
}
