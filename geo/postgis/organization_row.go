package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed carve.sql
var sqlCarve string

// carve ends the knowledge of what holds on the days span; what holds outside of them is recorded anew.
func (w organizationWrite) carve(ctx context.Context, tx pgx.Tx, span geo.DayRange) error {
	_, err := tx.Exec(ctx, sqlCarve, w.id, nullDay(span.From), nullDay(span.To), w.at, w.version, w.author)
	return err
}

//go:embed insert.sql
var sqlInsertVersion string

// insert writes a version and returns its path.
func (w organizationWrite) insert(ctx context.Context, tx pgx.Tx, c geo.OrganizationContent, valid geo.DayRange) ([]geo.ID, error) {
	if err := checkDivision(ctx, tx, c.Division, valid.From); err != nil {
		return nil, err
	}
	path, ids, err := w.place(ctx, tx, c.Parent, valid)
	if err != nil {
		return nil, err
	}
	keys := newRomanizer().keys(c.Name, c.ShortName)
	_, err = tx.Exec(ctx, sqlInsertVersion, w.id, w.version, nullDay(valid.From), nullDay(valid.To), w.at, w.author,
		c.Parent, path, c.Kind, c.Level, c.Status, c.Name, c.ShortName, keys.letters, keys.initials, keys.grams,
		c.Division, c.Location.Lon, c.Location.Lat, c.LocationSource, c.LocationAccuracyM, c.SourceCRS, c.LocationState,
		c.Address, c.Phone, c.USCC, areaText(c.Jurisdiction))
	return ids, err
}

// say lets content hold on the days span in the place of what was said of them before, and returns its path.
func (w organizationWrite) say(ctx context.Context, tx pgx.Tx, before geo.Organization, c geo.OrganizationContent, span geo.DayRange) ([]geo.ID, error) {
	if err := w.carve(ctx, tx, span); err != nil {
		return nil, err
	}
	path, err := w.insert(ctx, tx, c, span)
	if err != nil || c.Parent == before.Parent {
		return path, err
	}
	return path, w.movePaths(ctx, tx, span)
}

// areaText is an area as GeoJSON; nil for one that is not told, "" for none.
func areaText(m *geo.MultiPolygon) *string {
	if m == nil {
		return nil
	}
	var text string
	if len(*m) > 0 {
		text = string(m.AppendGeoJSON(nil))
	}
	return &text
}

const sqlDivisionExists = `
select exists (select from jingwei.division d
               where d.code = $1 and ($2::int is null or d.valid @> jingwei.day($2)))`

func checkDivision(ctx context.Context, q querier, code geo.DivisionCode, day geo.Day) error {
	var ok bool
	if err := q.QueryRow(ctx, sqlDivisionExists, code, nullDay(day)).Scan(&ok); err != nil {
		return err
	}
	if !ok {
		return geo.Invalid("division", "there is no division %s%s", code, onDay(day))
	}
	return nil
}

func onDay(day geo.Day) string {
	if nullDay(day) == nil {
		return ""
	}
	return " on " + day.String()
}

// The way up is walked for all days of the span: a superior may be a subordinate on days to come, while the path of its
// first version says nothing of that. The span of each step is what it has in common with those below. The path is that of
// the day path_day; what moves on a later day moves then (TurnPaths).
const sqlParentPath = `
with recursive up as (
    select v.parent_id, v.valid * jingwei.days($2, $3) as span
    from jingwei.organization_version v
    where v.organization_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, $3)
    union
    select v.parent_id, v.valid * up.span
    from up
    join jingwei.organization_version v on v.organization_id = up.parent_id and upper_inf(v.recorded) and v.valid && up.span
)
select jingwei.path_then(v.organization_id, v.valid, v.path, jingwei.path_day(jingwei.days($2, $3), jingwei.today()))::text, exists (select from up where up.parent_id = $4),
       coalesce(not jingwei.days($2, $3) << daterange(o.retired, null) and o.retired is not null, false)
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where v.organization_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, $3)
order by v.valid @> jingwei.path_day(jingwei.days($2, $3), jingwei.today()) desc, v.valid desc
limit 1`

// place is path, as text and as ids, where it may be written to: on days to come a superior may be elsewhere with all below it.
func (w organizationWrite) place(ctx context.Context, tx pgx.Tx, parent geo.ID, span geo.DayRange) (string, []geo.ID, error) {
	path, err := w.path(ctx, tx, parent, span)
	if err != nil {
		return "", nil, err
	}
	ids, err := parsePath(path)
	if err == nil && !w.in.Covers(ids) {
		err = elsewhereThen()
	}
	return path, ids, err
}

// path returns the ids from the topmost superior down to the organization, joined by dots.
func (w organizationWrite) path(ctx context.Context, tx pgx.Tx, parent geo.ID, span geo.DayRange) (string, error) {
	if parent == 0 {
		return w.id.String(), nil
	}
	if parent == w.id {
		return "", geo.Invalid("parent", "an organization cannot be its own superior")
	}
	var (
		above           string
		circle, retired bool
	)
	err := tx.QueryRow(ctx, sqlParentPath, parent, nullDay(span.From), nullDay(span.To), w.id).Scan(&above, &circle, &retired)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", noSuperior(parent, span.From)
	}
	if err != nil {
		return "", err
	}
	if retired {
		return "", retiredParent(parent)
	}
	if circle {
		return "", geo.Invalid("parent", "organization %d is subordinate to this one: the superiors would form a circle", parent)
	}
	return above + "." + w.id.String(), nil
}

func retiredParent(id geo.ID) error {
	return &geo.Error{Kind: geo.ErrConflict, Field: "parent", Message: fmt.Sprintf("organization %d is retired on some of these days", id)}
}

const sqlMovePaths = `select jingwei.move_paths($1, $2, $3)`

// movePaths lets the paths of all subordinate organizations follow.
func (w organizationWrite) movePaths(ctx context.Context, tx pgx.Tx, span geo.DayRange) error {
	_, err := tx.Exec(ctx, sqlMovePaths, w.id, nullDay(span.From), nullDay(span.To))
	return err
}
