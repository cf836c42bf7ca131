package postgis_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// loadReports writes reports one by one and returns the id of the first.
func (s setup) loadReports(t testing.TB, part string, list ...geo.Report) geo.ID {
	t.Helper()
	i := -1
	table := &editedReports{reports{n: len(list)}, func(r *geo.Report) { i++; *r = list[i] }}
	if n, err := s.LoadReports(t.Context(), part, table, nil); err != nil || n != len(list) {
		t.Fatalf("%d loaded, %v", n, err)
	}
	return table.base
}

func TestReportPoints(t *testing.T) {
	s := newSetup(t)
	open, restricted, sensitive := report(), report(), report()
	restricted.Visibility = geo.VisibilityRestricted
	sensitive.Category = "mediation"
	base := s.loadReports(t, "one", open, restricted, sensitive)
	r := s.replayLayer(t, "reports")
	want := geo.Point{
		ID: base, Version: 1, At: open.At, Valid: since("2026-02-01"), // half past midnight in China
		Division: liushi1, Public: true, Values: []string{"roads", "open", "received", ""},
	}
	if diff := cmp.Diff([]geo.Point{want}, r.points[base]); diff != "" {
		t.Errorf("point (-want +got):\n%s", diff)
	}
	if n := len(geo.ReportLayer().Columns); n != len(want.Values) {
		t.Errorf("%d columns of the layer", n)
	}
	for _, id := range []geo.ID{base + 1, base + 2} {
		if r.points[id][0].Public {
			t.Errorf("report %d is public: %+v", id-base, r.points[id])
		}
	}
	_, err := r.feed.Load(t.Context(), "divisions", func(geo.Point) error { return nil })
	wantError(t, err, geo.ErrNotFound, "")
	_, err = r.feed.Next(t.Context(), "divisions", r.at)
	wantError(t, err, geo.ErrNotFound, "")
}

func TestFeedFollowsReports(t *testing.T) {
	s := newSetup(t)
	base := s.loadReports(t, "one", report(), report(), report())
	r := s.replayLayer(t, "reports")
	organizations := s.replay(t)
	check := func(t *testing.T, want ...geo.Point) postgis.Batch {
		t.Helper()
		batch := r.poll()
		if diff := cmp.Diff(append([]geo.Point{}, want...), batch.Points); diff != "" || batch.Void || len(batch.Reloaded) > 0 {
			t.Errorf("batch %+v, points (-want +got):\n%s", batch, diff)
		}
		other := organizations.poll()
		if !cmp.Equal(other.Changed, batch.Changed) || len(other.Points) > 0 {
			t.Errorf("one who follows organizations: %+v", other)
		}
		r.wantReports(s)
		return batch
	}
	point := r.points[base+1][0]
	t.Run("update", func(t *testing.T) {
		s.exec(t, `update jingwei.report set state = 'fixed', status = 'closed', closed_at = received_at where id = $1`, base+1)
		point.Version, point.Values = 2, []string{"roads", "closed", "fixed", ""}
		check(t, point)
	})
	t.Run("no longer public", func(t *testing.T) {
		s.exec(t, `update jingwei.report set visibility = 'restricted' where id = $1`, base+1)
		point.Version, point.Public = 3, false
		check(t, point)
	})
	t.Run("delete", func(t *testing.T) {
		s.exec(t, `delete from jingwei.report where id = $1`, base+2)
		if batch := check(t); !slices.Equal(batch.Changed["reports"], []geo.ID{base + 2}) {
			t.Errorf("changed %v", batch.Changed)
		}
	})
	t.Run("insert", func(t *testing.T) {
		s.exec(t, `insert into jingwei.report (category, lon_e7, lat_e7, division_code, channel, received_at) values ('noise', 1, 2, $1, 'web', '2026-01-01')`, liushi1)
		if batch := r.poll(); len(batch.Points) != 1 || batch.Points[0].Public {
			t.Errorf("a report without a visibility: %+v", batch)
		}
		r.wantReports(s)
	})
}

