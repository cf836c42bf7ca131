package postgis_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// forest is a set of organizations that writes are drawn for.
type forest struct {
	setup
	conn *pgx.Conn
	ids  []geo.ID
	old  map[geo.ID]bool
	n    int // names that were given
}

// TestHistoriesOfForests draws sequences of all writes to organizations and holds what every one of them leaves against
// the rules of the tree, of days, of histories and of successions; the live index's rows follow. An undoing leaves exactly
// what was there. JINGWEI_HISTORIES is how many sequences, 6 by default.
func TestHistoriesOfForests(t *testing.T) {
	most := 6
	if n, err := strconv.Atoi(os.Getenv("JINGWEI_HISTORIES")); err == nil {
		most = n
	}
	s := newSetup(t)
	conn := s.connect(t)
	r := s.replay(t)
	done, failed := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if done++; done > most && !failed {
			return
		}
		defer func() { failed = failed || rt.Failed() }()
		f := &forest{setup: s, conn: conn, old: map[geo.ID]bool{}}
		for range 3 {
			f.create(rt)
		}
		for range rapid.IntRange(1, 14).Draw(rt, "steps") {
			f.step(rt)
			f.check(rt)
		}
		r.poll()
		r.wantTruth(s)
		f.checkHistories(rt)
		f.live(rt)
	})
}

func (f *forest) content(t *rapid.T) geo.OrganizationContent {
	f.n++
	c := content("树 " + strconv.Itoa(f.n))
	c.Parent = f.draw(t, "parent", true)
	c.Location.Lon += int32(rapid.IntRange(0, 9000).Draw(t, "lon"))
	return c
}

// draw draws an organization, retired or not, or none.
func (f *forest) draw(t *rapid.T, what string, none bool) geo.ID {
	ids := f.ids
	if none {
		ids = append([]geo.ID{0}, ids...)
	}
	return rapid.SampledFrom(ids).Draw(t, what)
}

func (f *forest) create(t *rapid.T) {
	c := f.content(t)
	days := geo.DayRange{From: f.today, To: geo.MaxDay}
	if c.Parent == 0 && rapid.Bool().Draw(t, "old") || f.old[c.Parent] {
		days.From -= 400
	}
	o, _, err := f.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, days, "a")
	f.allowed(t, err)
	if err == nil {
		f.ids = append(f.ids, o.ID)
		f.old[o.ID] = days.From < f.today
	}
}

// allowed fails for whatever is not a refusal by a rule.
func (f *forest) allowed(t *rapid.T, err error) {
	if err == nil {
		return
	}
	for _, kind := range []error{geo.ErrConflict, geo.ErrInvalid, geo.ErrNotFound, geo.ErrStale} {
		if errors.Is(err, kind) {
			return
		}
	}
	t.Fatalf("%v", err)
}

func (f *forest) version(t *rapid.T, id geo.ID) geo.VersionOf {
	v := geo.VersionOf{ID: id}
	if err := f.conn.QueryRow(t.Context(), `select version from jingwei.organization where id = $1`, id).Scan(&v.Version); err != nil {
		t.Fatal(err)
	}
	return v
}

