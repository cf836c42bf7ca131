package api_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"jingwei/geo"
	"jingwei/geo/live"
)

// memory implements the stores that api asks for, well enough to show the shape of HTTP. What PostGIS does is tested
// with PostGIS.
type memory struct {
	mu       sync.Mutex
	current  map[geo.ID]geo.Organization
	versions map[geo.ID][]geo.OrganizationVersion
	steps    map[geo.ID][]geo.LocationStep
	last     geo.ID
	xid      uint64
	down     error  // when set, every method fails with it
	stalls   bool   // when set, every method waits for the end of its context
	tiles    int    // tiles made
	tile     []byte // of every address
	lines    []byte // tile of boundary lines of every address
	sets     []geo.BoundarySet
	unread   bool     // the names of divisions are not there yet
	kinds    []string // of organizations, beside those that are always there
	reads    int      // of code lists
	moves    int      // so many polygon tiles are of a later generation than was told
	silent   bool     // when set, writes succeed but their positions are not known

	requests map[string]geo.ID // organizations by the requests that registered them
	similar  geo.SimilarQuery  // the last one asked
	photos   map[geo.ID]storedPhoto
	removed  storedPhoto

	audit    []geo.AuditEntry // to be answered, newest first
	recorded []geo.AuditEntry // in the order of writing
	asked    []geo.AuditQuery // of the audit
	actor    geo.Actor        // of the last organization created
	records  int              // writings into the audit that succeeded
	noAudit  error            // when set, writing into the audit fails with it

	successions []geo.Succession
	more        map[geo.DivisionLevel][]geo.DivisionCode // divisions beside those of divisions(), for counts
}

func newMemory() *memory {
	return &memory{current: map[geo.ID]geo.Organization{}, versions: map[geo.ID][]geo.OrganizationVersion{}, steps: map[geo.ID][]geo.LocationStep{}, last: 100, xid: 1000}
}

func (m *memory) enter(ctx context.Context) error {
	if m.stalls {
		<-ctx.Done()
		return fmt.Errorf("query: %w", ctx.Err())
	}
	return m.down
}

func (m *memory) position() geo.FeedPosition {
	if m.silent {
		return geo.FeedPosition{}
	}
	m.xid++
	return geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: m.xid, Xmax: m.xid}}
}

func (m *memory) put(o geo.Organization) {
	rows := m.versions[o.ID]
	if len(rows) > 0 {
		rows[0].RecordedTo = clock()
	}
	row := geo.OrganizationVersion{Organization: o, RecordedFrom: clock(), Author: "somebody"}
	m.versions[o.ID] = slices.Insert(rows, 0, row)
	m.current[o.ID] = o
}

func (m *memory) CreateOrganization(ctx context.Context, _, _ geo.Scope, c geo.OrganizationContent, valid geo.DayRange, _ string) (geo.Organization, geo.FeedPosition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx); err != nil {
		return geo.Organization{}, geo.FeedPosition{}, err
	}
	m.last++
	m.actor = geo.ActorOf(ctx)
	c.LocationState = cmp.Or(c.LocationState, geo.LocationReported)
	o := geo.Organization{ID: m.last, Version: 1, OrganizationContent: c, Valid: valid}
	m.put(o)
	return o, m.position(), nil
}

func (m *memory) RegisterOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, request, author string) (geo.Organization, geo.FeedPosition, bool, error) {
	m.mu.Lock()
	id, done := m.requests[request]
	at := m.position()
	m.mu.Unlock()
	if done {
		o, err := m.Organization(ctx, see, id)
		return o, at, true, err
	}
	o, at, err := m.CreateOrganization(ctx, see, in, c, valid, author)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = map[string]geo.ID{}
	}
	m.requests[request] = o.ID
	return o, at, false, err
}

