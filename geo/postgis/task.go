package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const taskColumns = `
t.id, t.ask_id, t.organization_id, v.name, v.division_code, a.title, a.note, t.fields,
array(select f from unnest(t.fields) f where jingwei.field_known(v, f)),
t.minutes, jingwei.day_number(a.due), t.state, t.reason, a.author, a.created_at, coalesce(t.answered_by, ''), t.answered_at`

const sqlTasks = `
select` + taskColumns + `
from jingwei.task t
join jingwei.ask a on a.id = t.ask_id
join jingwei.organization_version v on v.organization_id = t.organization_id and upper_inf(v.recorded) and v.valid @> jingwei.day($2)
where jingwei.within(v.path, $1) and ($3 = '' or t.state = $3) and ($4::bigint = 0 or t.ask_id = $4)
  and ($5::bigint = 0 or jingwei.within(v.path, $5::text)) and t.id > $6
order by t.id
limit $7`

// Tasks returns tasks of organizations in the scope by id, the oldest first.
func (s *Store) Tasks(ctx context.Context, see geo.Scope, q geo.TaskQuery, today geo.Day) (list []geo.Task, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.Query(ctx, sqlTasks, pgx.QueryExecModeCacheDescribe, v.scope, int32(today), q.State, q.Ask, q.Organization, q.After, q.Limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanTask)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tasks: %w", explain(err))
	}
	return list, nil
}

func scanTask(row pgx.CollectableRow) (geo.Task, error) {
	var (
		t        geo.Task
		due      *int32
		answered *time.Time
	)
	err := row.Scan(&t.ID, &t.Ask, &t.Organization, &t.Name, &t.Division, &t.Title, &t.Note, &t.Fields, &t.Known, &t.Minutes, &due, &t.State, &t.Reason,
		&t.Author, &t.CreatedAt, &t.AnsweredBy, &answered)
	t.Due = dayOrNone(due)
	if answered != nil {
		t.AnsweredAt = *answered
	}
	return t, err
}

const (
	sqlLockTask = `
select a.withdrawn_at is not null, string_to_array(ltree2text(v.path), '.')::bigint[]
from jingwei.task t
join jingwei.ask a on a.id = t.ask_id
join jingwei.organization_version v on v.organization_id = t.organization_id and upper_inf(v.recorded) and v.valid @> jingwei.day($2)
where t.id = $1
for update of t`

	sqlOneTask = `
select` + taskColumns + `
from jingwei.task t
join jingwei.ask a on a.id = t.ask_id
join jingwei.organization_version v on v.organization_id = t.organization_id and upper_inf(v.recorded) and v.valid @> jingwei.day($2)
where t.id = $1`

	sqlAnswerTask = `
update jingwei.task set state = $2, reason = $3, answered_by = nullif($4, ''), answered_at = $5 where id = $1`

	sqlAnswerFields = `
update jingwei.task_field set open = $2, answered_at = $3 where task_id = $1`
)

// AnswerTask brings a task to a state: geo.TaskDone when all that was asked for is there, geo.TaskDeclined with a reason, or
// geo.TaskOpen to take that back. It returns the task as it is then. A task that lies outside of see is geo.ErrNotFound, of in
// geo.ErrForbidden. What is still missing, an ask that was withdrawn, and a field that somebody else waits for since are
// geo.ErrConflict.
func (s *Store) AnswerTask(ctx context.Context, see, in geo.Scope, id geo.ID, state, reason, author string, now time.Time) (geo.Task, error) {
	var task geo.Task
	err := s.write(ctx, func(tx pgx.Tx) error {
		before, path, err := lockTask(ctx, tx, id, geo.DayOf(now))
		if err != nil {
			return err
		}
		switch {
		case !see.Covers(path):
			return geo.NotFound("there is no task %d", id)
		case !in.Covers(path):
			return forbidden("id", "you do not answer for this organization")
		}
		if err := mayAnswer(before, state); err != nil {
			return err
		}
		task = before
		task.State, task.Reason, task.AnsweredBy, task.AnsweredAt = state, reason, author, now
		if state == geo.TaskOpen {
			task.Reason, task.AnsweredBy, task.AnsweredAt = "", "", time.Time{}
		}
		if err := answer(ctx, tx, task); err != nil {
			return err
		}
		return audit(ctx, tx, "task.answer", geo.AuditObject{Kind: "task", ID: id}, path, auditedTask{before.State, before.Reason}, auditedTask{task.State, task.Reason})
	})
	if err != nil {
		return geo.Task{}, fmt.Errorf("answer task %d: %w", id, err)
	}
	return task, nil
}

