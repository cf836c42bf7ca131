package live_test

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// layer is a small schema with every role, a column that the public edition hides, and positions that it coarsens.
func layer() geo.PointLayer {
	return geo.PointLayer{Name: "things", Generalise: coarse, Columns: []geo.Column{
		{Name: "name", Role: geo.ColumnText, Public: true},
		{Name: "kind", Role: geo.ColumnCategory, Public: true, Counted: true},
		{Name: "state", Role: geo.ColumnCategory, Public: true, Order: []string{"open", "closed"}},
		{Name: "secret", Role: geo.ColumnCategory},
		{Name: "size", Role: geo.ColumnNumber, Public: true},
		{Name: "path", Role: geo.ColumnTree},
	}}
}

func coarse(p geo.Point) geo.Point {
	p.At = geo.Position{Lon: p.At.Lon / 16 * 16, Lat: p.At.Lat / 16 * 16}
	p.Division = p.Division.Cut(geo.County)
	return p
}

// model is the naive truth: all rows by object, and the tree of organizations that they belong to.
type model struct {
	rows    map[geo.ID][]geo.Point
	above   map[geo.ID]geo.ID // superiors
	version int64
	xid     uint64
}

func (m *model) position() geo.FeedPosition {
	return geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: m.xid, Xmax: m.xid}}
}

func (m *model) all() iter.Seq2[geo.Point, error] {
	return func(yield func(geo.Point, error) bool) {
		for _, rows := range m.rows { // in random order, as a database may give them
			for _, p := range rows {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

// object draws the rows of one object: often one, sometimes a history of up to three, sometimes none.
func (m *model) object(t *rapid.T, id geo.ID) []geo.Point {
	n := rapid.SampledFrom([]int{0, 1, 1, 1, 1, 2, 3}).Draw(t, "rows")
	var points []geo.Point
	day := geo.MinDay
	for i := range n {
		to := geo.Day(rapid.IntRange(0, 9).Draw(t, "to") + 10*i)
		if i == n-1 && rapid.Bool().Draw(t, "open") {
			to = geo.MaxDay
		}
		m.version++
		points = append(points, geo.Point{
			ID: id, Version: m.version, At: position(t), Valid: geo.DayRange{From: day, To: to},
			Division: geo.DivisionCode(rapid.SampledFrom([]int64{330102001001, 330102001002, 330103000000, 440000000000, 0}).Draw(t, "division")),
			Public:   rapid.IntRange(0, 3).Draw(t, "public") > 0,
			Values: []string{
				rapid.SampledFrom([]string{"", "柳塘村委会", "a", "上城区"}).Draw(t, "name"),
				rapid.SampledFrom([]string{"", "village", "community", "school"}).Draw(t, "kind"),
				rapid.SampledFrom([]string{"", "open", "closed"}).Draw(t, "state"),
				rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "secret"),
				rapid.SampledFrom([]string{"", "0", "-5", "70000"}).Draw(t, "size"),
				m.place(t, id),
			},
		})
		day = to
	}
	return points
}

// position draws places that coincide, that are neighbours by one unit, that lie on tile borders and at the world's ends.
func position(t *rapid.T) geo.Position {
	switch rapid.IntRange(0, 4).Draw(t, "where") {
	case 0:
		return geo.Position{Lon: 1201551000, Lat: 302741000}
	case 1:
		return geo.Position{Lon: 1201551000 + int32(rapid.IntRange(-3, 3).Draw(t, "dx")), Lat: 302741000 + int32(rapid.IntRange(-3, 3).Draw(t, "dy"))}
	case 2:
		return rapid.SampledFrom([]geo.Position{{}, {Lon: -1800000000}, {Lon: 1800000000, Lat: 900000000}, {Lat: -900000000}, {Lon: 900000000}}).Draw(t, "special")
	case 3:
		return geo.Position{Lon: int32(rapid.IntRange(1180000000, 1230000000).Draw(t, "lon")), Lat: int32(rapid.IntRange(270000000, 310000000).Draw(t, "lat"))}
	}
	return geo.Position{Lon: int32(rapid.IntRange(-1800000000, 1800000000).Draw(t, "lon")), Lat: int32(rapid.IntRange(-900000000, 900000000).Draw(t, "lat"))}
}

// matching returns the points that count, by the plainest reading of the rules.
func (m *model) matching(edition live.Edition, days geo.DayRange, holds func(geo.Point) bool) []geo.Point {
	var points []geo.Point
	for _, rows := range m.rows {
		if p, ok := lastOf(rows, edition, days); ok && holds(p) {
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b geo.Point) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version)) })
	return points
}

