package postgis

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

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

// PoolSizes gives tests how many connections a store has, for itself and for the feed, and how many slow reads run.
func PoolSizes(configured int32, cores int) (pool, feed int32, slow int) {
	pool = poolSize(configured, cores)
	return pool, feedConns, slowReads(pool)
}

// HoldAll takes every connection of the store until the function that it returns is called.
func (s *Store) HoldAll(t testing.TB) func() {
	t.Helper()
	held := make([]*pgxpool.Conn, s.pool.Config().MaxConns)
	for i := range held {
		conn, err := s.pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held[i] = conn
	}
	return func() {
		for _, conn := range held {
			conn.Release()
		}
	}
}

// HoldGate takes every place for slow reads, and lets others wait only so long, until the function that it returns is
// called.
func (s *Store) HoldGate(t testing.TB, patience time.Duration) func() {
	t.Helper()
	s.slow.patience = patience
	leave := make([]func(), cap(s.slow.places))
	for i := range leave {
		var err error
		if leave[i], err = s.slow.enter(t.Context()); err != nil {
			t.Fatal(err)
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
