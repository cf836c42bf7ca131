package postgis

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed import_stage.sql
var sqlImportStage string

//go:embed import_compare.sql
var sqlImportCompare string

//go:embed import_settle.sql
var sqlImportSettle string

// importReach is how far outside of its division a place may lie, in metres: outlines are simplified, and what passed through
// GCJ-02 is a metre off.
const importReach = 500

const (
	copyStage = `copy import_stage (row, code, name, short_name, kind, level, superior, division, division_code, lon_e7, lat_e7, source_crs, accuracy_m, address,
		phone, uscc, valid_from, superior_col, division_col, place_col) from stdin (format binary)`
	copyFound         = `copy import_found (row, col, field, value, reason, detail, warning) from stdin (format binary)`
	copyRank          = `copy import_rank (row, rank) from stdin (format binary)`
	sqlImportProgress = `update jingwei.import_job set phase = $2, done = $3, total = greatest(total, $3), updated_at = clock_timestamp() where id = $1`
)

// importRepeated is how many rows must have one coordinate before that is told: a house has several committees.
const importRepeated = 20

// Begin begins to check the import's file: what was checked before is forgotten at the end.
func (w *ImportWork) Begin(ctx context.Context) error {
	if _, err := w.conn.Exec(ctx, sqlImportStage); err != nil {
		return fmt.Errorf("check import %d: %w", w.Job.ID, explain(err))
	}
	return nil
}

// Add takes rows of the file with what was found wrong with them, and tells how many there were so far.
func (w *ImportWork) Add(ctx context.Context, rows []geo.ImportRow, faults []geo.ImportFault, done int) error {
	stage, found := newCopyBuffer(200*len(rows)), newCopyBuffer(100*len(faults))
	for i := range rows {
		stage.importRow(&rows[i])
	}
	for _, f := range faults {
		found.importFault(f)
	}
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		if err := stage.send(ctx, tx, copyStage); err != nil {
			return err
		}
		if err := found.send(ctx, tx, copyFound); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqlImportProgress, w.Job.ID, "reading", done)
		return err
	})
	if err != nil {
		return fmt.Errorf("check import %d: %w", w.Job.ID, explain(err))
	}
	w.Job.Done = done
	w.tell(done, w.Job.Total)
	return nil
}

func (b *copyBuffer) importRow(r *geo.ImportRow) {
	b.row(20)
	b.integer(int32(r.Row))
	for _, s := range [...]string{r.Code, r.Name, r.ShortName, r.Kind, r.Level, r.Superior, r.Division} {
		b.textOrNull(s)
	}
	b.idOrNull(geo.ID(r.DivisionCode))
	if r.HasLocation {
		b.integer(r.Location.Lon)
		b.integer(r.Location.Lat)
	} else {
		b.null()
		b.null()
	}
	b.textOrNull(r.SourceCRS)
	if r.HasAccuracy {
		b.float(r.AccuracyM)
	} else {
		b.null()
	}
	for _, s := range [...]string{r.Address, r.Phone, r.USCC} {
		b.textOrNull(s)
	}
	if r.HasFrom {
		b.integer(int32(r.From))
	} else {
		b.null()
	}
	b.integer(int32(r.SuperiorColumn))
	b.integer(int32(r.DivisionColumn))
	b.integer(int32(r.PlaceColumn))
}

func (b *copyBuffer) importFault(f geo.ImportFault) {
	b.row(7)
	b.integer(int32(f.Row))
	b.integer(int32(f.Column))
	for _, s := range [...]string{string(f.Field), f.Value, f.Reason, f.Detail} {
		b.text(s)
	}
	b.length(1)
	if f.Warning {
		b.data = append(b.data, 1)
	} else {
		b.data = append(b.data, 0)
	}
}

// Check compares what was added with what is known, and writes down what came of it: the import is checked then.
func (w *ImportWork) Check(ctx context.Context) error {
	if err := w.check(ctx); err != nil {
		return fmt.Errorf("check import %d: %w", w.Job.ID, explain(err))
	}
	return nil
}

func (w *ImportWork) check(ctx context.Context) error {
	if _, err := w.conn.Exec(ctx, sqlImportProgress, w.Job.ID, "comparing", w.Job.Done); err != nil {
		return err
	}
	if err := w.set(ctx); err != nil {
		return err
	}
	for statement := range strings.SplitSeq(sqlImportCompare, ";\n") { // one by one: the planner is to know the tables before
		if _, err := w.conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := w.rank(ctx); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return w.settle(ctx, tx) })
}

