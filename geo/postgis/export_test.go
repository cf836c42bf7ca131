package postgis

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// OpenAs gives tests a store that lacks one of the two lines of defence, or both. Without the database's it asks for
// everything as the owner, of the tables.
func OpenAs(ctx context.Context, url string, predicate, database bool) (*Store, error) {
	find := assumableRoles
	if !database {
		find = func(context.Context, *pgx.ConnConfig) (roles, error) { return nil, nil }
	}
	s, err := open(ctx, url, slog.New(slog.DiscardHandler), find)
	if err == nil {
		s.bare = bare{predicate: !predicate, views: !database}
	}
	return s, err
}

// Ask gives tests the rows that a statement of a read with the scope gets, as text; {visible v} is what the store adds.
func (s *Store) Ask(ctx context.Context, see geo.Scope, sql string, args ...any) (rows []string, err error) {
	err = s.read(ctx, see, func(v sight) error {
		found, err := v.Query(ctx, v.sql(sql), args...)
		if err != nil {
			return err
		}
		rows, err = pgx.AppendRows([]string{}, found, pgx.RowTo[string])
		return err
	})
	return rows, err
}

// AskWithin is Ask in a transaction that may write within the scope.
func (s *Store) AskWithin(ctx context.Context, in geo.Scope, sql string, args ...any) (rows []string, err error) {
	err = s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		rows, err = pgx.AppendRows([]string{}, found, pgx.RowTo[string])
		return err
	})
	return rows, err
}

// ExplainChildren returns the plan of a page of OrganizationChildren.
func (s *Store) ExplainChildren(ctx context.Context, see geo.Scope, parent geo.ID, day geo.Day) (plan []string, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.Query(ctx, "explain (costs off) "+v.below(sqlOrganizationChildren, parent), v.scope, parent, int32(day), "", geo.ID(0), 100)
		if err != nil {
			return err
		}
		plan, err = pgx.AppendRows(plan, rows, pgx.RowTo[string])
		return err
	})
	return plan, err
}

// ExplainLocations returns the plan of a page of Locations.
func (s *Store) ExplainLocations(ctx context.Context, see geo.Scope, q geo.LocationQuery) (plan []string, err error) {
	err = s.read(ctx, see, func(v sight) error {
		text, args := v.locations(see, q, s.today())
		rows, err := v.Query(ctx, "explain (costs off) "+text, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
		if err != nil {
			return err
		}
		plan, err = pgx.AppendRows(plan, rows, pgx.RowTo[string])
		return err
	})
	return plan, err
}

// ReadPanics panics in the middle of a read.
func (s *Store) ReadPanics(ctx context.Context, see geo.Scope) {
	_ = s.read(ctx, see, func(sight) error { panic("read") })
}

// AskIndex is Ask as the feed reads.
func (s *Store) AskIndex(ctx context.Context, sql string) (rows []string, err error) {
	found, err := s.feed.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]string{}, found, pgx.RowTo[string])
}

// Keys gives tests the search keys of a name.
func Keys(name string) (letters, initials string, grams []string) {
	k := newRomanizer().keys(name)
	return k.letters, k.initials, k.grams
}

// PlaceReadings gives tests the places that are not read as their characters are, and LongestPlace how long they may be.
func PlaceReadings() map[string]string { return placeReadings() }

const LongestPlace = longestPlace

// Needles gives tests what search looks for among the grams.
func Needles(word string) []string { return needles(word) }

// Explain gives tests the mapping of the server's errors.
func Explain(err error) error { return explain(err) }

// PoolSizes gives tests how many connections a store has, for requests and in all, and how many slow reads run at once in
// the smaller of the two pools for requests.
func PoolSizes(configured int32, cores int) (public, all int32, slow int) {
	public, scoped := poolSize(configured, cores, publicConns), poolSize(configured, cores, scopedConns)
	return public, public + scoped + officeConns + ownerConns + feedConns, slowReads(scoped)
}

// HoldAll takes every connection of the store but those of the feed until the function that it returns is called.
func (s *Store) HoldAll(t testing.TB) func() {
	t.Helper()
	_, release := s.hold(t)
	return release
}

// Connections returns what every connection for requests is when it is not in use: its role and its scopes.
func (s *Store) Connections(t testing.TB) map[string]int {
	t.Helper()
	held, release := s.hold(t)
	defer release()
	sessions := map[string]int{}
	for _, conn := range held {
		var is string
		err := conn.QueryRow(t.Context(), `select format('%s %s/%s', current_user, jingwei.scope(), jingwei.write_scope())`).Scan(&is)
		if err != nil {
			t.Fatal(err)
		}
		sessions[is]++
	}
	return sessions
}

func (s *Store) hold(t testing.TB) ([]*pgxpool.Conn, func()) {
	t.Helper()
	var held []*pgxpool.Conn
	for _, pool := range []*pgxpool.Pool{s.public.Pool, s.scoped.Pool, s.offices.Pool, s.owner} {
		for range pool.Config().MaxConns {
			conn, err := pool.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
	}
	return held, func() {
		for _, conn := range held {
			conn.Release()
		}
	}
}

// HoldGate takes every place for slow reads, and lets others wait only so long, until the function that it returns is
// called.
func (s *Store) HoldGate(t testing.TB, patience time.Duration) func() {
	t.Helper()
	var leave []func()
	for _, g := range []*gate{s.public.slow, s.scoped.slow, s.offices.slow} {
		g.patience = patience
		for range cap(g.places) {
			f, err := g.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, f)
		}
	}
	return func() {
		for _, f := range leave {
			f()
		}
	}
}

// DivisionsAtSQL gives tests the statement of DivisionsAt, to look at its plan.
const DivisionsAtSQL = sqlDivisionsAt

// The statements that find out who asks, to look at their plans.
const (
	AuthorityOfSessionSQL = sqlAuthorityOfSession
	AuthorityOfTokenSQL   = sqlAuthorityOfToken
)

// AuditQuestion gives tests the statement of AuditEntries, to look at its plan.
func AuditQuestion(scope geo.Scope, q geo.AuditQuery) (sql string, args []any) {
	s := auditQuestion(scope, q)
	return s.text.String(), s.args
}

// AccountTops gives tests the organizations below which Accounts looks.
func (s *Store) AccountTops(ctx context.Context, q geo.AccountQuery) ([]geo.ID, error) {
	return s.tops(ctx, q)
}

// HoldFilters is HoldGate for filters.
func (s *Store) HoldFilters(t testing.TB, patience time.Duration) func() {
	t.Helper()
	g := s.public.filters
	g.patience = patience
	for range cap(g.places) {
		if _, err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for range cap(g.places) {
			<-g.places
		}
	}
}

// SetFilterPatience lets a statement for a filter take only so long.
func (s *Store) SetFilterPatience(d time.Duration) { s.filterPatience = d }

// SetTileTimeout sets how long the making of one polygon tile may take.
func (s *Store) SetTileTimeout(most time.Duration) { s.tileTimeout = most }
