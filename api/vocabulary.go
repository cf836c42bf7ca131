package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
)

// Times of the check of values that clients ask for.
const (
	codesKept   = 5 * time.Second // how long a code list is taken to be what it was
	codesWithin = time.Second     // a database that does not answer so soon keeps nobody from the indexes
)

// mostDivisionsKept bounds the codes of divisions that are remembered.
const mostDivisionsKept = 100_000

// vocabulary knows the values of a column of a point layer.
type vocabulary struct {
	column string
	read   func(context.Context) ([]string, error)

	mu    sync.Mutex
	codes []string // as read last
	at    time.Time
}

// kept returns the codes if they were read a moment ago.
func (v *vocabulary) kept(now time.Time) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now.Sub(v.at) > codesKept {
		return nil
	}
	return v.codes
}

func (v *vocabulary) renew(ctx context.Context, now time.Time) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, codesWithin)
	defer cancel()
	codes, err := v.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("values of %s: %w", v.column, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.codes, v.at = codes, now
	return codes, nil
}

// newPointLayers returns the layers of points and what their values are.
func newPointLayers(c Config) (organizations, reports *pointLayer) {
	list := func(column, name string) *vocabulary {
		return &vocabulary{column: column, read: func(ctx context.Context) ([]string, error) {
			codes, err := c.Codes.Codes(ctx, name)
			return items(codes, func(v geo.Code) string { return v.Code }), err
		}}
	}
	categories := &vocabulary{column: "category", read: func(ctx context.Context) ([]string, error) {
		all, err := c.Codes.ReportCategories(ctx)
		return items(all, func(v geo.ReportCategory) string { return v.Code }), err
	}}
	status := &vocabulary{column: "status", read: func(context.Context) ([]string, error) {
		return []string{geo.ReportOpen, geo.ReportClosed}, nil
	}}
	organizations = &pointLayer{editions: c.Points, title: "Organizations", action: geo.ActionReadOrganization, open: geo.In("status", geo.StatusActive), filters: []*vocabulary{
		list("kind", "organization_kind"), list("level", "organization_level"), list("status", "organization_status"),
	}}
	reports = &pointLayer{editions: c.Reports, title: "Reports", action: geo.ActionReadReport, filters: []*vocabulary{categories, status, list("state", "report_state")}}
	return organizations, reports
}

// named is a vocabulary with the snapshot of its layer, nil while that is loading.
type named struct {
	*vocabulary
	snapshot *live.Snapshot
}

// checkValues refuses values of a parameter that none of the layers knows: neither the index, nor the list in the database
// as it was a moment ago, nor the list as it is now.
func (s *Server) checkValues(ctx context.Context, column string, values []string, a audience, layers []*pointLayer) error {
	var known []named
	for _, l := range layers {
		for _, v := range l.filters {
			if v.column == column {
				known = append(known, named{v, l.seenBy(a).index.Snapshot()})
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	for _, value := range values {
		quick := func(n named) bool {
			return n.snapshot != nil && n.snapshot.HasValue(column, value) || slices.Contains(n.kept(s.config.Now()), value)
		}
		if slices.ContainsFunc(known, quick) {
			continue
		}
		if err := s.lookUpValue(ctx, column, value, known); err != nil {
			return err
		}
	}
	return nil
}

// lookUpValue asks the database for a value. One that does not answer is no reason to refuse what the indexes can answer.
func (s *Server) lookUpValue(ctx context.Context, column, value string, known []named) error {
	var all []string
	for _, n := range known {
		codes, err := n.renew(ctx, s.config.Now())
		if err != nil {
			s.log.WarnContext(ctx, "a value cannot be checked", "column", column, "error", err)
			return ctx.Err()
		}
		if slices.Contains(codes, value) {
			return nil
		}
		all = append(all, codes...)
	}
	return geo.Invalid(column, "there is no %s %.40q; known are %s", column, value, strings.Join(all, ", "))
}

// knownDivisions remembers codes that the database knows; codes do not go away.
type knownDivisions struct {
	mu    sync.Mutex
	codes map[geo.DivisionCode]bool
}

func (k *knownDivisions) has(code geo.DivisionCode) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.codes[code]
}

func (k *knownDivisions) add(code geo.DivisionCode) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.codes == nil || len(k.codes) >= mostDivisionsKept {
		k.codes = map[geo.DivisionCode]bool{}
	}
	k.codes[code] = true
}

// checkDivision refuses a code that no division has or had, no boundary set shows, and no organization uses on the day.
func (s *Server) checkDivision(ctx context.Context, code geo.DivisionCode, day geo.Day, a audience) error {
	if code == 0 || s.divisions.has(code) {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, codesWithin)
	defer cancel()
	known, err := s.config.Divisions.DivisionKnown(bounded, code)
	if err != nil {
		s.log.WarnContext(ctx, "a division cannot be checked", "code", code.String(), "error", err)
		return ctx.Err()
	}
	if known {
		s.divisions.add(code)
		return nil
	}
	sees := s.organizations.seenBy(a) // of which nothing is remembered: others may not see it
	if snapshot := sees.index.Snapshot(); snapshot != nil {
		n, err := snapshot.CountDivisions(live.Query{Days: geo.On(day), Filter: sees.filter}, []geo.DivisionCode{code})
		known = err == nil && n[0] > 0
	}
	if !known {
		return geo.Invalid("division", "there is no division %s", code)
	}
	return nil
}
