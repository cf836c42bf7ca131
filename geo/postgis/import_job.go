package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// importChunk is how many bytes of a file one row holds.
const importChunk = 1 << 20

// importColumns are what scanImport reads; j is the import.
const importColumns = `
       j.id, j.state, j.pausing, j.file_name, j.file_size, j.author, coalesce(j.account_id, 0), coalesce(j.organization_id, 0), v.path, j.created_at, j.updated_at,
       j.recognition, j.mapping, j.remembered, j.counts, j.faults, j.phase, j.done, j.total, j.failure`

// sqlImportPlace joins the path of the organization that an import belongs to.
const sqlImportPlace = `
left join lateral (
    select string_to_array(ltree2text(v.path), '.')::bigint[] as path
    from jingwei.organization_version v
    where v.organization_id = j.organization_id
    order by upper_inf(v.recorded) desc, v.valid desc, v.row_id
    limit 1) v on true`

const sqlImport = `
select` + importColumns + `
from jingwei.import_job j` + sqlImportPlace + `
where j.id = $1`

func scanImport(row pgx.CollectableRow) (geo.ImportJob, error) {
	var (
		j                                    geo.ImportJob
		recognition, mapping, counts, faults []byte
	)
	err := row.Scan(&j.ID, &j.State, &j.Pausing, &j.FileName, &j.FileSize, &j.Author, &j.Account, &j.Organization, &j.Path, &j.CreatedAt, &j.UpdatedAt,
		&recognition, &mapping, &j.Remembered, &counts, &faults, &j.Phase, &j.Done, &j.Total, &j.Failure)
	if err != nil {
		return j, err
	}
	return j, errors.Join(json.Unmarshal(recognition, &j.Recognition), json.Unmarshal(mapping, &j.Mapping),
		json.Unmarshal(counts, &j.Counts), json.Unmarshal(faults, &j.Faults))
}

func oneImport(ctx context.Context, q querier, sql string, args ...any) (geo.ImportJob, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return geo.ImportJob{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanImport)
}

// Import returns an import. One that does not exist, or that ask does not see, is geo.ErrNotFound.
func (s *Store) Import(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error) {
	j, err := oneImport(ctx, s.offices, sqlImport, id)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !ask.Sees(j) {
		err = geo.NoImport(id)
	}
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("import %d: %w", id, explain(err))
	}
	return j, nil
}

const sqlImports = `
select` + importColumns + `
from jingwei.import_job j` + sqlImportPlace + `
where ($1 or j.account_id = $2 or v.path is not null and $3 <> '' and ($3 = '*' or v.path && string_to_array(nullif($3, '*'), '.')::bigint[]))
  and ($4 = 0 or (j.created_at, j.id) < (select b.created_at, b.id from jingwei.import_job b where b.id = $4))
order by j.created_at desc, j.id desc
limit $5`

// Imports returns the imports that ask sees, the newest first: ids do not rise with time. Only those older than one, 0 for all;
// of one that was removed there are none.
func (s *Store) Imports(ctx context.Context, ask geo.ImportAsk, before geo.ID, limit int) ([]geo.ImportJob, error) {
	rows, err := s.offices.Query(ctx, sqlImports, ask.All, ask.Account, ask.Offices.Key(), before, limit)
	if err != nil {
		return nil, fmt.Errorf("imports: %w", explain(err))
	}
	jobs, err := pgx.CollectRows(rows, scanImport)
	if err != nil {
		return nil, fmt.Errorf("imports: %w", explain(err))
	}
	return jobs, nil
}

const (
	sqlCreateImport = `
insert into jingwei.import_job (state, file_name, file_size, account_id, organization_id, author, recognition, mapping, remembered, total)
values ($1, $2, $3, nullif($4::bigint, 0), (select a.organization_id from jingwei.account a where a.id = $4), $5, $6, $7, $8, $9)
returning id, coalesce(organization_id, 0)`
	sqlImportChunk = `insert into jingwei.import_chunk (job_id, n, data) values ($1, $2, $3)`
)

