package imports_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// committee is one that has its organizations below root, and a clerk who imports and writes for it.
type committee struct {
	root geo.ID
	ask  geo.ImportAsk
	jobs []geo.ImportJob
}

// village is a set of organizations of two committees that writes are drawn for.
type village struct {
	*office
	t    *testing.T
	both [2]*committee
	ids  []geo.ID
	n    int            // names that were given
	did  map[string]int // how much imports wrote, and took back
}

// TestHistoriesOfImports draws sequences of imports of two committees, run and undone in any order with other writes between their
// steps, and holds every state against the rules of the tree; no run or undo writes to what lies out of the reach of whose it is.
// JINGWEI_IMPORT_HISTORIES is how many sequences, 4 by default.
func TestHistoriesOfImports(t *testing.T) {
	most := 4
	if n, err := strconv.Atoi(os.Getenv("JINGWEI_IMPORT_HISTORIES")); err == nil {
		most = n
	}
	o := newOffice(t)
	done, failed, n, did := 0, false, 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		if done++; done > most && !failed {
			return
		}
		defer func() { failed = failed || rt.Failed() }()
		v := &village{office: o, t: t, n: n, did: did}
		for i := range v.both {
			v.n++
			root := o.register(t, fmt.Sprint("委", v.n), fmt.Sprint("W", v.n), 0)
			own := geo.Scope{Roots: []geo.ID{root}}
			v.both[i] = &committee{root: root, ask: geo.ImportAsk{Name: "clerk", All: true, See: own, In: own}}
			v.ids = append(v.ids, root)
			for range 3 {
				v.ids = append(v.ids, v.fresh(rapid.SampledFrom(v.below(root)).Draw(rt, "superior")))
			}
		}
		for range rapid.IntRange(8, 24).Draw(rt, "steps") {
			v.step(rt)
			if broken := o.broken(t) + v.circles(rt); broken != "" {
				rt.Fatalf("rules are broken:\n%s", broken)
			}
		}
		n = v.n
	})
	if did["run"] == 0 || did["undo"] == 0 {
		t.Errorf("nothing was tried: %v", did)
	}
	t.Log(did)
}

// code is the own code of an organization.
func (v *village) code(id geo.ID) string {
	return one[string](v.t, v.office, `select coalesce(code, '') from jingwei.organization where id = $1`, id)
}

func (v *village) fresh(parent geo.ID) geo.ID {
	v.n++
	return v.register(v.t, fmt.Sprint("村", v.n), fmt.Sprint("V", v.n), parent)
}

// below is a committee's root with what was made below it at first.
func (v *village) below(root geo.ID) []geo.ID {
	return v.ids[slices.Index(v.ids, root):]
}

func (v *village) step(t *rapid.T) {
	c := v.both[rapid.IntRange(0, 1).Draw(t, "committee")]
	switch action := rapid.SampledFrom([]string{"upload", "upload", "run", "run", "run", "undo", "undo", "move", "move", "revert", "retire"}).Draw(t, "action"); action {
	case "upload":
		v.ask = c.ask
		c.jobs = append(c.jobs, v.checked(v.t, v.table(t, c)))
	case "run", "undo":
		v.work(t, c, action)
	default:
		v.write(t, c, action)
	}
}

const sqlTheirs = `
select v.organization_id::text from jingwei.organization_version v
where upper_inf(v.recorded) and upper_inf(v.valid) and v.path ~ ('*.' || $1::bigint || '.*')::lquery order by v.organization_id`

// table moves some that are known, mostly of the committee, and makes some.
func (v *village) table(t *rapid.T, c *committee) string {
	var b strings.Builder
	b.WriteString("编码,名称,上级,区划,类别,电话\n")
	known, codes := v.ids, []string{}
	if rapid.IntRange(0, 9).Draw(t, "anybody's") > 0 {
		known = nil
		for _, text := range v.texts(t, sqlTheirs, c.root) {
			id, err := geo.ParseID("id", text)
			if err != nil {
				t.Fatal(err)
			}
			known = append(known, id)
		}
	}
	for _, id := range known {
		codes = append(codes, v.code(id))
	}
	for range rapid.IntRange(0, 2).Draw(t, "new") {
		v.n++
		code := fmt.Sprint("N", v.n)
		fmt.Fprintf(&b, "%s,新%s,%s,330102000000,党支部,\n", code, code, rapid.SampledFrom(codes).Draw(t, "superior"))
		codes = append(codes, code)
	}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, min(4, len(known)), rapid.ID).Draw(t, "rows") {
		if id == c.root {
			continue
		}
		fmt.Fprintf(&b, "%s,,%s,,,%d\n", v.code(id), rapid.SampledFrom(append(codes, "")).Draw(t, "superior"), rapid.IntRange(1, 9).Draw(t, "phone"))
	}
	return b.String()
}

