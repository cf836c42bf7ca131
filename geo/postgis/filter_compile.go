package postgis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jingwei/geo"
)

// filterSQL writes a filter as a condition of SQL. Everything that a client gave becomes a parameter.
type filterSQL struct {
	source filterSource
	args   []any
	joins  []string // of the source, by name
	// shapes are the geometries that the filter writes out, as GeoJSON.
	shapes []string
	// raises is set when the condition may fail for a row, as for a number that grows too large: such a condition must not
	// come near rows that may not be shown.
	raises bool
}

// expression is SQL and what it gives.
type expression struct {
	sql  string
	is   valueKind
	name string // of a property; "" for what is written out
}

// valueKind is a geo.ValueType, or one of these.
type valueKind int

const (
	kindBool      valueKind = -1
	kindPredicate valueKind = -2
	kindInterval  valueKind = -3
)

// String says what an expression gives, for people.
func (e expression) String() string {
	what := "a condition"
	switch {
	case e.is == kindBool:
		what = "true or false"
	case e.is == kindInterval:
		what = "an interval"
	case e.is >= 0:
		what = geo.ValueType(e.is).String()
	}
	if e.name != "" {
		return e.name + ", " + what
	}
	return what
}

func (c *filterSQL) param(v any, sqlType string) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args)) + "::" + sqlType
}

// condition writes a node that is true, false or unknown.
func (c *filterSQL) condition(n geo.Node) (string, error) {
	if b, ok := n.(geo.Bool); ok {
		return strconv.FormatBool(bool(b)), nil
	}
	e, err := c.expression(n)
	if err == nil && e.is != kindPredicate {
		err = geo.Invalid("filter", "a condition is needed, not %s", e)
	}
	return e.sql, err
}

func (c *filterSQL) expression(n geo.Node) (expression, error) {
	switch n := n.(type) {
	case geo.Property:
		return c.property(string(n))
	case geo.Text:
		if strings.ContainsRune(string(n), 0) {
			return expression{}, geo.Invalid("filter", "a text cannot hold the character 0")
		}
		return expression{sql: c.param(string(n), "text"), is: valueKind(geo.ValueText)}, nil
	case geo.Number:
		return expression{sql: c.param(float64(n), "float8"), is: valueKind(geo.ValueNumber)}, nil
	case geo.Bool:
		return expression{sql: strconv.FormatBool(bool(n)), is: kindBool}, nil
	case geo.Date, geo.Instant:
		return c.moment(n)
	case geo.Box, geo.Geometry:
		return c.shape(n)
	case geo.List:
		return c.array(n)
	case *geo.Operation:
		return c.operation(n)
	}
	return expression{}, geo.Invalid("filter", "an interval stands where something else is needed")
}

func (c *filterSQL) property(name string) (expression, error) {
	q, err := c.source.find(name)
	if err != nil {
		return expression{}, err
	}
	if q.join != "" {
		c.join(q.join)
	}
	return expression{sql: q.sql, is: valueKind(q.Type), name: name}, nil
}

func (c *filterSQL) join(name string) {
	if !slices.Contains(c.joins, name) {
		c.joins = append(c.joins, name)
	}
}

func (c *filterSQL) operation(o *geo.Operation) (expression, error) {
	if want, ok := arity(o.Op); !ok || len(o.Args) != want && want > 0 || len(o.Args) == 0 {
		if !ok {
			return expression{}, geo.Invalid("filter", "there is no function %.40q", o.Op)
		}
		return expression{}, geo.Invalid("filter", "%s has %d arguments", o.Op, len(o.Args))
	}
	switch {
	case o.Op == "and" || o.Op == "or" || o.Op == "not":
		return c.logical(o)
	case strings.HasPrefix(o.Op, "s_"):
		return c.spatial(o)
	case strings.HasPrefix(o.Op, "t_"):
		return c.temporal(o)
	case strings.HasPrefix(o.Op, "a_"):
		return c.arrays(o)
	case strings.Contains("+-*/^%div", o.Op):
		return c.arithmetic(o)
	}
	args := make([]expression, len(o.Args))
	for i, a := range o.Args {
		if _, list := a.(geo.List); list && o.Op == "in" && i == 1 {
			continue
		}
		var err error
		if args[i], err = c.expression(a); err != nil {
			return expression{}, err
		}
	}
	return c.comparison(o, args)
}

// arity is how many arguments an operation has, 0 for one or more; false when there is no such operation.
func arity(op string) (int, bool) {
	switch op {
	case "and", "or":
		return 0, true
	case "not", "isNull", "casei", "accenti":
		return 1, true
	case "between":
		return 3, true
	case "=", "<>", "<", "<=", ">", ">=", "like", "in", "+", "-", "*", "/", "^", "%", "div":
		return 2, true
	}
	_, spatial := spatialFunctions()[op]
	_, temporal := relations()[op]
	_, array := arrayOperators()[op]
	return 2, spatial || temporal || array
}

