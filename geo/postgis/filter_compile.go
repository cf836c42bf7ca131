package postgis

import (
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

// sides writes both arguments of an operation, which must be of a kind.
func (c *filterSQL) sides(o *geo.Operation, is geo.ValueType, does string) (a, b string, err error) {
	var sides [2]string
	for i, arg := range o.Args {
		e, err := c.expression(arg)
		if err == nil && e.is != valueKind(is) {
			err = geo.Invalid("filter", "%s %s, not %s", o.Op, does, e)
		}
		if err != nil {
			return "", "", err
		}
		sides[i] = e.sql
	}
	return sides[0], sides[1], nil
}
