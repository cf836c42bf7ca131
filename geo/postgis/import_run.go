package postgis

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed import_batch.sql
var sqlImportBatch string

//go:embed import_merge.sql
var sqlImportMerge string

const (
	// importAtOnce is the most rows that an import writes as single changes, which open maps show at once; longer ones end with a
	// reload of the layer.
	importAtOnce = 5000
	// importStep is how many rows a batch of a short import has: its progress is seen, and it pauses soon.
	importStep = 500
)

// errImportPaused ends a run that was asked to pause.
var errImportPaused = errors.New("paused")

const (
	sqlImportCount = `select count(*) from jingwei.import_row r where r.job_id = $1 and r.seq is not null`
	sqlImportTotal = `
update jingwei.import_job set total = $2, from_day = coalesce(from_day, jingwei.day($3)), updated_at = clock_timestamp() where id = $1
returning jingwei.day_number(from_day)`
)

// Run writes the rows of an import that was checked, from where an earlier run came to. Each batch is committed with its
// progress. It returns without an error when the import is done, or paused as somebody asked.
func (w *ImportWork) Run(ctx context.Context) error {
	ctx = w.Context(ctx)
	err := w.run(ctx)
	if err != nil && !errors.Is(err, errImportPaused) {
		return fmt.Errorf("run import %d: %w", w.Job.ID, explain(err))
	}
	return nil
}

func (w *ImportWork) run(ctx context.Context) error {
	if err := w.conn.QueryRow(ctx, sqlImportCount, w.Job.ID).Scan(&w.Job.Total); err != nil {
		return err
	}
	if _, err := w.conn.Exec(ctx, `analyze jingwei.import_row`); err != nil { // the planner has not seen them
		return err
	}
	r := importRun{ImportWork: w, romanizer: newRomanizer()}
	if err := w.conn.QueryRow(ctx, sqlImportTotal, w.Job.ID, w.Job.Total, int32(w.store.today())).Scan(&r.day); err != nil {
		return err
	}
	return w.inSteps(ctx, w.Job.Done, w.Job.Total, r.batch)
}