func (f *forest) step(t *rapid.T) {
	before := f.state(t)
	ctx, all := t.Context(), geo.Everywhere()
	id := f.draw(t, "organization", false)
	v := f.version(t, id)
	var err error
	changed := v
	switch action := rapid.SampledFrom([]string{"create", "rename", "move", "merge", "merge", "split", "split", "bulk", "bulk", "retire", "restore", "plan", "plan", "plan"}).Draw(t, "action"); action {
	case "create":
		f.create(t)
		return
	case "rename", "move", "plan":
		var o geo.Organization
		if o, err = f.Organization(ctx, all, id); err == nil {
			c, from := f.content(t), f.today
			if action == "plan" {
				from += geo.Day(rapid.IntRange(1, 6).Draw(t, "days to come"))
			}
			if action == "rename" || action == "plan" && rapid.Bool().Draw(t, "stays") {
				c.Parent = o.Parent
			}
			_, _, err = f.ReplaceOrganization(ctx, all, all, id, v.Version, c, from, f.today, "b")
		}
	case "merge":
		m := geo.OrganizationMerge{Sources: []geo.VersionOf{v}, Target: f.version(t, f.draw(t, "target", false)), Date: f.date(t)}
		if second := f.draw(t, "second", false); rapid.Bool().Draw(t, "two") && second != id {
			m.Sources = append(m.Sources, f.version(t, second))
		}
		_, _, err = f.MergeOrganizations(ctx, all, all, all, m, f.today, "c")
	case "split":
		p := geo.OrganizationSplit{Source: v, Date: f.date(t), Keep: rapid.Bool().Draw(t, "keep"), Primary: rapid.IntRange(0, 1).Draw(t, "primary")}
		p.Targets = []geo.SplitTarget{{Content: f.content(t), Beside: true}, {Existing: f.version(t, f.draw(t, "target", false))}}
		if rapid.Bool().Draw(t, "both new") {
			p.Targets[1] = geo.SplitTarget{Content: f.content(t)}
		}
		var done geo.Reorganization
		done, _, err = f.SplitOrganization(ctx, all, all, all, p, f.today, "d")
		for _, o := range done.Targets {
			if !slices.Contains(f.ids, o.ID) {
				f.ids = append(f.ids, o.ID)
				changed = geo.VersionOf{ID: o.ID}
			}
		}
	case "bulk":
		if changed, err = f.bulk(t, v); err == nil && changed.ID == 0 {
			err = geo.Invalid("organizations", "all were so already") // as one that is refused
		}
	case "retire":
		_, err = f.RetireOrganization(ctx, all, all, id, v.Version, f.today, "e")
	case "restore":
		_, _, err = f.RestoreOrganization(ctx, all, all, id, v.Version, int32(rapid.IntRange(1, int(v.Version)).Draw(t, "version")), nil, f.today, "f")
	}
	f.allowed(t, err)
	if err != nil {
		if diff := cmp.Diff(before, f.state(t)); diff != "" {
			t.Fatalf("a refused write left something:\n%s", diff)
		}
		return
	}
	if rapid.IntRange(0, 2).Draw(t, "undo") > 0 {
		return
	}
	f.check(t)
	if _, _, err := f.UndoOrganization(ctx, all, all, changed.ID, changed.Version+1, f.today, "g"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, f.state(t)); diff != "" {
		t.Fatalf("after the undoing (-before +after):\n%s", diff)
	}
}

// bulk moves an organization and others below one, and returns one that was not there already.
func (f *forest) bulk(t *rapid.T, v geo.VersionOf) (changed geo.VersionOf, err error) {
	b := geo.OrganizationBulk{Organizations: []geo.VersionOf{v}, Set: geo.OrganizationSet{Parent: f.draw(t, "superior", true), Level: rapid.SampledFrom([]string{"village", "township"}).Draw(t, "level")}}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(f.ids), 0, 3, rapid.ID[geo.ID]).Draw(t, "others") {
		if id != v.ID {
			b.Organizations = append(b.Organizations, f.version(t, id))
		}
	}
	done, _, err := f.ChangeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), b, f.today, "h")
	for i, o := range done {
		if o.Changed {
			changed = b.Organizations[i]
		}
		if other := f.texts(t, sqlOtherThanSet, o.ID, b.Set.Parent, b.Set.Level); len(other) > 0 {
			t.Fatalf("after a change of many to %+v: %v", b.Set, other)
		}
	}
	return changed, err
}

const sqlOtherThanSet = `
select v.valid || ' ' || coalesce(v.parent_id, 0) || ' ' || v.level from jingwei.organization_version v
where v.organization_id = $1 and upper_inf(v.recorded) and (upper_inf(v.valid) or upper(v.valid) > (now() at time zone 'Asia/Shanghai')::date)
  and ($2::bigint <> 0 and v.parent_id is distinct from $2 or v.level <> $3)`

