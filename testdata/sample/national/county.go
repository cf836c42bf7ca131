package national

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"jingwei/geo"
)

//go:embed counties.csv
var countiesFile []byte

// point is a place in degrees.
type point struct{ lon, lat float64 }

// kmPerDegree is the length of a degree of latitude on the sphere of 6,371 km.
const kmPerDegree = 111.19

// move returns the point so many kilometres to the east and north.
func (p point) move(east, north float64) point {
	return point{p.lon + east/(kmPerDegree*math.Cos(p.lat*math.Pi/180)), p.lat + north/kmPerDegree}
}

// position rounds to the stored unit. The points of this package lie in China, so that it cannot fail.
func (p point) position() geo.Position {
	return geo.Position{Lon: int32(math.Round(p.lon * 1e7)), Lat: int32(math.Round(p.lat * 1e7))}
}

func pointAt(p geo.Position) point { return point{float64(p.Lon) / 1e7, float64(p.Lat) / 1e7} }

// seat is a county unit with its label point, known or made up.
type seat struct {
	code   geo.DivisionCode
	at     point
	area   float64 // km²
	radius float64 // km, of a circle of that area
	power  float64 // km², weight in the power diagram
	atSea  bool    // the coarse coast leaves its label point in the water: an island, or the shore
	rivals []rival // those that could win a point within its reach
}

func newSeat(code geo.DivisionCode, at point, area float64) seat {
	return seat{code: code, at: at, area: area, radius: math.Sqrt(area / math.Pi)}
}

// readSeats returns the county units of the table, and their places by code.
func readSeats() ([]seat, error) {
	rows, err := csv.NewReader(bytes.NewReader(countiesFile)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("counties of the nation: %w", err)
	}
	var seats []seat
	for _, row := range rows[1:] {
		code, err := geo.ParseDivisionCode("code", row[0])
		if err != nil {
			return nil, fmt.Errorf("counties of the nation: %w", err)
		}
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(row[4+i], 64); err != nil {
				return nil, fmt.Errorf("county %s of the nation: %w", code, err)
			}
		}
		seats = append(seats, newSeat(code, point{v[0], v[1]}, v[2]))
	}
	return seats, nil
}

// otherCode returns the code that the table of counties knows a county of the division table by: two became cities in
// between, and Jiayuguan is a city without counties that statistics give one.
func otherCode(code geo.DivisionCode) geo.DivisionCode {
	switch code {
	case 540481000000:
		return 540422000000
	case 540581000000:
		return 540530000000
	case 620201000000:
		return 620200000000
	}
	return code
}

// provincePopulation returns the census of 2020 by province, the first two digits of codes.
func provincePopulation() map[geo.DivisionCode]float64 {
	const census = `11 21893095 12 13866009 13 74610235 14 34915616 15 24049155 21 42591407 22 24073453 23 31850088
31 24870895 32 84748016 33 64567588 34 61027171 35 41540086 36 45188635 37 101527453 41 99365519 42 57752557
43 66444864 44 126012510 45 50126804 46 10081232 50 32054159 51 83674866 52 38562148 53 47209277 54 3648100
61 39528999 62 25019831 63 5923957 64 7202654 65 25852345`
	fields := strings.Fields(census)
	out := make(map[geo.DivisionCode]float64, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		out[number(fields[i])] = float64(number(fields[i+1]))
	}
	return out
}
