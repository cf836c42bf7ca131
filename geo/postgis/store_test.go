package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// TestWriteWithoutPosition: what is committed is not answered as failed.
func TestWriteWithoutPosition(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `alter table jingwei.feed rename to feed_away`)
	org, at, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("one"), since("2023-06-30"), "a")
	if err != nil || org.ID == 0 || at.Epoch != "" {
		t.Fatalf("created %+v at %v, %v", org, at, err)
	}
	org, at, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("two"), s.today, s.today, "a")
	if err != nil || org.Name != "two" || org.Version != 2 || at.Epoch != "" {
		t.Errorf("replaced %+v at %v, %v", org, at, err)
	}
	at, err = s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 2, s.today, "a")
	if err != nil || at.Epoch != "" {
		t.Errorf("retired at %v, %v", at, err)
	}
}

// TestInfiniteDays: PostgreSQL tells an open end from infinity, and no day number stands for the latter.
func TestInfiniteDays(t *testing.T) {
	s := newSetup(t)
	s.create(t, content("one"))
	conn := s.connect(t)
	for _, table := range []string{"organization_version", "division"} {
		for _, days := range []string{"[2020-01-01,infinity)", "[-infinity,2020-01-01)", "[-infinity,infinity]", "[-infinity,)", "(,infinity)"} {
			_, err := conn.Exec(t.Context(), fmt.Sprintf(`update jingwei.%s set valid = '%s'`, table, days))
			if err == nil {
				t.Errorf("%s of %s is taken", days, table)
				continue
			}
			wantError(t, postgis.Explain(err), geo.ErrInvalid, "valid_from")
		}
		for _, days := range []string{"[2020-01-01,)", "(,2030-01-01)", "(,)"} {
			if _, err := conn.Exec(t.Context(), fmt.Sprintf(`update jingwei.%s set valid = '%s'`, table, days)); err != nil {
				t.Errorf("%s of %s: %v", days, table, err)
			}
		}
	}
}

func TestTextThatCannotBeStored(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	for _, text := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
		for name, edit := range map[string]func(c *geo.OrganizationContent){
			"code":    func(c *geo.OrganizationContent) { c.Code = text },
			"kind":    func(c *geo.OrganizationContent) { c.Kind = text },
			"level":   func(c *geo.OrganizationContent) { c.Level = text },
			"name":    func(c *geo.OrganizationContent) { c.Name = text },
			"uscc":    func(c *geo.OrganizationContent) { c.USCC = text },
			"address": func(c *geo.OrganizationContent) { c.Address = text },
		} {
			c := content("x")
			edit(&c)
			_, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "a")
			wantKind(t, name, err)
			_, _, err = s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, c, s.today, s.today, "a")
			wantKind(t, name, err)
			if c.Code == "" {
				c.Code = "L1"
			}
			_, err = s.LoadOrganizations(t.Context(), []geo.OrganizationContent{c}, since("2023-06-30"), "a", nil)
			wantKind(t, name, err)
		}
	}
}

func TestConnectionsStayBelowTheServersLimit(t *testing.T) {
	for _, cores := range []int{1, 2, 4, 8, 16, 64, 256} {
		for _, configured := range []int32{1, 4, 64, 500} {
			public, all, gate := postgis.PoolSizes(configured, cores)
			if total := all + 1; total > 40 || public < 4 {
				t.Errorf("%d cores, %d configured: %d connections, %d of the public's", cores, configured, total, public)
			}
			if gate < 1 || int32(gate) > public/2 {
				t.Errorf("%d cores: %d slow reads", cores, gate)
			}
		}
	}
}

// TestFeedHasItsOwnConnection: the feed goes on while every other connection is in use.
func TestFeedHasItsOwnConnection(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	org := s.create(t, content("one"))
	defer s.HoldAll(t)()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	batch, err := r.feed.Next(ctx, r.layer, r.at)
	if err != nil || len(batch.Points) != 1 || batch.Points[0].ID != org.ID {
		t.Errorf("batch %+v, %v", batch, err)
	}
}

// TestSlowReadsWait: searches and tiles leave connections to others, and say so when they wait for long.
func TestSlowReadsWait(t *testing.T) {
	s := newSetup(t)
	reads := map[string]func(ctx context.Context) error{
		"tile": func(ctx context.Context) error {
			_, err := s.DivisionTile(ctx, geo.Province, 0, 0, 0, s.today)
			return err
		},
		"search divisions": func(ctx context.Context) error { _, err := s.SearchDivisions(ctx, "柳", 0, 3, s.today); return err },
	}
	leave := s.HoldGate(t, 10*time.Millisecond)
	for name, read := range reads {
		t.Run(name, func(t *testing.T) { wantError(t, read(t.Context()), geo.ErrUnavailable, "") })
	}
	s.create(t, content("one"))
	leave()
	for name, read := range reads {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// wantKind checks that a text was refused as wrong input.
func wantKind(t *testing.T, name string, err error) {
	t.Helper()
	if !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("%s: error %v, want %v", name, err, geo.ErrInvalid)
	}
}