// lastOf returns the last of the rows of an object that an edition shows and that is valid on one of the days.
func lastOf(rows []geo.Point, edition live.Edition, days geo.DayRange) (last geo.Point, ok bool) {
	for _, p := range rows {
		if edition == live.Public {
			p = coarse(p)
		}
		if p.Valid.Empty() || !p.Public && edition == live.Public || p.Valid.From >= days.To || p.Valid.To <= days.From || days.Empty() {
			continue
		}
		if !ok || p.Valid.From > last.Valid.From {
			last, ok = p, true
		}
	}
	return last, ok
}

// reading pairs a filter with its plain reading.
type reading struct {
	filter geo.Filter
	holds  func(geo.Point) bool
}

var filters = []reading{
	{geo.Filter{}, func(geo.Point) bool { return true }},
	{geo.In("kind", "village"), func(p geo.Point) bool { return p.Values[1] == "village" }},
	{geo.In("kind", "school", "village"), func(p geo.Point) bool { return p.Values[1] == "village" || p.Values[1] == "school" }},
	{geo.Within(330000000000), func(p geo.Point) bool { return p.Division/1e10 == 33 }},
	{geo.And(geo.Within(330102000000), geo.In("state", "open")), func(p geo.Point) bool { return p.Division/1e6 == 330102 && p.Values[2] == "open" }},
	{geo.Filter{Root: &geo.Operation{Op: "not", Args: []geo.Node{geo.In("kind", "village").Root}}},
		func(p geo.Point) bool { return p.Values[1] != "village" && p.Values[1] != "" }},
	{geo.Filter{Root: &geo.Operation{Op: "not", Args: []geo.Node{&geo.Operation{Op: "or", Args: []geo.Node{
		geo.In("kind", "village").Root, &geo.Operation{Op: "isNull", Args: []geo.Node{geo.Property("state")}}}}}}},
		func(p geo.Point) bool { return p.Values[1] != "village" && p.Values[1] != "" && p.Values[2] != "" }},
	{geo.Filter{Root: &geo.Operation{Op: "<>", Args: []geo.Node{geo.Property("division"), geo.Text("440000000000")}}},
		func(p geo.Point) bool { return p.Division != 440000000000 && p.Division != 0 }},
}

// TestIndexEqualsModel runs random edits, loads and compactions on two indexes, one per edition, with chunks of a few rows, and
// compares every kind of answer with the model and, byte by byte, with an index loaded afresh.
func TestIndexEqualsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		editions := []*live.Index{live.NewSmall(layer(), live.Public, 16, 4), live.NewSmall(layer(), live.Internal, 16, 4)}
		for id := range geo.ID(rapid.IntRange(0, 60).Draw(t, "objects")) {
			m.rows[id+1] = m.object(t, id+1)
		}
		for _, x := range editions {
			if err := x.Load(m.all(), m.position()); err != nil {
				t.Fatal(err)
			}
		}
		held := m.hold(t, editions)
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			m.step(t, editions)
			held = append(held, m.hold(t, editions)...)
		}
		for _, h := range held {
			h.check(t)
		}
		for _, x := range editions {
			m.compare(t, x)
		}
	})
}

// held is a snapshot with what it answered when it was new.
type held struct {
	*live.Snapshot
	tile  []byte
	sum   uint64
	scope geo.Filter
	count int // of rows in the scope
}