func (m *memory) SimilarOrganizations(ctx context.Context, see geo.Scope, q geo.SimilarQuery) ([]geo.SimilarOrganization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.similar = q
	var out []geo.SimilarOrganization
	for _, o := range m.current {
		if seen(see, o) && o.Code != "" && o.Code == q.Code {
			out = append(out, geo.SimilarOrganization{ID: o.ID, Name: o.Name, Kind: o.Kind, Status: o.Status, Division: o.Division, Location: o.Location, Code: o.Code, DistanceM: -1, Reasons: []string{geo.SimilarCode}})
		}
	}
	return out, m.enter(ctx)
}

func (m *memory) Jurisdictions(ctx context.Context, see geo.Scope, _ geo.Extent, _ int) ([]geo.JurisdictionArea, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []geo.JurisdictionArea
	for _, o := range m.current {
		if o.Jurisdiction != nil && len(*o.Jurisdiction) > 0 && seen(see, o) {
			out = append(out, geo.JurisdictionArea{Organization: o.ID, Name: o.Name, GeoJSON: o.Jurisdiction.AppendGeoJSON(nil)})
		}
	}
	return out, m.enter(ctx)
}

func (m *memory) CodesTaken(_ context.Context, code, _ string, except geo.ID) (bool, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.current {
		if o.Code == code && code != "" && o.ID != except {
			return true, false, nil
		}
	}
	return false, false, nil
}

func (m *memory) Photos(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.Photo, error) {
	if _, err := m.Organization(ctx, see, id); err != nil || see.Empty() {
		return nil, cmp.Or(err, geo.NotFound("there is no organization %d", id))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []geo.Photo
	for _, p := range m.photos {
		if p.Organization == id {
			out = append(out, p.Photo)
		}
	}
	return out, nil
}

func (m *memory) Photo(_ context.Context, see geo.Scope, _, id geo.ID) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.photos[id]
	if !ok || see.Empty() {
		return nil, geo.NotFound("there is no photo %d", id)
	}
	return p.jpeg, nil
}

func (m *memory) MayAddPhoto(ctx context.Context, see, _ geo.Scope, id geo.ID) error {
	_, err := m.Organization(ctx, see, id)
	return err
}

func (m *memory) AddPhoto(_ context.Context, _, _ geo.Scope, id geo.ID, photo geo.NewPhoto, author string) (geo.Photo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	p := geo.Photo{ID: m.last, Organization: id, Width: photo.Width, Height: photo.Height, Bytes: len(photo.JPEG), AddedAt: clock(), Author: author}
	if m.photos == nil {
		m.photos = map[geo.ID]storedPhoto{}
	}
	m.photos[p.ID] = storedPhoto{p, photo.JPEG}
	return p, nil
}

func (m *memory) RemovePhoto(_ context.Context, _, _ geo.Scope, _, id geo.ID, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.photos[id]
	if !ok {
		return geo.NotFound("there is no photo %d", id)
	}
	delete(m.photos, id)
	m.removed = p
	return nil
}

func (m *memory) RestorePhoto(_ context.Context, _, _ geo.Scope, _, id geo.ID, _ time.Time) (geo.Photo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.removed.ID != id {
		return geo.Photo{}, geo.NotFound("there is no photo %d", id)
	}
	m.photos[id] = m.removed
	return m.removed.Photo, nil
}

// storedPhoto is a photo with its picture.
type storedPhoto struct {
	geo.Photo
	jpeg []byte
}

func (m *memory) Organization(ctx context.Context, see geo.Scope, id geo.ID) (geo.Organization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx); err != nil {
		return geo.Organization{}, err
	}
	o, ok := m.current[id]
	if !ok || !seen(see, o) {
		return geo.Organization{}, geo.NotFound("there is no organization %d", id)
	}
	return o, nil
}

// seen knows two scopes, everywhere and nowhere.
func seen(see geo.Scope, o geo.Organization) bool { return see.All || o.Status == geo.StatusActive }