func (f *forest) date(t *rapid.T) geo.Day {
	return f.today - geo.Day(rapid.IntRange(0, 20).Draw(t, "days ago"))
}

// What is known of organizations that exist or existed; one that was made and taken back is none. Paths of days that are over are those
// of the time when they were written.
const sqlForestState = `
select v.organization_id || ' ' || v.valid || ' ' || coalesce(v.parent_id, 0) || ' ' || v.name || ' ' || v.lon_e7 || ' ' ||
       v.level || ' ' || case when upper_inf(v.valid) or upper(v.valid) > (now() at time zone 'Asia/Shanghai')::date then v.path::text else '' end || ' ' || coalesce(o.retired::text, '')
from jingwei.organization_version v join jingwei.organization o on o.id = v.organization_id
where v.organization_id = any($1) and upper_inf(v.recorded) order by 1`

const sqlForestLinks = `
select l.from_id || ' ' || l.to_id || ' ' || l.kind || ' ' || l.valid from jingwei.organization_link l
where l.from_id = any($1) or l.to_id = any($1) order by 1`

// What was merged and came back since went into nothing.
const sqlForestSuccessions = `
select l.from_id || ' ' || l.to_id || ' ' || l.kind || ' ' || l.valid from jingwei.organization_link l
join jingwei.organization f on f.id = l.from_id
where (l.from_id = any($1) or l.to_id = any($1)) and (l.kind <> 'merged_into' or f.retired = lower(l.valid)) order by 1`

func (f *forest) state(t *rapid.T) []string {
	return append(f.texts(t, sqlForestState, f.ids), f.texts(t, sqlForestLinks, f.ids)...)
}

