package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"jingwei/geo"
)

// sight is what a read may look at: what everyone sees, and what lies in a scope. Each statement says itself what it may
// show; should it not, the database holds: the views of what is public have nothing else, and the policies of the tables
// let nothing through that is neither public nor in the scope.
type sight struct {
	querier
	scope  string // geo.Scope.Key
	public bool   // nothing but what everyone sees
	bare   bare
}

// bare takes one of the two lines of defence away, for tests that see the other hold.
type bare struct {
	predicate bool // statements do not say what they may show
	views     bool // tables are read instead of views
}

const sqlScope = `select set_config('jingwei.scope', $1, true)`

// lane returns the connections that a read with the scope uses.
func (s *Store) lane(see geo.Scope) *lane {
	if see.Empty() {
		return s.public
	}
	return s.scoped
}

// sightOf returns what a read with the scope may look at, without what it reads from.
func (s *Store) sightOf(see geo.Scope) sight {
	return sight{scope: see.Key(), public: see.Empty(), bare: s.bare}
}

// read runs f with what a scope lets see.
func (s *Store) read(ctx context.Context, see geo.Scope, f func(v sight) error) error {
	v := s.sightOf(see)
	if v.public {
		v.querier = s.public
		return f(v)
	}
	return pgx.BeginTxFunc(ctx, s.scoped, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlScope, v.scope); err != nil {
			return err
		}
		v.querier = tx
		return f(v)
	})
}

const sqlWriteScope = `select set_config('jingwei.scope', '*', true), set_config('jingwei.write_scope', $1, true)`

// write runs f in a transaction that writes no organization and no report, and names the faults of the input.
func (s *Store) write(ctx context.Context, f func(tx pgx.Tx) error) error {
	return s.writeWithin(ctx, geo.Scope{}, f)
}

// writeWithin runs f in a transaction that may write organizations and reports within the scope. It sees everything, since
// the rules hold for what is hidden too (a circle of superiors, a code that is taken): f must not show it.
func (s *Store) writeWithin(ctx context.Context, in geo.Scope, f func(tx pgx.Tx) error) error {
	return explain(pgx.BeginFunc(ctx, s.scoped, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlWriteScope, in.Key()); err != nil {
			return err
		}
		return f(tx)
	}))
}

// Whoever only tries waits for nobody for long, so that no deadlock ends the work of those who write: they wait longer.
const (
	sqlHurry     = `set local lock_timeout = '50ms'`
	tries        = 8
	betweenTries = 100 * time.Millisecond
)

// tryWithin runs f as writeWithin does, of one moment, and keeps nothing. f runs again when others wrote to the same rows meanwhile; in
// the end that is geo.ErrUnavailable.
func (s *Store) tryWithin(ctx context.Context, in geo.Scope, f func(tx pgx.Tx) error) error {
	for n := 1; ; n++ {
		err := s.tryOnce(ctx, in, f)
		if n == tries || !inTheWay(err) {
			return explain(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(betweenTries):
		}
	}
}

// errTried ends a transaction of which only the answer was wanted.
var errTried = errors.New("tried")

func (s *Store) tryOnce(ctx context.Context, in geo.Scope, f func(tx pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, s.scoped, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlWriteScope, in.Key()); err != nil {
			return err
		}
		if err := exec(ctx, tx, sqlHurry); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// inTheWay reports whether others were at the same rows: a serialization failure, a deadlock, or a lock that was not to be had.
func inTheWay(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && slices.Contains([]string{"40001", "40P01", "55P03"}, refused.Code)
}

// sql fills in where a statement reads from: {organizations}, {versions}, and for rows of the versions v, {visible v},
// whether they may be shown, by the parameter $1.
func (v sight) sql(text string) string {
	pairs := []string{"{organizations}", v.relation("organization"), "{versions}", v.relation("organization_version"),
		"{links}", v.relation("organization_link")}
	for _, alias := range []string{"v", "p", "c", "w"} {
		pairs = append(pairs, "{visible "+alias+"}", v.visible(alias, 1))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// relation returns where rows of a table are read from.
func (v sight) relation(table string) string {
	if v.public && !v.bare.views {
		return "jingwei.public_" + table
	}
	return "jingwei." + table
}

// searched is relation for conditions that policies would keep from the indexes; of versions only.
func (v sight) searched(table string) string {
	if v.public || v.bare.views {
		return v.relation(table)
	}
	return "jingwei.scoped_" + table
}

// visible is the condition that a version may be shown; the key of the scope is parameter n.
func (v sight) visible(alias string, n int) string {
	if v.bare.predicate {
		return fmt.Sprintf("$%d::text is not null", n)
	}
	return fmt.Sprintf("(%[1]s.status = 'active' or jingwei.within(%[1]s.path, $%[2]d))", alias, n)
}