func (m *memory) OrganizationVersions(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.OrganizationVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	versions := slices.Clone(m.versions[id])
	if len(versions) == 0 || !seen(see, versions[0].Organization) {
		return nil, geo.NotFound("there is no organization %d", id)
	}
	versions = slices.DeleteFunc(versions, func(v geo.OrganizationVersion) bool { return !seen(see, v.Organization) })
	for i := range versions {
		if !see.All {
			versions[i].Author = ""
		}
	}
	return versions, nil
}

func (m *memory) locked(ctx context.Context, id geo.ID, version int32) (geo.Organization, error) {
	if err := m.enter(ctx); err != nil {
		return geo.Organization{}, err
	}
	o, ok := m.current[id]
	if !ok {
		return o, geo.NotFound("there is no organization %d", id)
	}
	if o.Version != version {
		rows := m.versions[id]
		was := rows[len(rows)-1].Organization
		return o, &geo.StaleError{Field: "If-Match", Base: version, Present: o, Author: "somebody", Recorded: clock(), Was: &was}
	}
	return o, nil
}

func (m *memory) ReplaceOrganization(ctx context.Context, _, _ geo.Scope, id geo.ID, ifVersion int32, c geo.OrganizationContent, from, _ geo.Day, _ string) (geo.Organization, geo.FeedPosition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, err := m.locked(ctx, id, ifVersion)
	if err != nil {
		return o, geo.FeedPosition{}, err
	}
	c.LocationState = cmp.Or(c.LocationState, o.LocationState)
	o.OrganizationContent, o.Valid.From = c, from
	o.Version++
	m.put(o)
	return o, m.position(), nil
}

func (m *memory) RetireOrganization(ctx context.Context, _, _ geo.Scope, id geo.ID, ifVersion int32, _ geo.Day, _ string) (geo.FeedPosition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.locked(ctx, id, ifVersion); err != nil {
		return geo.FeedPosition{}, err
	}
	delete(m.current, id)
	return m.position(), nil
}

// divisions are Zhejiang, Hangzhou and Shangcheng.
func divisions() []geo.Division {
	valid := geo.DayRange{From: day("2020-01-01"), To: geo.MaxDay}
	return []geo.Division{
		{Code: 330000000000, Level: geo.Province, Name: "浙江省", Pinyin: "zhejiang sheng", Valid: valid, Label: at(120.15, 30.27), HasLabel: true, Extent: geo.Extent{West: 118, South: 27, East: 123, North: 31.5}, HasExtent: true},
		{Code: 330100000000, Level: geo.Prefecture, Parent: 330000000000, Name: "杭州市", Pinyin: "hangzhou shi", Valid: valid},
		{Code: 330102000000, Level: geo.County, Parent: 330100000000, Name: "上城区", Pinyin: "shangcheng qu", Valid: valid},
	}
}

func (m *memory) Division(ctx context.Context, code geo.DivisionCode, d geo.Day) (geo.Division, []geo.Division, error) {
	if err := m.enter(ctx); err != nil {
		return geo.Division{}, nil, err
	}
	all := divisions()
	for i, division := range all {
		if division.Code == code && division.Valid.Contains(d) {
			return division, all[:i], nil
		}
	}
	return geo.Division{}, nil, geo.NotFound("there is no division %s on %s", code, d)
}

func (m *memory) DivisionChildren(ctx context.Context, parent geo.DivisionCode, _ geo.Day) ([]geo.Division, error) {
	var children []geo.Division
	for _, d := range divisions() {
		if d.Parent == parent {
			children = append(children, d)
		}
	}
	return children, m.enter(ctx)
}

func (m *memory) CountDivisionChildren(ctx context.Context, parent geo.DivisionCode, d geo.Day) (int, error) {
	children, err := m.DivisionChildren(ctx, parent, d)
	return len(children), err
}

func (m *memory) SearchDivisions(ctx context.Context, q string, level geo.DivisionLevel, limit int, _ geo.Day) ([]geo.Division, error) {
	var found []geo.Division
	for _, d := range divisions() {
		if d.Name == q && (level == 0 || level == d.Level) && len(found) < limit {
			found = append(found, d)
		}
	}
	return found, m.enter(ctx)
}

