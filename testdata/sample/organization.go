package sample

import (
	"math"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// Kinds of organizations in the sample: the two kinds of grassroots committees.
const (
	VillageCommittee   = "village_committee"
	ResidentsCommittee = "residents_committee"
)

// Organizations returns the 19,708 village committees and 5,716 residents' committees in the order of their codes.
// Names and codes are real, positions are made up: inside the cell of the township, with the radius of that cell as
// accuracy. Divisions that exist for statistics only have no committee.
func Organizations() ([]geo.OrganizationContent, error) {
	divisions, err := Divisions()
	if err != nil {
		return nil, err
	}
	townships, err := townshipCells()
	if err != nil {
		return nil, err
	}
	reach := make(map[geo.DivisionCode]float64, len(townships))
	for _, d := range divisions {
		if d.Level == geo.Township {
			reach[d.Code] = radius(townships[d.Code], d.Label)
		}
	}
	var out []geo.OrganizationContent
	for _, d := range divisions {
		if d.Kind == VillageCommittee || d.Kind == ResidentsCommittee {
			out = append(out, organization(d, reach[d.Parent]))
		}
	}
	return out, nil
}

func organization(d geo.Division, reach float64) geo.OrganizationContent {
	return geo.OrganizationContent{
		Code:              d.Code.String(),
		Kind:              d.Kind,
		Level:             geo.Village.String(),
		Name:              d.Name,
		Division:          d.Code,
		Location:          d.Label,
		LocationSource:    "generated",
		LocationAccuracyM: reach,
		SourceCRS:         "EPSG:4326",
		LocationState:     geo.LocationReported,
		Status:            geo.StatusActive,
	}
}

// radius is the distance in metres from centre to the farthest vertex, rounded up to 10 m.
func radius(polygons []outline.Polygon, centre geo.Position) float64 {
	far := 0.0
	for _, e := range outline.Edges(polygons...) {
		far = max(far, outline.Distance(centre, e.From))
	}
	return math.Ceil(far/10) * 10
}
