package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"jingwei/geo"
)

// source is what is read: nothing in it is generated.
type source struct {
	counties  []county
	divisions []geo.Division
	world     []country
}

// county is a county unit of China with its label point.
type county struct {
	code           int // six digits
	name           string
	lon, lat, area float64 // degrees, square kilometres
	townships      int
}

// country is a country or region with its polygons as given: rings closed, longitude first.
type country struct {
	code     string // ISO 3166-1 alpha-2; "-99" for none
	polygons [][][][2]float64
}

func read(in inputs) (*source, error) {
	var s source
	if err := eachRow(in.counties, func(r row) (err error) {
		s.counties = append(s.counties, r.county())
		return r.err
	}); err != nil {
		return nil, err
	}
	if err := eachRow(in.divisions, func(r row) error {
		s.divisions = append(s.divisions, r.division())
		return r.err
	}); err != nil {
		return nil, err
	}
	world, err := os.ReadFile(in.world)
	if err != nil {
		return nil, fmt.Errorf("read the world: %w", err)
	}
	s.world, err = countries(world)
	return &s, err
}

// row is a CSV record by column name; the first number that cannot be read is kept in err.
type row struct {
	at     map[string]int
	values []string
	err    error
}

func eachRow(path string, do func(row) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the table: %w", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	at := map[string]int{}
	for i, name := range records[0] {
		at[name] = i
	}
	for i, values := range records[1:] {
		if err := do(row{at: at, values: values}); err != nil {
			return fmt.Errorf("%s row %d: %w", path, i+2, err)
		}
	}
	return nil
}

func (r *row) text(name string) string { return r.values[r.at[name]] }

func (r *row) number(name string) float64 {
	if r.text(name) == "" {
		return 0
	}
	f, err := strconv.ParseFloat(r.text(name), 64)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	return f
}

func (r *row) county() county {
	return county{
		code: int(r.number("code")), name: r.text("name"), lon: r.number("lon"), lat: r.number("lat"),
		area: r.number("area_km2"), townships: int(r.number("townships")),
	}
}

func (r *row) division() geo.Division {
	d := geo.Division{
		Code: geo.DivisionCode(r.number("code")), Level: geo.DivisionLevel(r.number("level")),
		Parent: geo.DivisionCode(r.number("parent_code")), Kind: r.text("kind"), Name: r.text("name"),
	}
	return d
}

func countries(text []byte) ([]country, error) {
	var collection struct {
		Features []struct {
			Properties struct {
				Code string `json:"iso_a2"`
			}
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(text, &collection); err != nil {
		return nil, fmt.Errorf("read the world: %w", err)
	}
	var out []country
	for _, f := range collection.Features {
		c := country{code: f.Properties.Code, polygons: make([][][][2]float64, 1)}
		into := any(&c.polygons)
		if f.Geometry.Type == "Polygon" {
			into = &c.polygons[0]
		}
		if err := json.Unmarshal(f.Geometry.Coordinates, into); err != nil {
			return nil, fmt.Errorf("read the polygons of %s: %w", c.code, err)
		}
		out = append(out, c)
	}
	return out, nil
}

func (s *source) china() country {
	for _, c := range s.world {
		if c.code == "CN" {
			return c
		}
	}
	return country{}
}
