package crs

import "jingwei/geo"

// plane reads metres. Eastings that begin with the number of a zone name their system; others need it named. Baidu's metres look
// like those of the zones 13 to 15, in the far west.
func plane(a, b angle, asked System, told bool) ([]Reading, error) {
	if told && !asked.Metres() {
		return nil, geo.Invalid("crs", "%s has coordinates in degrees, and these are metres", asked)
	}
	list, said := orders(a, b)
	if len(list) == 2 && northingLikelier(a, b) {
		list[0], list[1] = list[1], list[0]
	}
	var found []Reading
	for _, p := range list {
		for _, r := range metresOf(p.x.value, p.y.value, asked, told) {
			r.Notation, r.Reversed, r.Ordered = Plane, p.reversed, said
			found = append(found, r)
		}
	}
	z, projected := asked.zone()
	switch {
	case len(found) > 0:
		return found, nil
	case !told:
		return nil, geo.Invalid("crs", "these are metres: name their system, such as EPSG:4549 (CGCS2000, meridian 120°E), or write the easting with the number of the zone")
	case projected:
		return nil, notIn("crs", asked, z)
	}
	p := list[0] // Baidu's metres of another part of the world
	return []Reading{{System: asked, Told: true, Notation: Plane, X: p.x.value, Y: p.y.value, Reversed: p.reversed, Ordered: said}}, nil
}

func notIn(field string, s System, z zone) error {
	return geo.Invalid(field, "these metres do not lie in %s, whose eastings are about %.0f: with the number of a zone in front, or without it, they are of another system", s, z.falseEasting)
}

// metresOf are the systems in which an easting and a northing make sense.
func metresOf(x, y float64, asked System, told bool) (found []Reading) {
	ofBaidu := 8e6 <= x && x <= 15.1e6 && 0 <= y && y <= 7.5e6
	if told {
		if z, ok := asked.zone(); ok && z.reaches(x, y) || !ok && ofBaidu {
			found = append(found, Reading{System: asked, Told: true, X: x, Y: y})
		}
		return found
	}
	if ofBaidu {
		found = append(found, Reading{System: BD09MC, X: x, Y: y})
	}
	if s, z, ok := ofEasting(x); ok && z.reaches(x, y) {
		found = append(found, Reading{System: s, Told: len(found) == 0, X: x, Y: y})
	}
	return found
}

// northingLikelier tells that the first of two numbers is more likely the northing. To surveyors in China, X is.
func northingLikelier(a, b angle) bool {
	switch {
	case a.side == 'X' || b.side == 'Y':
		return true
	case a.side == 'Y' || b.side == 'X':
		return false
	}
	return northingFirst(a.value, b.value)
}

// northingFirst: surveyors in China write the northing, which they call X, first. Eastings without the number of a zone are below
// a million and northings above, but near the equator; other eastings are greater than any northing.
func northingFirst(a, b float64) bool {
	if max(a, b) < 8e6 {
		return b < 1e6 && a >= 1e6
	}
	return a < b
}
