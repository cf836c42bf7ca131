package cql2

import (
	"encoding/json"
	"errors"

	"jingwei/geo"
)

// readBox reads west, south, east, north, or the same with heights, which are left out.
func readBox(v any, at place) (geo.Node, error) {
	numbers, ok := v.([]any)
	if !ok || len(numbers) != 4 && len(numbers) != 6 {
		return nil, at.fault("four numbers are needed: west, south, east, north in degrees")
	}
	if len(numbers) == 6 {
		numbers = []any{numbers[0], numbers[1], numbers[3], numbers[4]}
	}
	sw, err := readVertex(numbers[:2], at)
	if err != nil {
		return nil, err
	}
	ne, err := readVertex(numbers[2:], at)
	if err != nil {
		return nil, err
	}
	if sw[1] > ne[1] {
		return nil, at.fault("south %g is greater than north %g", sw[1], ne[1])
	}
	return geo.Box{West: sw[0], South: sw[1], East: ne[0], North: ne[1]}, nil
}

func readVertex(v any, at place) (geo.Vertex, error) {
	numbers, ok := v.([]any)
	if !ok || len(numbers) < 2 || len(numbers) > 4 {
		return geo.Vertex{}, at.fault("a position is needed: [longitude, latitude]")
	}
	var at2 geo.Vertex
	for i := range numbers {
		n, ok := numbers[i].(json.Number)
		if !ok {
			return geo.Vertex{}, at.item(i).fault("a number is needed")
		}
		f, err := readNumber(n, at.item(i))
		if err != nil {
			return geo.Vertex{}, err
		}
		if i < 2 {
			at2[i] = f
		}
	}
	vertex, err := geo.NewVertex(at2[0], at2[1])
	if fault := (*geo.Error)(nil); errors.As(err, &fault) {
		return vertex, at.fault("%s", fault.Message)
	}
	return vertex, err
}

// leastVertices is the smallest number of vertices of a line of a geometry.
func leastVertices(kind string) int {
	switch kind {
	case "LineString", "MultiLineString":
		return 2
	case "Polygon", "MultiPolygon":
		return 4
	}
	return 1
}

// readGeometry reads a geometry of GeoJSON (RFC 7946 §3.1); its member bbox says nothing new.
func readGeometry(o object, at place) (geo.Node, error) {
	g, err := geometryOf(o, at)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func geometryOf(o object, at place) (g geo.Geometry, err error) {
	g.Type, _ = o["type"].(string)
	coordinates, where := o["coordinates"], at.below("coordinates")
	if g.Type == "GeometryCollection" {
		if _, ok := o["coordinates"]; ok {
			return g, where.fault("a GeometryCollection has geometries")
		}
		g.Members, err = readMembers(o["geometries"], at.below("geometries"))
		return g, err
	}
	if _, ok := o["geometries"]; ok {
		return g, at.below("geometries").fault("only a GeometryCollection has geometries")
	}
	// What a type lacks of the four levels of a MultiPolygon is put around its coordinates.
	switch g.Type {
	case "Point":
		g.Parts, err = readParts(g.Type, []any{[]any{[]any{coordinates}}}, where)
	case "LineString":
		g.Parts, err = readParts(g.Type, []any{[]any{coordinates}}, where)
	case "MultiPoint":
		g.Parts, err = readParts(g.Type, []any{wrapped(coordinates)}, where)
	case "Polygon", "MultiLineString":
		g.Parts, err = readParts(g.Type, []any{coordinates}, where)
	case "MultiPolygon":
		g.Parts, err = readParts(g.Type, coordinates, where)
	default:
		err = at.below("type").fault("there is no such type of geometry")
	}
	return g, err
}

// wrapped makes of a list of positions a list of lines of one.
func wrapped(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	lines := make([]any, len(list))
	for i, p := range list {
		lines[i] = []any{p}
	}
	return lines
}

func readMembers(v any, at place) ([]geo.Geometry, error) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, at.fault("a list of geometries is needed")
	}
	members := make([]geo.Geometry, len(list))
	for i, m := range list {
		o, ok := m.(object)
		if !ok || o["type"] == "GeometryCollection" {
			return nil, at.item(i).fault("a geometry is needed, and no collection")
		}
		var err error
		if members[i], err = geometryOf(o, at.item(i)); err != nil {
			return nil, err
		}
	}
	return members, nil
}

func readParts(kind string, v any, at place) ([][][]geo.Vertex, error) {
	return readList(v, at, func(v any, at place) ([][]geo.Vertex, error) {
		return readList(v, at, func(v any, at place) ([]geo.Vertex, error) {
			line, err := readList(v, at, readVertex)
			if err != nil {
				return nil, err
			}
			return line, checkLine(kind, line, at)
		})
	})
}

func checkLine(kind string, line []geo.Vertex, at place) error {
	if least := leastVertices(kind); len(line) < least {
		return at.fault("a %s has %d or more positions here", kind, least)
	}
	if leastVertices(kind) == 4 && line[0] != line[len(line)-1] {
		return at.fault("the ring is not closed: its last position must be its first")
	}
	return nil
}

// readList reads a list that has values. Where it stands is told as if nothing had been put around it.
func readList[T any](v any, at place, item func(any, place) (T, error)) ([]T, error) {
	values, ok := v.([]any)
	if !ok || len(values) == 0 {
		return nil, at.fault("a list of coordinates is needed")
	}
	out := make([]T, len(values))
	for i, v := range values {
		where := at
		if len(values) > 1 {
			where = at.item(i)
		}
		var err error
		if out[i], err = item(v, where); err != nil {
			return nil, err
		}
	}
	return out, nil
}
