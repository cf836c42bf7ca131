package api_test

import (
	"context"
	"strings"
	"testing"

	"jingwei/geo"
)

func (m *memory) Verification(ctx context.Context, see geo.Scope, id geo.ID) (geo.Verification, error) {
	o, err := m.Organization(ctx, see, id)
	return geo.Verification{Organization: o, Path: []geo.ID{id}, Steps: m.steps[id], ReportedBy: "somebody", ReportedAt: clock()}, err
}

func (m *memory) TakeLocationStep(ctx context.Context, by geo.Authority, id geo.ID, ifVersion int32, move geo.LocationMove) (geo.Organization, geo.FeedPosition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, err := m.locked(ctx, id, ifVersion)
	if err != nil {
		return o, geo.FeedPosition{}, err
	}
	step, err := move.Take(geo.LocationStanding{State: o.LocationState, At: o.Location, AccuracyM: o.LocationAccuracyM}, geo.ActorOf(ctx))
	if err != nil {
		return o, geo.FeedPosition{}, err
	}
	o.LocationState, step.At = step.To, clock()
	o.Version++
	m.put(o)
	m.steps[id] = append(m.steps[id], step)
	return o, m.position(), nil
}

func (m *memory) CheckLocation(ctx context.Context, _ geo.Authority, id geo.ID) error {
	_, err := m.Organization(ctx, geo.Everywhere(), id)
	return err
}

func (m *memory) CheckLocations(ctx context.Context, _ geo.Authority, after geo.ID) (checked, passed int, next geo.ID, err error) {
	return int(m.last - after), 0, 0, m.enter(ctx)
}

func (m *memory) Locations(ctx context.Context, see geo.Scope, q geo.LocationQuery) ([]geo.LocationItem, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []geo.LocationItem
	for id := q.After + 1; id <= m.last && len(list) < q.Limit; id++ {
		if o, ok := m.current[id]; ok && seen(see, o) {
			list = append(list, geo.LocationItem{ID: id, Version: o.Version, Name: o.Name, State: o.LocationState, At: o.Location, Division: o.Division,
				Findings: []geo.Finding{geo.FindingGenerated}, CheckedAt: clock()})
		}
	}
	return list, m.enter(ctx)
}

func (m *memory) CountFindings(ctx context.Context, _ geo.Scope, _ geo.DivisionCode, _ geo.ID) (geo.FindingCounts, error) {
	return geo.FindingCounts{Findings: map[geo.Finding]int{geo.FindingGenerated: 3}, Checked: 3}, m.enter(ctx)
}

// TestVerificationAnswers follows an organization from report to comparison; ask holds every answer against the document.
func TestVerificationAnswers(t *testing.T) {
	b := newBench(t, nil)
	match := func(version string) map[string]string { return with(bearer(), "If-Match", version) }
	const path = "/api/organizations/1/verification"
	for _, step := range []struct {
		method, path string
		header       map[string]string
		body         string
		status       int
		has          string
	}{
		{"GET", path, nil, "", 200, `"next":null`},
		{"GET", path, bearer(), "", 200, `"next":{"to":"checked","allowed":true,"reason":""}`},
		{"POST", path, bearer(), `{"to":"checked","evidence":"x"}`, 428, ""},
		{"POST", path, match(`"1"`), `{"to":"checked"}`, 400, `evidence`},
		{"POST", path, match(`"1"`), `{"to":"compared","evidence":"x"}`, 409, `the next step is checked`},
		{"POST", path, match(`"1"`), `{"to":"checked","evidence":"x","device":{"location":[120,30],"accuracy_m":3}}`, 400, `device`},
		{"POST", path, match(`"1"`), `{"to":"checked","evidence":"x"}`, 200, `"location_state":"checked"`},
		{"POST", path, match(`"1"`), `{"to":"compared","evidence":"x"}`, 412, ""},
		{"POST", path, match(`"2"`), `{"to":"compared","evidence":"plan of 2025"}`, 200, `"location_state":"compared"`},
		{"GET", path, bearer(), "", 200, `"evidence":"plan of 2025"`},
		{"POST", path, match(`"3"`), `{"back":"reported"}`, 400, `reason`},
		{"POST", path, match(`"3"`), `{"back":"reported","reason":"elsewhere"}`, 200, `"location_state":"reported"`},
		{"POST", path + "/check", bearer(), "", 200, `"state":"reported"`},
		{"GET", "/api/verification", nil, "", 401, ""},
		{"GET", "/api/verification?limit=2", bearer(), "", 200, `"next":"2"`},
		{"GET", "/api/verification?state=odd", bearer(), "", 400, "state"},
		{"GET", "/api/verification?finding=odd", bearer(), "", 400, "finding"},
		{"GET", "/api/verification/counts", bearer(), "", 200, `"findings":{"generated":3}`},
		{"POST", "/api/verification/check", bearer(), "", 200, `"next":null`},
	} {
		w := b.ask(t, step.method, step.path, step.header, step.body)
		if w.Code != step.status || !strings.Contains(w.Body.String(), step.has) {
			t.Errorf("%s %s %s: %d %s, want %d with %s", step.method, step.path, step.body, w.Code, w.Body, step.status, step.has)
		}
	}
}