func (m *model) hold(t *rapid.T, editions []*live.Index) []held {
	var all []held
	for _, x := range editions {
		s := x.Snapshot()
		tile, err := s.Tile(live.Query{Days: geo.On(5)}, 0, 0, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		h := held{Snapshot: s, tile: tile, sum: s.Fingerprint(0, 0, 0)}
		if s.Edition() == live.Internal {
			h.scope, h.count = m.compareScope(t, s)
		}
		all = append(all, h)
	}
	return all
}

// check fails when a later edit or compaction reached into the snapshot.
func (h held) check(t *rapid.T) {
	tile, err := h.Tile(live.Query{Days: geo.On(5)}, 0, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if string(tile) != string(h.tile) || h.Fingerprint(0, 0, 0) != h.sum {
		t.Fatalf("a snapshot changed after it was taken\n%s\n---\n%s", dump(t, tile), dump(t, h.tile))
	}
	if h.Edition() != live.Internal {
		return
	}
	if n := countOf(t, h.Snapshot, live.Query{Days: geo.On(5), Filter: h.scope}); n != h.count {
		t.Fatalf("%s: %d in a snapshot that had %d when it was taken", h.scope.Canonical(), n, h.count)
	}
}

func (m *model) step(t *rapid.T, editions []*live.Index) {
	apply := func(ids []geo.ID, points []geo.Point) {
		for _, x := range editions {
			if _, err := x.Apply(ids, points, m.position()); err != nil {
				t.Fatal(err)
			}
		}
	}
	switch rapid.IntRange(0, 7).Draw(t, "step") {
	case 0, 1:
		for _, x := range editions {
			compactOnce(t, x)
		}
	case 2:
		m.reload(t, editions)
	case 3, 4:
		m.move(t, apply)
	default:
		m.edit(t, apply)
	}
}

// reload loads everything anew while edits go on, which the index follows and the load catches up with.
func (m *model) reload(t *rapid.T, editions []*live.Index) {
	var loads []*live.Load
	for _, x := range editions {
		l := x.NewLoad()
		parts := []*live.Part{l.NewPart(), l.NewPart(), l.NewPart()}
		for p := range m.all() {
			if err := parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(p); err != nil {
				t.Fatal(err)
			}
		}
		loads = append(loads, l)
	}
	at := m.position()
	missed := map[geo.ID]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "meanwhile") {
		write := m.edit
		if rapid.Bool().Draw(t, "move") {
			write = m.move
		}
		write(t, func(ids []geo.ID, points []geo.Point) {
			for i, x := range editions {
				if _, err := x.Apply(ids, points, m.position()); err != nil {
					t.Fatal(err)
				}
				compactOnce(t, editions[i])
			}
			for _, id := range ids {
				missed[id] = true
			}
		})
	}
	ids := slices.Sorted(maps.Keys(missed))
	var points []geo.Point
	for _, id := range ids {
		points = append(points, m.rows[id]...)
	}
	for _, l := range loads {
		if err := l.Build(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		if err := l.Apply(ids, points, m.position()); err != nil {
			t.Fatal(err)
		}
		l.Publish()
	}
}

// edit changes some objects of the model and hands over what changed.
func (m *model) edit(t *rapid.T, apply func(ids []geo.ID, points []geo.Point)) {
	ids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.ID { return geo.ID(rapid.IntRange(1, 80).Draw(t, "id")) }), 1, 8).Draw(t, "ids")
	var points []geo.Point
	for _, id := range ids {
		m.rows[id] = m.object(t, id)
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		points = append(points, m.rows[id]...)
	}
	m.xid++
	apply(ids, points)
}

// compactOnce compacts and checks that at most one chunk went.
func compactOnce(t *rapid.T, x *live.Index) {
	before := x.Snapshot()
	if !x.Compact() {
		return
	}
	kept := map[uint64]bool{}
	for _, s := range x.Snapshot().Chunks() {
		kept[s] = true
	}
	lost := 0
	for _, s := range before.Chunks() {
		if !kept[s] {
			lost++
		}
	}
	if lost > 1 {
		t.Fatalf("a compaction replaced %d chunks", lost)
	}
}

