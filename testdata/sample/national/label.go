package national

import (
	"math"

	"jingwei/geo"
)

// Labels returns a label point for every division from the province to the township, but for the townships of counties
// without any committee: that of
// a county is real (or, for zones that only statistics know, made up), prefectures and provinces have that of the county
// nearest to the middle of their counties, weighted by area; those of townships are made up.
func (n *Nation) Labels() map[LabelKey]geo.Position {
	labels := make(map[LabelKey]geo.Position, len(n.provinces)+len(n.prefectures)+len(n.counties)+len(n.towns))
	for i, c := range n.counties {
		labels[n.labelKey(c.row)] = n.seats[i].at.position()
		for _, t := range n.towns[c.towns[0]:c.towns[1]] {
			labels[n.labelKey(int(t.row))] = t.at.position()
		}
	}
	for i, p := range n.prefectures {
		labels[n.labelKey(p.row)] = n.middle(func(c county) bool { return c.prefecture == i })
	}
	for i, p := range n.provinces {
		labels[n.labelKey(p.row)] = n.middle(func(c county) bool { return c.province == i })
	}
	return labels
}

// LabelKey names a division: some codes stand at two levels.
type LabelKey struct {
	Code  geo.DivisionCode
	Level geo.DivisionLevel
}

func (n *Nation) labelKey(row int) LabelKey {
	r := n.divisions.rows[row]
	return LabelKey{r.code, geo.DivisionLevel(r.level)}
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
