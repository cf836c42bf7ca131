package cql2

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jingwei/geo"
)

// ParseJSON reads a filter in CQL2 JSON (OGC 21-065r2, clause 8.3), within the bounds of this package. Properties in the
// place of conditions, comparisons with null and lists without values are refused. An error is geo.ErrInvalid with the
// field "filter" and names the place as a JSON pointer.
func ParseJSON(text []byte) (geo.Filter, error) {
	v, err := decode(text)
	if err != nil {
		return geo.Filter{}, err
	}
	r := reader{signatures()}
	root, err := r.node(v, place{})
	if err != nil {
		return geo.Filter{}, err
	}
	if kindsOf(root, r.all)&predicate == 0 {
		return geo.Filter{}, geo.Invalid("filter", `a condition is needed, for example {"op":"=","args":[{"property":"kind"},"village_committee"]}`)
	}
	return geo.Filter{Root: root}, nil
}

// reader makes nodes of values.
type reader struct{ all map[string]signature }

func (r reader) node(v any, at place) (geo.Node, error) {
	switch v := v.(type) {
	case bool:
		return geo.Bool(v), nil
	case string:
		return geo.Text(v), nil
	case json.Number:
		f, err := readNumber(v, at)
		return geo.Number(f), err
	case []any:
		return r.list(v, at)
	case object:
		return r.object(v, at)
	}
	return nil, at.fault("null is no value to compare with: use the operation isNull")
}

func readNumber(n json.Number, at place) (float64, error) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return 0, at.fault("the number is too large")
	}
	return f, nil
}

func (r reader) list(values []any, at place) (geo.Node, error) {
	if len(values) > MaxList {
		return nil, at.fault("the list has %d values, at most %d are possible", len(values), MaxList)
	}
	list, err := r.nodes(values, at)
	return geo.List(list), err
}

func (r reader) nodes(values []any, at place) ([]geo.Node, error) {
	nodes := make([]geo.Node, len(values))
	for i, v := range values {
		var err error
		if nodes[i], err = r.node(v, at.item(i)); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// forms are the members by which one sees what an object stands for, and those that it has.
func forms() map[string][]string {
	return map[string][]string{
		"op": {"op", "args"}, "property": {"property"}, "date": {"date"}, "timestamp": {"timestamp"}, "interval": {"interval"},
		"type": {"type", "coordinates", "geometries", "bbox"}, "bbox": {"bbox"},
	}
}

// formOf returns by which member one sees what o stands for, after a look at its other members.
func formOf(o object, at place) (string, error) {
	known := forms()
	for _, form := range []string{"op", "property", "date", "timestamp", "interval", "type", "bbox"} {
		if _, ok := o[form]; !ok {
			continue
		}
		for name := range o {
			if !slices.Contains(known[form], name) {
				return "", at.below(name).fault("there is no such member beside %q", form)
			}
		}
		return form, nil
	}
	return "", at.fault(`an object is {"op":…,"args":[…]}, {"property":…}, {"date":…}, {"timestamp":…}, {"interval":[…]}, {"bbox":[…]} or a geometry of GeoJSON`)
}

func (r reader) object(o object, at place) (geo.Node, error) {
	form, err := formOf(o, at)
	if err != nil {
		return nil, err
	}
	switch form {
	case "op":
		return r.operation(o, at)
	case "type":
		return readGeometry(o, at)
	case "bbox":
		return readBox(o["bbox"], at.below("bbox"))
	case "interval":
		return r.interval(o["interval"], at.below("interval"))
	}
	s, ok := o[form].(string)
	if !ok || s == "" {
		return nil, at.below(form).fault("a text is needed")
	}
	switch form {
	case "date":
		return readDate(s, at.below(form))
	case "timestamp":
		return readInstant(s, at.below(form))
	}
	return geo.Property(s), nil
}

func (r reader) operation(o object, at place) (geo.Node, error) {
	op, ok := o["op"].(string)
	if !ok || op == "" {
		return nil, at.below("op").fault("the name of an operation is needed")
	}
	values, ok := o["args"].([]any)
	if !ok {
		return nil, at.below("args").fault("a list of arguments is needed")
	}
	args, err := r.nodes(values, at.below("args"))
	if err != nil {
		return nil, err
	}
	n := &geo.Operation{Op: nameOf(op, r.all), Args: args}
	if s, ok := r.all[n.Op]; ok {
		if err := s.check(n, r.all, at.below("args")); err != nil {
			return nil, err
		}
	}
	return n, r.checkArguments(n, at.below("args"))
}

// checkArguments looks at what a signature does not say.
func (r reader) checkArguments(o *geo.Operation, at place) error {
	switch o.Op {
	case "in":
		values, ok := o.Args[1].(geo.List)
		if !ok || len(values) == 0 {
			return at.item(1).fault("in takes a list of one or more values here")
		}
		for i, v := range values {
			if got := kindsOf(v, r.all); got&(scalar|unknown) == 0 {
				return at.item(1).item(i).fault("the list of in holds %s", kinds(scalar))
			}
		}
	case "like":
		return checkPattern(o.Args[1], at.item(1))
	}
	return nil
}

func checkPattern(n geo.Node, at place) error {
	for {
		o, ok := n.(*geo.Operation)
		if !ok {
			break
		}
		n = o.Args[0]
	}
	s, _ := n.(geo.Text)
	escapes := len(s) - len(strings.TrimRight(string(s), `\`))
	if escapes%2 == 1 {
		return at.fault(`the pattern ends with \, which must stand before the character that it escapes`)
	}
	return nil
}

func readDate(s string, at place) (geo.Node, error) {
	d, err := geo.ParseDay("filter", s)
	if err != nil {
		return nil, at.fault("a day of the form 2026-01-31 is needed")
	}
	return geo.Date(d), nil
}

func readInstant(s string, at place) (geo.Node, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !strings.Contains(s, "T") {
		return nil, at.fault("a moment of the form 2026-01-31T08:00:00Z is needed")
	}
	if t.Nanosecond()%1000 != 0 {
		return nil, at.fault("moments have at most six decimals of a second")
	}
	return geo.Instant(t.UTC()), nil
}

func (r reader) interval(v any, at place) (geo.Node, error) {
	ends, ok := v.([]any)
	if !ok || len(ends) != 2 {
		return nil, at.fault(`a list of two ends is needed, each a date, a timestamp, a property or ".."`)
	}
	var i geo.Interval
	var err error
	if i.From, err = r.end(ends[0], at.item(0)); err != nil {
		return nil, err
	}
	i.To, err = r.end(ends[1], at.item(1))
	return i, err
}

func (r reader) end(v any, at place) (geo.Node, error) {
	switch v := v.(type) {
	case string:
		switch {
		case v == "..":
			return nil, nil
		case strings.Contains(v, "T"):
			return readInstant(v, at)
		}
		return readDate(v, at)
	case object:
		n, err := r.object(v, at)
		if err == nil && kindsOf(n, r.all)&(moment|unknown) == 0 {
			return nil, at.fault("%s is needed", kinds(moment))
		}
		return n, err
	}
	return nil, at.fault(`a date, a timestamp, a property or ".." is needed`)
}
