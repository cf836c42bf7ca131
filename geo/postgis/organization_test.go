package postgis_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

func TestOrganizationRoundTrip(t *testing.T) {
	s := newSetup(t)
	c := content("柳东村村民委员会")
	c.Code, c.ShortName, c.Address, c.Phone, c.USCC = "LD-1", "柳东村", "柳市镇柳东村1号", "0577-1234567", "91350100M000100Y43"
	org, at, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "tester")
	if err != nil {
		t.Fatal(err)
	}
	if org.Version != 1 || org.ID < 1 || org.ID > geo.MaxID || at.Epoch == "" {
		t.Fatalf("created %+v at %v", org, at)
	}
	got, err := s.Organization(t.Context(), geo.Everywhere(), org.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(org, got); diff != "" {
		t.Errorf("read (-created +read):\n%s", diff)
	}
	versions, err := s.OrganizationVersions(t.Context(), geo.Everywhere(), org.ID)
	if err != nil || len(versions) != 1 || versions[0].Author != "tester" || versions[0].RecordedFrom.IsZero() || !versions[0].RecordedTo.IsZero() {
		t.Errorf("versions %+v, %v", versions, err)
	}
}

func TestOrganizationGeometryEqualsIntegers(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东"))
	got := queryOne[string](t, s, `select st_astext(location) || ' ' || st_srid(location) from jingwei.organization_version where organization_id = $1`, org.ID)
	if got != "POINT(120.9100001 28.0100002) 4326" {
		t.Errorf("location %s", got)
	}
}

// span is a row of history in short.
type span struct {
	Name     string
	From, To string
	Version  int32
	Known    bool
}

func history(t *testing.T, s setup, id geo.ID) []span {
	t.Helper()
	versions, err := s.OrganizationVersions(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []span
	for _, v := range versions {
		out = append(out, span{v.Name, v.Valid.From.String(), v.Valid.To.String(), v.Version, v.RecordedTo.IsZero()})
	}
	return out
}

func TestReplaceOrganization(t *testing.T) {
	tests := []struct {
		name string
		from string
		want []span
	}{
		{"from a later day", "2024-05-01", []span{
			{"new", "2024-05-01", "", 2, true}, {"old", "2023-06-30", "2024-05-01", 2, true}, {"old", "2023-06-30", "", 1, false}}},
		{"from the first day", "2023-06-30", []span{
			{"new", "2023-06-30", "", 2, true}, {"old", "2023-06-30", "", 1, false}}},
	}
	s := newSetup(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org := s.create(t, content("old"))
			got, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("new"), day(test.from), day("2025-01-01"), "second")
			if err != nil {
				t.Fatal(err)
			}
			if got.Version != 2 || got.Name != "new" {
				t.Errorf("answer %+v", got)
			}
			if diff := cmp.Diff(test.want, history(t, s, org.ID)); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBeginningOfAnOrganization moves with what was said first, and with nothing else.
func TestBeginningOfAnOrganization(t *testing.T) {
	s := newSetup(t)
	all, today := geo.Everywhere(), day("2025-01-01")
	org := s.create(t, content("old"))
	other := content("new")
	for range 2 {
		_, _, err := s.ReplaceOrganization(t.Context(), all, all, org.ID, 1, other, day("2022-01-01"), today, "a")
		wantError(t, err, geo.ErrInvalid, "valid_from")
		if early := (*geo.EarlyError)(nil); !errors.As(err, &early) || early.Since != day("2023-06-30") {
			t.Errorf("%v does not tell since when it exists", err)
		}
		other = content("old")
		other.Jurisdiction = &geo.MultiPolygon{{{{Lon: 1200000000, Lat: 300000000}, {Lon: 1201000000, Lat: 300000000}, {Lon: 1201000000, Lat: 301000000}, {Lon: 1200000000, Lat: 300000000}}}}
	}
	if _, _, err := s.ReplaceOrganization(t.Context(), all, all, org.ID, 1, content("old"), day("2022-01-01"), today, "a"); err != nil {
		t.Fatal(err)
	}
	want := []span{{"old", "2022-01-01", "", 2, true}, {"old", "2023-06-30", "", 1, false}}
	if diff := cmp.Diff(want, history(t, s, org.ID)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestReplaceKeepsScheduledContent(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("first"))
	today := day("2025-01-01")
	future, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("third"), day("2026-01-01"), today, "a")
	if err != nil {
		t.Fatal(err)
	}
	if future.Name != "first" || future.Version != 2 {
		t.Errorf("today's content after a change of next year: %+v", future)
	}
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 2, content("second"), day("2025-06-01"), today, "a"); err != nil {
		t.Fatal(err)
	}
	var known []span
	for _, v := range history(t, s, org.ID) {
		if v.Known {
			known = append(known, v)
		}
	}
	want := []span{{"second", "2025-06-01", "2026-01-01", 3, true}, {"first", "2023-06-30", "2025-06-01", 3, true}, {"third", "2026-01-01", "", 2, true}}
	if diff := cmp.Diff(want, known); diff != "" {
		t.Errorf("known (-want +got):\n%s", diff)
	}
}

func TestStaleAndMissing(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东"))
	_, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 7, content("x"), s.today, s.today, "a")
	wantError(t, err, geo.ErrStale, "")
	_, err = s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 7, s.today, "a")
	wantError(t, err, geo.ErrStale, "")
	_, err = s.Organization(t.Context(), geo.Everywhere(), 12345)
	wantError(t, err, geo.ErrNotFound, "")
	_, err = s.OrganizationVersions(t.Context(), geo.Everywhere(), 12345)
	wantError(t, err, geo.ErrNotFound, "")
	_, _, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), 12345, 1, content("x"), s.today, s.today, "a")
	wantError(t, err, geo.ErrNotFound, "")
}

