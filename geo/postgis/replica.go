package postgis

import (
	"context"
	"fmt"
)

const sqlLogPosition = `
select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0'::pg_lsn`

// LogPosition returns how far the write-ahead log goes, in bytes: what a primary has written, what a replica has
// replayed. A replica whose number is not below what its primary had at a moment shows everything that was committed then.
func (s *Store) LogPosition(ctx context.Context) (int64, error) {
	var at int64
	if err := s.owner.QueryRow(ctx, sqlLogPosition).Scan(&at); err != nil {
		return 0, fmt.Errorf("position in the write-ahead log: %w", explain(err))
	}
	return at, nil
}

const sqlLife = `select jingwei.database_life()`

// Life names the database and its cluster: a primary and its replicas have the same, a copy by dump another.
func (s *Store) Life(ctx context.Context) (string, error) {
	var life string
	if err := s.owner.QueryRow(ctx, sqlLife).Scan(&life); err != nil {
		return "", fmt.Errorf("which database: %w", explain(err))
	}
	return life, nil
}
