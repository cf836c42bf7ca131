package cql2

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"jingwei/geo"
)

// JSON writes a filter in CQL2 JSON, from which ParseJSON reads the same again. What has no form in JSON (numbers that are
// none, the ends of time, the zero Filter, an operation without arguments that needs them) is an error.
func JSON(f geo.Filter) ([]byte, error) {
	if f.Root == nil {
		return nil, geo.Invalid("filter", "what holds for everything has no form in CQL2")
	}
	v, err := write(f.Root)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write filter: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// call is the JSON of an operation; the order of members is part of what is written.
type call struct {
	Op   string `json:"op"`
	Args []any  `json:"args"`
}

func write(n geo.Node) (any, error) {
	switch n := n.(type) {
	case geo.Bool:
		return bool(n), nil
	case geo.Text:
		return string(n), nil
	case geo.Number:
		if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
			return nil, geo.Invalid("filter", "%g has no form in JSON", float64(n))
		}
		return float64(n), nil
	case geo.Property:
		return map[string]string{"property": string(n)}, nil
	case geo.List:
		return writeAll(n)
	case *geo.Operation:
		args, err := writeAll(n.Args)
		return call{n.Op, args}, err
	case geo.Box:
		return map[string][4]float64{"bbox": {n.West, n.South, n.East, n.North}}, nil
	case geo.Geometry:
		return json.RawMessage(n.AppendGeoJSON(nil)), nil
	}
	return writeTime(n)
}

func writeAll(nodes []geo.Node) ([]any, error) {
	out := make([]any, len(nodes))
	for i, n := range nodes {
		var err error
		if out[i], err = write(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func writeTime(n geo.Node) (any, error) {
	switch n := n.(type) {
	case geo.Date, geo.Instant:
		s, err := momentText(n)
		if _, day := n.(geo.Date); day {
			return map[string]string{"date": s}, err
		}
		return map[string]string{"timestamp": s}, err
	case geo.Interval:
		from, err := writeEnd(n.From)
		if err != nil {
			return nil, err
		}
		to, err := writeEnd(n.To)
		return map[string][2]any{"interval": {from, to}}, err
	}
	return nil, geo.Invalid("filter", "a filter holds a node that has no form in JSON: %T", n)
}

func writeEnd(n geo.Node) (any, error) {
	switch n.(type) {
	case nil:
		return "..", nil
	case geo.Date, geo.Instant:
		return momentText(n)
	}
	return write(n)
}

// momentText writes a day or a moment of the years 0 to 9999.
func momentText(n geo.Node) (string, error) {
	t, layout := time.Time{}, "2006-01-02"
	switch n := n.(type) {
	case geo.Date:
		t = geo.Day(n).Time()
	case geo.Instant:
		t, layout = time.Time(n).UTC(), "2006-01-02T15:04:05.999999Z"
	}
	if t.Year() < 0 || t.Year() > 9999 {
		return "", geo.Invalid("filter", "a day of the year %d has no form in JSON", t.Year())
	}
	return t.Format(layout), nil
}