// CreateImport keeps a file with what it was found to be, and returns the import. remember says that its mapping holds for the next
// file of the committee with such headers.
func (s *Store) CreateImport(ctx context.Context, ask geo.ImportAsk, j geo.ImportJob, remember bool, file io.Reader) (geo.ImportJob, error) {
	var id geo.ID
	err := s.write(ctx, func(tx pgx.Tx) error {
		recognition, mapping, err := marshalImport(j)
		if err != nil {
			return err
		}
		var organization geo.ID
		if err := tx.QueryRow(ctx, sqlCreateImport, importState(j.Mapping), j.FileName, j.FileSize, ask.Account, ask.Name, recognition, mapping, j.Remembered, j.Total).Scan(&id, &organization); err != nil {
			return err
		}
		if remember {
			if err := rememberMapping(ctx, tx, organization, j); err != nil {
				return err
			}
		}
		if err := copyChunks(ctx, tx, id, file); err != nil {
			return err
		}
		return audit(ctx, tx, "import.upload", geo.AuditObject{Kind: "import", ID: id}, nil, nil, map[string]any{"file": j.FileName, "bytes": j.FileSize})
	})
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("create import: %w", err)
	}
	return s.Import(ctx, geo.ImportAsk{All: true}, id)
}

func importState(m geo.ImportMapping) string {
	if m.Ready() {
		return geo.ImportMapped
	}
	return geo.ImportUploaded
}

func marshalImport(j geo.ImportJob) (recognition, mapping []byte, err error) {
	recognition, err1 := json.Marshal(j.Recognition)
	mapping, err2 := json.Marshal(j.Mapping)
	return recognition, mapping, errors.Join(err1, err2)
}

