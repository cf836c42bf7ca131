package postgis

import (
	"fmt"

	"jingwei/geo"
)

// arrayOperators are the array predicates of CQL2 (21-065r2), which compare sets.
func arrayOperators() map[string]string {
	return map[string]string{
		"a_equals": "(%[1]s @> %[2]s and %[1]s <@ %[2]s)", "a_contains": "(%s @> %s)", "a_containedBy": "(%s <@ %s)", "a_overlaps": "(%s && %s)",
	}
}

func (c *filterSQL) arrays(o *geo.Operation) (expression, error) {
	var sides [2]string
	for i, a := range o.Args {
		e, err := c.expression(a)
		if err == nil && e.is != valueKind(geo.ValueIDs) {
			err = geo.Invalid("filter", "%s compares lists of ids, not %s", o.Op, e)
		}
		if err != nil {
			return expression{}, err
		}
		sides[i] = e.sql
	}
	return expression{sql: fmt.Sprintf(arrayOperators()[o.Op], sides[0], sides[1]), is: kindPredicate}, nil
}

// array writes a list of ids. Numbers that are not whole are the ids of nothing.
func (c *filterSQL) array(list geo.List) (expression, error) {
	ids := make([]float64, len(list))
	for i, n := range list {
		id, ok := n.(geo.Number)
		if !ok {
			return expression{}, geo.Invalid("filter", "a list holds ids here, which are numbers")
		}
		ids[i] = float64(id)
	}
	return expression{sql: c.param(ids, "float8[]"), is: valueKind(geo.ValueIDs)}, nil
}
