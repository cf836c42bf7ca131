package postgis

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// VerifyAudit checks every entry and every seal against the chain: whatever was altered, removed, inserted or put into
// another order since it was sealed is a fault of the report, and so is a seal that is not what it was or is missing. That
// the end of the chain was cut off shows only against an expected head, noted before; the zero head expects nothing. What
// waits for its seal is counted. It reads everything, in one snapshot, and keeps little in memory; progress is told the
// seals. The error is about the check itself: faults are none.
func (s *Store) VerifyAudit(ctx context.Context, expected geo.AuditHead, progress Progress) (geo.AuditReport, error) {
	v := verification{expected: expected, progress: progress, previous: make([]byte, 32), next: 1}
	err := pgx.BeginTxFunc(ctx, s.owner, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return v.run(ctx, tx)
	})
	if err != nil {
		return geo.AuditReport{}, fmt.Errorf("verify audit: %w", explain(err))
	}
	return v.report, nil
}

// verification is one walk along the chain.
type verification struct {
	report   geo.AuditReport
	expected geo.AuditHead
	progress Progress
	total    int64
	next     int64  // number of the seal that comes next
	previous []byte // hash of the seal before it
	sealed   idSet
	last     seal
}

func (v *verification) fault(seal int64, format string, args ...any) {
	v.report.FaultCount++
	if len(v.report.Faults) < geo.MostAuditFaults {
		v.report.Faults = append(v.report.Faults, geo.AuditFault{Seal: seal, Message: fmt.Sprintf(format, args...)})
	}
}

func (v *verification) run(ctx context.Context, tx pgx.Tx) error {
	if err := tx.QueryRow(ctx, `select coalesce(max(n), 0) from jingwei.audit_seal`).Scan(&v.total); err != nil {
		return err
	}
	for after := int64(math.MinInt64); ; {
		page, err := readSeals(ctx, tx, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		if err := v.checkPage(ctx, tx, page); err != nil {
			return err
		}
		after = page[len(page)-1].n
		if v.progress != nil {
			v.progress(int(after), int(v.total))
		}
	}
	v.checkHead()
	return v.checkOutside(ctx, tx)
}

// verifyRows is about how many rows one step of a check reads.
const verifyRows = 20_000

const sqlSealPage = `
select p.n, p.at, p.ids::text, p.entries, p.life, p.snapshot::text, p.previous, p.hash
from (select s.*, sum(s.entries) over (order by s.n) as through
      from (select * from jingwei.audit_seal where n > $1 order by n limit 1000) s) p
where p.through - p.entries < $2
order by p.n`

func readSeals(ctx context.Context, tx pgx.Tx, after int64) (page []seal, err error) {
	rows, err := tx.Query(ctx, sqlSealPage, inBinary(), after, verifyRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		page = append(page, seal{n: bigint(raw[0]), at: bytes.Clone(raw[1]), ids: string(raw[2]), entries: integer(raw[3]),
			life: string(raw[4]), snapshot: string(raw[5]), previous: bytes.Clone(raw[6]), hash: bytes.Clone(raw[7])})
	}
	return page, rows.Err()
}

const sqlSealedRows = `
select s.n, ` + auditColumns + `
from jingwei.audit_seal s
cross join lateral unnest(s.ids) r (ids)
join jingwei.audit a on a.id >= lower(r.ids) and a.id < upper(r.ids)
where s.n between $1 and $2
order by s.n, a.id`

// checkPage checks seals that follow each other, with their rows.
func (v *verification) checkPage(ctx context.Context, tx pgx.Tx, page []seal) error {
	rows, err := tx.Query(ctx, sqlSealedRows, inBinary(), page[0].n, page[len(page)-1].n)
	if err != nil {
		return err
	}
	defer rows.Close()
	more := rows.Next()
	for _, s := range page {
		h, found := newSealHash(), int32(0)
		var spans []idSpan
		for ; more && bigint(rows.RawValues()[0]) == s.n; more = rows.Next() {
			raw := rows.RawValues()[1:]
			h.row(raw)
			spans = appendID(spans, bigint(raw[0]))
			found++
		}
		v.checkSeal(s, h, found, spans)
	}
	return rows.Err()
}

// checkSeal checks a seal, of whose rows so many were found and taken into h, and its place in the chain.
func (v *verification) checkSeal(s seal, h sealHash, found int32, spans []idSpan) {
	v.report.Entries += int64(found)
	v.report.Seals++
	if s.n != v.next {
		v.fault(s.n, "seal %d follows seal %d: those between were removed", s.n, v.next-1)
	} else if !bytes.Equal(s.previous, v.previous) {
		v.fault(s.n, "seal %d does not hold the hash of the seal before it", s.n)
	}
	v.next, v.previous, v.last = s.n+1, s.hash, s
	switch {
	case bytes.Equal(s.hash, h.close(s)):
	case found < s.entries:
		v.fault(s.n, "%d of the %d entries of seal %d (%s) were removed", s.entries-found, s.entries, s.n, abridge(s.ids))
	case found > s.entries:
		v.fault(s.n, "%d entries were inserted among the %d of seal %d (%s)", found-s.entries, s.entries, s.n, abridge(s.ids))
	default:
		v.fault(s.n, "seal %d or one of its %d entries (%s) was altered", s.n, s.entries, abridge(s.ids))
	}
	for _, span := range spans {
		if !v.sealed.add(span) {
			v.fault(s.n, "entries of seal %d are in another seal too", s.n)
		}
	}
	if v.expected.N == s.n && !bytes.Equal(v.expected.Hash[:], s.hash) {
		v.fault(s.n, "seal %d is not the one that was noted as the head", s.n)
	}
}

// abridge shortens what may list thousands of ids.
func abridge(ids string) string {
	const most = 60
	if len(ids) <= most {
		return ids
	}
	return ids[:most] + "…"
}

// checkHead compares the end of the chain with the head that was noted.
func (v *verification) checkHead() {
	v.report.Head.N = v.last.n
	copy(v.report.Head.Hash[:], v.last.hash)
	if v.expected.N > v.last.n {
		v.fault(v.last.n, "the chain ends at seal %d, while %d was noted as the head: its end was removed, or an older backup restored", v.last.n, v.expected.N)
	}
}