// set gives the session the parameters of import_compare.sql.
func (w *ImportWork) set(ctx context.Context) error {
	m := w.Job.Mapping
	columns := ","
	for _, f := range m.Columns {
		columns += string(f) + ","
	}
	outside := "off"
	if m.AcceptOutside {
		outside = "on"
	}
	for name, value := range map[string]string{
		"day": strconv.Itoa(int(w.store.today())), "see": w.see.Key(), "stored": w.stored.Key(), "granted": w.granted.Key(), "kind": m.Kind,
		"superior": m.Superior.String(), "columns": columns, "accuracy": strconv.FormatFloat(m.AccuracyM, 'f', -1, 64), "outside": outside, "reach": strconv.Itoa(importReach),
		"repeated": strconv.Itoa(importRepeated),
	} {
		if _, err := w.conn.Exec(ctx, `select set_config('jingwei.import_' || $1, $2, false)`, name, value); err != nil {
			return err
		}
	}
	return nil
}

const (
	sqlImportPairs = `
select s.row, coalesce(p.parent_row, 0), coalesce(p.parent_id, 0), coalesce(k.id, 0), coalesce(k.parent_id, 0),
       exists (select from import_found f where f.row = s.row and not f.warning), coalesce(s.superior, ''), s.superior_col
from import_stage s
left join import_superior p on p.row = s.row
left join import_known k on k.row = s.row
where p.row is not null
   or exists (select from import_superior c where c.parent_row = s.row)`
	sqlImportPaths = `
select v.organization_id, string_to_array(ltree2text(v.path), '.')::bigint[]
from jingwei.organization_version v
where v.organization_id = any($1) and upper_inf(v.recorded)
order by v.organization_id, lower(v.valid) nulls first`
)

// importNode is a row in the tree of the rows of a file.
type importNode struct {
	row, parentRow        int
	parent, id, presently geo.ID // superior that was known before; the organization itself; its present superior
	refused               bool
	superior              string
	column                int
	state                 int // of the walk: 0 unseen, 1 on the way, 2 done
	rank                  int
}

// rank finds circles of superiors, and in which order rows are to be written.
func (w *ImportWork) rank(ctx context.Context) error {
	rows, err := w.conn.Query(ctx, sqlImportPairs)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*importNode, error) {
		n := &importNode{}
		err := row.Scan(&n.row, &n.parentRow, &n.parent, &n.id, &n.presently, &n.refused, &n.superior, &n.column)
		return n, err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	tree, err := w.importTree(ctx, list)
	if err != nil {
		return err
	}
	var faults []geo.ImportFault
	slices.SortFunc(list, func(a, b *importNode) int { return a.row - b.row })
	for _, n := range list {
		if reason, detail := tree.visit(n); reason != "" && !n.refused {
			n.refused = true
			faults = append(faults, geo.ImportFault{Row: n.row, Column: n.column, Field: geo.ImportSuperior, Value: n.superior, Reason: reason, Detail: detail})
		}
	}
	faults = append(faults, tree.orphans(list)...)
	return w.addRanks(ctx, list, faults)
}

func (w *ImportWork) addRanks(ctx context.Context, list []*importNode, faults []geo.ImportFault) error {
	ranks, found := newCopyBuffer(20*len(list)), newCopyBuffer(100*len(faults))
	for _, n := range list {
		ranks.row(2)
		ranks.integer(int32(n.row))
		ranks.integer(int32(n.rank))
	}
	for _, f := range faults {
		found.importFault(f)
	}
	return pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		return errors.Join(ranks.send(ctx, tx, copyRank), found.send(ctx, tx, copyFound))
	})
}

// importTree is the tree of organizations as it would be after an import.
type importTree struct {
	byRow map[int]*importNode
	byID  map[geo.ID]*importNode // those that get another superior
	paths map[geo.ID][]geo.ID    // of superiors that were known before
}

func (w *ImportWork) importTree(ctx context.Context, list []*importNode) (*importTree, error) {
	t := &importTree{byRow: make(map[int]*importNode, len(list)), byID: map[geo.ID]*importNode{}, paths: map[geo.ID][]geo.ID{}}
	for _, n := range list {
		t.byRow[n.row] = n
		if n.id != 0 && (n.parentRow != 0 || n.parent != 0) {
			t.byID[n.id] = n
		}
	}
	if len(t.byID) == 0 { // nothing moves: what is known cannot close a circle
		return t, nil
	}
	var ids []geo.ID
	for _, n := range list {
		ids = append(ids, n.parent, n.presently)
	}
	slices.Sort(ids)
	rows, err := w.conn.Query(ctx, sqlImportPaths, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	var (
		id   geo.ID
		path []geo.ID
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &path}, func() error {
		t.paths[id] = slices.Clone(path)
		return nil
	})
	return t, err
}

// above returns the next row on the way up from a row, nil when the way leads out of the file.
func (t *importTree) above(n *importNode) *importNode {
	if n.parentRow != 0 {
		return t.byRow[n.parentRow]
	}
	from := n.parent
	if from == 0 { // its superior stays as it is
		from = n.presently
	}
	for _, id := range slices.Backward(t.paths[from]) {
		if moved := t.byID[id]; moved != nil {
			return moved
		}
	}
	return nil
}

