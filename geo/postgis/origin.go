package postgis

import (
	"context"
	"crypto/sha256"
	"fmt"
)

// In recovery there is no position to write at, and so no name of a file that says the timeline.
const sqlOrigin = `
select (select s.system_identifier from pg_control_system() s),
       (select d.oid from pg_database d where d.datname = current_database()),
       case when pg_is_in_recovery() then (select p.timeline_id from pg_control_checkpoint() p)
            else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end,
       (select max(g.version_id) from jingwei.goose_db_version g where g.is_applied)`

// Origin names everything but the position of the feed that the rows of a point layer come from: the cluster, its timeline,
// the database, the version of its schema and what is asked of it. Rows that were kept elsewhere are still true only when it
// is the same; then Next tells what changed since. A layer without points is geo.ErrNotFound.
func (f *Feed) Origin(ctx context.Context, layer string) (string, error) {
	source, err := pointSourceOf(layer)
	if err != nil {
		return "", err
	}
	var system, schema int64
	var database, timeline uint32
	if err := f.store.owner.QueryRow(ctx, sqlOrigin).Scan(&system, &database, &timeline, &schema); err != nil {
		return "", fmt.Errorf("origin of %s: %w", layer, explain(err))
	}
	asked := sha256.Sum256([]byte(source.all + source.beside + source.ids))
	return fmt.Sprintf("system %d, timeline %d, database %d, schema %d, query %x", uint64(system), timeline, database, schema, asked[:8]), nil
}
