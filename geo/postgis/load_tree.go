package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// OrganizationTree is generated organizations with their superiors: the superior of i has a number below i. Its methods
// are called from one goroutine, for rising i.
type OrganizationTree interface {
	Len() int
	// Organization returns what is said of organization i and the number of its superior, -1 for none. Parent is ignored.
	Organization(i int) (c geo.OrganizationContent, superior int)
	// Jurisdiction returns the area that organization i looks after, in degrees, and false for none.
	Jurisdiction(i int) (geo.MultiPolygon, bool)
}

const sqlCopyOrganizations = `copy jingwei.organization (id, code) from stdin (format binary)`

const sqlCopyVersions = `
copy jingwei.organization_version (row_id, organization_id, version, valid, author, parent_id, path, kind, level, status,
    name, short_name, pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m,
    source_crs, location_state, address, phone, jurisdiction, uscc)
from stdin (format binary)`

const versionColumns = 26

// LoadOrganizationTree registers generated organizations with their superiors for the days valid under the name part and
// returns how many were written now: the same part again goes on where it was interrupted, or does nothing. Ids are those
// that SamplePart tells: base + i. Rows are committed by the thousand while others' writes go on; one reload of the layer
// "organizations" at the end tells consumers. A part that was begun with another number of rows, a code in use and a
// superior that was retired meanwhile are geo.ErrConflict; a row that breaks a rule is *geo.Error with its field.
func (s *Store) LoadOrganizationTree(ctx context.Context, part string, tree OrganizationTree, valid geo.DayRange, author string, progress Progress) (int, error) {
	if valid.Empty() {
		return 0, geo.Invalid("valid_from", "the days of validity are empty")
	}
	l := treeLoad{tree: tree, romanizer: newRomanizer(), valid: valid, author: author}
	p := partLoad[[]treeRow]{
		name: part, total: tree.Len(),
		begin:   func(base geo.ID) { l.base = base },
		prepare: l.prepare,
		write:   l.write,
	}
	load := bulkLoad{layer: geo.OrganizationLayer().Name, table: "jingwei.organization_version", action: "organization.load"}
	n, err := p.load(ctx, s, load, progress)
	if err != nil {
		return n, fmt.Errorf("load organizations %s: %w", part, knownElsewhere(err))
	}
	return n, nil
}

// knownElsewhere says more of codes that are in use than that one is.
func knownElsewhere(err error) error {
	var fault *geo.Error
	if !errors.As(err, &fault) || fault.Kind != geo.ErrConflict || fault.Field != "code" {
		return err
	}
	return &geo.Error{Kind: geo.ErrConflict, Field: "code",
		Message: "organizations with codes of this load exist already, from another load or written by people: load it into an empty database, or repeat the other load with the sizes and the seed that it had"}
}

// treeLoad is the loading of one tree.
type treeLoad struct {
	tree      OrganizationTree
	romanizer *romanizer
	valid     geo.DayRange
	author    string
	base      geo.ID
}

// treeRow is an organization to be written.
type treeRow struct {
	geo.OrganizationContent // Parent is set
	id                      geo.ID
	keys                    searchKeys
	jurisdiction            geo.MultiPolygon
}

func (l *treeLoad) prepare(lo, hi int) ([]treeRow, error) {
	rows := make([]treeRow, hi-lo)
	for i := lo; i < hi; i++ {
		c, superior := l.tree.Organization(i)
		c = complete(c)
		c.Parent = 0
		if superior >= i || superior < -1 {
			return nil, geo.Invalid("parent", "organization %d has the superior %d: a superior comes first", i, superior)
		}
		if superior >= 0 {
			c.Parent = l.base + geo.ID(superior)
		}
		if err := c.Validate(); err != nil {
			return nil, fmt.Errorf("organization %d (%s): %w", i, c.Code, err)
		}
		row := treeRow{OrganizationContent: c, id: l.base + geo.ID(i), keys: l.romanizer.keys(c.Name, c.ShortName)}
		if area, ok := l.tree.Jurisdiction(i); ok {
			row.jurisdiction = area
		}
		rows[i-lo] = row
	}
	return rows, nil
}