// auditedTask is a task as the audit tells it.
type auditedTask struct {
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

// lockTask reads a task that nobody else answers meanwhile, and the path of its organization.
func lockTask(ctx context.Context, tx pgx.Tx, id geo.ID, today geo.Day) (geo.Task, []geo.ID, error) {
	var (
		ended bool
		path  []geo.ID
	)
	err := tx.QueryRow(ctx, sqlLockTask, id, int32(today)).Scan(&ended, &path)
	if errors.Is(err, pgx.ErrNoRows) { // or the organization has been retired
		return geo.Task{}, nil, geo.NotFound("there is no task %d", id)
	}
	if err != nil {
		return geo.Task{}, nil, err
	}
	rows, err := tx.Query(ctx, sqlOneTask, id, int32(today))
	if err != nil {
		return geo.Task{}, nil, err
	}
	task, err := pgx.CollectExactlyOneRow(rows, scanTask)
	if ended {
		task.State = geo.TaskWithdrawn
	}
	return task, path, err
}

// mayAnswer checks that a task can be brought to a state.
func mayAnswer(t geo.Task, state string) error {
	switch {
	case t.State == geo.TaskWithdrawn:
		return conflict("id", "the task was withdrawn: nobody waits for an answer")
	case t.State == state:
		return conflict("state", "the task is "+state+" already")
	case t.State != geo.TaskOpen && state != geo.TaskOpen:
		return conflict("state", "the task was answered already: open it again first")
	case state == geo.TaskDone && len(t.Known) < len(t.Fields):
		return &geo.Error{Kind: geo.ErrConflict, Field: "state", Message: fmt.Sprintf("not all that was asked for is there yet: %v of %v", t.Known, t.Fields)}
	}
	return nil
}

func answer(ctx context.Context, tx pgx.Tx, t geo.Task) error {
	var at *time.Time
	if t.State != geo.TaskOpen {
		at = &t.AnsweredAt
	}
	if _, err := tx.Exec(ctx, sqlAnswerTask, t.ID, t.State, t.Reason, t.AnsweredBy, at); err != nil {
		return err
	}
	if t.State != geo.TaskDone {
		at = nil // who declines has told nothing
	}
	_, err := tx.Exec(ctx, sqlAnswerFields, t.ID, t.State == geo.TaskOpen, at)
	return err
}

const sqlBurden = `
with each as (
    select t.organization_id, sum(cardinality(t.fields)) as fields, sum(t.minutes) as minutes,
           count(*) filter (where t.state in ('done', 'declined')) as answered, count(*) filter (where t.state = 'open') as open
    from jingwei.task t
    join jingwei.organization_version v on v.organization_id = t.organization_id and upper_inf(v.recorded) and v.valid @> jingwei.day($2)
    where t.month = $3 and t.state <> 'withdrawn' and jingwei.within(v.path, $1) and ($4::bigint = 0 or jingwei.within(v.path, $4::text))
    group by t.organization_id)
select count(*), coalesce(sum(fields), 0), coalesce(sum(minutes), 0), coalesce(sum(answered), 0), coalesce(sum(open), 0),
       coalesce(max(fields), 0), coalesce(max(minutes), 0)
from each`

// MonthBurden returns how much the organizations of the scope at or below organization, all of the scope for 0, were asked for in
// the month in which the day lies.
func (s *Store) MonthBurden(ctx context.Context, see geo.Scope, organization geo.ID, month, today geo.Day) (b geo.MonthBurden, err error) {
	err = s.read(ctx, see, func(v sight) error {
		return v.QueryRow(ctx, sqlBurden, pgx.QueryExecModeCacheDescribe, v.scope, int32(today), monthOf(month), organization).
			Scan(&b.Asked, &b.Fields, &b.Minutes, &b.Answered, &b.Open, &b.MostField, &b.MostMin)
	})
	if err != nil {
		return b, fmt.Errorf("burden: %w", explain(err))
	}
	return b, nil
}
