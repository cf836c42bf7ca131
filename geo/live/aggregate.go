package live

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"jingwei/geo"
)

// Region is where rows are looked for: an extent (In), or Polygons.
type Region interface{ region }

// In returns an extent as a region, edges included; West greater than East crosses the antimeridian.
func In(e geo.Extent) Region { return extentRegion(e) }

// By is what rows are grouped by, one of the three: the values of a category column, divisions of a level, or bins.
type By struct {
	Column string
	Level  geo.DivisionLevel // a row that is filed higher counts under the code that it has
	Bins   geo.Bins
}

// Aggregation says what is counted: the rows of the query in the region, in all or by one or two groupings, and of them the
// numbers of a column.
type Aggregation struct {
	Query
	Region Region
	By     []By   // at most two
	Number string // a number column; "" for none
	Budget *Budget
}

// Budget is what aggregates of one request may cost together: the groups that they tell, and the tests of a side of an area
// against a cell or a row. nil is no bound.
type Budget struct{ Groups, Tests int }

// NewBudget returns what one request may cost: answers of some ten megabytes, and about a second of work.
func NewBudget() *Budget { return &Budget{Groups: 50_000, Tests: 100_000_000} }

// testsBetween is how many tests go by between two looks at whether anybody still waits for the answer.
const testsBetween = 1 << 16

// meter counts what an aggregate costs.
type meter struct {
	ctx    context.Context
	budget *Budget
	since  int
	err    error
}

// spend reports whether so many tests may be made.
func (v view) spend(tests int) bool {
	m := v.meter
	if m == nil || m.err != nil {
		return m == nil
	}
	if m.since += tests; m.since >= testsBetween {
		m.since, m.err = 0, m.ctx.Err()
	}
	if m.budget == nil {
		return m.err == nil
	}
	if m.budget.Tests -= tests; m.budget.Tests < 0 && m.err == nil {
		m.err = geo.Invalid("geometry", "the areas are too intricate to be counted at once; simplify them, or ask about fewer")
	}
	return m.err == nil
}

// mayGroup reports whether there may be one more group.
func (m *meter) mayGroup() bool {
	if m.budget == nil || m.err != nil {
		return m.err == nil
	}
	if m.budget.Groups--; m.budget.Groups < 0 {
		m.err = geo.Invalid("group_by", "there are too many groups to tell; take wider bins, fewer areas or fewer groupings")
	}
	return m.err == nil
}

// Group is one line of the answer.
type Group struct {
	Keys  []string   // a value, division code or bin (column,row) per grouping; "" for rows that have none
	Bin   geo.BinKey // of the last grouping by bins
	Count int
	// Of the rows that have the number; Numbers is how many do. Without any, the others mean nothing.
	Numbers       int
	Sum, Min, Max int64
}

// Mean is the mean of the numbers; NaN without any.
func (g Group) Mean() float64 { return float64(g.Sum) / float64(g.Numbers) }

// Aggregate answers the aggregation: groups in the order of their keys, without empty ones; without groupings exactly one.
// Counts and sums are exact. A column that the edition does not have, or that is of another role, and more than two
// groupings are geo.ErrInvalid with the field "group_by" or "number"; what goes beyond the budget is so with "group_by" or
// "geometry". It stops with the error of the context.
func (s *Snapshot) Aggregate(ctx context.Context, a Aggregation) ([]Group, error) {
	v, err := s.through(a.Query)
	if err != nil {
		return nil, err
	}
	v.meter = &meter{ctx: ctx, budget: a.Budget, err: ctx.Err()}
	g, err := v.newGrouper(a)
	if err != nil {
		return nil, err
	}
	a.Region.ranges(v, func(r keyRange, holds func(geo.Position) bool) bool {
		g.add(r, holds)
		return v.spend(1)
	})
	groups := g.groups()
	return groups, v.meter.err
}

// grouper counts rows per pair of keys.
type grouper struct {
	view
	keys   []func(p place) uint64 // per grouping: the code of a value, or a division
	names  []func(key uint64) string
	number int    // slot; -1 for none
	tally  *tally // in the place of keys, when a single category column is asked for
	slots  []int
	// In the place of keys, when rows are counted by division, with or without a category column; valueFirst says that the
	// column is the first grouping.
	pairing    *pairing
	valueFirst bool
	bins       int // the number of the grouping by bins, from 1; 0 for none
	found      map[[2]uint64]*Group
	last       *Group // and its key: neighbours are often filed alike
	key        [2]uint64
}

func (v view) newGrouper(a Aggregation) (*grouper, error) {
	g := &grouper{view: v, number: -1, found: map[[2]uint64]*Group{}}
	if len(a.By) > 2 {
		return nil, geo.Invalid("group_by", "rows are grouped by at most two things, not by %d", len(a.By))
	}
	if a.Number != "" {
		i := v.columns.find(a.Number)
		if i < 0 || v.columns.layer.Columns[i].Role != geo.ColumnNumber {
			return nil, geo.Invalid("number", "%q is no number of this layer", a.Number)
		}
		g.number = v.columns.slots[i]
	}
	for _, by := range a.By {
		if err := g.groupBy(by); err != nil {
			return nil, err
		}
	}
	if g.number < 0 && len(g.keys) == len(g.slots) && len(g.slots) <= 1 {
		g.tally = v.newTally(g.slots)
	}
	if g.number < 0 && g.tally == nil {
		g.pairing, g.valueFirst = g.pairingOf(a.By), a.By[0].Column != ""
	}
	return g, nil
}

