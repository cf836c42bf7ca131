package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/crs"
	"jingwei/tiles"
)

// organization is the JSON of an organization.
type organization struct {
	ID                geo.ID      `json:"id"`
	Version           int32       `json:"version"`
	Code              string      `json:"code"`
	Parent            *geo.ID     `json:"parent"`
	Kind              string      `json:"kind"`
	Level             string      `json:"level"`
	Name              string      `json:"name"`
	ShortName         string      `json:"short_name"`
	Division          string      `json:"division"`
	Location          coordinates `json:"location"`
	LocationSource    string      `json:"location_source"`
	LocationAccuracyM float64     `json:"location_accuracy_m"`
	SourceCRS         string      `json:"source_crs"`
	LocationState     string      `json:"location_state"`
	Address           string      `json:"address"`
	Phone             string      `json:"phone"`
	USCC              string      `json:"uscc"`
	// Jurisdiction is a MultiPolygon of GeoJSON, null for none.
	Jurisdiction json.RawMessage `json:"jurisdiction"`
	Status       string          `json:"status"`
	ValidFrom    *string         `json:"valid_from"`
	ValidTo      *string         `json:"valid_to"`
}

func organizationOf(o geo.Organization) organization {
	out := organization{
		ID: o.ID, Version: o.Version, Code: o.Code, Kind: o.Kind, Level: o.Level, Name: o.Name, ShortName: o.ShortName,
		Division: o.Division.String(), Location: coordinatesOf(o.Location), LocationSource: o.LocationSource,
		LocationAccuracyM: o.LocationAccuracyM, SourceCRS: o.SourceCRS, LocationState: o.LocationState,
		Address: o.Address, Phone: o.Phone, USCC: o.USCC, Status: o.Status,
		ValidFrom: optionalDay(o.Valid.From), ValidTo: optionalDay(o.Valid.To),
	}
	if m := o.Jurisdiction; m != nil && len(*m) > 0 {
		out.Jurisdiction = m.AppendGeoJSON(nil)
	}
	if o.Parent != 0 {
		out.Parent = &o.Parent
	}
	return out
}

// organizationVersion is the JSON of one row of an organization's history.
type organizationVersion struct {
	organization
	RecordedFrom time.Time  `json:"recorded_from"`
	RecordedTo   *time.Time `json:"recorded_to"`
	Author       string     `json:"author"`
}

func organizationVersionOf(v geo.OrganizationVersion) organizationVersion {
	return organizationVersion{organization: organizationOf(v.Organization), RecordedFrom: v.RecordedFrom.UTC(), RecordedTo: optionalTime(v.RecordedTo), Author: v.Author}
}

// organizationFields are the fields that a client may send.
func organizationFields() []string {
	return []string{"code", "parent", "kind", "level", "name", "short_name", "division", "location", "location_crs", "location_source",
		"location_accuracy_m", "source_crs", "location_state", "address", "phone", "uscc", "status", "jurisdiction", "valid_from"}
}

// organizationInput is what a client says of an organization.
type organizationInput struct {
	content geo.OrganizationContent
	from    geo.Day    // from which it holds
	in      crs.System // that the location was brought to WGS84 from, unless location_crs said so
}

// readOrganization reads and checks what a client says of an organization.
func readOrganization(r *http.Request, today geo.Day) (organizationInput, error) {
	o := request.ReadObject(r, organizationFields()...)
	source, name := o.System("source_crs", "EPSG:4326")
	in, _ := o.System("location_crs", name)
	c := geo.OrganizationContent{
		Code: o.Text("code", ""), Parent: o.ID("parent"), Kind: o.Text("kind", ""), Level: o.Text("level", ""),
		Name: o.Text("name", ""), ShortName: o.Text("short_name", ""), Division: o.Division("division"),
		Location: o.Position("location", in), LocationSource: o.Text("location_source", "registered"),
		LocationAccuracyM: accuracyIn(source, o.Number("location_accuracy_m", 0)), SourceCRS: name,
		LocationState: o.Text("location_state", ""), Address: o.Text("address", ""),
		Phone: o.Text("phone", ""), USCC: o.Text("uscc", ""), Status: o.Text("status", geo.StatusActive),
		Jurisdiction: o.Area("jurisdiction"),
	}
	if o.Has("location_crs") {
		in = crs.WGS84
	}
	input := organizationInput{content: c, from: o.Day("valid_from", today), in: in}
	if err := o.Err(); err != nil {
		return input, err
	}
	return input, checkOrganization(c)
}

// accuracyIn is the accuracy of a place that came in a system: not better than that of the system, and unknown, which is 0,
// remains so, since a place on a street map can be off by any distance.
func accuracyIn(s crs.System, given float64) float64 {
	if given <= 0 {
		return given
	}
	return max(given, s.AccuracyM())
}

// checkOrganization adds to the domain's rules that this interface knows no organization without a level. Codes are checked by
// the store against its code lists.
func checkOrganization(c geo.OrganizationContent) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Level == "" {
		return geo.Invalid("level", "a level is needed, for example village")
	}
	return nil
}

func (s *Server) createOrganization(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	input, err := readOrganization(c.Request(), s.today())
	if err != nil {
		return err
	}
	key, err := request.IdempotencyKey(c.Request().Header.Get("Idempotency-Key"))
	if err != nil {
		return err
	}
	o, at, done, err := s.register(c, input.content, geo.DayRange{From: input.from, To: geo.MaxDay}, key)
	if err != nil {
		return fmt.Errorf("create organization: %w", err)
	}
	c.Response().Header().Set("Location", s.prefix+"/api/organizations/"+o.ID.String())
	status := http.StatusCreated
	if done {
		status = http.StatusOK
	}
	return writeOrganization(c, status, o, &at)
}

