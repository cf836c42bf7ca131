package postgis

import (
	"time"

	"jingwei/geo"
)

// Days that PostgreSQL has and CQL2 can say: the years 0 to 9999.
const (
	firstDay geo.Day = -719_528
	lastDay  geo.Day = 2_932_896
)

// moment writes a day or a moment out.
func (c *filterSQL) moment(n geo.Node) (expression, error) {
	if d, ok := n.(geo.Date); ok {
		if geo.Day(d) < firstDay || geo.Day(d) > lastDay {
			return expression{}, geo.Invalid("filter", "a day lies outside the years 0 to 9999")
		}
		return expression{sql: "jingwei.day(" + c.param(int32(d), "int") + ")", is: valueKind(geo.ValueDay)}, nil
	}
	t := time.Time(n.(geo.Instant)).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return expression{}, geo.Invalid("filter", "a moment lies outside the years 0 to 9999")
	}
	return expression{sql: c.param(t, "timestamptz"), is: valueKind(geo.ValueMoment)}, nil
}

// span is a time from first to last, both included, as SQL: of days, or of moments. A single time has one for both.
type span struct{ first, last expression }

func (s span) days() bool {
	return s.first.is == valueKind(geo.ValueDay) && s.last.is == valueKind(geo.ValueDay)
}

// moments returns the span in moments: a day is all of it in China.
func (s span) moments() span {
	if s.first.is == valueKind(geo.ValueDay) {
		s.first.sql = "(" + s.first.sql + "::timestamptz - interval '8 hours')"
	}
	if s.last.is == valueKind(geo.ValueDay) {
		s.last.sql = "((" + s.last.sql + " + 1)::timestamptz - interval '8 hours' - interval '1 microsecond')"
	}
	return s
}

func (c *filterSQL) span(op string, n geo.Node) (span, error) {
	i, ok := n.(geo.Interval)
	if !ok {
		e, err := c.end(op, n, "")
		return span{e, e}, err
	}
	first, err := c.end(op, i.From, "-infinity")
	if err != nil {
		return span{}, err
	}
	last, err := c.end(op, i.To, "infinity")
	// An open end is of the kind of the other one.
	if i.From == nil {
		first = openEnd("-infinity", last.is)
	}
	if i.To == nil {
		last = openEnd("infinity", first.is)
	}
	return span{first, last}, err
}

func openEnd(sql string, is valueKind) expression {
	if is == valueKind(geo.ValueMoment) {
		return expression{sql: "'" + sql + "'::timestamptz", is: is}
	}
	return expression{sql: "'" + sql + "'::date", is: valueKind(geo.ValueDay)}
}

func (c *filterSQL) end(op string, n geo.Node, open string) (expression, error) {
	if n == nil && open != "" {
		return openEnd(open, valueKind(geo.ValueDay)), nil
	}
	e, err := c.expression(n)
	if err == nil && e.is != valueKind(geo.ValueDay) && e.is != valueKind(geo.ValueMoment) {
		err = geo.Invalid("filter", "%s compares times, not %s", op, e)
	}
	return e, err
}

// relations are the temporal predicates of CQL2 (21-065r2, table of the temporal functions): a and b are the first and last
// time of the one, c and d those of the other.
func relations() map[string]func(a, b, c, d string) string {
	return map[string]func(a, b, c, d string) string{
		"t_after":      func(a, _, _, d string) string { return a + " > " + d },
		"t_before":     func(_, b, c, _ string) string { return b + " < " + c },
		"t_contains":   func(a, b, c, d string) string { return a + " < " + c + " and " + b + " > " + d },
		"t_disjoint":   func(a, b, c, d string) string { return b + " < " + c + " or " + a + " > " + d },
		"t_during":     func(a, b, c, d string) string { return a + " > " + c + " and " + b + " < " + d },
		"t_equals":     func(a, b, c, d string) string { return a + " = " + c + " and " + b + " = " + d },
		"t_finishedBy": func(a, b, c, d string) string { return a + " < " + c + " and " + b + " = " + d },
		"t_finishes":   func(a, b, c, d string) string { return a + " > " + c + " and " + b + " = " + d },
		"t_intersects": func(a, b, c, d string) string { return a + " <= " + d + " and " + b + " >= " + c },
		"t_meets":      func(_, b, c, _ string) string { return b + " = " + c },
		"t_metBy":      func(a, _, _, d string) string { return a + " = " + d },
		"t_overlappedBy": func(a, b, c, d string) string {
			return a + " > " + c + " and " + a + " < " + d + " and " + b + " > " + d
		},
		"t_overlaps": func(a, b, c, d string) string {
			return a + " < " + c + " and " + b + " > " + c + " and " + b + " < " + d
		},
		"t_startedBy": func(a, b, c, d string) string { return a + " = " + c + " and " + b + " > " + d },
		"t_starts":    func(a, b, c, d string) string { return a + " = " + c + " and " + b + " < " + d },
	}
}

// temporal compares two times. Days are compared as days; beside a moment a day is all of it in China.
func (c *filterSQL) temporal(o *geo.Operation) (expression, error) {
	one, err := c.span(o.Op, o.Args[0])
	if err != nil {
		return expression{}, err
	}
	other, err := c.span(o.Op, o.Args[1])
	if err != nil {
		return expression{}, err
	}
	if !one.days() || !other.days() {
		one, other = one.moments(), other.moments()
	}
	sql := relations()[o.Op](one.first.sql, one.last.sql, other.first.sql, other.last.sql)
	return expression{sql: "(" + sql + ")", is: kindPredicate}, nil
}
