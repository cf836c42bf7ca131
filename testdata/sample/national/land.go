package national

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"jingwei/geo"
	"jingwei/testdata/sample"
)

// The mask of land covers China and its neighbours in steps of 0.02 degrees, about 2 km; the coast that it is made of is
// coarser than that.
const (
	landStep  = 0.02
	landWest  = 73.0
	landSouth = 3.0
	landCols  = 3125
	landRows  = 2600
)

// land is a mask of cells whose middle is on land.
type land struct{ bits []uint64 }

func readLand() (*land, error) {
	var file struct {
		Features []struct {
			Properties struct{ Kind string }
			Geometry   json.RawMessage
		}
	}
	if err := json.Unmarshal(sample.Land(), &file); err != nil {
		return nil, fmt.Errorf("land of the nation: %w", err)
	}
	l := &land{bits: make([]uint64, (landCols*landRows+63)/64)}
	for _, f := range file.Features {
		if f.Properties.Kind != "land" {
			continue
		}
		shape, err := geo.ParseMultiPolygon(f.Geometry)
		if err != nil {
			return nil, fmt.Errorf("land of the nation: %w", err)
		}
		l.fill(shape)
	}
	return l, nil
}

// fill marks the cells inside of shape, row by row between its edges (even-odd rule).
func (l *land) fill(shape geo.MultiPolygon) {
	crossings := make([][]float64, landRows)
	for _, polygon := range shape {
		for _, ring := range polygon {
			for i := range ring {
				cross(crossings, ring[i], ring[(i+1)%len(ring)])
			}
		}
	}
	for row, at := range crossings {
		slices.Sort(at)
		for i := 0; i+1 < len(at); i += 2 {
			from, to := math.Ceil((at[i]-landWest)/landStep-0.5), math.Ceil((at[i+1]-landWest)/landStep-0.5)
			for col := max(0, int(from)); col < min(landCols, int(to)); col++ {
				bit := row*landCols + col
				l.bits[bit/64] |= 1 << (bit % 64)
			}
		}
	}
}

// cross adds the longitudes at which the edge crosses the middles of rows.
func cross(crossings [][]float64, a, b geo.Position) {
	if a.Lat > b.Lat {
		a, b = b, a
	}
	west, south := a.Degrees()
	east, north := b.Degrees()
	first := max(0, int(math.Ceil((south-landSouth)/landStep-0.5)))
	for row := first; row < landRows; row++ {
		lat := landSouth + (float64(row)+0.5)*landStep
		if lat >= north {
			return
		}
		crossings[row] = append(crossings[row], west+(east-west)*(lat-south)/(north-south))
	}
}

// holds reports whether the cell at (lon, lat) is land; outside of the mask nothing is.
func (l *land) holds(lon, lat float64) bool {
	col, row := int(math.Floor((lon-landWest)/landStep)), int(math.Floor((lat-landSouth)/landStep))
	if col < 0 || col >= landCols || row < 0 || row >= landRows {
		return false
	}
	bit := row*landCols + col
	return l.bits[bit/64]>>(bit%64)&1 == 1
}
