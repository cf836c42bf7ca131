package postgis

import (
	"fmt"
	"strings"

	"jingwei/geo"
)

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
	a, b, err := c.sides(o, geo.ValueNumber, "calculates with numbers")
	if err != nil {
		return expression{}, err
	}
	c.raises = true
	form := map[string]string{
		"+": "(%s + %s)", "-": "(%s - %s)", "*": "(%s * %s)", "/": "(%s / nullif(%s, 0))", "^": "power(%s, %s)",
		"%": "mod((%s)::numeric, nullif(%s, 0)::numeric)::float8", "div": "trunc(%s / nullif(%s, 0))",
	}[o.Op]
	return expression{sql: fmt.Sprintf(form, a, b), is: valueKind(geo.ValueNumber)}, nil
}