func (f *forest) texts(t *rapid.T, sql string, args ...any) []string {
	rows, err := f.conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// forestRules are statements that find what breaks a rule.
func forestRules() map[string]string {
	return map[string]string{
		"a path is not that of the superiors today, or on the first day": `
			with recursive up as (
				select v.organization_id as id, v.valid, v.path::text as path, greatest(lower(v.valid), (now() at time zone 'Asia/Shanghai')::date) as day,
				       v.parent_id as at, v.organization_id::text as told
				from jingwei.organization_version v
				where v.organization_id = any($1) and upper_inf(v.recorded) and (upper_inf(v.valid) or upper(v.valid) > (now() at time zone 'Asia/Shanghai')::date)
				union all
				select u.id, u.valid, u.path, u.day, p.parent_id, p.organization_id || '.' || u.told
				from up u
				join jingwei.organization_version p on p.organization_id = u.at and upper_inf(p.recorded) and p.valid @> u.day
				where length(u.told) < 1000
			)
			select id || ' ' || valid || ' ' || path || ' and not ' || told from up where at is null and path <> told`,
		"a superior does not exist on a day": `
			select v.organization_id || ' ' || d.day from jingwei.organization_version v
			join (select distinct lower(x.valid) as day from jingwei.organization_version x where x.organization_id = any($1)) d on v.valid @> d.day
			where v.organization_id = any($1) and upper_inf(v.recorded) and v.parent_id is not null and not exists (
				select from jingwei.organization_version p where p.organization_id = v.parent_id and upper_inf(p.recorded) and p.valid @> d.day)`,
		"superiors form a circle on a day": `
			with recursive day as (select distinct lower(x.valid) as day from jingwei.organization_version x where x.organization_id = any($1)),
			up as (
				select v.organization_id as id, v.parent_id as at, d.day, 1 as n from jingwei.organization_version v join day d on v.valid @> d.day
				where v.organization_id = any($1) and upper_inf(v.recorded)
				union all
				select u.id, p.parent_id, u.day, u.n + 1 from up u
				join jingwei.organization_version p on p.organization_id = u.at and upper_inf(p.recorded) and p.valid @> u.day where u.n < 100
			)
			select id || ' ' || day from up where at = id or n >= 100`,
		"what is retired holds on": `
			select v.organization_id::text from jingwei.organization_version v join jingwei.organization o on o.id = v.organization_id
			where o.id = any($1) and upper_inf(v.recorded) and v.valid && daterange(o.retired, null) and o.retired is not null`,
		"what exists holds today": `
			select o.id::text from jingwei.organization o where o.id = any($1) and o.retired is null and not exists (
				select from jingwei.organization_version v where v.organization_id = o.id and upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date)`,
		"a write is not noted": `
			select o.id || ' ' || n from jingwei.organization o cross join lateral generate_series(1, o.version) n
			where o.id = any($1) and not exists (select from jingwei.organization_write w where w.organization_id = o.id and w.version = n)`,
	}
}

func (f *forest) check(t *rapid.T) {
	for rule, sql := range forestRules() {
		if broken := f.texts(t, sql, f.ids); len(broken) > 0 {
			t.Fatalf("%s: %v", rule, broken)
		}
	}
}

// live lets all days come on which something was planned.
func (f *forest) live(t *rapid.T) {
	for f.pass(t.Context(), t, f.conn) {
		if err := f.TurnPaths(t.Context(), f.today); err != nil {
			t.Fatal(err)
		}
		f.check(t)
	}
}

// Rows exclude each other on their days, so that each is moved when the one before it is.
const sqlPass = `
do $$
declare
    n int := (select min(lower(v.valid)) - (now() at time zone 'Asia/Shanghai')::date from jingwei.organization_version v
              where upper_inf(v.recorded) and lower(v.valid) > (now() at time zone 'Asia/Shanghai')::date);
    r record;
begin
    if n is null then
        return;
    end if;
    for r in select v.row_id from jingwei.organization_version v where upper_inf(v.recorded) order by v.valid loop
        update jingwei.organization_version set valid = daterange(lower(valid) - n, upper(valid) - n) where row_id = r.row_id;
    end loop;
    update jingwei.organization set retired = retired - n where retired is not null;
    for r in select m.organization_id, m.day from jingwei.planned_move m order by m.day loop
        update jingwei.planned_move set day = day - n where organization_id = r.organization_id and day = r.day;
    end loop;
end $$`

// pass puts all days that are known of back, so that the next one on which something was planned is today; false when there is none.
func (s setup) pass(ctx context.Context, t interface{ Fatal(args ...any) }, conn *pgx.Conn) (some bool) {
	err := conn.QueryRow(ctx, `
select exists (select from jingwei.organization_version v where upper_inf(v.recorded) and lower(v.valid) > (now() at time zone 'Asia/Shanghai')::date)`).Scan(&some)
	if err == nil && some {
		_, err = conn.Exec(ctx, sqlPass)
	}
	if err != nil {
		t.Fatal(err)
	}
	return some
}

// checkHistories asks for the history and the succession of all.
func (f *forest) checkHistories(t *rapid.T) {
	told := []string{}
	for _, id := range f.ids {
		h, err := f.OrganizationHistory(t.Context(), geo.Everywhere(), id, time.Time{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		want := f.version(t, id).Version
		for _, w := range h.Writes {
			if w.Version != want || w.Author == "" || w.Recorded.IsZero() || w.Valid.Empty() {
				t.Fatalf("organization %d, write %d: %+v", id, want, w)
			}
			want--
		}
		if want != 0 || h.Writes[len(h.Writes)-1].Before != nil {
			t.Fatalf("organization %d: the history of %d writes ends before %d", id, len(h.Writes), want)
		}
		list, err := f.OrganizationSuccession(t.Context(), geo.Everywhere(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			from, to := id, o.ID
			if !o.After {
				from, to = to, from
			}
			told = append(told, from.String()+" "+to.String()+" "+o.Kind+" ["+o.Date.String()+","+(o.Date+1).String()+")")
		}
	}
	slices.Sort(told)
	both := []string{}
	for _, link := range f.texts(t, sqlForestSuccessions, f.ids) {
		both = append(both, link, link)
	}
	if diff := cmp.Diff(both, told); diff != "" {
		t.Fatalf("successions, each told from both ends (-links +told):\n%s", diff)
	}
}