func (c *filterSQL) logical(o *geo.Operation) (expression, error) {
	parts := make([]string, len(o.Args))
	for i, a := range o.Args {
		var err error
		if parts[i], err = c.condition(a); err != nil {
			return expression{}, err
		}
	}
	sql := "(" + strings.Join(parts, " "+o.Op+" ") + ")"
	if o.Op == "not" {
		sql = "(not " + parts[0] + ")"
	}
	return expression{sql: sql, is: kindPredicate}, nil
}

func (c *filterSQL) comparison(o *geo.Operation, args []expression) (expression, error) {
	of := func(sql string, err error) (expression, error) { return expression{sql: sql, is: kindPredicate}, err }
	switch o.Op {
	case "isNull":
		return of("("+args[0].sql+" is null)", nil)
	case "casei", "accenti":
		return folded(o.Op, args[0])
	case "in":
		return of(c.in(args[0], o.Args[1]))
	case "like":
		return of(c.like(args[0], args[1], o.Args[1]))
	case "between":
		low, err := compared("between", args[0], args[1])
		if err == nil {
			_, err = compared("between", args[0], args[2])
		}
		return of(fmt.Sprintf("(%s between %s and %s)", low, args[1].sql, args[2].sql), err)
	}
	left, err := compared(o.Op, args[0], args[1])
	return of(fmt.Sprintf("(%s %s %s)", left, o.Op, args[1].sql), err)
}

// compared returns the left side of a comparison of two values, whose types must be one.
func compared(op string, a, b expression) (string, error) {
	switch {
	case a.is != b.is:
		hint := ""
		if a.is == valueKind(geo.ValueMoment) && b.is == valueKind(geo.ValueDay) || a.is == valueKind(geo.ValueDay) && b.is == valueKind(geo.ValueMoment) {
			hint = "; t_after, t_before and t_during compare both"
		}
		return "", geo.Invalid("filter", "%s cannot compare %s with %s%s", op, a, b, hint)
	case a.is == kindPredicate || a.is == valueKind(geo.ValueGeometry) || a.is == valueKind(geo.ValueIDs):
		return "", geo.Invalid("filter", "%s cannot compare %s", op, a)
	case a.is == valueKind(geo.ValueText):
		return a.sql + ` collate "C"`, nil // by code points, whatever a column says
	}
	return a.sql, nil
}

func (c *filterSQL) in(value expression, n geo.Node) (string, error) {
	list, ok := n.(geo.List)
	if !ok || len(list) == 0 {
		return "", geo.Invalid("filter", "in needs a list of one or more values")
	}
	left, items := "", make([]string, len(list))
	for i, n := range list {
		e, err := c.expression(n)
		if err == nil {
			left, err = compared("in", value, e)
		}
		if err != nil {
			return "", err
		}
		items[i] = e.sql
	}
	return "(" + left + " in (" + strings.Join(items, ", ") + "))", nil
}

func (c *filterSQL) like(value, pattern expression, n geo.Node) (string, error) {
	left, err := compared("like", value, pattern)
	if err == nil && value.is != valueKind(geo.ValueText) {
		err = geo.Invalid("filter", "like compares texts, not %s", value)
	}
	if err == nil && !writtenOut(n) {
		err = geo.Invalid("filter", `the pattern of like is written out and does not end with \`)
	}
	return fmt.Sprintf("(%s like %s)", left, pattern.sql), err
}

// writtenOut reports whether n is a pattern that no row makes fail.
func writtenOut(n geo.Node) bool {
	switch n := n.(type) {
	case geo.Text:
		s := string(n)
		return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 0
	case *geo.Operation:
		return (n.Op == "casei" || n.Op == "accenti") && len(n.Args) == 1 && writtenOut(n.Args[0])
	}
	return false
}

// folded writes a text without the difference of capital and small letters, each character in lower case as in the live
// index, or without marks that combine with letters.
func folded(op string, e expression) (expression, error) {
	if e.is != valueKind(geo.ValueText) {
		return e, geo.Invalid("filter", "%s needs a text, not %s", op, e)
	}
	sql := `(lower(` + e.sql + ` collate "default") collate "C")`
	if op == "accenti" {
		sql = `normalize(regexp_replace(normalize(` + e.sql + `, nfd), '[\u0300-\u036f]', '', 'g'), nfc)`
	}
	return expression{sql: sql, is: e.is, name: e.name}, nil
}

// arithmetic calculates with numbers; a division by 0 is unknown.
func (c *filterSQL) arithmetic(o *geo.Operation) (expression, error) {
	var sides [2]string
	for i, a := range o.Args {
		e, err := c.expression(a)
		if err == nil && e.is != valueKind(geo.ValueNumber) {
			err = geo.Invalid("filter", "%s calculates with numbers, not %s", o.Op, e)
		}
		if err != nil {
			return expression{}, err
		}
		sides[i] = e.sql
	}
	c.raises = true
	form := map[string]string{
		"+": "(%s + %s)", "-": "(%s - %s)", "*": "(%s * %s)", "/": "(%s / nullif(%s, 0))", "^": "power(%s, %s)",
		"%": "mod((%s)::numeric, nullif(%s, 0)::numeric)::float8", "div": "trunc(%s / nullif(%s, 0))",
	}[o.Op]
	return expression{sql: fmt.Sprintf(form, sides[0], sides[1]), is: valueKind(geo.ValueNumber)}, nil
}
