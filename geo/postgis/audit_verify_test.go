package postgis_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// intruder is a connection of somebody who owns the database: the triggers that keep the audit as it is are off.
func (s setup) intruder(t testing.TB) *pgx.Conn {
	t.Helper()
	conn := s.connect(t)
	for _, table := range []string{"audit", "audit_seal"} {
		if _, err := conn.Exec(t.Context(), `alter table jingwei.`+table+` disable trigger user`); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// Ways of falsifying: $1 and $2 are ids of two rows that are sealed, or the numbers of two seals. Each statement changes
// something.
func falsifications() map[string]string {
	return map[string]string{
		"time":        `update jingwei.audit set at = at + interval '1 microsecond' where id = $1 or id = $2`,
		"transaction": `update jingwei.audit set xid = (xid::text::bigint - 1)::text::xid8 where id = $1 or id = $2`,
		"account":     `update jingwei.audit set account_id = coalesce(account_id + 1, 1) where id = $1 or id = $2`,
		"no account":  `update jingwei.audit set account_id = case when account_id is null then 0 end where id = $1 or id = $2`,
		"actor":       `update jingwei.audit set actor = actor || 'x' where id = $1 or id = $2`,
		"via":         `update jingwei.audit set via = case via when 'cli' then 'system' else 'cli' end where id = $1 or id = $2`,
		"address":     `update jingwei.audit set address = address || '1' where id = $1 or id = $2`,
		"action":      `update jingwei.audit set action = action || 'x' where id = $1 or id = $2`,
		"kind":        `update jingwei.audit set kind = kind || 'x' where id = $1 or id = $2`,
		"object":      `update jingwei.audit set object_id = coalesce(object_id + 1, 1) where id = $1 or id = $2`,
		"path":        `update jingwei.audit set path = path || 1::bigint where id = $1 or id = $2`,
		"before":      `update jingwei.audit set before = case when before is null then '{}'::jsonb end where id = $1 or id = $2`,
		"after":       `update jingwei.audit set after = coalesce(after, '{}') || '{"extra": 1}' where id = $1 or id = $2`,
		"moved text":  `update jingwei.audit set action = left(action, -1), kind = right(action, 1) || kind where id = $1 or id = $2`,
		"request":     `update jingwei.audit set request_id = request_id || 'x' where id = $1 or id = $2`,
		"removed":     `delete from jingwei.audit where id = $1 or id = $2`,
		"everything":  `delete from jingwei.audit where id > 0 or $1::bigint <> $2::bigint`,
		"renumbered": `
with pair as (delete from jingwei.audit where id in ($1, $2) returning *)
insert into jingwei.audit (id, xid, at, account_id, actor, via, address, action, kind, object_id, path, before, after, request_id) overriding system value
select id + 1000000, xid, at, account_id, actor, via, address, action, kind, object_id, path, before, after, request_id from pair`,
		"inserted":        `insert into jingwei.audit (id, xid, at, actor, via, action) overriding system value select max(id) + 1000000, min(xid), min(at), 'x', 'cli', 'x' from jingwei.audit where id > 0 or $1::bigint <> $2::bigint`,
		"seal time":       `update jingwei.audit_seal set at = at - interval '1 microsecond' where n = $1 or n = $2`,
		"seal rows":       `update jingwei.audit_seal set ids = ids + '{[900000,900001)}' where n = $1 or n = $2`,
		"seal count":      `update jingwei.audit_seal set entries = entries + 1 where n = $1 or n = $2`,
		"seal life":       `update jingwei.audit_seal set life = 'x' where n = $1 or n = $2`,
		"seal snapshot":   `update jingwei.audit_seal set snapshot = '1:1:' where n = $1 or n = $2`,
		"seal previous":   `update jingwei.audit_seal set previous = decode(repeat('11', 32), 'hex') where n = $1 or n = $2`,
		"seal hash":       `update jingwei.audit_seal set hash = decode(repeat('22', 32), 'hex') where n = $1 or n = $2`,
		"seal removed":    `delete from jingwei.audit_seal where n = $1 or n = $2`,
		"seals removed":   `delete from jingwei.audit_seal where n > 0 or $1::bigint <> $2::bigint`,
		"seal renumbered": `update jingwei.audit_seal set n = n + 1000 where n = $1 or n = $2`,
		"end removed":     `with s as (delete from jingwei.audit_seal where n >= $1 or n >= $2 returning ids) delete from jingwei.audit a using s where a.id <@ s.ids`,
	}
}

// Exchanges of what two different rows, or seals, hold, whose numbers are $1 and $2.
func exchanges() map[string]string {
	const row, seal = `xid, at, account_id, actor, via, address, action, kind, object_id, path, before, after, request_id`,
		`at, ids, entries, life, snapshot, previous, hash`
	return map[string]string{
		"exchanged":       `update jingwei.audit a set (` + row + `) = (select ` + row + ` from jingwei.audit b where b.id = $1::bigint + $2::bigint - a.id) where a.id in ($1, $2)`,
		"seals exchanged": `update jingwei.audit_seal a set (` + seal + `) = (select ` + seal + ` from jingwei.audit_seal b where b.n = $1::bigint + $2::bigint - a.n) where a.n in ($1, $2)`,
	}
}

// TestVerifyFindsEveryFalsification writes a random audit, seals it here and there while transactions stay open, and
// then falsifies it in every way, what was right is found to be right, and
// every falsification is found.
func TestVerifyFindsEveryFalsification(t *testing.T) {
	s := newEmptySetup(t)
	intruder, writer := s.intruder(t), s.connect(t)
	rapid.Check(t, func(rt *rapid.T) {
		empty(t, intruder, writer)
		randomAudit(t, rt, s, writer)
		head := s.verify(t, geo.AuditHead{}, 0).Head
		s.verify(t, head, 0)
		name, sql, target := draw(rt)
		a, b := pickTwo(t, rt, s, target)
		if strings.Contains(name, "exchanged") && a == b {
			return
		}
		if _, err := intruder.Exec(t.Context(), sql, a, b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r, err := s.VerifyAudit(t.Context(), head, nil)
		if err != nil || r.FaultCount == 0 || len(r.Faults) == 0 {
			rt.Fatalf("%s of %d and %d: %+v, %v", name, a, b, r, err)
		}
	})
}

// draw picks a falsification and says which table its numbers are of.
func draw(rt *rapid.T) (name, sql, table string) {
	all := falsifications()
	maps.Copy(all, exchanges())
	name = rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, "falsification")
	table = "audit"
	if strings.Contains(name, "seal") || name == "end removed" {
		table = "audit_seal"
	}
	return name, all[name], table
}

func pickTwo(t *testing.T, rt *rapid.T, s setup, table string) (a, b int64) {
	t.Helper()
	key := "id"
	if table == "audit_seal" {
		key = "n"
	}
	keys := queryOne[[]int64](t, s, fmt.Sprintf(`select array_agg(%s order by %s) from jingwei.%s`, key, key, table))
	return rapid.SampledFrom(keys).Draw(rt, "one"), rapid.SampledFrom(keys).Draw(rt, "other")
}

// empty takes everything out of the audit, also what a run that was given up left open.
func empty(t testing.TB, intruder, writer *pgx.Conn) {
	t.Helper()
	if _, err := writer.Exec(t.Context(), `rollback`); err != nil {
		t.Fatal(err)
	}
	if _, err := intruder.Exec(t.Context(), `truncate jingwei.audit, jingwei.audit_seal restart identity`); err != nil {
		t.Fatal(err)
	}
}

// randomAudit writes entries, in transactions that overlap, and seals them now and then; in the end all are sealed.
func randomAudit(t *testing.T, rt *rapid.T, s setup, writer *pgx.Conn) {
	t.Helper()
	var long pgx.Tx
	for range rapid.IntRange(1, 12).Draw(rt, "steps") {
		switch rapid.IntRange(0, 3).Draw(rt, "step") {
		case 0:
			if _, err := s.SealAudit(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 1:
			if long == nil {
				long = writeOpen(t, writer, "long")
				continue
			}
			end := long.Commit
			if rapid.Bool().Draw(rt, "rolled back") {
				end = long.Rollback
			}
			finish(t, long, end)
			long = nil
		default:
			s.record(t, rapid.SliceOfN(rapid.Custom(randomEntry), 1, 3).Draw(rt, "entries")...)
		}
	}
	if long != nil {
		finish(t, long, long.Commit)
	}
	s.record(t, geo.AuditEntry{Action: "last"})
	if _, err := s.SealAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func randomEntry(rt *rapid.T) geo.AuditEntry {
	word := rapid.StringMatching(`[a-z]{2,4}`)
	number := rapid.Int64Range(0, 3)
	content := rapid.SampledFrom([]string{"", `{}`, `{"name": "甲"}`, `{"a": [1, 2.50]}`})
	e := geo.AuditEntry{
		Actor: geo.Actor{Account: geo.ID(number.Draw(rt, "account")), Name: word.Draw(rt, "actor"), Via: geo.ViaCLI,
			Address: rapid.SampledFrom([]string{"", "192.0.2.1"}).Draw(rt, "address"), RequestID: rapid.StringMatching(`[A-Z]{0,2}`).Draw(rt, "request")},
		Action: word.Draw(rt, "action"), Object: geo.AuditObject{Kind: word.Draw(rt, "kind"), ID: geo.ID(number.Draw(rt, "object"))},
		Path: rapid.SliceOfN(rapid.Map(number, func(n int64) geo.ID { return geo.ID(n + 1) }), 0, 3).Draw(rt, "path"),
	}
	if text := content.Draw(rt, "before"); text != "" {
		e.Before = []byte(text)
	}
	if text := content.Draw(rt, "after"); text != "" {
		e.After = []byte(text)
	}
	return e
}

// TestVerifySeesAForgedEnd: who makes the end of the chain anew, with this program, makes a chain that is right in
// itself, but it is not the one whose head was noted.
func TestVerifySeesAForgedEnd(t *testing.T) {
	s := newEmptySetup(t)
	for range 3 {
		s.record(t, geo.AuditEntry{Action: "a"})
		s.seal(t, 1)
	}
	head := s.verify(t, geo.AuditHead{}, 0).Head
	intruder := s.intruder(t)
	for _, sql := range []string{`delete from jingwei.audit_seal where n > 1`, `update jingwei.audit set actor = 'x' where id = 2`} {
		if _, err := intruder.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	s.seal(t, 2)
	s.record(t, geo.AuditEntry{Action: "a"})
	s.seal(t, 1)
	s.verify(t, geo.AuditHead{}, 0)
	r, err := s.VerifyAudit(t.Context(), head, nil)
	if err != nil || r.FaultCount != 1 || r.Faults[0].Seal != head.N {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestVerifyTellsWhere: a falsified row is one fault at its seal, and many faults are counted but not all told.
func TestVerifyTellsWhere(t *testing.T) {
	s := newEmptySetup(t)
	const seals = geo.MostAuditFaults + 5
	for range seals {
		s.record(t, geo.AuditEntry{Action: "a"})
		s.seal(t, 1)
	}
	intruder := s.intruder(t)
	check := func(sql string, count int64, first string) {
		t.Helper()
		if _, err := intruder.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		r, err := s.VerifyAudit(t.Context(), geo.AuditHead{}, nil)
		if err != nil || r.FaultCount != count || len(r.Faults) != min(int(count), geo.MostAuditFaults) || r.Faults[0].Message != first {
			t.Errorf("%s: %d faults, %+v, %v", sql, r.FaultCount, r.Faults[0], err)
		}
	}
	check(`update jingwei.audit set actor = 'x' where id = 7`, 1, "seal 7 or one of its 1 entries ({[7,8)}) was altered")
	check(`update jingwei.audit set actor = 'system' where id = 7; delete from jingwei.audit where id = 9`, 1, "1 of the 1 entries of seal 9 ({[9,10)}) were removed")
	check(`update jingwei.audit set actor = 'x'`, seals, "seal 1 or one of its 1 entries ({[1,2)}) was altered")
}
