package intake

import "jingwei/geo"

// Committees are the village and residents' committees of a table of divisions as organizations, each at the place of
// the deepest division that has one. Names and codes are those of the division.
type Committees struct {
	rows   []row
	places map[geo.DivisionCode]geo.Place
}

// Committees returns the committees of the table, in the order of codes, and how many rows are none. A division that is
// not known, or that has no place up to its province, goes to refuse.
func (d *Divisions) Committees(unknown []geo.DivisionCode, places map[geo.DivisionCode]geo.Place, refuse func(Refusal)) (c *Committees, others int) {
	missing := make(map[geo.DivisionCode]bool, len(unknown))
	for _, code := range unknown {
		missing[code] = true
	}
	c = &Committees{places: places}
	for _, r := range d.rows {
		if !r.committee() {
			others++
			continue
		}
		if _, ok := geo.PlaceOf(r.code, places); !ok && !missing[r.code] {
			refuse(refusal(int(r.line), r.code.String(), geo.Invalid("code", "no division from this one up to its province has a point on the map: import boundaries first")))
			continue
		}
		if missing[r.code] {
			refuse(refusal(int(r.line), r.code.String(), geo.Invalid("code", "there is no division with this code on the day of the edition: import divisions first")))
			continue
		}
		c.rows = append(c.rows, r)
	}
	return c, others
}

// CommitteeCodes returns the codes of the divisions that have a committee, in order.
func (d *Divisions) CommitteeCodes() []geo.DivisionCode {
	var codes []geo.DivisionCode
	for _, r := range d.rows {
		if r.committee() {
			codes = append(codes, r.code)
		}
	}
	return codes
}

func (r row) committee() bool { return r.kind == VillageCommittee || r.kind == ResidentsCommittee }

// Len returns how many committees there are.
func (c *Committees) Len() int { return len(c.rows) }

// Organization returns committee i.
func (c *Committees) Organization(i int) geo.OrganizationContent {
	r := c.rows[i]
	place, _ := geo.PlaceOf(r.code, c.places)
	return geo.OrganizationContent{
		Code: r.code.String(), Kind: r.kind, Level: geo.Village.String(), Name: r.name, Division: r.code,
		Location: place.At, LocationSource: geo.LocationDivision, LocationAccuracyM: place.AccuracyM,
		SourceCRS: "EPSG:4326", LocationState: geo.LocationReported, Status: geo.StatusActive,
	}
}