const sqlReportTruth = `
select coalesce(array_agg(r.id || ' ' || r.version || ' ' || r.category || ' ' ||
    (r.visibility = 'public' and r.category not in (select code from jingwei.report_category where sensitive)) || ' ' ||
    coalesce((known.paths)[1], '') order by r.id), '{}')
from jingwei.report r
left join (
    select v.organization_id, array_agg(v.path::text order by coalesce(lower(v.valid), '-infinity') desc) as paths
    from jingwei.organization_version v where upper(v.recorded) is null group by v.organization_id) known using (organization_id)`

// wantReports compares what was replayed with what the database holds.
func (r *replayed) wantReports(s setup) {
	r.t.Helper()
	var ids []geo.ID
	for id := range r.points {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	got := []string{}
	for _, id := range ids {
		for _, p := range r.points[id] {
			got = append(got, fmt.Sprint(p.ID, " ", p.Version, " ", p.Values[0], " ", p.Public, " ", p.Values[3]))
		}
	}
	if diff := cmp.Diff(queryOne[[]string](r.t, s, sqlReportTruth), got); diff != "" {
		r.t.Fatalf("replayed reports differ from the database (-database +replayed):\n%s", diff)
	}
}

// TestCategoryBecomesSensitive: no report is written then, and every public copy must change.
func TestCategoryBecomesSensitive(t *testing.T) {
	s := newSetup(t)
	s.loadReports(t, "one", report(), report())
	r := s.replayLayer(t, "reports")
	for _, step := range []struct {
		sql    string
		reload bool
	}{
		{`update jingwei.report_category set sensitive = true where code = 'roads'`, true},
		{`update jingwei.report_category set zh = '道路' where code = 'roads'`, false},
		{`update jingwei.report_category set sensitive = false where code = 'roads'`, true},
		{`update jingwei.report_category set sensitive = sensitive`, false},
		{`insert into jingwei.report_category (code, zh, en, sensitive) values ('secret', '密', 'Secret', true)`, false},
		{`delete from jingwei.report_category where code = 'secret'`, false},
		{`delete from jingwei.report_category where code = 'noise'`, true},
	} {
		s.exec(t, step.sql)
		batch := r.poll()
		if told := slices.Contains(batch.Reloaded, "report_categories"); told != step.reload || r.reload(batch) != step.reload {
			t.Errorf("%s: batch %+v", step.sql, batch)
		}
		r.wantPublic(s, step.sql)
	}
}

const sqlPublicReports = `
select count(*) from jingwei.report r join jingwei.report_category c on c.code = r.category
where r.visibility = 'public' and not c.sensitive`

func (r *replayed) wantPublic(s setup, after string) {
	r.t.Helper()
	n := int64(0)
	for _, points := range r.points {
		if points[0].Public {
			n++
		}
	}
	if want := queryOne[int64](r.t, s, sqlPublicReports); n != want {
		r.t.Errorf("%s: %d public reports, want %d", after, n, want)
	}
}

// TestFeedGoesOnWhileTheLayerIsRead: who reads a layer anew, which takes minutes at full size, gets the single changes of
// that time too.
func TestFeedGoesOnWhileTheLayerIsRead(t *testing.T) {
	s := newSetup(t)
	base := s.loadReports(t, "one", report(), report())
	org := s.create(t, content("one"))
	for _, layer := range []string{"reports", "organizations"} {
		t.Run(layer, func(t *testing.T) {
			r := s.replayLayer(t, layer)
			s.exec(t, `update jingwei.report set text = text || '!' where id = $1`, base)
			s.exec(t, `update jingwei.organization_version set name = name || '!' where organization_id = $1`, org.ID)
			s.exec(t, `select jingwei.reload($1)`, layer)
			want := map[string][]geo.ID{"reports": {base}, "organizations": {org.ID}}
			batch := r.poll()
			if diff := cmp.Diff(want, batch.Changed); diff != "" || !r.reload(batch) || batch.Void {
				t.Errorf("batch %+v, changed (-want +got):\n%s", batch, diff)
			}
			if len(batch.Points) != 1 || batch.Points[0].ID != want[layer][0] {
				t.Errorf("points %+v", batch.Points)
			}
		})
	}
}
