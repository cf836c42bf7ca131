package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"jingwei/geo"
)

// executor is what a transaction can do that a querier need not.
type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// A path that is not given is that of the organization that the object is, or to which the account belongs that the
// object is, else that of the account that acts: who looks at a list of organizations or accounts is to be found by those
// who administer them.
const sqlAudit = `
insert into jingwei.audit (account_id, actor, via, address, action, kind, object_id, path, before, after, request_id)
values (nullif($1::bigint, 0), $2, $3, $4, $5, $6, nullif($7::bigint, 0), coalesce($8::bigint[], (
    select string_to_array(ltree2text(v.path), '.')::bigint[]
    from jingwei.organization_version v
    where upper_inf(v.recorded) and v.organization_id = case when $6 = 'organization' and $7 <> 0 then $7 else (
        select a.organization_id from jingwei.account a where a.id = case when $6 = 'account' and $7 <> 0 then $7 else $1 end) end
    order by v.valid @> (clock_timestamp() at time zone 'UTC' + interval '8 hours')::date desc, v.valid desc, v.row_id
    limit 1), '{}'), $9, $10, $11)`

// audit tells of a write, in the transaction of the write, so that neither is ever without the other. Every write of the
// store calls it, the last thing before the commit:
//
//	err = audit(ctx, tx, "account.disable", geo.AuditObject{Kind: "account", ID: a.ID}, a.Path, before, after)
//
// Who did it is geo.ActorOf(ctx). path is that of the organization that the object is or belongs to, from the topmost
// down, empty for none: administrators of these may read it. With nil the database finds it out, see sqlAudit. before and
// after are marshalled to JSON, nil for none; with a member whose name is that of a secret (see secretNames) the write
// fails.
func audit(ctx context.Context, tx executor, action string, object geo.AuditObject, path []geo.ID, before, after any) error {
	e := geo.AuditEntry{Actor: geo.ActorOf(ctx), Action: action, Object: object, Path: path}
	var err error
	if e.Before, err = auditContent(before); err != nil {
		return fmt.Errorf("audit of %s: %w", action, err)
	}
	if e.After, err = auditContent(after); err != nil {
		return fmt.Errorf("audit of %s: %w", action, err)
	}
	if _, err := tx.Exec(ctx, sqlAudit, auditRow(e)...); err != nil {
		return fmt.Errorf("audit of %s: %w", action, err)
	}
	return nil
}

// RecordAudit writes entries that go with no write of the store: views of what is protected, sign-ins that failed. All
// are committed when it returns nil, none when it fails. An entry without an actor is that of geo.ActorOf(ctx), without a
// path (nil) it gets that of the organization that its object is or belongs to, else that of its actor. One that
// is a mistake of the program (see geo.AuditEntry.Validate), or holds a secret, is geo.ErrInvalid.
func (s *Store) RecordAudit(ctx context.Context, entries ...geo.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, e := range entries {
		if e.Actor == (geo.Actor{}) {
			e.Actor = geo.ActorOf(ctx)
		}
		if err := checkEntry(e); err != nil {
			return fmt.Errorf("record audit of %q: %w", e.Action, err)
		}
		batch.Queue(sqlAudit, auditRow(e)...)
	}
	if err := s.write(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() }); err != nil {
		return fmt.Errorf("record audit: %w", err)
	}
	return nil
}

func checkEntry(e geo.AuditEntry) error {
	if err := e.Validate(); err != nil {
		return err
	}
	return cmp.Or(checkSecrets(e.Before), checkSecrets(e.After))
}

// Most characters of what comes from outside.
const mostAuditText = 100

// auditRow returns the parameters of sqlAudit. What a client sends is cut, not refused: who sends nonsense is to be
// found in the audit all the same.
func auditRow(e geo.AuditEntry) []any {
	a := e.Actor.Named()
	return []any{a.Account, shorten(a.Name), string(a.Via), shorten(a.Address), e.Action, e.Object.Kind, e.Object.ID, e.Path,
		textOrNull(e.Before), textOrNull(e.After), shorten(a.RequestID)}
}

func shorten(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
	if utf8.RuneCountInString(s) <= mostAuditText {
		return s
	}
	return string([]rune(s)[:mostAuditText])
}

func textOrNull(content json.RawMessage) *string {
	if content == nil {
		return nil
	}
	text := string(content)
	return &text
}

func auditContent(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	content, err := json.Marshal(v)
	if err != nil || string(content) == "null" {
		return nil, err
	}
	return content, checkSecrets(content)
}