func (m *model) compare(t *rapid.T, x *live.Index) {
	fresh := live.New(layer(), edition(x))
	if err := fresh.Load(m.all(), m.position()); err != nil {
		t.Fatal(err)
	}
	s, f := x.Snapshot(), fresh.Snapshot()
	if got, want := s.Position().String(), m.position().String(); got != want {
		t.Fatalf("position %s, want %s", got, want)
	}
	days := someDays(t)
	pick := filters[rapid.IntRange(0, len(filters)-1).Draw(t, "filter")]
	if rapid.Bool().Draw(t, "tree") {
		pick = tree(t, edition(x), 3)
	}
	if edition(x) == live.Internal && rapid.Bool().Draw(t, "scoped") {
		pick = pick.and(scope(t))
	}
	q := live.Query{Filter: pick.filter, Days: days}
	if rapid.IntRange(0, 3).Draw(t, "members") == 0 {
		q.Members, pick = pick.among(t)
	}
	want := m.matching(edition(x), days, pick.holds)
	if n := countOf(t, f, q); n != len(want) {
		t.Fatalf("fresh %v %s: %d want %d", q.Days, q.Filter.Canonical(), n, len(want))
	}
	m.compareLists(t, s, q, want)
	compareDivisions(t, s, q, want)
	for range 6 {
		z := uint32(rapid.IntRange(0, 22).Draw(t, "z"))
		tile := tileAt(position(t), z)
		cells := rapid.SampledFrom([]int{0, 8, 16, 32, 64}).Draw(t, "cells")
		compareTiles(t, s, f, q, tile, cells)
	}
	for z := range uint32(3) {
		compareWorld(t, s, q, z, want)
	}
}

func edition(x *live.Index) live.Edition { return x.Snapshot().Edition() }

func tileAt(p geo.Position, z uint32) live.Tile { return live.TileAt(p, z) }

func compareTiles(t *rapid.T, s, fresh *live.Snapshot, q live.Query, tile live.Tile, cells int) {
	got, err := s.Tile(q, tile.Z, tile.X, tile.Y, cells)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := fresh.Tile(q, tile.Z, tile.X, tile.Y, cells)
	if string(got) != string(want) {
		t.Fatalf("tile %v cells %d differs from that of an index loaded afresh\n%s\n---\n%s", tile, cells, dump(t, got), dump(t, want))
	}
	if a, b := s.Fingerprint(tile.Z, tile.X, tile.Y), fresh.Fingerprint(tile.Z, tile.X, tile.Y); a != b {
		t.Fatalf("fingerprint of %v: %x, loaded afresh %x", tile, a, b)
	}
}