func copyChunks(ctx context.Context, tx pgx.Tx, id geo.ID, file io.Reader) error {
	buffer := make([]byte, importChunk)
	for n := 0; ; n++ {
		k, err := io.ReadFull(file, buffer)
		if k > 0 {
			if _, err := tx.Exec(ctx, sqlImportChunk, id, n, buffer[:k]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// WriteImportFile writes the file of an import to w.
func (s *Store) WriteImportFile(ctx context.Context, id geo.ID, w io.Writer) error {
	const next = `select c.data from jingwei.import_chunk c where c.job_id = $1 and c.n = $2`
	for n := 0; ; n++ {
		var data []byte
		err := s.offices.QueryRow(ctx, next, id, n).Scan(&data)
		switch {
		case errors.Is(err, pgx.ErrNoRows) && n > 0:
			return nil
		case err != nil:
			return fmt.Errorf("file of import %d: %w", id, explain(err))
		}
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("file of import %d: %w", id, err)
		}
	}
}

// changeImport locks an import that ask sees and lets f change it in the same transaction.
func (s *Store) changeImport(ctx context.Context, ask geo.ImportAsk, id geo.ID, f func(tx pgx.Tx, j geo.ImportJob) error) (geo.ImportJob, error) {
	var after geo.ImportJob
	err := s.write(ctx, func(tx pgx.Tx) error {
		j, err := oneImport(ctx, tx, sqlImport+` for update of j`, id)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !ask.Sees(j) {
			return geo.NoImport(id)
		}
		if err != nil {
			return err
		}
		if err := f(tx, j); err != nil {
			return err
		}
		after, err = oneImport(ctx, tx, sqlImport, id)
		if errors.Is(err, pgx.ErrNoRows) { // deleted
			return nil
		}
		return err
	})
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("import %d: %w", id, err)
	}
	return after, nil
}

const (
	sqlMapImport = `
update jingwei.import_job
set state = 'mapped', recognition = $2, mapping = $3, remembered = false, counts = '{}', faults = '{}', phase = '', done = 0, failure = '', updated_at = clock_timestamp()
where id = $1`
	sqlRememberMapping = `
insert into jingwei.import_mapping (organization_id, headers, mapping) values ($1, $2, $3::jsonb || jsonb_build_object('headers', $4::text[]))
on conflict (organization_id, headers) do update set mapping = excluded.mapping, used_at = clock_timestamp()`
)

// MapImport says how the file of an import is understood, and remembers it for the next file of the committee with such
// headers. An import that has begun to write is geo.ErrConflict.
func (s *Store) MapImport(ctx context.Context, ask geo.ImportAsk, j geo.ImportJob) (geo.ImportJob, error) {
	return s.changeImport(ctx, ask, j.ID, func(tx pgx.Tx, now geo.ImportJob) error {
		if !before(now) {
			return geo.WrongImportState(now, "mapped")
		}
		recognition, mapping, err := marshalImport(j)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlMapImport, j.ID, recognition, mapping); err != nil {
			return err
		}
		if err := rememberMapping(ctx, tx, now.Organization, j); err != nil {
			return err
		}
		return audit(ctx, tx, "import.map", geo.AuditObject{Kind: "import", ID: j.ID}, nil, nil, map[string]any{"columns": j.Mapping.Columns})
	})
}

// before reports whether nothing was written yet and nothing runs.
func before(j geo.ImportJob) bool {
	return j.State == geo.ImportUploaded || j.State == geo.ImportMapped || j.State == geo.ImportChecked || j.State == geo.ImportFailed && !j.Written()
}

// rememberMapping keeps how a file is understood, but for what is said anew of each file, since it loses something or lets it through.
func rememberMapping(ctx context.Context, tx pgx.Tx, organization geo.ID, j geo.ImportJob) error {
	m := j.Mapping
	m.Clear, m.AcceptOutside = false, false
	mapping, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return exec(ctx, tx, sqlRememberMapping, organization, headersKey(j.Recognition.Headers), mapping, j.Recognition.Headers)
}

// headersKey is the same for files with the same headers.
func headersKey(headers []string) string {
	sum := sha256.Sum256([]byte(strings.Join(headers, "\x00")))
	return hex.EncodeToString(sum[:])
}

// mostRemembered is how many mappings of a committee are looked through.
const mostRemembered = 200

const sqlRememberedMappings = `
select m.headers = $2, m.mapping from jingwei.import_mapping m
where m.organization_id = coalesce((select a.organization_id from jingwei.account a where a.id = $1), 0)
order by m.headers = $2 desc, m.used_at desc
limit $3`

// RememberedMappings returns how files were understood by the committee of an account: one with just these headers first, then the
// last one first.
func (s *Store) RememberedMappings(ctx context.Context, account geo.ID, headers []string) ([]geo.RememberedMapping, error) {
	rows, err := s.offices.Query(ctx, sqlRememberedMappings, account, headersKey(headers), mostRemembered)
	if err != nil {
		return nil, fmt.Errorf("remembered mappings: %w", explain(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m geo.RememberedMapping, err error) {
		var text []byte
		var same bool
		if err := row.Scan(&same, &text); err != nil {
			return m, err
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return m, err
		}
		if same {
			m.Headers = headers
		}
		return m, nil
	})
	if err != nil {
		return nil, fmt.Errorf("remembered mappings: %w", explain(err))
	}
	return list, nil
}

const sqlStartImport = `
update jingwei.import_job
set state = $2, pausing = false, actor = $3, see_scope = $4, write_scope = $5, failure = '', phase = '', updated_at = clock_timestamp(),
    author = case when $2 = 'running' then $6 else author end,
    done = case when $7 then done else 0 end, total = case when $2 = 'checking' then total when $7 then total else 0 end
where id = $1`

// StartImport lets an import be checked, run, or undone by whoever works on imports: state is geo.ImportChecking, geo.ImportRunning or
// geo.ImportUndoing. What is written lies in the scope of ask. One that is in no state for that is geo.ErrConflict.
func (s *Store) StartImport(ctx context.Context, ask geo.ImportAsk, id geo.ID, state string) (geo.ImportJob, error) {
	actor, err := json.Marshal(geo.ActorOf(ctx))
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("start import: %w", err)
	}
	return s.changeImport(ctx, ask, id, func(tx pgx.Tx, j geo.ImportJob) error {
		goesOn := j.State == geo.ImportPaused && state == geo.ImportRunning
		switch state {
		case geo.ImportChecking:
			if !before(j) || !j.Mapping.Ready() {
				return geo.WrongImportState(j, "checked")
			}
		case geo.ImportRunning:
			if j.State == geo.ImportPartlyUndone {
				return &geo.Error{Kind: geo.ErrConflict, Field: "state", Message: "the import is being taken back, and that did not come to its end: undo it again"}
			}
			if j.State != geo.ImportChecked && !goesOn {
				return geo.WrongImportState(j, "run")
			}
		case geo.ImportUndoing:
			if !j.Undoable() {
				return geo.WrongImportState(j, "undone")
			}
		}
		if _, err := tx.Exec(ctx, sqlStartImport, id, state, actor, ask.See.Key(), ask.In.Key(), ask.Name, goesOn); err != nil {
			return err
		}
		return audit(ctx, tx, "import."+verbOf(state), geo.AuditObject{Kind: "import", ID: id}, nil, nil, map[string]any{"file": j.FileName})
	})
}

func verbOf(state string) string {
	switch state {
	case geo.ImportChecking:
		return "check"
	case geo.ImportUndoing:
		return "undo"
	}
	return "run"
}

const sqlPauseImport = `update jingwei.import_job set pausing = true, updated_at = clock_timestamp() where id = $1`

// PauseImport asks an import that runs to stop after its present batch. One that does not run is geo.ErrConflict.
func (s *Store) PauseImport(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error) {
	return s.changeImport(ctx, ask, id, func(tx pgx.Tx, j geo.ImportJob) error {
		if j.State != geo.ImportRunning {
			return geo.WrongImportState(j, "paused")
		}
		if _, err := tx.Exec(ctx, sqlPauseImport, id); err != nil {
			return err
		}
		return audit(ctx, tx, "import.pause", geo.AuditObject{Kind: "import", ID: id}, nil, nil, nil)
	})
}

// DeleteImport forgets an import with its file. One that is being worked on, or paused in the middle, is geo.ErrConflict.
// What it has written stays, and cannot be undone as a whole any more.
func (s *Store) DeleteImport(ctx context.Context, ask geo.ImportAsk, id geo.ID) error {
	_, err := s.changeImport(ctx, ask, id, func(tx pgx.Tx, j geo.ImportJob) error {
		if j.Active() || j.State == geo.ImportPaused {
			return geo.WrongImportState(j, "deleted")
		}
		if _, err := tx.Exec(ctx, `delete from jingwei.import_job where id = $1`, id); err != nil {
			return err
		}
		return audit(ctx, tx, "import.delete", geo.AuditObject{Kind: "import", ID: id}, nil, map[string]any{"file": j.FileName, "state": j.State}, nil)
	})
	return err
}

const sqlImportFaults = `
select f.row, f.col, f.field, f.value, f.reason, f.detail, f.warning
from jingwei.import_fault f
where f.job_id = $1 and ($2 = '' or f.reason = $2)
order by f.row, f.col, f.reason
offset $3 limit $4`

// ImportFaults returns a page of the faults of an import, by row and column.
func (s *Store) ImportFaults(ctx context.Context, id geo.ID, q geo.ImportFaultQuery) ([]geo.ImportFault, error) {
	rows, err := s.offices.Query(ctx, sqlImportFaults, id, q.Reason, q.Offset, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("faults of import %d: %w", id, explain(err))
	}
	faults, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.ImportFault])
	if err != nil {
		return nil, fmt.Errorf("faults of import %d: %w", id, explain(err))
	}
	return faults, nil
}

