package postgis_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// below creates an organization below another, 0 for none.
func (s setup) below(t testing.TB, parent geo.ID) geo.Organization {
	t.Helper()
	c := content("柳东")
	c.Parent = parent
	return s.create(t, c)
}

// replace gives an organization the superior parent from a day on.
func (s setup) replace(t testing.TB, org, parent geo.ID, from geo.Day) {
	t.Helper()
	c := content("柳东")
	c.Parent = parent
	version := queryOne[int32](t, s, `select version from jingwei.organization where id = $1`, org)
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org, version, c, from, s.today, "a"); err != nil {
		t.Fatal(err)
	}
}

// reportsOf writes a report for each organization, 0 for none, and returns their ids by organization.
func (s setup) reportsOf(t testing.TB, part string, organizations ...geo.ID) map[geo.ID]geo.ID {
	t.Helper()
	var list []geo.Report
	for _, id := range organizations {
		r := report()
		r.Organization = id
		list = append(list, r)
	}
	base := s.loadReports(t, part, list...)
	ids := map[geo.ID]geo.ID{}
	for i, id := range organizations {
		ids[id] = base + geo.ID(i)
	}
	return ids
}

func path(ids ...geo.ID) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += "."
		}
		text += id.String()
	}
	return text
}

// TestReportsFollowOrganizations writes to a tree 1 > 2 > 3 > 4, with a report of each organization and one of none, and
// looks whose reports are told of: all whose newest path is another, and no others.
func TestReportsFollowOrganizations(t *testing.T) {
	s := newSetup(t)
	var o [6]geo.ID
	for i := 1; i < 5; i++ {
		o[i] = s.below(t, o[i-1]).ID
	}
	o[5] = s.below(t, 0).ID
	reports := s.reportsOf(t, "reports", o[:]...)
	r := s.replayLayer(t, "reports")
	for _, id := range o[:] {
		want := map[geo.ID]string{0: "", o[1]: path(o[1]), o[4]: path(o[1:5]...)}
		if text, ok := want[id]; ok && r.points[reports[id]][0].Values[3] != text {
			t.Errorf("path %s, want %s", r.points[reports[id]][0].Values[3], text)
		}
	}
	tomorrow := s.today + 1
	for _, c := range []struct {
		name string
		do   func()
		want []int
	}{
		{"a name", func() { s.replace(t, o[2], o[1], s.today) }, nil},
		{"content since a day of the past", func() { s.replace(t, o[3], o[2], day("2024-01-01")) }, nil},
		{"another superior, and all below follow", func() { s.replace(t, o[2], o[5], s.today) }, []int{2, 3, 4}},
		{"a move that is to come, which nobody follows before", func() { s.replace(t, o[3], o[1], tomorrow) }, []int{3}},
		{"content before that", func() { s.replace(t, o[3], o[2], s.today) }, nil},
		{"a name by hand", func() { s.exec(t, `update jingwei.organization_version set name = name || '!'`) }, nil},
		{"history by hand", func() { s.exec(t, sqlRename, o[5], "five") }, []int{5}}, // closed and opened at different times
		{"a path of the past by hand", func() {
			s.exec(t, `update jingwei.organization_version set path = '77' where organization_id = $1 and upper_inf(recorded) and not upper_inf(valid)`, o[3])
		}, nil},
		{"a path by hand", func() {
			s.exec(t, `update jingwei.organization_version set path = '77' || path where organization_id = any ($1) and upper_inf(recorded)`, o[3:5])
		}, []int{3, 4}},
		{"what was known no longer by hand", func() {
			s.exec(t, `update jingwei.organization_version set path = '78' where not upper_inf(recorded)`)
		}, nil},
		{"the end of the newest content by hand", func() {
			s.exec(t, `update jingwei.organization_version set recorded = tstzrange(lower(recorded), clock_timestamp())
			           where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, o[3])
		}, []int{3}},
		{"its return by hand", func() {
			s.exec(t, `update jingwei.organization_version v set recorded = tstzrange(lower(v.recorded), null)
			           where v.row_id = (select x.row_id from jingwei.organization_version x where x.organization_id = $1 order by upper(x.recorded) desc nulls last limit 1)`, o[3])
		}, []int{3}},
		{"the content of an end", func() {
			s.exec(t, `delete from jingwei.organization_version where organization_id = $1 and upper_inf(recorded)`, o[4])
		}, []int{4}},
		{"old content", func() { s.exec(t, `delete from jingwei.organization_version where not upper_inf(recorded)`) }, nil},
		{"a report without one", func() { s.exec(t, `update jingwei.report set organization_id = $1 where id = $2`, o[1], reports[0]) }, []int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			c.do()
			var want []geo.ID
			for _, i := range c.want {
				want = append(want, reports[o[i]])
			}
			slices.Sort(want)
			batch := r.poll()
			if diff := cmp.Diff(want, batch.Changed["reports"]); diff != "" || len(batch.Reloaded) > 0 {
				t.Errorf("reports told of (-want +got), reloaded %v:\n%s", batch.Reloaded, diff)
			}
			r.wantReports(s)
		})
	}
}

// TestReportsOfRetiredOrganizations stay where these were last known, also when the last content ends before it began.
func TestReportsOfRetiredOrganizations(t *testing.T) {
	s := newSetup(t)
	top, other := s.below(t, 0).ID, s.below(t, 0).ID
	moved := s.below(t, top).ID
	s.replace(t, moved, other, s.today)
	c := content("of today")
	c.Parent = top
	fresh, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, geo.DayRange{From: s.today, To: geo.MaxDay}, "a")
	if err != nil {
		t.Fatal(err)
	}
	reports := s.reportsOf(t, "reports", moved, fresh.ID)
	r := s.replayLayer(t, "reports")
	for id, version := range map[geo.ID]int32{moved: 2, fresh.ID: 1} {
		if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id, version, s.today, "a"); err != nil {
			t.Fatal(err)
		}
		r.poll()
		r.wantReports(s)
	}
	if a, b := r.points[reports[moved]][0].Values[3], r.points[reports[fresh.ID]][0].Values[3]; a != path(top, moved) || b != "" {
		t.Errorf("paths %q and %q", a, b)
	}
}

// TestManyReportsAreReadAnew: from so many on, one reload stands for all.
func TestManyReportsAreReadAnew(t *testing.T) {
	const most = 50_000
	s := newSetup(t)
	top, other := s.below(t, 0).ID, s.below(t, 0).ID
	org := s.below(t, top).ID
	child := s.below(t, org).ID
	s.exec(t, `insert into jingwei.report (category, lon_e7, lat_e7, division_code, channel, received_at, organization_id)
	           select 'noise', i, 2, $1, 'web', '2026-01-01', $2 from generate_series(1, $3) i`, liushi1, org, most)
	r := s.replayLayer(t, "reports")
	s.replace(t, org, other, s.today)
	if batch := r.poll(); len(batch.Changed["reports"]) != most || r.reload(batch) {
		t.Errorf("%d changes, reloaded %v", len(batch.Changed["reports"]), batch.Reloaded)
	}
	s.exec(t, `insert into jingwei.report (category, lon_e7, lat_e7, division_code, channel, received_at, organization_id)
	           values ('noise', 1, 2, $1, 'web', '2026-01-01', $2)`, liushi1, child)
	r.poll()
	s.exec(t, `update jingwei.organization_version set path = '7' || path where organization_id in ($1, $2)`, org, child)
	if batch := r.poll(); len(batch.Changed["reports"]) != 0 || !slices.Equal(batch.Reloaded, []string{"reports"}) {
		t.Errorf("%d changes, reloaded %v", len(batch.Changed["reports"]), batch.Reloaded)
	}
	r.wantReports(s)
}

// TestLoadsOfOrganizationsTellOfReports: the reload at the end of a load says nothing of reports, so a batch does, of
// organizations that were there before; what it makes has none.
func TestLoadsOfOrganizationsTellOfReports(t *testing.T) {
	s := newSetup(t)
	known, ended := content("known"), content("ended")
	known.Code, ended.Code = "K", "E"
	org := s.create(t, known)
	old, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), ended, geo.DayRange{From: day("2021-01-01"), To: day("2022-01-01")}, "a")
	if err != nil {
		t.Fatal(err)
	}
	reports := s.reportsOf(t, "reports", org.ID, old.ID)
	r := s.replayLayer(t, "reports")
	load := func(c geo.OrganizationContent, want ...geo.ID) {
		t.Helper()
		fresh := content("fresh")
		fresh.Code = "fresh with " + c.Name
		if n, err := s.LoadOrganizations(t.Context(), []geo.OrganizationContent{c, fresh}, since("2023-06-30"), "load", nil); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		batch := r.poll()
		if diff := cmp.Diff(want, batch.Changed["reports"]); diff != "" || r.reload(batch) {
			t.Errorf("reports told of (-want +got), reloaded %v:\n%s", batch.Reloaded, diff)
		}
		r.wantReports(s)
	}
	known.Name = "new"
	load(known)
	s.exec(t, `update jingwei.organization_version set path = '7' || path where organization_id in ($1, $2)`, org.ID, old.ID)
	r.poll()
	known.Name = "newer" // which mends the path
	load(known, reports[org.ID])
	load(ended, reports[old.ID])
}

// TestReportGivenWhileItsOrganizationMoves: neither transaction sees what the other wrote, and yet who follows the feed ends
// with the new path.
func TestReportGivenWhileItsOrganizationMoves(t *testing.T) {
	s := newSetup(t)
	top, other := s.below(t, 0).ID, s.below(t, 0).ID
	org := s.below(t, top).ID
	reports := s.reportsOf(t, "reports", 0)
	r := s.replayLayer(t, "reports")
	giving, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	moving, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := giving.Exec(t.Context(), `update jingwei.report set organization_id = $1 where id = $2`, org, reports[0]); err != nil {
		t.Fatal(err)
	}
	moved := make(chan error, 1)
	go func() {
		_, err := moving.Exec(t.Context(), `update jingwei.organization_version set path = ($2 || '.' || $1)::ltree where organization_id = $1::bigint`, org.String(), other.String())
		moved <- err
	}()
	err = s.untilWaiting(t, moved)
	if err := errors.Join(err, giving.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	r.poll()
	if err := errors.Join(<-moved, moving.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	r.poll()
	r.wantReports(s)
	if got := r.points[reports[0]][0].Values[3]; got != path(other, org) {
		t.Errorf("path %s", got)
	}
}

// untilWaiting returns when a session of the database waits for a lock, or the work is done, whose result stays in the channel.
func (s setup) untilWaiting(t testing.TB, done chan error) error {
	t.Helper()
	conn := s.connect(t)
	for waits := false; !waits && len(done) == 0; {
		err := conn.QueryRow(t.Context(), `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`).Scan(&waits)
		if err != nil {
			return err
		}
	}
	return nil
}

// TestReportPathsReplayEverything writes to a tree and its reports in any order, by the store and past it, in transactions of
// several writes, some of which roll back: what was replayed is what the database holds.
func TestReportPathsReplayEverything(t *testing.T) {
	s := newSetup(t)
	var orgs []geo.ID
	for i := range 6 {
		parent := geo.ID(0)
		if i > 1 {
			parent = orgs[i/2]
		}
		orgs = append(orgs, s.below(t, parent).ID)
	}
	reports := s.reportsOf(t, "reports", append(slices.Clone(orgs), 0)...)
	conn := s.connect(t)
	rapid.Check(t, func(rt *rapid.T) {
		r, organizations := s.replayLayer(t, "reports"), s.replay(t)
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			s.drawWrite(rt, conn, orgs, reports)
			r.poll()
			organizations.poll()
			r.wantReports(s)
			organizations.wantTruth(s)
		}
	})
}

// drawWrite makes one transaction; what the rules of the tree refuse is refused.
func (s setup) drawWrite(t *rapid.T, conn *pgx.Conn, orgs []geo.ID, reports map[geo.ID]geo.ID) {
	org := rapid.SampledFrom(orgs).Draw(t, "organization")
	other := rapid.SampledFrom(append([]geo.ID{0}, orgs...)).Draw(t, "other")
	from := s.today + geo.Day(rapid.IntRange(-2000, 3).Draw(t, "from"))
	ctx := t.Context()
	if rapid.IntRange(0, 2).Draw(t, "by hand") > 0 {
		var version int32
		if err := conn.QueryRow(ctx, `select version from jingwei.organization where id = $1`, org).Scan(&version); err != nil {
			t.Fatal(err)
		}
		c := content("drawn")
		c.Parent = other
		_, _, _ = s.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), org, version, c, from, s.today, "a")
		return
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(1, 3).Draw(t, "writes") {
		sql := rapid.SampledFrom([]string{
			`update jingwei.organization_version set path = (70 + $2 % 9)::text::ltree || $1::text where organization_id = $1 and upper_inf(recorded)`,
			`update jingwei.organization_version set path = (70 + $2 % 9)::text::ltree || $1::text
			 where row_id = (select max(v.row_id) from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded) and $2 >= 0)`,
			`update jingwei.organization_version set recorded = tstzrange(lower(recorded), clock_timestamp())
			 where row_id = (select max(v.row_id) from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded) and $2 >= 0)
			   and 1 < (select count(*) from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded))`,
			`delete from jingwei.organization_version
			 where row_id = (select max(v.row_id) from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded) and $2 >= 0)
			   and 1 < (select count(*) from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded))`,
			`update jingwei.report set organization_id = nullif($2, 0) where id = (select min(id) + $1 % 7 from jingwei.report)`,
		}).Draw(t, "sql")
		if _, err := tx.Exec(ctx, sql, org, other); err != nil {
			t.Fatal(err)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "commit") == 0 {
		err = tx.Rollback(ctx)
	} else {
		err = tx.Commit(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
}
