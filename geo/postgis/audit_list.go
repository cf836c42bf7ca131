package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Conditions on columns with an index each; those that do not hold for everything are joined to sqlAuditEntries, so that
// the planner sees only what is asked.
const (
	auditSince  = `a.at >= `
	auditUntil  = `a.at < `
	auditActor  = `a.actor = `
	auditAction = `a.action = `
	auditKind   = `a.kind = `
	auditObject = `a.object_id = `
	auditScope  = `a.path && `
)

const (
	sqlAuditEntries = `
select e.*, exists (select from jingwei.audit_seal s where s.ids @> e.id) as sealed, coalesce(o.name, '') as organization
from (
    select a.id, a.at, coalesce(a.account_id, 0), a.actor, a.via, a.address, a.request_id, a.action, a.kind,
           coalesce(a.object_id, 0), a.path, a.before::text, a.after::text
    from jingwei.audit a
    where true`
	sqlAuditPage = `
    order by a.at desc, a.id desc
    limit `
	sqlAuditNames = `) e
left join lateral (
    select v.name, v.status, v.path from jingwei.organization_version v
    where v.organization_id = e.path[cardinality(e.path)] and upper_inf(v.recorded)
    order by v.valid desc, v.row_id
    limit 1) o on o.status = 'active' or jingwei.within(o.path, $1)
order by e.at desc, e.id desc`
)

// auditStatement is a question with its parameters.
type auditStatement struct {
	text strings.Builder
	args []any
}

// where adds a condition that ends before the parameter.
func (s *auditStatement) where(condition string, value any) {
	s.text.WriteString("\n      and " + condition)
	s.parameter(value)
}

func (s *auditStatement) parameter(value any) {
	s.args = append(s.args, value)
	s.text.WriteString("$" + strconv.Itoa(len(s.args)))
}

// AuditEntries returns what the query asks for of the entries in the scope, newest first: by time, then by id. What
// belongs to no organization is in geo.Everywhere() only. The next page is after the last entry; there is none when there
// are fewer entries than the limit. The name of an organization that has left the scope is told while it is active only.
func (s *Store) AuditEntries(ctx context.Context, scope geo.Scope, q geo.AuditQuery) ([]geo.AuditEntry, error) {
	if scope.Empty() {
		return nil, nil
	}
	leave, err := s.offices.slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit entries: %w", err)
	}
	defer leave()
	statement := auditQuestion(scope, q)
	// The plan depends on the values: of one organization there are three entries, of another half of all.
	args := append([]any{pgx.QueryExecModeDescribeExec}, statement.args...)
	rows, err := s.offices.Query(ctx, statement.text.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("audit entries: %w", explain(err))
	}
	entries, err := pgx.CollectRows(rows, scanAudit)
	if err != nil {
		return nil, fmt.Errorf("audit entries: %w", explain(err))
	}
	return entries, nil
}

func auditQuestion(scope geo.Scope, q geo.AuditQuery) *auditStatement {
	s := &auditStatement{args: []any{scope.Key()}}
	s.text.WriteString(sqlAuditEntries)
	for _, c := range []struct {
		asked     bool
		condition string
		value     any
	}{
		{!scope.All, auditScope, scope.Roots},
		{q.Organization != 0, auditScope, []geo.ID{q.Organization}},
		{!q.From.IsZero(), auditSince, q.From},
		{!q.To.IsZero(), auditUntil, q.To},
		{q.Actor != "", auditActor, q.Actor},
		{q.Action != "", auditAction, q.Action},
		{q.Object.Kind != "", auditKind, q.Object.Kind},
		{q.Object.ID != 0, auditObject, q.Object.ID},
	} {
		if c.asked {
			s.where(c.condition, c.value)
		}
	}
	if q.After != (geo.AuditCursor{}) {
		s.where(`(a.at, a.id) < (`, q.After.At)
		s.text.WriteString(", ")
		s.parameter(q.After.ID)
		s.text.WriteString(")")
	}
	s.text.WriteString(sqlAuditPage)
	s.parameter(auditLimit(q.Limit))
	s.text.WriteString(sqlAuditNames)
	return s
}

func auditLimit(limit int) int {
	if limit < 1 || limit > geo.MaxAuditPage {
		return geo.MaxAuditPage
	}
	return limit
}

func scanAudit(row pgx.CollectableRow) (geo.AuditEntry, error) {
	var (
		e             geo.AuditEntry
		at            time.Time
		before, after *string
	)
	err := row.Scan(&e.ID, &at, &e.Actor.Account, &e.Actor.Name, &e.Actor.Via, &e.Actor.Address, &e.Actor.RequestID, &e.Action,
		&e.Object.Kind, &e.Object.ID, &e.Path, &before, &after, &e.Sealed, &e.Organization)
	e.At, e.Before, e.After = at.UTC(), contentOrNil(before), contentOrNil(after)
	return e, err
}

func contentOrNil(text *string) json.RawMessage {
	if text == nil {
		return nil
	}
	return json.RawMessage(*text)
}