// DivisionsAt gives all divisions for places in the box of the first.
func (m *memory) DivisionsAt(ctx context.Context, p geo.Position, _ geo.Day) ([]geo.Division, error) {
	if !divisions()[0].Extent.Contains(p) {
		return nil, m.enter(ctx)
	}
	return divisions(), m.enter(ctx)
}

func (m *memory) DivisionCodes(ctx context.Context, level geo.DivisionLevel, within geo.DivisionCode, _ geo.Day) ([]geo.DivisionCode, error) {
	lo, hi := within.Range()
	var codes []geo.DivisionCode
	for _, d := range divisions() {
		if d.Level == level && lo <= d.Code && d.Code < hi {
			codes = append(codes, d.Code)
		}
	}
	return append(codes, m.more[level]...), m.enter(ctx)
}

func (m *memory) DivisionHistory(ctx context.Context, code geo.DivisionCode) ([]geo.Division, error) {
	var rows []geo.Division
	for _, d := range divisions() {
		if d.Code == code {
			before := d
			before.Name, before.Valid = "旧"+d.Name, geo.DayRange{From: geo.MinDay, To: d.Valid.From}
			rows = append(rows, before, d)
		}
	}
	return rows, m.enter(ctx)
}

func (m *memory) Successors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error) {
	return m.succeeding(func(s geo.Succession) bool { return s.Old == code }), m.enter(ctx)
}

func (m *memory) Predecessors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error) {
	return m.succeeding(func(s geo.Succession) bool { return s.New == code }), m.enter(ctx)
}

func (m *memory) succeeding(wanted func(geo.Succession) bool) []geo.Succession {
	var all []geo.Succession
	for _, s := range m.successions {
		if wanted(s) {
			all = append(all, s)
		}
	}
	return all
}

// Refiling knows a county by the succession that ended it.
func (m *memory) Refiling(ctx context.Context, d geo.Day) (*geo.Refiling, error) {
	var tenures []geo.Tenure
	for _, known := range divisions() {
		tenures = append(tenures, geo.Tenure{Code: known.Code, Valid: geo.Always})
	}
	for _, code := range slices.Concat(m.more[geo.Prefecture], m.more[geo.County]) {
		tenures = append(tenures, geo.Tenure{Code: code, Valid: geo.Always})
	}
	for _, s := range m.successions {
		tenures = append(tenures, geo.Tenure{Code: s.Old, Valid: geo.DayRange{From: geo.MinDay, To: geo.FirstDay(s.Year)}})
	}
	return geo.NewRefiling(m.successions, tenures, d), m.enter(ctx)
}

// DivisionShape has an outline of the division since 2025, an older and wider one, and none before there is the division.
func (m *memory) DivisionShape(ctx context.Context, code geo.DivisionCode, d geo.Day) (geo.DivisionShape, error) {
	if err := m.enter(ctx); err != nil {
		return geo.DivisionShape{}, err
	}
	if code != 330102000000 {
		return geo.DivisionShape{}, geo.NotFound("there is no shape of %s", code)
	}
	shape := geo.DivisionShape{
		Code: code, Name: "上城区", Set: geo.BoundarySet{Name: "sample", Source: "generated", Edition: "2025", Illustrative: true},
		GeoJSON: []byte(`{"type":"MultiPolygon","coordinates":[[[[120.12,30],[121,31],[120.12,31],[120.12,30]]]]}`), Holds: d >= day("2020-01-01"),
	}
	if d < day("2025-01-01") {
		shape.Set.Name, shape.Set.Edition = "older", "2019"
		shape.GeoJSON = []byte(`{"type":"MultiPolygon","coordinates":[[[[119,30],[121,30],[121,31],[119,31],[119,30]]]]}`)
	}
	return shape, nil
}