// visit walks up from a row; it tells whether the row stands on a circle, and ranks it below its superior.
func (t *importTree) visit(n *importNode) (reason, detail string) {
	var way []*importNode
	at := n
	for at != nil && at.state == 0 {
		at.state = 1
		way = append(way, at)
		at = t.above(at)
	}
	if at != nil && at.state == 1 { // reached again on this very way: all from it on are the circle
		for _, x := range way[slices.Index(way, at):] {
			x.rank = -1
		}
	}
	for _, x := range slices.Backward(way) {
		x.state = 2
		if above := t.above(x); x.rank >= 0 && above != nil {
			x.rank = max(0, above.rank) + 1
		}
	}
	if n.rank < 0 {
		n.rank = 0
		return geo.FaultCycle, ""
	}
	return "", ""
}

// orphans refuses rows whose superior is a new organization on a row that is refused, and those below them.
func (t *importTree) orphans(list []*importNode) []geo.ImportFault {
	var faults []geo.ImportFault
	byRank := slices.Clone(list)
	slices.SortStableFunc(byRank, func(a, b *importNode) int { return a.rank - b.rank })
	for _, n := range byRank {
		above := t.byRow[n.parentRow]
		if above == nil || n.refused || !above.refused || above.id != 0 {
			continue
		}
		n.refused = true
		faults = append(faults, geo.ImportFault{Row: n.row, Column: n.column, Field: geo.ImportSuperior, Value: n.superior, Reason: geo.FaultSuperiorRefused, Detail: strconv.Itoa(above.row)})
	}
	return faults
}

const (
	sqlForgetChecked = `
with rows as (delete from jingwei.import_row where job_id = $1)
delete from jingwei.import_fault where job_id = $1`
	// A fault that the comparison finds knows the field; where it stands the mapping does.
	sqlKeepFaults = `
insert into jingwei.import_fault (job_id, row, col, field, value, reason, detail, warning)
select $1, f.row, case when f.col > 0 then f.col else coalesce(array_position($2::text[], f.field), 0) end, f.field, f.value, f.reason, f.detail, f.warning
from import_found f order by f.row, f.col`
	sqlChecked = `
update jingwei.import_job
set state = 'checked', counts = (
        select jsonb_build_object('rows', count(*), 'refused', count(*) filter (where r.refused), 'warned', count(*) filter (where r.warned and not r.refused),
            'new', count(*) filter (where r.op = 'insert'), 'changed', count(*) filter (where r.op = 'update'), 'unchanged', count(*) filter (where r.op = 'same'),
            'by_name', count(*) filter (where r.op in ('update', 'same') and r.code is null))
        from jingwei.import_row r where r.job_id = $1)
        || (select jsonb_build_object('moved', count(*))
            from jingwei.import_row r
            join import_known k on k.row = r.row
            left join import_known above on above.row = r.parent_row
            where r.job_id = $1 and r.op = 'update' and (r.parent_row is not null or r.parent_id is not null)
              and coalesce(r.parent_id, above.id) is distinct from k.parent_id)
        || (select jsonb_build_object('emptied', count(*))
            from jingwei.import_row r
            join import_known k on k.row = r.row
            join jingwei.organization_version v on v.row_id = k.row_id
            cross join lateral (values (r.short_name, v.short_name), (r.address, v.address), (r.phone, v.phone), (r.uscc, v.uscc)) cell (said, known)
            where $2 and r.job_id = $1 and r.op = 'update' and cell.said = '' and cell.known <> ''),
    faults = (select coalesce(jsonb_object_agg(f.reason, f.n), '{}') from (select f.reason, count(*) as n from import_found f group by f.reason) f),
    phase = '', updated_at = clock_timestamp()
where id = $1
returning done, counts, faults`
)

func (w *ImportWork) settle(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlForgetChecked, w.Job.ID); err != nil {
		return err
	}
	columns := make([]string, len(w.Job.Mapping.Columns))
	for i, f := range w.Job.Mapping.Columns {
		columns[i] = string(f)
	}
	if _, err := tx.Exec(ctx, sqlKeepFaults, w.Job.ID, columns); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlImportSettle, w.Job.ID, w.Job.Mapping.Clear); err != nil {
		return err
	}
	var counts, faults []byte
	if err := tx.QueryRow(ctx, sqlChecked, w.Job.ID, w.Job.Mapping.Clear).Scan(&w.Job.Done, &counts, &faults); err != nil {
		return err
	}
	w.Job.State = geo.ImportChecked
	return errors.Join(json.Unmarshal(counts, &w.Job.Counts), json.Unmarshal(faults, &w.Job.Faults))
}
