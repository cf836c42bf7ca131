package national

import (
	"math"

	"jingwei/geo"
)

// Labels returns every division from the province to the township with a label point, in the order of the table, but for
// the townships of counties without any committee. The point of a county is real (or, for zones that only statistics
// know, made up), prefectures and provinces have that of the county nearest to the middle of their counties, weighted by
// area; those of townships are made up.
func (n *Nation) Labels() []geo.Division {
	var labels []geo.Division
	label := func(row int, at geo.Position) {
		d := n.divisions.Division(row)
		d.Label, d.HasLabel = at, true
		labels = append(labels, d)
	}
	for i, c := range n.counties {
		if i == 0 || c.province != n.counties[i-1].province {
			label(n.provinces[c.province].row, n.middle(func(o county) bool { return o.province == c.province }))
		}
		if i == 0 || c.prefecture != n.counties[i-1].prefecture {
			label(n.prefectures[c.prefecture].row, n.middle(func(o county) bool { return o.prefecture == c.prefecture }))
		}
		label(c.row, n.seats[i].at.position())
		for _, t := range n.towns[c.towns[0]:c.towns[1]] {
			label(int(t.row), t.at.position())
		}
	}
	return labels
}

// middle returns the label point that is nearest to the middle of the counties.
func (n *Nation) middle(of func(county) bool) geo.Position {
	var lon, lat, area float64
	for i, c := range n.counties {
		if s := n.seats[i]; of(c) {
			lon, lat, area = lon+s.at.lon*s.area, lat+s.at.lat*s.area, area+s.area
		}
	}
	centre := point{lon / area, lat / area}
	best, nearest := point{}, math.Inf(1)
	for i, c := range n.counties {
		if !of(c) {
			continue
		}
		if d := distance2(centre, n.seats[i].at, cosine(centre)); d < nearest {
			best, nearest = n.seats[i].at, d
		}
	}
	return best.position()
}