const sqlImportPoints = `
select r.row, coalesce(r.name, r.code, ''), r.lon_e7, r.lat_e7, r.refused, r.warned
from jingwei.import_row r
where r.job_id = $1 and r.lon_e7 is not null
order by r.refused desc, r.warned desc, hashint4(r.row)
limit $2`

// ImportPoints returns rows of an import that have a place, those with faults first, then any of the others.
func (s *Store) ImportPoints(ctx context.Context, id geo.ID, limit int) ([]geo.ImportPoint, error) {
	rows, err := s.offices.Query(ctx, sqlImportPoints, id, limit)
	if err != nil {
		return nil, fmt.Errorf("points of import %d: %w", id, explain(err))
	}
	points, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p geo.ImportPoint, err error) {
		err = row.Scan(&p.Row, &p.Name, &p.At.Lon, &p.At.Lat, &p.Refused, &p.Warned)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("points of import %d: %w", id, explain(err))
	}
	return points, nil
}

const sqlImportKept = `
select w.organization_id, coalesce(v.name, ''), w.undone
from jingwei.import_write w
left join lateral (
    select v.name from jingwei.organization_version v
    where v.row_id = jingwei.present_row(w.organization_id, jingwei.day($3)) and (v.status = 'active' or jingwei.within(v.path, $4))) v on true
where w.job_id = $1 and w.undone <> 'undone'
order by w.seq
limit $2`

// ImportKept returns organizations that the undo of an import left as they are, without a name those that ask does not see.
func (s *Store) ImportKept(ctx context.Context, ask geo.ImportAsk, id geo.ID, limit int) ([]geo.ImportKept, error) {
	rows, err := s.offices.Query(ctx, sqlImportKept, id, limit, int32(s.today()), ask.See.Key())
	if err != nil {
		return nil, fmt.Errorf("kept by the undo of import %d: %w", id, explain(err))
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.ImportKept])
	if err != nil {
		return nil, fmt.Errorf("kept by the undo of import %d: %w", id, explain(err))
	}
	return kept, nil
}

const sqlForgetImports = `
with old as (
    select j.id from jingwei.import_job j
    where j.updated_at < clock_timestamp() - interval '90 days' and j.state in ('uploaded', 'mapped', 'checked', 'done', 'undone', 'partly-undone', 'failed')
), chunks as (
    delete from jingwei.import_chunk c using old where c.job_id = old.id
), faults as (
    delete from jingwei.import_fault f using old where f.job_id = old.id
)
delete from jingwei.import_row r using old where r.job_id = old.id`

// MaintainImports forgets the files and rows of imports that nobody has touched for 90 days. What they wrote can be undone all the
// same.
func (s *Store) MaintainImports(ctx context.Context) error {
	if _, err := s.owner.Exec(ctx, sqlForgetImports); err != nil {
		return fmt.Errorf("maintain imports: %w", explain(err))
	}
	return nil
}
