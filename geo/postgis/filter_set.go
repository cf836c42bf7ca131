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
	a, b, err := c.sides(o, geo.ValueIDs, "compares lists of ids")
	return expression{sql: fmt.Sprintf(arrayOperators()[o.Op], a, b), is: kindPredicate}, err
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
