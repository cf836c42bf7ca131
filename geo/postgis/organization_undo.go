package postgis

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed reopen.sql
var sqlReopen string

const sqlOperationOf = `
select w.operation, w.action from jingwei.organization_write w where w.organization_id = $1 and w.version = $2`

const sqlWritesOfOperation = `
select w.organization_id, w.version, coalesce(w.code_before, ''), jingwei.day_number(w.retired_before)
from jingwei.organization_write w where w.operation = $1 order by w.organization_id`

// What a write said, and what it put that in the place of.
const sqlRowsOfWrite = `
select v.row_id, coalesce(v.parent_id, 0), nlevel(v.path), jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid)), upper_inf(v.recorded)
from jingwei.organization_version v
join jingwei.organization_write w on w.organization_id = v.organization_id and w.version = $2
where v.organization_id = $1 and (upper(v.recorded) = w.at or lower(v.recorded) = w.at and upper_inf(v.recorded))
order by lower(v.valid) nulls first, v.row_id`

const sqlDeleteLinks = `delete from jingwei.organization_link where operation = $1`

// writtenRow is a row that a write made, or that it put an end to.
type writtenRow struct {
	id     geo.ID
	parent geo.ID
	depth  int
	valid  geo.DayRange
	made   bool
}

// reversal takes back what a write did to one organization.
type reversal struct {
	organizationWrite
	known       []standing
	code        string // before the write
	retired     *int32 // before the write
	made, ended []writtenRow
}

// UndoOrganization takes back the write that made the version ifVersion of an organization, which must be the present one,
// with all that was written together with it: of a merge or a split, all of it. It does so by a further write to each, so
// that nothing is lost. The answer says how they stand; the position as of CreateOrganization.
//
// One of them that was written to since is geo.ErrStale. An import, and a write that took one back, is geo.ErrConflict.
// Rights are those that writing all of that needs.
func (s *Store) UndoOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, today geo.Day, author string) ([]geo.Reorganized, geo.FeedPosition, error) {
	r := s.reach(see, in, today)
	var done []geo.Reorganized
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockTree); err != nil {
			return err
		}
		op := &operation{action: geo.WriteUndo, author: author}
		w, _, err := r.lock(ctx, tx, id, op)
		if err != nil {
			return err
		}
		if err := r.expect(ctx, tx, w, ifVersion); err != nil {
			return err
		}
		done, err = r.undo(ctx, tx, id, ifVersion, op)
		return err
	})
	if err != nil {
		return nil, geo.FeedPosition{}, fmt.Errorf("undo of organization %d: %w", id, err)
	}
	return done, s.positionAfter(ctx), nil
}

// undo takes back the operation that the write with a number to an organization belongs to.
func (r reach) undo(ctx context.Context, tx pgx.Tx, id geo.ID, version int32, op *operation) ([]geo.Reorganized, error) {
	var (
		wrote  geo.ID
		action string
	)
	err := tx.QueryRow(ctx, sqlOperationOf, id, version).Scan(&wrote, &action)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &geo.Error{Kind: geo.ErrConflict, Message: "the last write came from an import and cannot be taken back: restore an earlier version"}
	}
	if err != nil {
		return nil, err
	}
	if action == geo.WriteVerify {
		return nil, &geo.Error{Kind: geo.ErrConflict, Message: "the last write was a step in the verification of the location: send it back there"}
	}
	if action == geo.WriteUndo {
		return nil, &geo.Error{Kind: geo.ErrConflict, Message: "the last write took one back already: do again what is to be done"}
	}
	all, err := r.reversals(ctx, tx, wrote, op)
	if err != nil {
		return nil, err
	}
	// Links go between those that come back and those that vanish: who may write them is told by what is known of both.
	made := slices.IndexFunc(all, (*reversal).fresh)
	if made < 0 {
		made = len(all)
	}
	if err := runAll(ctx, tx, r, all[:made]); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, sqlDeleteLinks, wrote); err != nil {
		return nil, err
	}
	if err := runAll(ctx, tx, r, all[made:]); err != nil {
		return nil, err
	}
	return reorganized(ctx, tx, r, idsOf(all))
}

func runAll(ctx context.Context, tx pgx.Tx, r reach, all []*reversal) error {
	for _, v := range all {
		if err := v.run(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(all []*reversal) (ids []geo.ID) {
	for _, v := range all {
		ids = append(ids, v.id)
	}
	return ids
}

// reversals locks, in the order of their ids, all that an operation wrote to, and returns them in the order in which they
// are taken back: superiors before those below them, and last what was made by the operation.
func (r reach) reversals(ctx context.Context, tx pgx.Tx, wrote geo.ID, op *operation) ([]*reversal, error) {
	rows, err := tx.Query(ctx, sqlWritesOfOperation, wrote)
	if err != nil {
		return nil, err
	}
	type write struct {
		reversal
		version int32
	}
	writes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w write, err error) {
		err = row.Scan(&w.id, &w.version, &w.code, &w.retired)
		return w, err
	})
	if err != nil {
		return nil, err
	}
	var all []*reversal
	for _, w := range writes {
		v := &w.reversal
		if v.organizationWrite, v.known, err = r.lock(ctx, tx, w.id, op); err != nil {
			return nil, err
		}
		if err := r.expect(ctx, tx, v.organizationWrite, w.version); err != nil {
			return nil, err
		}
		if err := v.read(ctx, tx, w.version); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b *reversal) int { return cmp.Compare(a.depth(), b.depth()) })
	return all, nil
}

