package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed ask.sql
var sqlAsk string

const (
	sqlAskLock = `select pg_advisory_xact_lock(hashtextextended('jingwei ask', 0))`

	sqlAskSummary = `
select a.reason, count(distinct a.organization_id), count(*), sum(a.minutes) from asked a
group by grouping sets ((a.reason), ())
order by a.reason`

	sqlInsertAsk = `
insert into jingwei.ask (title, note, fields, confirm, due, author, created_at)
values ($1, $2, $3, $4, jingwei.day($5), $6, $7) returning id`

	sqlInsertTasks = `, made as (
    insert into jingwei.task (ask_id, organization_id, fields, minutes, month)
    select $14, a.organization_id, array_agg(a.field order by a.n), sum(a.minutes), $10 from asked a
    where a.reason = ''
    group by a.organization_id
    order by a.organization_id
    returning id, organization_id, fields)
insert into jingwei.task_field (task_id, organization_id, field)
select m.id, m.organization_id, f from made m, unnest(m.fields) f`
)

// AskOrganizations asks organizations that are active and lie in the scope for fields: one task each, of what is not there, nobody waits
// for and was not answered within geo.AnswerHolds days, as far as the budget of the month has room for all of it. With dry
// nothing is written. Organizations outside of the scope are passed over as if there were none. Faults are *geo.Error with
// the field; more than geo.MaxAsked organizations are geo.ErrInvalid, none at all is geo.ErrConflict.
func (s *Store) AskOrganizations(ctx context.Context, in geo.Scope, a geo.Ask, author string, dry bool, now time.Time) (geo.AskOutcome, error) {
	today := geo.DayOf(now)
	if err := a.Validate(today); err != nil {
		return geo.AskOutcome{}, fmt.Errorf("ask: %w", err)
	}
	var out geo.AskOutcome
	err := s.write(ctx, func(tx pgx.Tx) error {
		// One at a time, so that two offices do not use up one budget.
		if _, err := tx.Exec(ctx, sqlAskLock); err != nil {
			return err
		}
		args := askArgs(in, a, today, now)
		var err error
		if out, err = askSummary(ctx, tx, args); err != nil {
			return err
		}
		switch {
		case out.Chosen == 0:
			return conflict("organizations", "none of these organizations is there for you to ask")
		case out.Chosen > geo.MaxAsked:
			return geo.Invalid("within", "these are %d organizations: at most %d can be asked at once", out.Chosen, geo.MaxAsked)
		case dry || out.Tasks == 0:
			return nil
		}
		err = tx.QueryRow(ctx, sqlInsertAsk, a.Title, a.Note, a.Fields, a.Confirm, dueDay(a.Due), author, now).Scan(&out.ID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlAsk+sqlInsertTasks, append(args, out.ID)...); err != nil {
			return err
		}
		return audit(ctx, tx, "ask.create", geo.AuditObject{Kind: "ask", ID: out.ID}, nil, nil, auditedAsk{a.Title, a.Fields, out.Tasks})
	})
	if err != nil {
		return geo.AskOutcome{}, fmt.Errorf("ask: %w", err)
	}
	return out, nil
}

// auditedAsk is an ask as the audit tells it.
type auditedAsk struct {
	Title  string      `json:"title"`
	Fields []geo.Field `json:"fields"`
	Tasks  int         `json:"tasks"`
}

func askArgs(in geo.Scope, a geo.Ask, today geo.Day, now time.Time) []any {
	minutes := make([]float64, len(a.Fields))
	for i, f := range a.Fields {
		minutes[i] = f.Minutes(false)
	}
	budget := geo.BurdenBudget()
	named, kinds := a.Organizations, a.Kinds
	if named == nil {
		named = []geo.ID{}
	}
	if kinds == nil {
		kinds = []string{}
	}
	return []any{pgx.QueryExecModeCacheDescribe, in.Key(), int32(today), named, a.Within, kinds, a.Fields, minutes, geo.FieldPhone.Minutes(true), a.Confirm,
		monthOf(today), budget.Fields, budget.Minutes, now.AddDate(0, 0, -geo.AnswerHolds)}
}

// monthOf returns the first day of the month in which a day lies.
func monthOf(d geo.Day) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func askSummary(ctx context.Context, tx pgx.Tx, args []any) (geo.AskOutcome, error) {
	var out geo.AskOutcome
	rows, err := tx.Query(ctx, sqlAsk+sqlAskSummary, args...)
	if err != nil {
		return out, err
	}
	var (
		reason                *string // nil for all
		organizations, fields int
		minutes               *float64
	)
	_, err = pgx.ForEachRow(rows, []any{&reason, &organizations, &fields, &minutes}, func() error {
		switch {
		case reason == nil:
			out.Chosen = organizations
		case *reason == "":
			out.Tasks, out.Burden = organizations, geo.Burden{Fields: fields, Minutes: *minutes}
		default:
			out.Skipped = append(out.Skipped, geo.Skipped{Reason: *reason, Organizations: organizations, Fields: fields})
		}
		return nil
	})
	return out, err
}