func (g *grouper) groupBy(by By) error {
	switch {
	case by.Bins != geo.Bins{}:
		return g.groupByBins(by.Bins)
	case by.Column != "":
		return g.groupByColumn(by)
	case by.Level < geo.Province || by.Level > geo.Village:
		return geo.Invalid("group_by", "divisions have levels from province to village")
	}
	g.keys = append(g.keys, func(p place) uint64 { return uint64(g.division(p).Cut(by.Level)) })
	g.names = append(g.names, func(key uint64) string {
		if key == 0 {
			return ""
		}
		return geo.DivisionCode(key).String()
	})
	return nil
}

func (g *grouper) groupByBins(b geo.Bins) error {
	if !(b.Metres >= geo.LeastBin && b.Metres <= geo.MostBin) {
		return geo.Invalid("group_by", "bins are from %g to %g metres wide", geo.LeastBin, geo.MostBin)
	}
	g.keys = append(g.keys, func(p place) uint64 {
		k := b.At(g.at(p))
		return uint64(uint32(k.X))<<32 | uint64(uint32(k.Y))
	})
	g.bins = len(g.keys)
	g.names = append(g.names, func(key uint64) string {
		k := binOf(key)
		return fmt.Sprintf("%d,%d", k.X, k.Y)
	})
	return nil
}

func binOf(key uint64) geo.BinKey { return geo.BinKey{X: int32(key >> 32), Y: int32(key)} }

func (g *grouper) groupByColumn(by By) error {
	i := g.columns.find(by.Column)
	if i < 0 || g.columns.layer.Columns[i].Role != geo.ColumnCategory {
		return geo.Invalid("group_by", "%q is no category of this layer", by.Column)
	}
	slot := g.columns.slots[i]
	g.slots = append(g.slots, slot)
	g.keys = append(g.keys, func(p place) uint64 { return uint64(g.code(p, slot)) })
	g.names = append(g.names, func(key uint64) string { return g.values[slot][key] })
	return nil
}

// add counts the rows in r, of which holds decides; nil holds all.
func (g *grouper) add(r keyRange, holds func(geo.Position) bool) {
	if g.tally != nil && holds == nil {
		g.view.add(g.tally, g.slots, r, g.deltaRows(r))
		return
	}
	if g.pairing != nil && holds == nil {
		g.addPairs(r)
		return
	}
	g.each(r, func(p place) bool {
		if holds == nil || holds(g.at(p)) {
			g.addRow(p)
		}
		return g.spend(1)
	})
}

func (g *grouper) addRow(p place) {
	if g.tally != nil {
		g.addPlace(g.tally, g.slots, p)
		return
	}
	var key [2]uint64
	for n, of := range g.keys {
		key[n] = of(p)
	}
	of := g.group(key)
	of.Count++
	if g.number < 0 {
		return
	}
	if n := g.view.number(p, g.number); n != noNumber {
		of.Numbers++
		of.Sum, of.Min, of.Max = of.Sum+n, min(of.Min, n), max(of.Max, n)
	}
}

func (g *grouper) group(key [2]uint64) *Group {
	if g.last != nil && g.key == key {
		return g.last
	}
	of := g.found[key]
	if of == nil {
		of = &Group{Min: math.MaxInt64, Max: math.MinInt64}
		if g.meter.mayGroup() { // else nothing is answered
			g.found[key] = of
		}
	}
	g.last, g.key = of, key
	return of
}

// groups returns what was counted, in order.
func (g *grouper) groups() []Group {
	if g.tally != nil {
		g.untally()
	}
	if g.pairing != nil {
		g.tellPairs()
	}
	if len(g.keys) == 0 {
		g.group([2]uint64{}) // there is one, if only to say that there is nothing
	}
	all := make([]Group, 0, len(g.found))
	for key, of := range g.found {
		of.Keys = []string{}
		for n, name := range g.names {
			of.Keys = append(of.Keys, name(key[n]))
		}
		if g.bins > 0 {
			of.Bin = binOf(key[g.bins-1])
		}
		all = append(all, *of)
	}
	slices.SortFunc(all, func(a, b Group) int { return slices.CompareFunc(a.Keys, b.Keys, cmp.Compare[string]) })
	return all
}

func (g *grouper) untally() {
	if len(g.slots) == 0 {
		g.group([2]uint64{}).Count = g.tally.total
		return
	}
	for code, n := range g.tally.counts[0] {
		if n > 0 {
			g.group([2]uint64{uint64(code)}).Count = n
		}
	}
}
