package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"jingwei/geo"
)

// Bounds of FilteredIDs.
const (
	filterPatience = 5 * time.Second // of one statement
	filterPlaces   = 2               // statements of a lane at once
	mostFiltered   = 8_000_000       // ids of one answer, of eight bytes each
)

// FilteredIDs returns the ids of the objects that q chooses, sorted, and the position of the feed that they are true at. An
// object counts by its last row that is valid on one of the days and may be shown. A property that the edition does not
// have, values whose types do not fit, a geometry that crosses itself and numbers that grow too large are geo.ErrInvalid
// with the field "filter", more than 8,000,000 ids geo.ErrTooLarge, a statement of more than five seconds or a wait of more
// than two behind others geo.ErrUnavailable.
func (s *Store) FilteredIDs(ctx context.Context, q geo.IDQuery) ([]geo.ID, geo.FeedPosition, error) {
	c, sql, err := filterStatement(s.sightOf(q.See), q)
	if err != nil {
		return nil, geo.FeedPosition{}, err
	}
	leave, err := s.lane(q.See).filters.enter(ctx)
	if err != nil {
		return nil, geo.FeedPosition{}, &geo.Error{Kind: geo.ErrUnavailable, Field: "filter", Message: "too many filters are being answered by the database; try again in a few seconds"}
	}
	defer leave()
	var ids []geo.ID
	at, err := s.readAt(ctx, q.See, func(v sight) error {
		if err := checkShapes(ctx, v, c.shapes); err != nil {
			return err
		}
		ids, err = readIDs(ctx, v, sql, c.args)
		return err
	})
	if err != nil {
		return nil, at, fmt.Errorf("filter %s: %w", q.Layer, explainFilter(ctx, err))
	}
	slices.Sort(ids)
	return ids, at, nil
}

// CheckFilter says what is wrong with a filter, as far as that is seen without asking the database: as FilteredIDs.
func (s *Store) CheckFilter(q geo.IDQuery) error {
	_, _, err := filterStatement(s.sightOf(q.See), q)
	return err
}

// filterStatement returns the statement that chooses ids. Its first parameter is the key of the scope.
func filterStatement(v sight, q geo.IDQuery) (*filterSQL, string, error) {
	source, err := filterSourceOf(q.Layer, v.public)
	if err != nil {
		return nil, "", err
	}
	c := &filterSQL{source: source, args: []any{v.scope}}
	days := c.days(q.Days)
	condition := "true"
	if q.Filter.Root != nil {
		if condition, err = c.condition(q.Filter.Root); err != nil {
			return nil, "", err
		}
	}
	if q.Among != nil {
		days += " and " + source.id + " = any(" + c.param(q.Among, "bigint[]") + ")"
	}
	return c, v.sql(c.statement(v, days, condition)), nil
}

// days writes the condition that a row is the last one of its object on the days.
func (c *filterSQL) days(r geo.DayRange) string {
	sql := strings.ReplaceAll(c.source.days, "{one}", strconv.FormatBool(r == geo.On(r.From)))
	sql = c.bound(sql, "{first}", r.From)
	return c.bound(sql, "{last}", r.To)
}

// bound puts a day in the place of the mark. A parameter that nothing asks for would have no type.
func (c *filterSQL) bound(sql, mark string, d geo.Day) string {
	if !strings.Contains(sql, mark) {
		return sql
	}
	return strings.ReplaceAll(sql, mark, "jingwei.day("+c.param(nullDay(d), "int")+")")
}

// statement puts the parts together. A condition that may fail for a row is asked of rows that may be shown only: PostgreSQL
// asks in any order, but not what stands behind a when that does not hold, nor before an offset.
func (c *filterSQL) statement(v sight, days, condition string) string {
	visible := c.visible(v)
	from := c.source.rows
	if c.raises {
		condition = "case when " + visible + " then " + condition + " end"
		if c.source.guarded != "" {
			from = c.source.guarded
		}
	}
	for _, name := range c.joins {
		from += c.source.joins[name]
	}
	return "select " + c.source.id + " from " + from + " where " + visible + " and " + days + " and " + condition
}

// visible is the condition that a row may be shown. {within} is that a report is of the scope.
func (c *filterSQL) visible(v sight) string {
	within := "$1::text is not null"
	if strings.Contains(c.source.visible, "{within}") && !v.bare.predicate && v.scope != geo.Everywhere().Key() {
		within = "jingwei.within(o.path, $1)"
		c.join("path")
	}
	return strings.ReplaceAll(c.source.visible, "{within}", within)
}

const sqlFilterTimeout = `select set_config('statement_timeout', $1, true)`

// readAt is read in a transaction that sees one snapshot, and returns the position of the feed that it stands at.
func (s *Store) readAt(ctx context.Context, see geo.Scope, f func(v sight) error) (geo.FeedPosition, error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	var head feedHead
	for attempt := 0; ; attempt++ {
		err := pgx.BeginTxFunc(ctx, s.lane(see), options, func(tx pgx.Tx) (err error) {
			v := s.sightOf(see)
			v.querier = tx
			if _, err := tx.Exec(ctx, sqlScope, v.scope); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, sqlFilterTimeout, fmt.Sprint(s.filterPatience.Milliseconds())); err != nil {
				return err
			}
			if head, err = readHead(ctx, tx); err != nil {
				return err
			}
			if !head.alive {
				return errEpochOver
			}
			return f(v)
		})
		if !errors.Is(err, errEpochOver) || attempt == 3 {
			return head.position(), err
		}
		if err := s.renewFeed(ctx); err != nil {
			return geo.FeedPosition{}, err
		}
	}
}

// readIDs reads the ids that a statement gives. It is planned for its very values, and not kept.
func readIDs(ctx context.Context, q querier, sql string, args []any) ([]geo.ID, error) {
	rows, err := q.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := []geo.ID{}
	for rows.Next() {
		if len(ids) == mostFiltered {
			return nil, &geo.Error{Kind: geo.ErrTooLarge, Field: "filter", Message: fmt.Sprintf("the filter chooses more than %d objects; narrow it", mostFiltered)}
		}
		ids = append(ids, geo.ID(bigint(rows.RawValues()[0])))
	}
	return ids, rows.Err()
}

// explainFilter is explain for the statement of a filter.
func explainFilter(ctx context.Context, err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || ctx.Err() != nil {
		return explain(err)
	}
	switch refused.Code {
	case "57014": // statement_timeout
		return &geo.Error{Kind: geo.ErrUnavailable, Field: "filter", Message: "the database takes too long to answer this filter; narrow it, by division or kind for example"}
	case "22003", "22012", "2201F": // out of range, division by zero, power of a negative number
		return geo.Invalid("filter", "the filter calculates what is no number, or too large a one, for some rows")
	}
	return explain(err)
}
