package national_test

import (
	"math"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

const (
	organizationBase geo.ID = 10_000_000
	gridBase         geo.ID = 20_000_000
	reportBase       geo.ID = 30_000_000
)

func reports(t testing.TB, n *national.Nation, organizations, count int) *national.Reports {
	t.Helper()
	r, err := forest(t, n, organizations).Grids(organizationBase).Reports(count, gridBase)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBase(reportBase)
	if r.Len() != count {
		t.Fatalf("%d reports, want %d", r.Len(), count)
	}
	return r
}

func TestReports(t *testing.T) {
	const count = 200_000
	n := nation(t, 1)
	o := forest(t, n, 100_000)
	grids := o.Grids(organizationBase)
	r := reports(t, n, 100_000, count)
	seen := map[string]int{}
	var weekdays [7]int
	for i := range count {
		x := r.Report(i)
		for _, s := range []string{x.Status, x.State, x.Category, x.Visibility, x.Channel} {
			seen[s]++
		}
		if err := timesOf(x); err != "" {
			t.Fatalf("report %d: %s: %+v", i, err, x)
		}
		weekdays[x.Times.Received.In(time.FixedZone("", 8*3600)).Weekday()]++
		if x.DuplicateOf != 0 {
			seen["duplicates"]++
			checkDuplicate(t, r, i, x)
		}
		if x.Organization != 0 {
			seen["responsible"]++
		}
		if x.Organization != 0 && (x.Organization < organizationBase || x.Organization >= organizationBase+100_000) {
			t.Fatalf("report %d belongs to %d", i, x.Organization)
		}
		if x.Grid != 0 {
			seen["grid"]++
			g := grids.Grid(int(x.Grid - gridBase))
			if g.Division != x.Division || !g.Shape[0][0].Contains(x.At) {
				t.Fatalf("report %d at %s is not in grid %s", i, x.At, g.Code)
			}
		}
		if x.Redo > 0 {
			seen["redo"]++
		}
		if x.Handover > 0 {
			seen["handover"]++
		}
	}
	for what, want := range map[string][2]float64{
		"closed": {0.78, 0.82}, "public": {0.945, 0.955}, "mediation": {0.018, 0.022}, "duplicates": {0.025, 0.035},
		"roads": {0.14, 0.18}, "environment": {0.12, 0.16}, "responsible": {0.9, 0.98}, "grid": {0.02, 0.4},
		"redo": {0.01, 0.06}, "handover": {0.03, 0.1}, "fixed": {0.5, 0.7}, "received": {0.01, 0.06},
	} {
		if part := float64(seen[what]) / count; part < want[0] || part > want[1] {
			t.Errorf("%.2f %% %s, want %.1f to %.1f", 100*part, what, 100*want[0], 100*want[1])
		}
	}
	if weekdays[1] < weekdays[0]*3/2 {
		t.Errorf("reports by weekday from Sunday %v", weekdays)
	}
}

// timesOf says what is wrong with the times of a report.
func timesOf(x geo.Report) string {
	first, _ := time.Parse(time.RFC3339, "2025-07-01T00:00:00+08:00")
	end, _ := time.Parse(time.RFC3339, "2026-07-01T00:00:00+08:00")
	t := x.Times
	last := t.Received
	for _, step := range []time.Time{t.Dispatched, t.Accepted, t.Done, t.Replied, t.CalledBack, t.Closed} {
		if step.IsZero() {
			continue
		}
		if step.Before(last) {
			return "a step is before the one before"
		}
		last = step
	}
	switch {
	case t.Received.Before(first) || !last.Before(end):
		return "a time is outside of the year"
	case (x.Status == geo.ReportClosed) != !t.Closed.IsZero():
		return "status and time of closing do not agree"
	case !t.Due.After(t.Received):
		return "it is due before it was received"
	}
	return ""
}

func checkDuplicate(t *testing.T, r *national.Reports, i int, x geo.Report) {
	t.Helper()
	j := int(x.DuplicateOf - reportBase)
	if j < 0 || j >= i {
		t.Fatalf("report %d repeats %d", i, j)
	}
	first := r.Report(j)
	if first.DuplicateOf != 0 || first.Category != x.Category || first.Division != x.Division || !first.Times.Received.Before(x.Times.Received) {
		t.Fatalf("report %+v repeats %+v", x, first)
	}
	if km := kilometres(x.At, first.At); km > 0.06 {
		t.Fatalf("report %d is %.3f km from the one that it repeats", i, km)
	}
}

// TestFewReports: any number of them is a year.
func TestFewReports(t *testing.T) {
	for _, count := range []int{0, 1, 2, 52, 53, 54, 1000} {
		r := reports(t, nation(t, 1), 40, count)
		for i := range count {
			if err := timesOf(r.Report(i)); err != "" {
				t.Errorf("report %d of %d: %s", i, count, err)
			}
		}
	}
}

// TestReportsFollowTheOrganizations: a county with more organizations has more reports.
func TestReportsFollowTheOrganizations(t *testing.T) {
	n := nation(t, 1)
	o := forest(t, n, 100_000)
	r := reports(t, n, 100_000, 200_000)
	provinces := map[geo.DivisionCode][2]float64{}
	for i := range o.Len() {
		c, _ := o.Organization(i)
		p := provinces[c.Division/1e10]
		provinces[c.Division/1e10] = [2]float64{p[0] + 1, p[1]}
	}
	for i := range r.Len() {
		code := r.Report(i).Division / 1e10
		p := provinces[code]
		provinces[code] = [2]float64{p[0], p[1] + 1}
	}
	for code, p := range provinces {
		if math.Abs(p[1]-2*p[0]) > 0.05*p[1]+100 {
			t.Errorf("province %d has %.0f organizations and %.0f reports", code, p[0], p[1])
		}
	}
}
