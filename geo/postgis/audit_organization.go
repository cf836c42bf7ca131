package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// auditedOrganization is the content of an organization as the audit tells it, with the names of the HTTP interface.
type auditedOrganization struct {
	Version           int32      `json:"version"`
	Code              string     `json:"code,omitempty"`
	Parent            geo.ID     `json:"parent,omitempty"`
	Kind              string     `json:"kind"`
	Level             string     `json:"level"`
	Status            string     `json:"status"`
	Name              string     `json:"name"`
	ShortName         string     `json:"short_name,omitempty"`
	Division          string     `json:"division"`
	Location          [2]float64 `json:"location"` // degrees, longitude first
	LocationSource    string     `json:"location_source"`
	LocationAccuracyM float64    `json:"location_accuracy_m,omitempty"`
	SourceCRS         string     `json:"source_crs"`
	LocationState     string     `json:"location_state"`
	Address           string     `json:"address,omitempty"`
	Phone             string     `json:"phone,omitempty"`
	USCC              string     `json:"uscc,omitempty"`
	Jurisdiction      string     `json:"jurisdiction,omitempty"` // not itself: the history has it
	ValidFrom         *string    `json:"valid_from"`
	ValidTo           *string    `json:"valid_to"`
}

// auditedDay is null for the ends of time.
func auditedDay(d geo.Day) *string {
	if nullDay(d) == nil {
		return nil
	}
	s := d.String()
	return &s
}

func auditedOf(version int32, c geo.OrganizationContent, valid geo.DayRange) *auditedOrganization {
	lon, lat := c.Location.Degrees()
	return &auditedOrganization{
		Version: version, Code: c.Code, Parent: c.Parent, Kind: c.Kind, Level: c.Level, Status: c.Status, Name: c.Name,
		ShortName: c.ShortName, Division: c.Division.String(), Location: [2]float64{lon, lat}, LocationSource: c.LocationSource,
		LocationAccuracyM: c.LocationAccuracyM, SourceCRS: c.SourceCRS, LocationState: c.LocationState, Address: c.Address,
		Phone: c.Phone, USCC: c.USCC, Jurisdiction: auditedArea(c.Jurisdiction), ValidFrom: auditedDay(valid.From), ValidTo: auditedDay(valid.To),
	}
}

// auditedArea tells an area apart from others: by the number of its corners and a hash. "" for none.
func auditedArea(m *geo.MultiPolygon) string {
	if m == nil || len(*m) == 0 {
		return ""
	}
	n := 0
	for _, polygon := range *m {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return fmt.Sprintf("%d corners, SHA-256 %.8x", n, sha256.Sum256(m.AppendGeoJSON(nil)))
}

// audit tells of the write.
func (w organizationWrite) audit(ctx context.Context, tx pgx.Tx, action string, path []geo.ID, before, after *auditedOrganization) error {
	return audit(ctx, tx, action, geo.AuditObject{Kind: "organization", ID: w.id}, path, before, after)
}

const sqlContentFrom = `
select` + organizationColumns + `, v.path::text
from jingwei.organization o
join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded)
cross join lateral (select v.valid && jingwei.days($2, null) as holds) d
where o.id = $1
order by d.holds desc, case when d.holds then lower(v.valid) end nulls first, v.valid desc, v.row_id
limit 1`

// contentFrom returns what holds first from the day on, with its path; what held last when nothing does any more.
// Nothing known is geo.ErrNotFound.
func (w organizationWrite) contentFrom(ctx context.Context, tx pgx.Tx, day geo.Day) (geo.Organization, []geo.ID, error) {
	var (
		row  organizationRow
		text string
	)
	err := tx.QueryRow(ctx, sqlContentFrom, w.id, nullDay(day)).Scan(append(row.fields(), &text)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Organization{}, nil, geo.NotFound("nothing is known of organization %d", w.id)
	}
	if err != nil {
		return geo.Organization{}, nil, err
	}
	path, err := parsePath(text)
	return row.organization(), path, err
}

// parsePath reads an ltree of ids.
func parsePath(text string) ([]geo.ID, error) {
	var path []geo.ID
	for label := range strings.SplitSeq(text, ".") {
		id, err := geo.ParseID("path", label)
		if err != nil {
			return nil, err
		}
		path = append(path, id)
	}
	return path, nil
}

// left reports whether what was at the path before has left somebody's subtree: they are told that it went, and not where.
func left(before, after []geo.ID) bool {
	return slices.ContainsFunc(before, func(id geo.ID) bool { return !slices.Contains(after, id) })
}

// atLeast makes nil the path of what is known to belong to no organization.
func atLeast(path []geo.ID) []geo.ID {
	if path == nil {
		return []geo.ID{}
	}
	return path
}