// inSteps calls batch for the rows lo <= i < hi from done to total, once when there are none, each in a transaction of its own: as a bulk load
// when there are many.
func (w *ImportWork) inSteps(ctx context.Context, done, total int, batch func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error)) error {
	size := importStep
	if total > importAtOnce {
		size = bulkBatch
	}
	var steps []bulkStep
	for lo := done; lo == done || lo < total; lo += size {
		hi := min(lo+size, total)
		steps = append(steps, bulkStep{rows: hi - lo, run: func(ctx context.Context, tx pgx.Tx) (int, error) {
			n, err := batch(ctx, tx, lo, hi)
			if err == nil {
				w.tell(hi, total)
			}
			return n, err
		}})
	}
	if total > importAtOnce {
		_, err := w.store.bulkSteps(ctx, bulkLoad{layer: "organizations", table: "jingwei.organization_version", told: true}, steps, nil)
		return err
	}
	for _, step := range steps {
		err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
			n, err := step.run(ctx, tx)
			if err != nil || n == 0 {
				return err
			}
			_, err = tx.Exec(ctx, sqlRaiseGeneration, "organizations")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// importRun is a run of an import.
type importRun struct {
	*ImportWork
	romanizer *romanizer
	day       int32
}

const (
	sqlImportTurn   = `select j.state, j.pausing, j.done, j.counts, j.author from jingwei.import_job j where j.id = $1 for update`
	sqlPausedImport = `
update jingwei.import_job set state = 'paused', pausing = false, updated_at = clock_timestamp() where id = $1`
	sqlMoves = `
select exists (select from jingwei.import_row r
               where r.job_id = $1 and r.seq >= $2 and r.seq < $3 and r.op = 'update' and (r.parent_row is not null or r.parent_id is not null))`
	sqlLockKnown = `
select o.id from jingwei.organization o
where o.id in (select r.organization_id from jingwei.import_row r where r.job_id = $1 and r.seq >= $2 and r.seq < $3 and r.op = 'update')
order by o.id for update`
	// One import after the other looks what others have made.
	sqlLockNames = `select pg_advisory_xact_lock(hashtextextended('jingwei import names', 0))`
	// What has a code that somebody else has taken since is not made, nor what has none and its name is there since.
	sqlMakeImported = `
with fresh as materialized (
    select r.row, r.code, jingwei.next_id() as id from jingwei.import_row r
    left join jingwei.import_row above on above.job_id = r.job_id and above.row = r.parent_row
    where r.job_id = $1 and r.seq >= $2 and r.seq < $3 and r.op = 'insert' and r.organization_id is null
      and (r.code is not null or r.parent_row is not null and above.organization_id is null
        or not exists (
          select from (
              select v.organization_id, v.division_code, v.valid from jingwei.organization_version v
              where v.parent_id = coalesce(above.organization_id, r.parent_id) and v.name = r.name and upper_inf(v.recorded)
              union all
              select v.organization_id, v.division_code, v.valid from jingwei.organization_version v
              where coalesce(above.organization_id, r.parent_id) is null and v.parent_id is null and v.name = r.name and upper_inf(v.recorded)
              offset 0) v -- by the superior, whatever statistics of a table in its growth say of divisions
          where v.division_code = r.division_code and v.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
            and not exists (select from jingwei.import_write w where w.job_id = $1 and w.organization_id = v.organization_id)))
), made as (
    insert into jingwei.organization (id, code) select f.id, f.code from fresh f order by f.id
    on conflict do nothing
    returning id
)
update jingwei.import_row r set organization_id = f.id
from fresh f join made m on m.id = f.id
where r.job_id = $1 and r.row = f.row and r.seq >= $2 and r.seq < $3`
	sqlCodesTaken = `
insert into jingwei.import_fault (job_id, row, col, field, value, reason, detail, warning)
select $1, r.row, 0, case when r.code is null then '' else 'code' end, left(coalesce(r.code, r.name), 40),
       case when r.code is null then 'registered-since' else 'code-taken' end, '', false from jingwei.import_row r
where r.job_id = $1 and r.seq >= $2 and r.seq < $3 and r.op = 'insert' and r.organization_id is null`
	sqlRunSetting = `select set_config('jingwei.import_' || $1, $2, true)`
)

// batch writes the rows lo <= seq < hi.
func (r *importRun) batch(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
	author, pausing, err := r.turn(ctx, tx, geo.ImportRunning, lo)
	if err != nil {
		return 0, err
	}
	if pausing && lo < hi {
		return 0, r.pause(ctx, tx)
	}
	if lo == hi {
		return 0, r.advance(ctx, tx, importTally{}, hi)
	}
	taken, err := r.prepare(ctx, tx, lo, hi)
	if err != nil {
		return 0, err
	}
	t, err := r.write(ctx, tx, author)
	if err != nil {
		return 0, err
	}
	t.refused += taken
	t.left = hi - lo - t.made - t.altered - t.refused
	return t.made + t.altered, r.advance(ctx, tx, t, hi)
}

// turn locks the import, which is in the state with done rows unless another process works on it, and reads it anew.
func (w *ImportWork) turn(ctx context.Context, tx pgx.Tx, state string, done int) (author string, pausing bool, err error) {
	j := &w.Job
	var counts []byte
	if err := tx.QueryRow(ctx, sqlImportTurn, j.ID).Scan(&j.State, &pausing, &j.Done, &counts, &author); err != nil {
		return "", false, err
	}
	if err := json.Unmarshal(counts, &j.Counts); err != nil {
		return "", false, err
	}
	if j.State != state || j.Done != done {
		return "", false, fmt.Errorf("the import is %s at %d, not %s at %d: another process works on it", j.State, j.Done, state, done)
	}
	return author, pausing, nil
}

// narrow finds out where may be written now, and tells the statements of a batch that is written on the day.
func (w *ImportWork) narrow(ctx context.Context, tx pgx.Tx, day int32) error {
	if err := w.authorize(ctx, tx); err != nil {
		return err
	}
	for name, value := range map[string]string{"day": fmt.Sprint(day), "stored": w.stored.Key(), "granted": w.granted.Key(), "least_move": fmt.Sprint(geo.LeastMoveM), "most_reach": fmt.Sprint(geo.MostReachM)} {
		if _, err := tx.Exec(ctx, sqlRunSetting, name, value); err != nil {
			return err
		}
	}
	return nil
}

// pause ends the run. The transaction is to be committed although the steps end, so it has one of its own.
func (r *importRun) pause(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlPausedImport, r.Job.ID); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	r.Job.State = geo.ImportPaused
	return errImportPaused
}

// prepare locks what is written to and brings the rows into load_import. It returns how many of them have a code that somebody
// else took since the check.
func (r *importRun) prepare(ctx context.Context, tx pgx.Tx, lo, hi int) (taken int, err error) {
	if err := r.narrow(ctx, tx, r.day); err != nil {
		return 0, err
	}
	if err := exec(ctx, tx, sqlLockNames); err != nil {
		return 0, err
	}
	var moves bool
	if err := tx.QueryRow(ctx, sqlMoves, r.Job.ID, lo, hi).Scan(&moves); err != nil {
		return 0, err
	}
	lock := sqlShareTree
	if moves {
		lock = sqlLockTree
	}
	if _, err := tx.Exec(ctx, lock); err != nil {
		return 0, err
	}
	for _, sql := range []string{sqlLockKnown, sqlMakeImported, sqlImportBatch} {
		if _, err := tx.Exec(ctx, sql, r.Job.ID, lo, hi); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(exec(ctx, tx, `create index on load_import (id)`), exec(ctx, tx, `analyze load_import`)); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, sqlCodesTaken, r.Job.ID, lo, hi)
	return int(tag.RowsAffected()), err
}

// importTally counts what a batch did.
type importTally struct{ made, altered, left, refused int }

const (
	// Paths are worked out anew as long as rows are refused: what stays where it was may be in the way of others.
	sqlSettleMoves = `
update load_import l set moved = l.op = 'update' and l.parent_id is distinct from l.present_parent, path = null
where l.parent_id is not null and (l.op = 'insert' or l.parent_id is distinct from l.present_parent)`
	// As sqlParentPath.
	sqlPathsKnown = `
update load_import l set path = v.path || l.id::text
from (select l.id, jingwei.path_then(l.parent_id, v.valid, v.path, day.d) as path
      from load_import l
      join jingwei.organization o on o.id = l.parent_id and o.retired is null
      cross join lateral (select jingwei.path_day(l.span, jingwei.today()) as d) day
      cross join lateral (
          select v.path, v.valid from jingwei.organization_version v
          where v.organization_id = l.parent_id and upper_inf(v.recorded) and v.valid && l.span
          order by v.valid @> day.d desc, v.valid desc
          limit 1) v
      where l.path is null
        and not exists (select from load_import p where p.id = l.parent_id and (p.path is null or p.moved) and v.valid && p.span)) v
where l.id = v.id`
	sqlPathsBelow = `
update load_import l set path = p.path || l.id::text
from load_import p
where l.path is null and p.id = l.parent_id and p.path is not null and l.span && p.span`
	// The ways up from what moves, on each of its days, as the superiors are after the batch.
	sqlOnCircle = `
with recursive up as (
    select l.id as start, l.parent_id as at, datemultirange(l.span) as days from load_import l where l.moved
    union
    select u.start, above.parent_id, u.days * above.days
    from up u
    cross join lateral (
        select p.parent_id, datemultirange(p.span) as days from load_import p where p.id = u.at
        union all
        select v.parent_id, datemultirange(v.valid) - coalesce(datemultirange(p.span), '{}')
        from jingwei.organization_version v left join load_import p on p.id = v.organization_id
        where v.organization_id = u.at and upper_inf(v.recorded)) above
    where u.at <> u.start and above.parent_id is not null and above.days && u.days
)
update load_import l set circle = true from up u where u.at = l.id and u.start = l.id`
	// What others did since the check may have put an organization, or its superior, out of reach, or a superior below.
	sqlOutOfReach = `
with gone as (
    delete from load_import l
    where l.path is null or l.circle or l.other or l.by_name and l.moved
       or not (jingwei.within(l.path, current_setting('jingwei.import_stored')) and jingwei.within(l.path, current_setting('jingwei.import_granted')))
       or l.op = 'update' and not (jingwei.within(l.present_path, current_setting('jingwei.import_stored')) and jingwei.within(l.present_path, current_setting('jingwei.import_granted')))
       or (l.moved or l.op = 'insert') and exists (
           select from jingwei.organization_version p
           where p.organization_id = l.parent_id and upper_inf(p.recorded)
             and p.valid && l.span * daterange(jingwei.day(current_setting('jingwei.import_day')::int), null)
             and not (jingwei.within(p.path, current_setting('jingwei.import_stored')) and jingwei.within(p.path, current_setting('jingwei.import_granted'))))
    returning l.row, l.name, l.op, l.id, l.parent_id, l.circle, l.other or l.by_name and l.moved as other
), unmade as (
    delete from jingwei.organization o using gone g where o.id = g.id and g.op = 'insert'
), unnamed as (
    update jingwei.import_row r set organization_id = null from gone g where r.job_id = $1 and r.row = g.row and g.op = 'insert'
)
insert into jingwei.import_fault (job_id, row, col, field, value, reason, detail, warning)
select $1, g.row, 0, case when g.circle and not g.other then 'superior' else '' end, left(g.name, 40),
       case when g.other then 'changed-since' when g.circle then 'superior-cycle' when r.parent_row is not null and g.parent_id is null then 'superior-refused' else 'out-of-scope' end,
       case when not g.other and not g.circle and r.parent_row is not null and g.parent_id is null then r.parent_row::text else '' end, false
from gone g join jingwei.import_row r on r.job_id = $1 and r.row = g.row`
	// What is below a new organization that is not made has no superior.
	sqlOrphaned = `
update load_import l set parent_id = null, path = null
where l.parent_id is not null and not exists (select from jingwei.organization o where o.id = l.parent_id)`
	sqlDropUnchanged = `
delete from load_import l using jingwei.organization_version v
where l.op = 'update' and not l.moved and v.row_id = l.row_id
  and (v.kind, v.level, v.name, v.short_name, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs, v.address, v.phone, coalesce(v.uscc, ''))
    = (l.kind, l.level, l.name, l.short_name, l.division_code, l.lon_e7, l.lat_e7, l.location_source, l.location_accuracy_m, l.source_crs, l.address, l.phone, l.uscc)`
	sqlRenamed = `
select l.seq, l.name, l.short_name from load_import l
left join jingwei.organization_version v on v.row_id = l.row_id
where l.op = 'insert' or (v.name, v.short_name) is distinct from (l.name, l.short_name)
order by l.seq`
	sqlSetKeys = `
update load_import l set pinyin = k.pinyin, initials = k.initials, grams = string_to_array(nullif(k.grams, ''), e'\x1f')
from unnest($1::int[], $2::text[], $3::text[], $4::text[]) k (seq, pinyin, initials, grams)
where l.seq = k.seq`
	sqlImportMoment = `
select greatest(clock_timestamp(), (
    select max(lower(v.recorded)) + interval '1 microsecond'
    from load_import l join jingwei.organization_version v on v.organization_id = l.id where l.op = 'update'))`
	sqlInsertImported = `
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
    pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
    location_state, address, phone, uscc)
select l.id, 1, l.span, tstzrange($2, null), $1, l.parent_id, l.path, l.kind, l.level, l.status, l.name, l.short_name, l.pinyin, l.initials, l.grams,
    l.division_code, l.lon_e7, l.lat_e7, l.location_source, l.location_accuracy_m, l.source_crs, l.location_state, l.address, l.phone, nullif(l.uscc, '')
from load_import l
where l.op = 'insert'
order by l.seq`
	// What was verified of a place does not hold for another one, nor with another accuracy or division.
	sqlStepImported = `
insert into jingwei.location_step (organization_id, version, from_state, to_state, cause, account_id, author, at, lon_e7, lat_e7, accuracy_m, distance_m)
select l.id, l.version, v.location_state, l.location_state, case when l.moved_m is null then 'changed' else 'moved' end, nullif($3::bigint, 0), $1, $2, l.lon_e7, l.lat_e7, l.location_accuracy_m,
       l.moved_m
from load_import l join jingwei.organization_version v on v.row_id = l.row_id
where l.op = 'update' and v.location_state <> l.location_state
order by l.seq`
	sqlMoveImported = `
select jingwei.move_paths(l.id, jingwei.day_number(lower(l.span)), jingwei.day_number(upper(l.span))) from (select * from load_import l where l.moved order by l.seq) l`
	sqlNoteImported = `
insert into jingwei.import_write (job_id, seq, organization_id, version, at, made, moved)
select $1, l.seq, l.id, l.version, $2, l.op = 'insert', l.moved from load_import l`
	sqlTallyImported = `select count(*) filter (where l.op = 'insert'), count(*) filter (where l.op = 'update') from load_import l`
)

// write brings load_import into the history.
func (r *importRun) write(ctx context.Context, tx pgx.Tx, author string) (t importTally, err error) {
	if t.refused, err = r.settlePaths(ctx, tx); err != nil {
		return t, err
	}
	if err := r.setKeys(ctx, tx); err != nil {
		return t, err
	}
	var at time.Time
	if err := tx.QueryRow(ctx, sqlImportMoment).Scan(&at); err != nil {
		return t, err
	}
	for _, sql := range []string{sqlInsertImported, sqlImportMerge} {
		if _, err := tx.Exec(ctx, sql, author, at); err != nil {
			return t, err
		}
	}
	if _, err := tx.Exec(ctx, sqlStepImported, author, at, r.actor.Account); err != nil {
		return t, err
	}
	if _, err := tx.Exec(ctx, sqlMoveImported); err != nil {
		return t, err
	}
	if _, err := tx.Exec(ctx, sqlNoteImported, r.Job.ID, at); err != nil {
		return t, err
	}
	err = tx.QueryRow(ctx, sqlTallyImported).Scan(&t.made, &t.altered)
	return t, err
}

// settlePaths computes paths from the top down, superiors of the same batch first, and drops what is unchanged, out of reach or on a
// circle; it returns how many rows are refused.
func (r *importRun) settlePaths(ctx context.Context, tx pgx.Tx) (refused int, err error) {
	for {
		n, err := r.refuseMoves(ctx, tx)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		refused += n
	}
	return refused, exec(ctx, tx, sqlDropUnchanged)
}

// refuseMoves computes paths and drops what cannot stand there; it returns how many rows those are.
func (r *importRun) refuseMoves(ctx context.Context, tx pgx.Tx) (int, error) {
	if err := errors.Join(exec(ctx, tx, sqlOrphaned), exec(ctx, tx, sqlSettleMoves), exec(ctx, tx, sqlPathsKnown)); err != nil {
		return 0, err
	}
	for {
		tag, err := tx.Exec(ctx, sqlPathsBelow)
		if err != nil {
			return 0, err
		}
		if tag.RowsAffected() == 0 {
			break
		}
	}
	if err := exec(ctx, tx, sqlOnCircle); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, sqlOutOfReach, r.Job.ID)
	return int(tag.RowsAffected()), err
}