func (l *treeLoad) write(ctx context.Context, tx pgx.Tx, rows []treeRow) error {
	if _, err := tx.Exec(ctx, sqlShareTree); err != nil {
		return err
	}
	if err := l.checkDivisions(ctx, tx, rows); err != nil {
		return err
	}
	paths, err := l.superiorPaths(ctx, tx, rows)
	if err != nil {
		return err
	}
	identities, versions := newCopyBuffer(len(rows)*64), newCopyBuffer(len(rows)*1024)
	for _, row := range rows {
		path := row.id.String()
		if row.Parent != 0 {
			path = paths[row.Parent] + "." + path
		}
		paths[row.id] = path
		identities.row(2)
		identities.bigint(int64(row.id))
		identities.textOrNull(row.Code)
		versions.version(row, path, l.valid, l.author)
	}
	if err := identities.send(ctx, tx, sqlCopyOrganizations); err != nil {
		return err
	}
	return versions.send(ctx, tx, sqlCopyVersions)
}

const sqlWithoutDivision = `
select w.code from unnest($1::bigint[]) w (code)
where not exists (select from jingwei.division d where d.code = w.code and d.valid && jingwei.days($2, $3))
order by w.code limit 1`

func (l *treeLoad) checkDivisions(ctx context.Context, tx pgx.Tx, rows []treeRow) error {
	codes := make([]geo.DivisionCode, len(rows))
	for i, row := range rows {
		codes[i] = row.Division
	}
	slices.Sort(codes)
	wrong, err := column[geo.DivisionCode](ctx, tx, sqlWithoutDivision, slices.Compact(codes), nullDay(l.valid.From), nullDay(l.valid.To))
	if err != nil || len(wrong) == 0 {
		return err
	}
	return geo.Invalid("division", "there is no division %s on these days", wrong[0])
}

// What a superior's path is now, not what the tree says: it may have been moved since it was written.
const sqlSuperiorPaths = `
select distinct on (v.organization_id) v.organization_id, jingwei.path_then(v.organization_id, v.valid, v.path, day.d)::text,
       coalesce(not jingwei.days($2, $3) << daterange(o.retired, null) and o.retired is not null, false)
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
cross join (select jingwei.path_day(jingwei.days($2, $3), jingwei.today()) as d) day
where v.organization_id = any($1) and upper_inf(v.recorded) and v.valid && jingwei.days($2, $3)
order by v.organization_id, v.valid @> day.d desc, v.valid desc`

// superiorPaths returns the paths of superiors that are in earlier batches.
func (l *treeLoad) superiorPaths(ctx context.Context, tx pgx.Tx, rows []treeRow) (map[geo.ID]string, error) {
	var superiors []geo.ID
	for _, row := range rows {
		if row.Parent != 0 && row.Parent < rows[0].id {
			superiors = append(superiors, row.Parent)
		}
	}
	slices.Sort(superiors)
	superiors = slices.Compact(superiors)
	found, err := tx.Query(ctx, sqlSuperiorPaths, superiors, nullDay(l.valid.From), nullDay(l.valid.To))
	if err != nil {
		return nil, err
	}
	var (
		paths   = make(map[geo.ID]string, len(rows)+len(superiors))
		id      geo.ID
		path    string
		retired bool
	)
	_, err = pgx.ForEachRow(found, []any{&id, &path, &retired}, func() error {
		paths[id] = path
		if retired {
			return retiredParent(id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range superiors {
		if paths[id] == "" {
			return nil, retiredParent(id)
		}
	}
	return paths, nil
}

// version writes a row of sqlCopyVersions. The row bears the id of its organization: no other table has row ids.
func (b *copyBuffer) version(r treeRow, path string, valid geo.DayRange, author string) {
	b.row(versionColumns)
	b.bigint(int64(r.id))
	b.bigint(int64(r.id))
	b.integer(1)
	b.days(valid)
	b.text(author)
	b.idOrNull(r.Parent)
	b.ltree(path)
	b.text(r.Kind)
	b.text(r.Level)
	b.text(r.Status)
	b.text(r.Name)
	b.text(r.ShortName)
	b.text(r.keys.letters)
	b.text(r.keys.initials)
	b.texts(r.keys.grams)
	b.bigint(int64(r.Division))
	b.integer(r.Location.Lon)
	b.integer(r.Location.Lat)
	b.text(r.LocationSource)
	b.float(r.LocationAccuracyM)
	b.text(r.SourceCRS)
	b.text(r.LocationState)
	b.text(r.Address)
	b.text(r.Phone)
	b.multiPolygon(r.jurisdiction)
	b.textOrNull(r.USCC)
}
