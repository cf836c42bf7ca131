package postgis

import "jingwei/geo"

// Days travel as numbers; an open end is null. nullDay gives the parameter, dayRange reads the columns.
func nullDay(d geo.Day) *int32 {
	if d == geo.MinDay || d == geo.MaxDay {
		return nil
	}
	n := int32(d)
	return &n
}

func dayRange(from, to *int32) geo.DayRange {
	r := geo.Always
	if from != nil {
		r.From = geo.Day(*from)
	}
	if to != nil {
		r.To = geo.Day(*to)
	}
	return r
}