// setKeys computes what search looks into, for names that are new.
func (r *importRun) setKeys(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, sqlRenamed)
	if err != nil {
		return err
	}
	var (
		seqs                    []int32
		letters, initials, gram []string
		seq                     int32
		name, short             string
	)
	_, err = pgx.ForEachRow(rows, []any{&seq, &name, &short}, func() error {
		k := r.romanizer.keys(name, short)
		seqs, letters, initials = append(seqs, seq), append(letters, k.letters), append(initials, k.initials)
		gram = append(gram, strings.Join(k.grams, "\x1f"))
		return nil
	})
	if err != nil || len(seqs) == 0 {
		return err
	}
	_, err = tx.Exec(ctx, sqlSetKeys, seqs, letters, initials, gram)
	return err
}

const (
	sqlAdvanceImport = `
update jingwei.import_job set done = $2, counts = $3, state = $4, pausing = pausing and $4 = 'running', updated_at = clock_timestamp() where id = $1`
	sqlCountFaults = `
update jingwei.import_job j
set faults = (select coalesce(jsonb_object_agg(f.reason, f.n), '{}') from (
    select f.reason, count(*) as n from jingwei.import_fault f where f.job_id = j.id group by f.reason) f)
where j.id = $1`
)

// advance notes how far the run is; after the last row it is done.
func (r *importRun) advance(ctx context.Context, tx pgx.Tx, t importTally, done int) error {
	c := &r.Job.Counts
	c.Made, c.Altered, c.Left, c.Refused = c.Made+t.made, c.Altered+t.altered, c.Left+t.left, c.Refused+t.refused
	if t.refused > 0 {
		if _, err := tx.Exec(ctx, sqlCountFaults, r.Job.ID); err != nil {
			return err
		}
	}
	return r.goOn(ctx, tx, done, geo.ImportDone, "organization.import", importShare{Made: t.made, Altered: t.altered, Left: t.left, Refused: t.refused})
}

// importShare is what the audit tells of the part of an import that a transaction wrote or took back.
type importShare struct {
	Made    int `json:"made,omitempty"`
	Altered int `json:"altered,omitempty"`
	Left    int `json:"left,omitempty"`
	Refused int `json:"refused,omitempty"` // by the run: the check has refused others
	Undone  int `json:"undone,omitempty"`
	Kept    int `json:"kept,omitempty"`
	// Of all parts, with the last one.
	All *geo.ImportCounts `json:"all,omitempty"`
}

// goOn notes that so many rows are done, and tells the audit of the share of the transaction; after the last one the import is in the state
// end, and the audit has the sum.
func (w *ImportWork) goOn(ctx context.Context, tx pgx.Tx, done int, end, action string, share importShare) error {
	j := &w.Job
	if j.Done = done; done == j.Total {
		j.State = end
	}
	counts, err := json.Marshal(j.Counts)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlAdvanceImport, j.ID, done, counts, j.State); err != nil {
		return err
	}
	if j.State == end {
		share.All = &j.Counts
	}
	return audit(ctx, tx, action, geo.AuditObject{Kind: "import", ID: j.ID}, nil, nil, share)
}
