package postgis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"jingwei/geo"
)

const sqlWaiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

// TestTilesEnd: a tile that takes too long is given up, and one that nobody waits for any more leaves PostgreSQL at once.
func TestTilesEnd(t *testing.T) {
	s := newEmptySetup(t)
	day := s.today
	for name, draw := range map[string]func(context.Context) error{
		"grids":         func(ctx context.Context) error { _, _, err := s.GridTile(ctx, 9, 0, 0, day); return err },
		"jurisdictions": func(ctx context.Context) error { _, _, err := s.JurisdictionTile(ctx, 9, 0, 0, day); return err },
		"divisions":     func(ctx context.Context) error { _, err := s.DivisionTile(ctx, geo.Province, 9, 0, 0, day); return err },
		"lines":         func(ctx context.Context) error { _, err := s.BoundaryLineTile(ctx, 9, 0, 0); return err },
	} {
		unlock := s.lockAreas(t, draw)
		s.SetTileTimeout(20 * time.Millisecond)
		if err := draw(t.Context()); !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("%s that take too long: %v", name, err)
		}
		unlock()
		s.SetTileTimeout(time.Minute)
		unlock = s.lockAreas(t, draw)
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- draw(ctx) }()
		s.until(t, func() bool { return queryOne[int64](t, s, sqlWaiting) == 1 })
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("%s that nobody waits for: %v", name, err)
		}
		s.until(t, func() bool { return queryOne[int64](t, s, sqlWaiting) == 0 })
		unlock()
	}
}

// lockAreas lets tiles wait until unlock is called. One is drawn before, since a statement that is not prepared yet waits
// before its time begins to count.
func (s setup) lockAreas(t *testing.T, draw func(context.Context) error) (unlock func()) {
	t.Helper()
	if err := draw(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn := s.connect(t)
	unlock = func() { _ = conn.Close(context.WithoutCancel(t.Context())) }
	t.Cleanup(unlock)
	if _, err := conn.Exec(t.Context(), `begin; lock table jingwei.grid, jingwei.organization_version, jingwei.division_shape, jingwei.boundary_line in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	return unlock
}

// until looks again and again until something holds.
func (s setup) until(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(20 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it never holds")
		}
	}
}