// fresh reports whether the write made the organization.
func (v *reversal) fresh() bool { return len(v.ended) == 0 && v.retired == nil }

// depth is how far down the tree it was before the write; of what the write made, further than anything.
func (v *reversal) depth() int {
	if v.fresh() {
		return 1 << 30
	}
	depth := 0
	for _, row := range v.ended {
		depth = max(depth, row.depth)
	}
	return depth
}

func (v *reversal) read(ctx context.Context, tx pgx.Tx, version int32) error {
	rows, err := tx.Query(ctx, sqlRowsOfWrite, v.id, version)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x writtenRow, err error) {
		var from, to *int32
		err = row.Scan(&x.id, &x.parent, &x.depth, &from, &to, &x.made)
		x.valid = dayRange(from, to)
		return x, err
	})
	for _, x := range all {
		if x.made {
			v.made = append(v.made, x)
		} else {
			v.ended = append(v.ended, x)
		}
	}
	return err
}

// run takes the write back. Where the organization is retired what is said comes before the identity, else after it, since
// who may write to it is told by what is known of it.
func (v *reversal) run(ctx context.Context, tx pgx.Tx, r reach) error {
	if err := r.admitDays(v.own(r.today)); err != nil {
		return err
	}
	before, pathBefore, err := v.contentFrom(ctx, tx, r.today)
	if err != nil && !errors.Is(err, geo.ErrNotFound) {
		return err
	}
	existed := err == nil
	if v.fresh() { // it never was
		v.retired = nullDay(v.made[0].valid.From)
	}
	if v.retired != nil {
		if err := v.expectNoneBelow(ctx, tx, v.retired); err != nil {
			return err
		}
	}
	back := v.organizationWrite.retired != nil
	if !back {
		if err := v.touch(ctx, tx, v.code, v.retired); err != nil {
			return err
		}
	}
	err = v.beyond(ctx, tx, func(w organizationWrite) error {
		far := *v
		far.organizationWrite = w
		return far.rewrite(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	if !v.fresh() {
		if err := v.verifyAgain(ctx, tx, existed, before, r.today); err != nil {
			return err
		}
	}
	if back {
		if err := v.touch(ctx, tx, v.code, v.retired); err != nil {
			return err
		}
	}
	if err := v.note(ctx, tx); err != nil {
		return err
	}
	return v.tell(ctx, tx, r, existed, before, pathBefore)
}

// own returns what is known without what is planned and the write left alone, or merely let follow (carry): who took the write
// may take it back, wherever the organization is to be on those days.
func (v *reversal) own(today geo.Day) []standing {
	return slices.DeleteFunc(slices.Clone(v.known), func(x standing) bool {
		on := func(row writtenRow) bool { return row.valid == x.valid }
		made := slices.IndexFunc(v.made, on)
		followed := made > 0 && slices.ContainsFunc(v.ended, func(row writtenRow) bool { return on(row) && row.parent == v.made[made].parent })
		return x.valid.From > today && len(v.made) > 0 && (made < 0 || followed)
	})
}

// rewrite ends what the write said and says again what was said before.
func (v *reversal) rewrite(ctx context.Context, tx pgx.Tx, r reach) error {
	for _, row := range v.made {
		if err := v.carve(ctx, tx, row.valid); err != nil {
			return err
		}
	}
	for _, row := range v.ended {
		moved := len(v.made) == 0 || slices.ContainsFunc(v.made, func(m writtenRow) bool { return m.parent != row.parent && m.valid.Meets(row.valid) })
		if moved {
			if err := r.admitSuperior(ctx, tx, row.parent, row.valid); err != nil {
				return err
			}
		}
		path, _, err := v.place(ctx, tx, row.parent, row.valid)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlReopen, row.id, v.version, v.at, v.author, path); err != nil {
			return err
		}
		if moved {
			if err := v.movePaths(ctx, tx, row.valid); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell writes into the audit what became of the organization.
func (v *reversal) tell(ctx context.Context, tx pgx.Tx, r reach, existed bool, before geo.Organization, pathBefore []geo.ID) error {
	if v.retired != nil {
		return v.audit(ctx, tx, geo.AuditUndoOrganization, pathBefore, auditedOf(before.Version, before.OrganizationContent, before.Valid), nil)
	}
	after, path, err := v.contentFrom(ctx, tx, r.today)
	if err != nil {
		return err
	}
	said := auditedOf(v.version, after.OrganizationContent, after.Valid)
	if !existed {
		return v.audit(ctx, tx, geo.AuditUndoOrganization, path, nil, said)
	}
	return v.auditChange(ctx, tx, pathBefore, path, before, said)
}
