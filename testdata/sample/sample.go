// Package sample is a data set that the project may give away: the real divisions of Zhejiang of all five levels and
// its village and residents' committees, on illustrative cells and positions that a seeded program made up. README.md
// says what is real. All positions are OGC:CRS84 (longitude, latitude), multiples of 1e-7 degree.
package sample

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"jingwei/geo"
)

//go:generate go run ./generate -counties counties.csv -divisions zhejiang-5level.csv -world world.zh.json -out .

//go:embed divisions.csv.gz
var divisionsFile []byte

//go:embed townships.geojson.gz
var townshipsFile []byte

//go:embed land.json
var landFile []byte

// validFrom is the cut-off day of the division table.
const validFrom = "2023-06-30"

// Divisions returns the 27,036 divisions, parents before children, valid from 2023-06-30 without an end. Every one has
// a label point: inside its cell; a village's is where its committee stands. Pinyin is without tones, syllables
// separated by spaces. Extents are not set: they follow from Shapes.
func Divisions() ([]geo.Division, error) {
	from, err := geo.ParseDay("valid_from", validFrom)
	if err != nil {
		return nil, err
	}
	text, err := unzip("divisions", divisionsFile)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("divisions of the sample: %w", err)
	}
	out := make([]geo.Division, 0, len(rows)-1)
	for _, row := range rows[1:] {
		d, err := division(row)
		if err != nil {
			return nil, fmt.Errorf("division %s of the sample: %w", row[0], err)
		}
		d.Valid = geo.DayRange{From: from, To: geo.MaxDay}
		out = append(out, d)
	}
	return out, nil
}

// division reads a row: code, level, kind, name, pinyin, lon, lat.
func division(row []string) (geo.Division, error) {
	code, err := geo.ParseDivisionCode("code", row[0])
	if err != nil {
		return geo.Division{}, err
	}
	level, err := strconv.Atoi(row[1])
	if err != nil {
		return geo.Division{}, fmt.Errorf("level: %w", err)
	}
	lon, err := strconv.ParseFloat(row[5], 64)
	if err != nil {
		return geo.Division{}, fmt.Errorf("lon: %w", err)
	}
	lat, err := strconv.ParseFloat(row[6], 64)
	if err != nil {
		return geo.Division{}, fmt.Errorf("lat: %w", err)
	}
	label, err := geo.NewPosition(lon, lat)
	if err != nil {
		return geo.Division{}, err
	}
	return geo.Division{
		Code: code, Level: geo.DivisionLevel(level), Kind: row[2], Parent: parent(code, geo.DivisionLevel(level)),
		Name: row[3], Pinyin: row[4], Label: label, HasLabel: true,
	}, nil
}

// parent cuts the last level off a code; no division of Zhejiang skips a level.
func parent(code geo.DivisionCode, level geo.DivisionLevel) geo.DivisionCode {
	size := [...]geo.DivisionCode{geo.Prefecture: 1e10, geo.County: 1e8, geo.Township: 1e6, geo.Village: 1e3}
	if level < geo.Prefecture || level > geo.Village {
		return 0
	}
	return code / size[level] * size[level]
}

func unzip(name string, file []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s of the sample: %w", name, err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%s of the sample: %w", name, err)
	}
	return text, nil
}

// Land returns the land of the world for an offline base map: GeoJSON, a FeatureCollection in CRS84 degrees. Features
// have the property "kind": "land" (MultiPolygon, without borders of countries; the islands made up for the sample
// included) or "dash_line" (the dashes of China's map in the South China Sea). The slice must not be altered.
func Land() []byte { return landFile }