func (m *memory) PlaceHits(ctx context.Context, hits []geo.SearchHit, _ geo.Day) error {
	for i := range hits {
		for _, d := range divisions() {
			if hits[i].Type == geo.HitDivision && hits[i].Code == d.Code {
				hits[i].Location, hits[i].HasLocation, hits[i].Extent, hits[i].HasExtent = d.Label, d.HasLabel, d.Extent, d.HasExtent
			}
		}
	}
	return m.enter(ctx)
}

func (m *memory) Names(ctx context.Context, _ time.Duration) (*live.Snapshot, error) {
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	x := live.New(geo.DivisionLayer(), live.Public)
	err := x.Load(func(yield func(geo.Point, error) bool) {
		for _, d := range divisions() {
			keys := geo.SearchKeys{Pinyin: strings.ReplaceAll(d.Pinyin, " ", "")}
			if !yield(geo.Point{ID: geo.ID(d.Code), Valid: d.Valid, Division: d.Parent, Public: true, Values: []string{d.Name, "", fmt.Sprint(int(d.Level)), d.Code.String(), keys.Text()}}, nil) {
				return
			}
		}
	}, start())
	return x.Snapshot(), err
}

func (m *memory) DivisionTileAndGeneration(ctx context.Context, level geo.DivisionLevel, z, x, y uint32, _ geo.Day) ([]byte, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tiles++
	return append(slices.Clone(m.tile), byte(level), byte(z), byte(x), byte(y)), m.generation("7"), m.enter(ctx)
}

func (m *memory) BoundaryLineTile(ctx context.Context, _, _, _ uint32) ([]byte, error) {
	return m.lines, m.enter(ctx)
}

// Codes has the lists that filters are held against, with what the test adds to the kinds.
func (m *memory) Codes(ctx context.Context, list string) ([]geo.Code, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	lists := map[string][]string{
		"organization_kind": append([]string{"village_committee", "residents_committee", "branch"}, m.kinds...), "organization_level": {"township", "village"},
		"organization_status": {"draft", "submitted", "active", "retired"}, "report_state": {"received", "in_progress", "fixed"},
	}
	if lists[list] == nil {
		return nil, geo.NotFound("there is no code list %q", list)
	}
	var codes []geo.Code
	for _, code := range lists[list] {
		codes = append(codes, geo.Code{Code: code, Zh: "名" + code, En: "name of " + code})
	}
	return codes, m.enter(ctx)
}

func (m *memory) ReportCategories(ctx context.Context) ([]geo.ReportCategory, error) {
	return []geo.ReportCategory{
		{Code: "roads", Zh: "道路交通", En: "Roads and traffic", DueDays: 10}, {Code: "noise", Zh: "噪声扰民", En: "Noise", DueDays: 5},
		{Code: "mediation", Zh: "矛盾调解", En: "Mediation", Sensitive: true, DueDays: 20},
	}, m.enter(ctx)
}

func (m *memory) DivisionKnown(ctx context.Context, code geo.DivisionCode) (bool, error) {
	known := slices.ContainsFunc(divisions(), func(d geo.Division) bool { return d.Code == code })
	return known || code == 330200000000, m.enter(ctx)
}

func (m *memory) DivisionGeneration(ctx context.Context) (string, error) { return "7", m.enter(ctx) }

// generation is that of a tile: a later one than is told before as long as data move.
func (m *memory) generation(told string) string {
	if m.moves > 0 {
		m.moves--
		return told + "+"
	}
	return told
}

func (m *memory) GridTile(ctx context.Context, z, x, y uint32, day geo.Day) ([]byte, string, error) {
	return fmt.Appendf(nil, "grids %d/%d/%d %s", z, x, y, day), m.generation("8"), m.enter(ctx)
}

func (m *memory) GridGeneration(ctx context.Context, _, _, _ uint32) (string, error) {
	return "8", m.enter(ctx)
}

func (m *memory) JurisdictionTile(ctx context.Context, z, x, y uint32, day geo.Day) ([]byte, string, error) {
	return fmt.Appendf(nil, "jurisdictions %d/%d/%d %s", z, x, y, day), m.generation("9"), m.enter(ctx)
}