func TestRetireOrganization(t *testing.T) {
	s := newSetup(t)
	c := content("柳东")
	c.Code = "K1"
	org := s.create(t, c)
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, s.today, "remover"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Organization(t.Context(), geo.Everywhere(), org.ID)
	wantError(t, err, geo.ErrNotFound, "")
	want := []span{{"柳东", "2023-06-30", s.today.String(), 2, true}, {"柳东", "2023-06-30", "", 1, false}}
	if diff := cmp.Diff(want, history(t, s, org.ID)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	_, err = s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 2, s.today, "remover")
	wantError(t, err, geo.ErrNotFound, "")
	if again := s.create(t, c); again.ID == org.ID {
		t.Error("an id came back")
	}
}

func TestRetireOnTheFirstDayLeavesNothing(t *testing.T) {
	s := newSetup(t)
	org, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("x"), geo.DayRange{From: s.today, To: geo.MaxDay}, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]span{{"x", s.today.String(), "", 1, false}}, history(t, s, org.ID)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestRefusedContent(t *testing.T) {
	s := newSetup(t)
	taken := content("taken")
	taken.Code = "T1"
	s.create(t, taken)
	tests := []struct {
		name  string
		edit  func(c *geo.OrganizationContent)
		kind  error
		field string
	}{
		{"kind", func(c *geo.OrganizationContent) { c.Kind = "circus" }, geo.ErrInvalid, "kind"},
		{"level", func(c *geo.OrganizationContent) { c.Level = "galaxy" }, geo.ErrInvalid, "level"},
		{"no level", func(c *geo.OrganizationContent) { c.Level = "" }, geo.ErrInvalid, "level"},
		{"status", func(c *geo.OrganizationContent) { c.Status = "odd" }, geo.ErrInvalid, "status"},
		{"source", func(c *geo.OrganizationContent) { c.LocationSource = "odd" }, geo.ErrInvalid, "location_source"},
		{"state", func(c *geo.OrganizationContent) { c.LocationState = "odd" }, geo.ErrInvalid, "location_state"},
		{"division", func(c *geo.OrganizationContent) { c.Division = 999999999999 }, geo.ErrInvalid, "division"},
		{"parent", func(c *geo.OrganizationContent) { c.Parent = 99 }, geo.ErrConflict, "parent"},
		{"code", func(c *geo.OrganizationContent) { c.Code = "T1" }, geo.ErrConflict, "code"},
		{"long code", func(c *geo.OrganizationContent) { c.Code = strings.Repeat("x", 101) }, geo.ErrInvalid, "code"},
		{"uscc", func(c *geo.OrganizationContent) { c.USCC = "91350100M000100Y42" }, geo.ErrInvalid, "uscc"},
		{"longitude", func(c *geo.OrganizationContent) { c.Location.Lon = 1_900_000_000 }, geo.ErrInvalid, "location"},
		{"latitude", func(c *geo.OrganizationContent) { c.Location.Lat = 910_000_000 }, geo.ErrInvalid, "location"},
		{"name", func(c *geo.OrganizationContent) { c.Name = "" }, geo.ErrInvalid, "name"},
		{"accuracy", func(c *geo.OrganizationContent) { c.LocationAccuracyM = 2e7 }, geo.ErrInvalid, "location_accuracy_m"},
		{"crs", func(c *geo.OrganizationContent) { c.SourceCRS = strings.Repeat("x", 41) }, geo.ErrInvalid, "source_crs"},
	}
	org := s.create(t, content("柳东"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := content("x")
			test.edit(&c)
			_, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "a")
			wantError(t, err, test.kind, test.field)
			_, _, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, c, s.today, s.today, "a")
			wantError(t, err, test.kind, test.field)
		})
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.organization`); n != 2 {
		t.Errorf("%d organizations after refusals, want 2", n)
	}
}

func TestDivisionMustExistOnTheDay(t *testing.T) {
	s := newSetup(t)
	_, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("x"), since("2019-12-31"), "a")
	wantError(t, err, geo.ErrInvalid, "division")
	_, _, err = s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("x"), geo.DayRange{From: 5, To: 5}, "a")
	wantError(t, err, geo.ErrInvalid, "valid_from")
}

func TestTree(t *testing.T) {
	s := newSetup(t)
	top := s.create(t, content("top"))
	below := func(name string, parent geo.ID) geo.Organization {
		c := content(name)
		c.Parent = parent
		return s.create(t, c)
	}
	middle := below("middle", top.ID)
	leaf := below("leaf", middle.ID)
	other := s.create(t, content("other"))
	path := func(id geo.ID) string {
		return queryOne[string](t, s, `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and valid @> $2::date`, id, s.today.Time())
	}
	if want := fmt.Sprintf("%d.%d.%d", top.ID, middle.ID, leaf.ID); path(leaf.ID) != want {
		t.Errorf("path %s, want %s", path(leaf.ID), want)
	}
	_, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), middle.ID, 1, s.today, "a")
	wantError(t, err, geo.ErrConflict, "")
	for _, parent := range []geo.ID{leaf.ID, middle.ID, top.ID} {
		c := content("top")
		c.Parent = parent
		_, _, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), top.ID, 1, c, s.today, s.today, "a")
		wantError(t, err, geo.ErrInvalid, "parent")
	}
	c := content("middle")
	c.Parent = other.ID
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), middle.ID, 1, c, s.today, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d.%d.%d", other.ID, middle.ID, leaf.ID); path(leaf.ID) != want {
		t.Errorf("path after the move %s, want %s", path(leaf.ID), want)
	}
}

// TestTreeHasNoCircleOnLaterDays: a superior may become a subordinate on a day to come.
func TestTreeHasNoCircleOnLaterDays(t *testing.T) {
	s := newSetup(t)
	a, b := s.create(t, content("a")), s.create(t, content("b"))
	under := content("b")
	under.Parent = a.ID
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), b.ID, 1, under, s.today+30, s.today, "x"); err != nil {
		t.Fatal(err)
	}
	below := content("c")
	below.Parent = b.ID
	c := s.create(t, below)
	for _, parent := range []geo.ID{b.ID, c.ID} {
		moved := content("a")
		moved.Parent = parent
		_, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), a.ID, 1, moved, s.today, s.today, "x")
		wantError(t, err, geo.ErrInvalid, "parent")
	}
}

func TestConcurrentMovesCloseNoCircle(t *testing.T) {
	s := newSetup(t)
	a, b := s.create(t, content("a")), s.create(t, content("b"))
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, pair := range [][2]geo.ID{{a.ID, b.ID}, {b.ID, a.ID}} {
		wg.Go(func() {
			c := content("moved")
			c.Parent = pair[1]
			_, _, errs[i] = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), pair[0], 1, c, s.today, s.today, "x")
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("exactly one move must succeed: %v, %v", errs[0], errs[1])
	}
}

func TestConcurrentWritersOneWins(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("x"))
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, _, errs[i] = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content(fmt.Sprint("writer ", i)), s.today, s.today, "x")
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantError(t, err, geo.ErrStale, "")
	}
	if won != 1 {
		t.Errorf("%d writers won, want 1", won)
	}
}

// TestHiddenSuperior: the id of a superior is told to those only who see the superior, or administer what is below.
func TestHiddenSuperior(t *testing.T) {
	s := newSetup(t)
	draft := content("hidden")
	draft.Status = geo.StatusDraft
	hidden, public := s.create(t, draft), s.create(t, content("public"))
	for _, c := range []struct {
		name   string
		parent geo.ID
		see    func(below geo.ID) geo.Scope
		want   geo.ID
	}{
		{"everyone, of a public one", public.ID, func(geo.ID) geo.Scope { return geo.Scope{} }, public.ID},
		{"everyone, of a hidden one", hidden.ID, func(geo.ID) geo.Scope { return geo.Scope{} }, 0},
		{"a stranger", hidden.ID, func(geo.ID) geo.Scope { return geo.Scope{Roots: []geo.ID{public.ID}} }, 0},
		{"who administers it", hidden.ID, func(below geo.ID) geo.Scope { return geo.Scope{Roots: []geo.ID{below}} }, hidden.ID},
		{"who administers the superior", hidden.ID, func(geo.ID) geo.Scope { return geo.Scope{Roots: []geo.ID{hidden.ID}} }, hidden.ID},
		{"everywhere", hidden.ID, func(geo.ID) geo.Scope { return geo.Everywhere() }, hidden.ID},
	} {
		t.Run(c.name, func(t *testing.T) {
			below := s.below(t, c.parent)
			org, err := s.Organization(t.Context(), c.see(below.ID), below.ID)
			if err != nil || org.Parent != c.want {
				t.Errorf("superior %d, %v; want %d", org.Parent, err, c.want)
			}
			versions, err := s.OrganizationVersions(t.Context(), c.see(below.ID), below.ID)
			if err != nil || len(versions) != 1 || versions[0].Parent != c.want {
				t.Errorf("%+v, %v; want the superior %d", versions, err, c.want)
			}
		})
	}
}
