package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/crs"
	"jingwei/geo/live"
)

// Verifications stores the verification of locations. Who may take which step it decides by what is granted to the caller.
type Verifications interface {
	Verification(ctx context.Context, see geo.Scope, id geo.ID) (geo.Verification, error)
	TakeLocationStep(ctx context.Context, by geo.Authority, id geo.ID, ifVersion int32, m geo.LocationMove) (geo.Organization, geo.FeedPosition, error)
	CheckLocation(ctx context.Context, by geo.Authority, id geo.ID) error
	// CheckLocations makes the technical check of a batch of locations that lack one, after an id, and answers after which to go on.
	CheckLocations(ctx context.Context, by geo.Authority, after geo.ID) (checked, passed int, next geo.ID, err error)
	Locations(ctx context.Context, see geo.Scope, q geo.LocationQuery) ([]geo.LocationItem, error)
	CountFindings(ctx context.Context, see geo.Scope, division geo.DivisionCode, organization geo.ID) (geo.FindingCounts, error)
}

// Page sizes of the list of locations, and the names of the parameters that choose among them.
const (
	locationPage  = 100
	mostLocations = 500
	paramFinding  = "finding"
	paramState    = "state"
)

func (s *Server) verificationRoutes() {
	s.get("/api/organizations/:id/verification", s.getVerification, s.admit)
	s.echo.POST("/api/organizations/:id/verification", s.takeLocationStep, s.admit, s.known)
	s.echo.POST("/api/organizations/:id/verification/check", s.checkLocation, s.admit, s.known)
	s.get("/api/verification", s.listLocations, s.admit, s.known)
	s.get("/api/verification/counts", s.countLocations, s.admit, s.known)
	s.echo.POST("/api/verification/check", s.checkLocations, s.admit, s.known)
}

// finding is the JSON of a finding.
type finding struct {
	Code        geo.Finding `json:"code"`
	Contradicts bool        `json:"contradicts"`
}

func findingOf(f geo.Finding) finding { return finding{f, f.Contradicts()} }

// locationStep is the JSON of a step.
type locationStep struct {
	ID        geo.ID      `json:"id"`
	Version   int32       `json:"version"`
	From      string      `json:"from"`
	To        string      `json:"to"`
	Cause     string      `json:"cause"`
	Author    string      `json:"author"`
	At        time.Time   `json:"at"`
	Evidence  string      `json:"evidence"`
	Reason    string      `json:"reason"`
	Location  coordinates `json:"location"`
	AccuracyM float64     `json:"accuracy_m"`
	DistanceM *float64    `json:"distance_m"`
}

func locationStepOf(s geo.LocationStep) locationStep {
	out := locationStep{ID: s.ID, Version: s.Version, From: s.From, To: s.To, Cause: s.Cause, Author: s.Author, At: s.At.UTC(),
		Evidence: s.Evidence, Reason: s.Reason, Location: coordinatesOf(s.Location), AccuracyM: s.AccuracyM}
	if s.DistanceM >= 0 {
		out.DistanceM = &s.DistanceM
	}
	return out
}

// nextStep is the JSON of the step that follows, and whether the caller may take it.
type nextStep struct {
	To      string `json:"to"`
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"` // why not: reviewer, registrar or second-person; "" when allowed
}