const sqlAsks = `
select a.id, a.title, a.note, a.fields, a.confirm, jingwei.day_number(a.due), a.author, a.created_at, a.withdrawn_at, n.open, n.done, n.declined, n.withdrawn
from jingwei.ask a
cross join lateral (
    select count(*) filter (where t.state = 'open') as open, count(*) filter (where t.state = 'done') as done,
           count(*) filter (where t.state = 'declined') as declined, count(*) filter (where t.state = 'withdrawn') as withdrawn,
           count(*) as all
    from jingwei.task t
    join jingwei.organization_version v on v.organization_id = t.organization_id and upper_inf(v.recorded) and v.valid @> jingwei.day($2)
    where t.ask_id = a.id and jingwei.within(v.path, $1)) n
where n.all > 0 and ($3::bigint = 0 or a.id < $3)
order by a.id desc
limit $4`

// Asks returns what was asked of organizations in the scope, the latest first, with the tasks among them: those before the
// id, all for 0, at most limit.
func (s *Store) Asks(ctx context.Context, see geo.Scope, before geo.ID, limit int, today geo.Day) (list []geo.AskProgress, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.Query(ctx, sqlAsks, v.scope, int32(today), before, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanAsk)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("asks: %w", explain(err))
	}
	return list, nil
}

func scanAsk(row pgx.CollectableRow) (geo.AskProgress, error) {
	var (
		a     geo.AskProgress
		due   *int32
		ended *time.Time
	)
	err := row.Scan(&a.ID, &a.Title, &a.Note, &a.Fields, &a.Confirm, &due, &a.Author, &a.CreatedAt, &ended, &a.Open, &a.Done, &a.Declined, &a.Withdrawn)
	a.Due = dayOrNone(due)
	if ended != nil {
		a.Ended = *ended
	}
	return a, err
}

// dueDay is null for none.
func dueDay(d geo.Day) *int32 {
	if d == 0 {
		return nil
	}
	return nullDay(d)
}

// dayOrNone is the inverse of dueDay.
func dayOrNone(d *int32) geo.Day {
	if d == nil {
		return 0
	}
	return geo.Day(*d)
}

const (
	sqlLockAsk = `select a.title, a.fields, a.withdrawn_at is not null from jingwei.ask a where a.id = $1 for update`

	// Whoever withdraws must be allowed to ask each of those of whom it was asked, as they stand today: those that are gone as
	// they stood last.
	sqlAskStands = `
select coalesce(bool_or(not jingwei.within(v.path, $2)), false), coalesce(bool_or(jingwei.within(v.path, $3)), false)
from jingwei.task t
cross join lateral (
    select v.path from jingwei.organization_version v
    where v.organization_id = t.organization_id
    order by upper_inf(v.recorded) desc, v.valid @> jingwei.day($4) desc, v.valid desc, v.row_id desc
    limit 1) v
where t.ask_id = $1`

	sqlWithdrawFields = `
update jingwei.task_field f set open = false
from jingwei.task t where t.id = f.task_id and t.ask_id = $1 and f.open`
	sqlWithdrawTasks = `update jingwei.task set state = 'withdrawn' where ask_id = $1 and state = 'open'`
	sqlWithdrawAsk   = `update jingwei.ask set withdrawn_at = $2 where id = $1`
)

// WithdrawAsk ends an ask: nobody waits for its open tasks any more, and they go on no budget. One of which no task lies in
// the scope see is geo.ErrNotFound, one of which a task lies outside of in geo.ErrForbidden; one that has ended stays as it is.
func (s *Store) WithdrawAsk(ctx context.Context, see, in geo.Scope, id geo.ID, now time.Time) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		var (
			told  auditedAsk
			ended bool
		)
		err := tx.QueryRow(ctx, sqlLockAsk, id).Scan(&told.Title, &told.Fields, &ended)
		if errors.Is(err, pgx.ErrNoRows) {
			return geo.NotFound("there is no ask %d", id)
		}
		if err != nil {
			return err
		}
		var outside, seen bool
		if err := tx.QueryRow(ctx, sqlAskStands, id, in.Key(), see.Key(), int32(geo.DayOf(now))).Scan(&outside, &seen); err != nil {
			return err
		}
		switch {
		case !seen:
			return geo.NotFound("there is no ask %d", id)
		case outside:
			return forbidden("id", "others than those you look after were asked, too: whoever asked can withdraw it")
		case ended:
			return nil
		}
		tag, err := tx.Exec(ctx, sqlWithdrawTasks, id)
		if err != nil {
			return err
		}
		told.Tasks = int(tag.RowsAffected())
		for _, statement := range []struct {
			text string
			args []any
		}{{sqlWithdrawFields, []any{id}}, {sqlWithdrawAsk, []any{id, now}}} {
			if _, err := tx.Exec(ctx, statement.text, statement.args...); err != nil {
				return err
			}
		}
		return audit(ctx, tx, "ask.withdraw", geo.AuditObject{Kind: "ask", ID: id}, nil, told, nil)
	})
	if err != nil {
		return fmt.Errorf("withdraw ask %d: %w", id, err)
	}
	return nil
}
