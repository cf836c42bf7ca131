package crs

import (
	"errors"
	"math"

	"jingwei/geo"
)

// Locate returns where a coordinate of the system lies, easting or longitude first, in WGS84 and to 1e-7 degree. What lies
// outside of the world, or for a zone of CGCS2000 not near its meridian, is geo.ErrInvalid with the field.
func (s System) Locate(field string, x, y float64) (geo.Position, error) {
	if err := s.check(field, x, y); err != nil {
		return geo.Position{}, err
	}
	p, err := geo.NewPosition(s.ToWGS84(x, y))
	return p, about(field, err)
}

// check looks at the numbers as they were given: once they are converted nobody recognizes them.
func (s System) check(field string, x, y float64) error {
	z, projected := s.zone()
	switch {
	case !s.Metres():
		_, err := geo.NewPosition(x, y)
		return about(field, err)
	case math.Abs(x) <= 180 && math.Abs(y) <= 90:
		return geo.Invalid(field, "%s has coordinates in metres, and these are degrees", s)
	case !projected && !(math.Abs(x) < baiduReach && math.Abs(y) < baiduReach):
		return geo.Invalid(field, "these metres lie outside of the world of %s", s)
	case !projected || z.reaches(x, y):
		return nil
	case z.reaches(y, x):
		return geo.Invalid(field, "these metres do not lie in %s: are easting and northing swapped? The order is [easting, northing]", s)
	}
	return notIn(field, s, z)
}

// baiduReach is more than half of the way round the world in Baidu's metres.
const baiduReach = 2.1e7

// about gives a fault of a position the name of the field that held it.
func about(field string, err error) error {
	var fault *geo.Error
	if errors.As(err, &fault) {
		return geo.Invalid(field, "%s", fault.Message)
	}
	return err
}

// AccuracyM is how well a place that came in the system is known at best, in metres: 1 for GCJ-02 and BD-09, whose formulas are
// not official and differ by that from what the vendors serve, else 0.
func (s System) AccuracyM() float64 {
	switch s {
	case GCJ02, BD09, BD09MC:
		return 1
	}
	return 0
}