// reporting is the JSON of who said first where an organization is.
type reporting struct {
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

// verification is the JSON of the verification of a location.
type verification struct {
	ID         geo.ID         `json:"id"`
	Version    int32          `json:"version"`
	State      string         `json:"state"`
	AccuracyM  float64        `json:"accuracy_m"`
	Location   coordinates    `json:"location"`
	Reported   *reporting     `json:"reported"`
	Steps      []locationStep `json:"steps"`
	Findings   []finding      `json:"findings"`
	CheckedAt  *time.Time     `json:"checked_at"`
	Next       *nextStep      `json:"next"`
	Back       []string       `json:"back"`
	MayRecheck bool           `json:"may_recheck"`
}

// verificationOf tells a verification, with what the caller may do next on the day.
func verificationOf(v geo.Verification, a audience) verification {
	o := v.Organization
	out := verification{
		ID: o.ID, Version: o.Version, State: o.LocationState, AccuracyM: o.LocationAccuracyM, Location: coordinatesOf(o.Location),
		Steps: items(v.Steps, locationStepOf), Findings: items(v.Findings, findingOf), CheckedAt: optionalTime(v.CheckedAt), Back: []string{},
	}
	if !v.ReportedAt.IsZero() {
		out.Reported = &reporting{v.ReportedBy, v.ReportedAt.UTC()}
	}
	may := func(actions ...geo.Action) bool {
		return slices.ContainsFunc(actions, func(x geo.Action) bool { return a.scope(x).Covers(v.Path) })
	}
	if to := geo.NextLocationState(o.LocationState); to != "" && a.internal {
		out.Next = &nextStep{To: to}
		out.Next.Reason = lacking(to, v, a, may)
		out.Next.Allowed = out.Next.Reason == ""
	}
	if earlier := geo.EarlierLocationStates(o.LocationState); len(earlier) > 0 && may((geo.LocationMove{Back: earlier[0]}).Actions(o.LocationState)...) {
		out.Back = earlier
	}
	out.MayRecheck = may(geo.ActionWriteOrganization, geo.ActionVerifyLocation)
	return out
}

// lacking says in a word why the caller may not take the next step; "" when they may.
func lacking(to string, v geo.Verification, a audience, may func(...geo.Action) bool) string {
	move := geo.LocationMove{To: to, Evidence: "-", Reason: "-"}
	switch {
	case may(move.Actions(v.Organization.LocationState)...):
	case to == geo.LocationConfirmed:
		return "registrar"
	default:
		return "reviewer"
	}
	from := geo.LocationStanding{State: v.Organization.LocationState, ComparedBy: v.ComparedBy}
	if _, err := move.Take(from, geo.Actor{Account: a.Account, Name: a.Name}); err != nil {
		return "second-person"
	}
	return ""
}

func (s *Server) getVerification(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeVerification(c, id, a)
}

func (s *Server) writeVerification(c echo.Context, id geo.ID, a audience) error {
	v, err := s.config.Verifications.Verification(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("verification of organization %d: %w", id, err)
	}
	return s.writeJSON(c, http.StatusOK, verificationOf(v, a))
}

// everything is an audience of what the caller may see.
func (s *Server) everything(c echo.Context) audience {
	return audience{caller: s.caller(c), internal: true, day: s.today()}
}

func readLocationMove(r *http.Request) (geo.LocationMove, error) {
	o := request.ReadObject(r, "to", "back", "evidence", "reason", "device")
	m := geo.LocationMove{To: o.Text("to", ""), Back: o.Text("back", ""), Evidence: o.Text("evidence", ""), Reason: o.Text("reason", "")}
	if d := o.Member("device", "location", "accuracy_m"); d != nil {
		m.Device = &geo.DeviceFix{At: d.Position("location", crs.WGS84), AccuracyM: d.Number("accuracy_m", 0)}
		if err := d.Err(); err != nil {
			return m, err
		}
	}
	if err := o.Err(); err != nil {
		return m, err
	}
	return m, m.Validate()
}

func (s *Server) takeLocationStep(c echo.Context) error {
	id, version, err := writeTarget(c)
	if err != nil {
		return err
	}
	m, err := readLocationMove(c.Request())
	if err != nil {
		return err
	}
	o, at, err := s.config.Verifications.TakeLocationStep(c.Request().Context(), s.caller(c).Authority, id, version, m)
	if err != nil {
		return fmt.Errorf("verification of organization %d: %w", id, err)
	}
	return writeOrganization(c, http.StatusOK, o, &at)
}

func (s *Server) checkLocation(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.config.Verifications.CheckLocation(c.Request().Context(), s.caller(c).Authority, id); err != nil {
		return fmt.Errorf("verification of organization %d: %w", id, err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeVerification(c, id, s.everything(c))
}

// locationItem is the JSON of a location in a list.
type locationItem struct {
	ID        geo.ID      `json:"id"`
	Version   int32       `json:"version"`
	Name      string      `json:"name"`
	Kind      string      `json:"kind"`
	Division  string      `json:"division"`
	State     string      `json:"state"`
	Source    string      `json:"source"`
	AccuracyM float64     `json:"accuracy_m"`
	Location  coordinates `json:"location"`
	Since     time.Time   `json:"since"`
	Findings  []finding   `json:"findings"`
	CheckedAt *time.Time  `json:"checked_at"`
}

func locationItemOf(l geo.LocationItem) locationItem {
	return locationItem{ID: l.ID, Version: l.Version, Name: l.Name, Kind: l.Kind, Division: l.Division.String(), State: l.State, Source: l.Source,
		AccuracyM: l.AccuracyM, Location: coordinatesOf(l.At), Since: l.Since.UTC(), Findings: items(l.Findings, findingOf), CheckedAt: optionalTime(l.CheckedAt)}
}

// locationScope is where the caller sees locations that wait for verification.
func (s *Server) locationScope(c echo.Context) (geo.Scope, error) {
	see := s.caller(c).Scope(geo.ActionReadOrganization, s.today())
	if see.Empty() {
		return see, &geo.Error{Kind: geo.ErrForbidden, Message: "the verification of locations is for those who have a role for an organization"}
	}
	return see, s.viewed(c, geo.ActionReadOrganization, geo.AuditObject{Kind: "organization"})
}

func (s *Server) listLocations(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), paramState, paramFinding, "division", paramOrganization, "limit", "cursor")
	ask := geo.LocationQuery{States: q.List(paramState), Finding: q.Text(paramFinding, 40), Division: q.Division("division"),
		Organization: q.ID(paramOrganization), After: q.ID("cursor")}
	limit := q.Limit("limit", locationPage, mostLocations)
	ask.Limit = limit + 1
	if err := q.Err(); err != nil {
		return err
	}
	if err := checkLocationQuery(ask); err != nil {
		return err
	}
	see, err := s.locationScope(c)
	if err != nil {
		return err
	}
	list, err := s.config.Verifications.Locations(c.Request().Context(), see, ask)
	if err != nil {
		return fmt.Errorf("list locations: %w", err)
	}
	return writePage(s, c, list, limit, func(l geo.LocationItem) string { return l.ID.String() }, locationItemOf)
}

func checkLocationQuery(q geo.LocationQuery) error {
	for _, state := range q.States {
		if !slices.Contains(geo.LocationStates(), state) {
			return geo.Invalid(paramState, "%q is no state of a location: %v", state, geo.LocationStates())
		}
	}
	if q.Finding != "" && q.Finding != geo.LocationUnchecked && !slices.Contains(geo.Findings(), geo.Finding(q.Finding)) {
		return geo.Invalid(paramFinding, "there is no finding %q: %v, and %s", q.Finding, geo.Findings(), geo.LocationUnchecked)
	}
	return nil
}

// locationCounts is the JSON of how many locations are in each state and have each finding.
type locationCounts struct {
	States    map[string]int      `json:"states"`
	Findings  map[geo.Finding]int `json:"findings"`
	Unchecked int                 `json:"unchecked"`
	Capped    bool                `json:"capped"`
}

// countLocations counts states in the live index, exactly, and findings in the database, up to a bound.
func (s *Server) countLocations(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "division", paramOrganization, "after")
	division, organization := q.Division("division"), q.ID(paramOrganization)
	if err := q.Err(); err != nil {
		return err
	}
	see, err := s.locationScope(c)
	if err != nil {
		return err
	}
	snapshot, err := s.snapshot(c, s.organizations.editions.Internal, q)
	if err != nil {
		return err
	}
	filter := geo.And(see.Filter(), geo.Within(division))
	if organization != 0 {
		filter = geo.And(filter, geo.Scope{Roots: []geo.ID{organization}}.Filter())
	}
	ctx := c.Request().Context()
	groups, err := snapshot.Aggregate(ctx, live.Aggregation{Query: live.Query{Filter: filter, Days: geo.On(s.today())}, Region: live.In(geo.World),
		By: []live.By{{Column: "location_state"}}, Budget: live.NewBudget()})
	if err != nil {
		return fmt.Errorf("count locations: %w", err)
	}
	found, err := s.config.Verifications.CountFindings(ctx, see, division, organization)
	if err != nil {
		return fmt.Errorf("count locations: %w", err)
	}
	counts, all := locationCounts{States: map[string]int{}, Findings: found.Findings, Capped: found.Capped}, 0
	for _, g := range groups {
		counts.States[g.Keys[0]] = g.Count
		all += g.Count
	}
	counts.Unchecked = max(0, all-found.Checked)
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, counts)
}

// checkLocations makes the technical check of a batch of locations that lack one.
func (s *Server) checkLocations(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "cursor")
	after := q.ID("cursor")
	if err := q.Err(); err != nil {
		return err
	}
	u := s.caller(c)
	if today := s.today(); u.Scope(geo.ActionWriteOrganization, today).Or(u.Scope(geo.ActionVerifyLocation, today)).Empty() {
		return &geo.Error{Kind: geo.ErrForbidden, Message: "technical checks are for registrars and reviewers"}
	}
	checked, passed, next, err := s.config.Verifications.CheckLocations(c.Request().Context(), u.Authority, after)
	if err != nil {
		return err
	}
	answer := struct {
		Checked int     `json:"checked"`
		Passed  int     `json:"passed"`
		Next    *string `json:"next"`
	}{Checked: checked, Passed: passed}
	if next != 0 {
		text := next.String()
		answer.Next = &text
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, answer)
}