// register registers an organization; with a key, once: true when a request of the same caller with the same key did it
// before.
func (s *Server) register(c echo.Context, content geo.OrganizationContent, valid geo.DayRange, key string) (geo.Organization, geo.FeedPosition, bool, error) {
	u, ctx := s.caller(c), c.Request().Context()
	see, in := s.reach(c)
	if key == "" {
		o, at, err := s.config.Organizations.CreateOrganization(ctx, see, in, content, valid, u.Name)
		return o, at, false, err
	}
	return s.config.Organizations.RegisterOrganization(ctx, see, in, content, valid, u.Account.String()+":"+key, u.Name)
}

// writeOrganization answers with the organization as it is after a write at position at, or as read when at is nil. It
// is never compressed: the tag is a strong one and stands for one sequence of bytes (RFC 9110 §8.8.3).
func writeOrganization(c echo.Context, status int, o geo.Organization, at *geo.FeedPosition) error {
	h := c.Response().Header()
	h.Set("ETag", organizationTag(o))
	if at != nil {
		setPosition(c, *at)
		h.Set("Cache-Control", "no-store")
	}
	body, err := encodeJSON(organizationOf(o))
	if err != nil {
		return err
	}
	return c.Blob(status, "application/json", body)
}

// setPosition names the position at which a write is seen. When it is not known the write was done all the same.
func setPosition(c echo.Context, at geo.FeedPosition) {
	if at.Epoch != "" {
		c.Response().Header().Set("Jingwei-Position", at.String())
	}
}

// organizationTag returns the entity tag: the version, and for content that ends on a known day that day as well. What
// is shown changes at midnight without a write, from one row of the version to the next. Rows of a version never
// overlap, so at most one is open-ended and no two end on the same day: equal tags stand for equal content.
func organizationTag(o geo.Organization) string {
	tag := strconv.Itoa(int(o.Version))
	if o.Valid.To != geo.MaxDay {
		tag += "-" + o.Valid.To.String()
	}
	return `"` + tag + `"`
}

func (s *Server) getOrganization(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	o, err := s.config.Organizations.Organization(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("organization %d: %w", id, err)
	}
	setSharing(c, a)
	if tag := organizationTag(o); tiles.Matches(ifNoneMatch(c), tag) {
		c.Response().Header().Set("ETag", tag)
		return c.NoContent(http.StatusNotModified)
	}
	return writeOrganization(c, http.StatusOK, o, nil)
}

// readTarget reads which organization a read is for, and for whom the answer is.
func (s *Server) readTarget(c echo.Context) (geo.ID, audience, error) {
	a, err := s.audience(c, request.ParseQuery(c.QueryString(), paramEdition))
	if err != nil {
		return 0, a, err
	}
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return 0, a, err
	}
	return id, a, s.sees(c, a, geo.AuditObject{Kind: "organization", ID: id}, geo.ActionReadOrganization)
}

func (s *Server) replaceOrganization(c echo.Context) error {
	id, version, err := writeTarget(c)
	if err != nil {
		return err
	}
	input, err := readOrganization(c.Request(), s.today())
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	if err := s.checkConverted(c.Request().Context(), see, id, input); err != nil {
		return err
	}
	o, at, err := s.config.Organizations.ReplaceOrganization(c.Request().Context(), see, in, id, version, input.content, input.from, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("replace organization %d: %w", id, err)
	}
	return writeOrganization(c, http.StatusOK, o, &at)
}

// checkConverted refuses a place that is sent back as it was answered, which is in WGS84, beside the system that it came in once:
// it would move by hundreds of metres with each write.
func (s *Server) checkConverted(ctx context.Context, see geo.Scope, id geo.ID, input organizationInput) error {
	if input.in.Metres() || input.in == crs.WGS84 {
		return nil
	}
	stored, err := s.config.Organizations.Organization(ctx, see, id)
	if errors.Is(err, geo.ErrNotFound) {
		return nil // the write says so
	}
	if err != nil {
		return fmt.Errorf("organization %d: %w", id, err)
	}
	lon, lat := stored.Location.Degrees()
	if moved, err := input.in.Locate("location", lon, lat); err != nil || moved != input.content.Location {
		return nil
	}
	return geo.Invalid("location", "this is the place as it was answered, in WGS84, and not in %s: send \"location_crs\": \"EPSG:4326\" with it", input.in)
}

func (s *Server) retireOrganization(c echo.Context) error {
	id, version, err := writeTarget(c)
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	at, err := s.config.Organizations.RetireOrganization(c.Request().Context(), see, in, id, version, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("retire organization %d: %w", id, err)
	}
	setPosition(c, at)
	return noContent(c)
}

// writeTarget reads which version of which organization a write is for.
func writeTarget(c echo.Context) (geo.ID, int32, error) {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return 0, 0, err
	}
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return 0, 0, err
	}
	version, err := request.IfMatch(c.Request().Header.Get("If-Match"))
	return id, version, err
}

func (s *Server) listOrganizationVersions(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	versions, err := s.config.Organizations.OrganizationVersions(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("versions of organization %d: %w", id, err)
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Items []organizationVersion `json:"items"`
	}{items(versions, organizationVersionOf)})
}