func dump(t *rapid.T, tile []byte) string {
	text, err := mvt.Text(tile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// compareWorld checks that the tiles of a zoom hold each matching row exactly once, as points and in cells.
func compareWorld(t *rapid.T, s *live.Snapshot, q live.Query, z uint32, want []geo.Point) {
	var ids []string
	sum := 0
	for x := range uint32(1) << z {
		for y := range uint32(1) << z {
			raw, err := s.Tile(q, z, x, y, 0)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, featureIDs(t, raw)...)
			clustered, err := s.Tile(q, z, x, y, 16)
			if err != nil {
				t.Fatal(err)
			}
			sum += pointCount(t, clustered)
		}
	}
	slices.Sort(ids)
	var wanted []string
	for _, p := range want {
		wanted = append(wanted, fmt.Sprint(p.ID))
	}
	slices.Sort(wanted)
	if d := gocmp.Diff(wanted, ids); d != "" {
		t.Fatalf("z%d: ids (-want +got)\n%s", z, d)
	}
	if sum != len(want) {
		t.Fatalf("z%d: sum of point_count %d, want %d", z, sum, len(want))
	}
}

func featureIDs(t *rapid.T, tile []byte) []string {
	var ids []string
	for _, f := range features(t, tile) {
		ids = append(ids, fmt.Sprint(f.ID))
	}
	return ids
}

func features(t *rapid.T, tile []byte) []mvt.Feature {
	decoded, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	var all []mvt.Feature
	for _, l := range decoded.Layers {
		all = append(all, l.Features...)
	}
	return all
}

// pointCount sums the clusters' point_count, checks their counts per kind, and counts single features as one.
func pointCount(t *rapid.T, tile []byte) int {
	sum := 0
	for _, f := range features(t, tile) {
		n, kinds := 1, 0
		for _, p := range f.Properties {
			v := fmt.Sprint(p.Value)
			if p.Key == "point_count" {
				fmt.Sscan(v, &n)
			}
			if strings.HasPrefix(p.Key, "count_") {
				c := 0
				fmt.Sscan(v, &c)
				kinds += c
			}
		}
		if kinds > n {
			t.Fatalf("a cluster of %d counts %d by kind", n, kinds)
		}
		sum += n
	}
	return sum
}

func (m *model) compareLists(t *rapid.T, s *live.Snapshot, q live.Query, want []geo.Point) {
	e := geo.World
	if rapid.Bool().Draw(t, "part") {
		a, b := position(t), position(t)
		e.West, e.South = a.Degrees()
		e.East, e.North = b.Degrees()
		if e.South > e.North {
			e.South, e.North = e.North, e.South
		}
	}
	inside := slices.DeleteFunc(slices.Clone(want), func(p geo.Point) bool { return !e.Contains(p.At) })
	summary, err := s.Summarize(q, e, "state", "secret", "name", "nothing")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]map[string]int{"kind": {}, "state": {}, "secret": {}}
	if s.Edition() == live.Public {
		delete(counts, "secret")
	}
	var wanted []string
	for _, p := range inside {
		for i, c := range layer().Columns {
			if values := counts[c.Name]; values != nil && p.Values[i] != "" {
				values[p.Values[i]]++
				if !s.HasValue(c.Name, p.Values[i]) {
					t.Fatalf("the index does not know %s of %s", p.Values[i], c.Name)
				}
			}
		}
		values := slices.Clone(p.Values)
		values[5] = "" // filtered by, never shown
		if s.Edition() == live.Public {
			values[3] = ""
		}
		wanted = append(wanted, fmt.Sprint(p.ID, p.At, p.Valid, p.Division, values))
	}
	if d := gocmp.Diff(counts, summary.Counts); summary.Count != len(inside) || d != "" {
		t.Fatalf("summary of %v: %d, want %d (-want +got)\n%s", e, summary.Count, len(inside), d)
	}
	if s.HasValue("kind", "palace") || s.HasValue("name", "a") || s.HasValue("kind", "") || s.Edition() == live.Public && s.HasValue("secret", "x") {
		t.Fatal("the index knows values that nothing has, or that it does not show")
	}
	m.compareSorted(t, s, q, e, inside)
	got := list(t, s, q, e)
	slices.Sort(got)
	slices.Sort(wanted)
	if d := gocmp.Diff(wanted, got); d != "" {
		t.Fatalf("list of %v (-want +got)\n%s", e, d)
	}
}

// list pages through a list, three at a time.
func list(t *rapid.T, s *live.Snapshot, q live.Query, e geo.Extent) []string {
	var all []string
	for c := (live.Cursor{}); ; {
		page, next, err := s.List(q, e, c, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			all = append(all, fmt.Sprint(f.ID, f.At, f.Valid, f.Division, f.Values))
		}
		if next == (live.Cursor{}) {
			return all
		}
		c = next
	}
}

func compareDivisions(t *rapid.T, s *live.Snapshot, q live.Query, want []geo.Point) {
	codes := []geo.DivisionCode{330000000000, 330102000000, 330102001002, 440000000000, 550000000000}
	counts, err := s.CountDivisions(q, codes)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range codes {
		lo, hi := c.Range()
		n := 0
		for _, p := range want {
			if lo <= p.Division && p.Division < hi {
				n++
			}
		}
		if counts[i] != n {
			t.Fatalf("division %s: %d, want %d", c, counts[i], n)
		}
	}
	level := geo.DivisionLevel(rapid.IntRange(1, 5).Draw(t, "level"))
	within := rapid.SampledFrom(append(codes, 0)).Draw(t, "within")
	byLevel := map[geo.DivisionCode]int{}
	for _, p := range want {
		if strings.HasPrefix(p.Division.String(), within.Prefix()) && p.Division != 0 {
			short := p.Division.String()[:[]int{0, 2, 4, 6, 9, 12}[level]]
			code, err := geo.ParseDivisionCode("code", short)
			if err != nil {
				t.Fatal(err)
			}
			byLevel[code]++
		}
	}
	got, err := s.CountDivisionsBy(q, level, within)
	if d := gocmp.Diff(byLevel, got); d != "" || err != nil {
		t.Fatalf("by level %s within %s, %v (-want +got)\n%s", level, within, err, d)
	}
}
