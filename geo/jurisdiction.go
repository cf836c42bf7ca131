package geo

// JurisdictionArea is the area that an organization looks after.
type JurisdictionArea struct {
	Organization ID
	Name         string // of the organization
	GeoJSON      []byte // a MultiPolygon in CRS84 degrees with seven decimals
}
