package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// sealRows is the most rows of one seal, so that a check holds little in memory.
const sealRows = 10_000

const (
	// Nothing is sealed on a replica.
	sqlLockSeals = `
select case when pg_is_in_recovery() then false else pg_try_advisory_lock(hashtextextended('jingwei audit seal', 0)) end`
	sqlUnlockSeals = `select pg_advisory_unlock(hashtextextended('jingwei audit seal', 0))`
)

// SealAudit seals the entries that are committed and not sealed yet, and returns how many these were. Call it each
// second on every node: while one is at it, the others do nothing, and neither does a replica. Entries of a transaction
// that is still open are sealed after it ends. A call that is broken off has sealed nothing.
func (s *Store) SealAudit(ctx context.Context) (sealed int, err error) {
	conn, err := s.owner.Acquire(ctx)
	if err != nil {
		return 0, fmt.Errorf("seal audit: %w", explain(err))
	}
	defer conn.Release()
	mine := false
	if err := conn.QueryRow(ctx, sqlLockSeals).Scan(&mine); err != nil || !mine {
		return 0, wrapSeal(err)
	}
	defer unlockSeals(ctx, conn)
	// All statements of the transaction see the snapshot that goes into the seal.
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		sealed, err = sealAll(ctx, tx)
		return err
	})
	if err != nil {
		return 0, wrapSeal(err)
	}
	return sealed, nil
}

func wrapSeal(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("seal audit: %w", explain(err))
}

// unlockSeals gives the lock back; a connection that cannot must not return to the pool.
func unlockSeals(ctx context.Context, conn *pgxpool.Conn) {
	ctx = context.WithoutCancel(ctx)
	if _, err := conn.Exec(ctx, sqlUnlockSeals); err != nil {
		_ = conn.Conn().Close(ctx)
	}
}

const sqlSealState = `
select coalesce(s.n, 0), coalesce(s.hash, decode(repeat('00', 32), 'hex')), coalesce(s.life, ''), coalesce(s.snapshot::text, ''),
       jingwei.database_life(), pg_current_snapshot()::text, clock_timestamp()
from (values (1)) one
left join lateral (select * from jingwei.audit_seal order by n desc limit 1) s on true`

// sealState is where the chain ends, and what the sealer sees.
type sealState struct {
	last seal
	next seal // the first that will be written; previous, at, life and snapshot hold for all of them
}

func readSealState(ctx context.Context, tx pgx.Tx) (st sealState, err error) {
	rows, err := tx.Query(ctx, sqlSealState, inBinary())
	if err != nil {
		return st, err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		st.last = seal{n: bigint(raw[0]), hash: append([]byte(nil), raw[1]...), life: string(raw[2]), snapshot: string(raw[3])}
		st.next = seal{n: st.last.n + 1, previous: st.last.hash, life: string(raw[4]), snapshot: string(raw[5]), at: append([]byte(nil), raw[6]...)}
	}
	return st, rows.Err()
}

const (
	// Rows of transactions that the last seal did not see.
	sqlUnsealed = `
select ` + auditColumns + `
from jingwei.audit a
where (a.xid >= $1 or a.xid = any($2))
  and not exists (select from jingwei.audit_seal s where s.ids @> a.id)
order by a.id`
	// The same without trust in transaction ids, which mean nothing in another database than that of the last seal.
	sqlUnsealedAnywhere = `
with gap as (
    select unnest('{(,)}'::int8multirange - coalesce(range_agg(s.ids), '{}'::int8multirange)) as ids from jingwei.audit_seal s)
select ` + auditColumns + `
from gap
join jingwei.audit a on a.id >= coalesce(lower(gap.ids), -9223372036854775808) and a.id < coalesce(upper(gap.ids), 9223372036854775807)
order by a.id`
)

func sealAll(ctx context.Context, tx pgx.Tx) (int, error) {
	st, err := readSealState(ctx, tx)
	if err != nil {
		return 0, err
	}
	rows, err := unsealed(ctx, tx, st)
	if err != nil {
		return 0, err
	}
	seals, n, err := computeSeals(rows, st.next)
	if err != nil || n == 0 {
		return 0, err
	}
	return n, writeSeals(ctx, tx, seals)
}

func unsealed(ctx context.Context, tx pgx.Tx, st sealState) (pgx.Rows, error) {
	if st.last.life != st.next.life {
		return tx.Query(ctx, sqlUnsealedAnywhere, inBinary())
	}
	seen, err := geo.ParseSnapshot(st.last.snapshot)
	if err != nil {
		return nil, err
	}
	running := seen.InProgress
	if running == nil {
		running = []uint64{}
	}
	return tx.Query(ctx, sqlUnsealed, inBinary(), seen.Xmax, running)
}

// computeSeals reads the rows and returns the seals over them, of at most sealRows rows each, and the number of rows.
func computeSeals(rows pgx.Rows, next seal) (seals []seal, n int, err error) {
	defer rows.Close()
	h, spans := newSealHash(), []idSpan(nil)
	finish := func() {
		next.ids = formatSpans(spans)
		next.hash = h.close(next)
		seals = append(seals, next)
		next.n, next.previous, next.entries = next.n+1, next.hash, 0
		h, spans = newSealHash(), nil
	}
	for rows.Next() {
		raw := rows.RawValues()
		h.row(raw)
		spans = appendID(spans, bigint(raw[0]))
		next.entries++
		n++
		if next.entries == sealRows {
			finish()
		}
	}
	if next.entries > 0 {
		finish()
	}
	return seals, n, rows.Err()
}

const sqlWriteSeal = `
insert into jingwei.audit_seal (n, at, ids, entries, life, snapshot, previous, hash)
values ($1, $2, $3::text::int8multirange, $4, $5, $6::text::pg_snapshot, $7, $8)`

func writeSeals(ctx context.Context, tx pgx.Tx, seals []seal) error {
	batch := &pgx.Batch{}
	for _, s := range seals {
		batch.Queue(sqlWriteSeal, s.n, instant(s.at), s.ids, s.entries, s.life, s.snapshot, s.previous, s.hash)
	}
	return tx.SendBatch(ctx, batch).Close()
}

const sqlAuditHead = `
select coalesce(last.n, 0), coalesce(last.hash, ''), $1 = 0 or exists (select from jingwei.audit_seal s where s.n = $1 and s.hash = $2)
from (values (1)) one
left join lateral (select * from jingwei.audit_seal order by n desc limit 1) last on true`

// AuditHead returns the last seal, the zero head when there is none, and whether the chain still holds the one that the
// caller knows; the zero head is in every chain.
func (s *Store) AuditHead(ctx context.Context, known geo.AuditHead) (head geo.AuditHead, holds bool, err error) {
	var hash []byte
	if err := s.owner.QueryRow(ctx, sqlAuditHead, known.N, known.Hash[:]).Scan(&head.N, &hash, &holds); err != nil {
		return geo.AuditHead{}, false, fmt.Errorf("head of the audit: %w", explain(err))
	}
	copy(head.Hash[:], hash)
	return head, holds, nil
}
