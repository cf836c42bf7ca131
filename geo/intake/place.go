package intake

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// systemOf reads the name of a coordinate system as tables write it.
func systemOf(name string) (crs.System, error) {
	if system := systemIn(strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))); system != "" && !strings.Contains(strings.ToLower(name), "mc") {
		name = system
	}
	return crs.Parse("crs", name)
}

// rowSystem is the system of a row's coordinates, and its name when somebody says it.
func (o *Organizations) rowSystem() (crs.System, string, bool) {
	cell := o.text(geo.ImportCRS, geo.MaxNameLength)
	if cell == "" {
		return o.crs, o.told, true
	}
	if system, ok := o.systems[cell]; ok {
		return system, system.String(), true
	}
	system, err := systemOf(cell)
	if err != nil {
		o.fault(geo.ImportCRS, cell, geo.FaultUnknownCRS, "")
		return 0, "", false
	}
	o.systems[cell] = system
	return system, system.String(), true
}

// place reads the coordinates of a row.
func (o *Organizations) place() {
	system, told, ok := o.rowSystem()
	if !ok {
		return
	}
	if both := o.text(geo.ImportCoordinate, geo.MaxAddressLength); both != "" {
		o.row.PlaceColumn = o.column(geo.ImportCoordinate)
		o.readPlace(geo.ImportCoordinate, both, told)
		return
	}
	lng, lat := o.text(geo.ImportLng, geo.MaxNameLength), o.text(geo.ImportLat, geo.MaxNameLength)
	o.row.PlaceColumn = o.column(geo.ImportLng)
	switch {
	case lng == "" && lat == "":
		o.row.PlaceColumn = 0
		return
	case lng == "":
		o.fault(geo.ImportLng, "", geo.FaultHalfCoordinates, "")
		return
	case lat == "":
		o.fault(geo.ImportLat, "", geo.FaultHalfCoordinates, "")
		return
	}
	x, err1 := strconv.ParseFloat(lng, 64)
	y, err2 := strconv.ParseFloat(lat, 64)
	if err1 != nil || err2 != nil || math.Abs(x) > 1000 || math.Abs(y) > 1000 || system.Metres() {
		o.readPlace(geo.ImportLng, lng+", "+lat, told)
		return
	}
	o.degrees(system, x, y)
}

// accuracy reads to how many metres the place of a row is known: a number, with or without a unit.
func (o *Organizations) accuracy() {
	cell := o.text(geo.ImportAccuracy, geo.MaxNameLength)
	if cell == "" {
		return
	}
	number, metres := strings.TrimLeft(strings.ToLower(cell), "±≤<约"), 1.0
	for _, unit := range []struct {
		name   string
		metres float64
	}{{"公里", 1000}, {"千米", 1000}, {"km", 1000}, {"米", 1}, {"m", 1}} {
		if rest, ok := strings.CutSuffix(number, unit.name); ok {
			number, metres = rest, unit.metres
			break
		}
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(number), ",", ""), 64)
	if v *= metres; err != nil || !(v >= 0 && v <= geo.MaxAccuracyM) {
		o.fault(geo.ImportAccuracy, cell, geo.FaultAccuracy, strconv.Itoa(geo.MaxAccuracyM))
		return
	}
	o.row.AccuracyM, o.row.HasAccuracy = v, true
}

// degrees takes longitude and latitude from columns of their own.
func (o *Organizations) degrees(system crs.System, x, y float64) {
	value := fmt.Sprintf("%v, %v", x, y)
	inChina := func(lon, lat float64) bool { return 73 <= lon && lon <= 136 && 3 <= lat && lat <= 54 }
	if !inChina(x, y) && (inChina(y, x) || math.Abs(y) > 90 && math.Abs(y) <= 180 && math.Abs(x) <= 90) {
		o.fault(geo.ImportLng, value, geo.FaultSwapped, fmt.Sprintf("%v, %v", y, x))
		return
	}
	lon, lat := system.ToWGS84(x, y)
	at, err := geo.NewPosition(lon, lat)
	if err != nil || x == 0 && y == 0 {
		o.fault(geo.ImportLng, value, geo.FaultCoordinates, "")
		return
	}
	o.row.Location, o.row.HasLocation, o.row.SourceCRS = at, true, system.String()
}

// readPlace takes coordinates in any notation.
func (o *Organizations) readPlace(f geo.ImportField, text, told string) {
	readings, err := crs.Read(text, told)
	if err != nil || readings[0].X == 0 && readings[0].Y == 0 {
		o.fault(f, text, geo.FaultCoordinates, "")
		return
	}
	at, err := geo.NewPosition(readings[0].Lon, readings[0].Lat)
	if err != nil {
		o.fault(f, text, geo.FaultCoordinates, "")
		return
	}
	o.row.Location, o.row.HasLocation, o.row.SourceCRS = at, true, readings[0].System.String()
}
