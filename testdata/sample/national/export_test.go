package national

import "jingwei/geo"

// Cell is what a test needs to know of the cells of the power diagram.
type Cell struct {
	Code  geo.DivisionCode
	At    geo.Position
	Power float64 // km²
	AtSea bool
}

// Cells returns those of all county units, peopled or not.
func (n *Nation) Cells() []Cell {
	out := make([]Cell, len(n.seats))
	for i, s := range n.seats {
		out[i] = Cell{s.code, s.at.position(), s.power, s.atSea}
	}
	return out
}

// OnLand reports whether the mask holds a position.
func (n *Nation) OnLand(p geo.Position) bool {
	q := pointAt(p)
	return n.land.holds(q.lon, q.lat)
}

// County is what a forest has in a county, and what it should be in proportion to.
type County struct {
	Code                    geo.DivisionCode
	Population              float64 // of its province
	Province                int
	Weight                  float64
	Towns, Villages, Others int
	AllTowns, AllVillages   int
	Residents               int
}

// Counties counts the organizations of a forest by county.
func (o *Organizations) Counties() []County {
	n := o.nation
	out := make([]County, len(n.counties))
	for i, c := range n.counties {
		out[i] = County{
			Code: n.divisions.rows[c.row].code, Population: n.provinces[c.province].population, Province: c.province, Weight: c.weight,
			AllTowns: c.towns[1] - c.towns[0], AllVillages: c.villages + c.residents, Residents: c.residents,
		}
	}
	for i := range o.kind {
		if o.level[i] < uint8(geo.Township) {
			continue
		}
		c := &out[o.countyOf(i)]
		switch {
		case o.level[i] == uint8(geo.Township):
			c.Towns++
		case int(o.ofVillage[o.place[i]]) == i:
			c.Villages++
		default:
			c.Others++
		}
	}
	return out
}

// Quotas and Numeral are for tests.
func Quotas(total int, weights []float64) []int { return quotas(total, weights) }

// Numeral returns a number in Chinese characters.
func Numeral(n int) string { return string(appendNumeral(nil, n)) }

// Packed is the embedded table as text.
func (d *Divisions) Packed() string { return d.text }

// Spiral returns the place of a tile.
func Spiral(i int) (int32, int32) { return spiral(i) }