func (m *memory) JurisdictionGeneration(ctx context.Context, _, _, _ uint32) (string, error) {
	return "9", m.enter(ctx)
}

// areaOf is a box around a place in which nothing else lies.
func areaOf(lon, lat float64) orb.MultiPolygon {
	return orb.MultiPolygon{orb.Bound{Min: orb.Point{lon - 0.005, lat - 0.005}, Max: orb.Point{lon + 0.005, lat + 0.005}}.ToPolygon()}
}

// JurisdictionShape knows those of all organizations but 2, from 2024 on.
func (m *memory) JurisdictionShape(ctx context.Context, see geo.Scope, id geo.ID, on geo.Day) (orb.MultiPolygon, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	o, ok := m.current[id]
	if !ok || id == 2 || !seen(see, o) || on < day("2024-01-01") {
		return nil, geo.NotFound("there is no jurisdiction of organization %d on %s", id, on)
	}
	return areaOf(o.Location.Degrees()), nil
}

// GridShape knows grid 7.
func (m *memory) GridShape(ctx context.Context, id geo.ID, on geo.Day) (orb.MultiPolygon, error) {
	if err := m.enter(ctx); err != nil || id != 7 {
		return nil, cmp.Or(err, geo.NotFound("there is no grid %d on %s", id, on))
	}
	return areaOf(120.15, 30.24), nil
}

func (m *memory) BoundarySets(ctx context.Context) ([]geo.BoundarySet, error) {
	return m.sets, m.enter(ctx)
}

func (m *memory) Ping(ctx context.Context) error { return m.enter(ctx) }

var errSecret = errors.New(`pq: relation "jingwei.organization" on db.internal failed`)

// clock is noon of 2026-06-15 in China.
func clock() time.Time { return time.Date(2026, 6, 15, 4, 0, 0, 0, time.UTC) }

func day(s string) geo.Day {
	d, err := geo.ParseDay("day", s)
	if err != nil {
		panic(err)
	}
	return d
}

func at(lon, lat float64) geo.Position {
	p, err := geo.NewPosition(lon, lat)
	if err != nil {
		panic(err)
	}
	return p
}

func (m *memory) AuditEntries(ctx context.Context, scope geo.Scope, q geo.AuditQuery) ([]geo.AuditEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, q)
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	var list []geo.AuditEntry
	for _, e := range m.audit {
		after := q.After == (geo.AuditCursor{}) || e.At.Before(q.After.At) || e.At.Equal(q.After.At) && e.ID < q.After.ID
		if scope.Covers(e.Path) && after && len(list) < q.Limit {
			list = append(list, e)
		}
	}
	return list, nil
}

func (m *memory) RecordAudit(_ context.Context, entries ...geo.AuditEntry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.noAudit != nil {
		return m.noAudit
	}
	for _, e := range entries {
		if e.Action == "refused" {
			return geo.Invalid("action", "refused")
		}
	}
	m.records++
	m.recorded = append(m.recorded, entries...)
	return nil
}

func (m *memory) OrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, after geo.NodeCursor, limit int, _ geo.Day) ([]geo.OrganizationNode, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var nodes []geo.OrganizationNode
	for _, o := range m.current {
		if o.Parent == parent && seen(see, o) && (o.Name > after.Name || o.Name == after.Name && o.ID > after.ID) {
			nodes = append(nodes, geo.OrganizationNode{ID: o.ID, Name: o.Name, Kind: o.Kind, Level: o.Level, Status: o.Status})
		}
	}
	slices.SortFunc(nodes, func(a, b geo.OrganizationNode) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return nodes[:min(limit, len(nodes))], m.enter(ctx)
}

func (m *memory) CountOrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, day geo.Day) (int, error) {
	nodes, err := m.OrganizationChildren(ctx, see, parent, geo.NodeCursor{}, 1000, day)
	return len(nodes), err
}