// work runs or undoes an import of a committee that is to be.
func (v *village) work(t *rapid.T, c *committee, action string) {
	from, state := []string{geo.ImportChecked}, geo.ImportRunning
	if action == "undo" {
		from, state = []string{geo.ImportDone}, geo.ImportUndoing
	}
	var open []int
	for i, j := range c.jobs {
		if slices.Contains(from, j.State) && (action == "run" || j.Written()) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	i := rapid.SampledFrom(open).Draw(t, "import")
	mark := one[string](v.t, v.office, `select clock_timestamp()::text`)
	v.ask = c.ask
	c.jobs[i] = v.office.work(v.t, c.jobs[i].ID, state)
	v.did[action] += c.jobs[i].Counts.Made + c.jobs[i].Counts.Altered + c.jobs[i].Counts.Undone
	v.learn()
	if wrote := v.texts(t, sqlOutside, mark, c.root); len(wrote) > 0 {
		t.Fatalf("%s of import %d wrote out of its reach: %v", action, c.jobs[i].ID, wrote)
	}
}

// What was recorded since the mark, or ended, and lay or lies elsewhere: paths that follow those above are no writes.
const sqlOutside = `
select format('%s %s %s', v.organization_id, v.valid, v.path) from jingwei.organization_version v
where (lower(v.recorded) >= $1::text::timestamptz or upper(v.recorded) >= $1::text::timestamptz)
  and upper(v.valid) is null and not v.path ~ ('*.' || $2::bigint || '.*')::lquery`

// learn takes in what imports made.
func (v *village) learn() {
	rows, err := v.conn.Query(v.t.Context(), `select o.id from jingwei.organization o where o.id > $1 and not o.id = any($2) order by o.id`, v.ids[0], v.ids)
	if err != nil {
		v.t.Fatal(err)
	}
	made, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	if err != nil {
		v.t.Fatal(err)
	}
	v.ids = append(v.ids, made...)
}

// write moves an organization, as the operator or as the committee, takes the last write to it back, or retires it.
func (v *village) write(t *rapid.T, c *committee, action string) {
	see, in := geo.Everywhere(), geo.Everywhere()
	if rapid.Bool().Draw(t, "clerk") {
		see, in = c.ask.See, c.ask.In
	}
	id := rapid.SampledFrom(v.ids).Draw(t, "organization")
	org, err := v.Organization(v.t.Context(), geo.Everywhere(), id)
	if errors.Is(err, geo.ErrNotFound) {
		return
	}
	if err == nil {
		switch action {
		case "move":
			org.Parent, org.LocationState = rapid.SampledFrom(v.ids).Draw(t, "superior"), ""
			_, _, err = v.ReplaceOrganization(v.t.Context(), see, in, id, org.Version, org.OrganizationContent, today()+geo.Day(40*rapid.IntRange(0, 1).Draw(t, "later")), today(), "a")
		case "revert":
			_, _, err = v.UndoOrganization(v.t.Context(), see, in, id, org.Version, today(), "a")
		case "retire":
			_, err = v.RetireOrganization(v.t.Context(), see, in, id, org.Version, today(), "a")
		}
	}
	for _, kind := range []error{nil, geo.ErrConflict, geo.ErrInvalid, geo.ErrNotFound, geo.ErrStale, geo.ErrForbidden} {
		if errors.Is(err, kind) {
			return
		}
	}
	t.Fatal(err)
}

const sqlCircles = `
with recursive day as (select distinct lower(x.valid) as day from jingwei.organization_version x where x.organization_id = any($1) and upper_inf(x.recorded)),
up as (
    select v.organization_id as id, v.parent_id as at, d.day from jingwei.organization_version v join day d on v.valid @> d.day
    where v.organization_id = any($1) and upper_inf(v.recorded)
    union
    select u.id, p.parent_id, u.day from up u
    join jingwei.organization_version p on p.organization_id = u.at and upper_inf(p.recorded) and p.valid @> u.day
)
select format('%s is below itself on %s', id, day) from up where at = id
union all
select format('%s is below %s, which is gone', v.organization_id, o.id) from jingwei.organization_version v join jingwei.organization o on o.id = v.parent_id
where v.organization_id = any($1) and upper_inf(v.recorded) and upper_inf(v.valid) and o.retired is not null`

// circles tells who is below themselves on a day, and below whom nobody is any more.
func (v *village) circles(t *rapid.T) string {
	return strings.Join(v.texts(t, sqlCircles, v.ids), "\n")
}

func (v *village) texts(t *rapid.T, sql string, args ...any) []string {
	rows, err := v.conn.Query(v.t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
