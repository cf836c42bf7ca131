package national

import (
	"math"
	"time"

	"jingwei/geo"
)

// Reports are a year of reports up to Until on the organizations of a forest: as many near each of them, week by week.
type Reports struct {
	organizations *Organizations
	grids         *Grids // which also say what the organizations are stored as
	gridBase      geo.ID
	base          geo.ID
	calendar      *calendar
	categories    []float64
}

// Reports returns count reports; organization i is stored as base + i, grid i as gridBase + i. Without organizations
// there can be none.
func (g *Grids) Reports(count int, gridBase geo.ID) (*Reports, error) {
	if count < 0 || count > MostReports {
		return nil, geo.Invalid("reports", "%d reports cannot be made: 0 to %d can", count, MostReports)
	}
	if count > 0 && g.organizations.Len() == 0 {
		return nil, geo.Invalid("reports", "reports lie near organizations: without any of these there can be none")
	}
	c, err := newCalendar(count)
	if err != nil {
		return nil, err
	}
	shares := make([]float64, len(categories))
	for i, k := range categories {
		shares[i] = k.share
	}
	return &Reports{organizations: g.organizations, grids: g, gridBase: gridBase, calendar: c, categories: cumulate(shares)}, nil
}

// Len returns how many reports there are.
func (r *Reports) Len() int { return r.calendar.from[weeks] }

// SetBase says that report i is stored as base + i; duplicates refer to others by that.
func (r *Reports) SetBase(base geo.ID) { r.base = base }

// matter is what a report is about: its own, or that of the report that it repeats.
type matter struct {
	number   int // of the report
	near     int // organization
	category int
	at       point
	row      int // of the division
	grid     int // -1 for none
	received time.Time
}

// gridReports is how many of the reports from communities with grids come from one of these.
const gridReports = 0.6

// matter returns what report i is about if it repeats none.
func (r *Reports) matter(i int) matter {
	o := r.organizations
	n := o.nation
	s := newStream(n.seed, forReport, i)
	week := r.calendar.week(i)
	from, size := r.calendar.from[week], r.calendar.from[week+1]-r.calendar.from[week]
	m := matter{number: i, grid: -1, received: r.calendar.received(&s, week), category: s.pick(r.categories)}
	m.near = min(o.Len()-1, int((float64(i-from)+s.float())*float64(o.Len())/float64(size)))
	m.row = int(o.place[m.near])
	if g, to := r.grids.of(m.row); g < to && s.chance(gridReports) {
		m.grid = g + s.below(to-g)
		m.at = r.grids.inside(&s, m.row, m.grid-g)
		return m
	}
	at, _ := o.location(m.near)
	m.at = n.near(o.countyOf(m.near), at, 0.25*s.exponential(), 2*math.Pi*s.float())
	return m
}

// Parts of reports that repeat an earlier one, and how far back that is searched for among those of the same week.
const (
	duplicates     = 0.032
	searchEarlier  = 12
	duplicateApart = 0.05 // km
)

// repeats reports whether report i would repeat another.
func (r *Reports) repeats(i int) bool {
	s := newStream(r.organizations.nation.seed, forKind, i)
	return s.chance(duplicates)
}

// original returns the report that i repeats: an earlier one nearby that repeats none itself.
func (r *Reports) original(i int, own matter) (matter, bool) {
	if !r.repeats(i) {
		return own, false
	}
	first := r.calendar.from[r.calendar.week(i)]
	for j := i - 1; j >= max(first, i-searchEarlier); j-- {
		if r.repeats(j) {
			continue
		}
		if m := r.matter(j); m.received.Before(own.received) {
			return m, true
		}
	}
	return own, false
}

// Report returns report i.
func (r *Reports) Report(i int) geo.Report {
	own := r.matter(i)
	about, repeated := r.original(i, own)
	s := newStream(r.organizations.nation.seed, forText, i)
	out := geo.Report{Visibility: geo.VisibilityPublic, Channel: channels[s.pick(channelShares[:])], AccuracyM: float64(10 + 10*s.below(9))}
	if repeated {
		out.DuplicateOf = r.base + geo.ID(about.number)
		sin, cos := math.Sincos(2 * math.Pi * s.float())
		km := duplicateApart * s.float()
		if about.grid < 0 {
			about.at = about.at.move(km*cos, km*sin)
		}
	}
	if s.chance(0.05) {
		out.Visibility = geo.VisibilityRestricted
	}
	k := &categories[about.category]
	out.Category, out.At = k.code, about.at.position()
	out.Division = r.organizations.nation.divisions.rows[about.row].code
	out.Text = r.text(&s, about, k)
	if about.grid >= 0 {
		out.Grid = r.gridBase + geo.ID(about.grid)
	}
	r.course(&s, &out, own.received, k.dueDays, repeated)
	if out.State != "received" && s.chance(0.96) {
		out.Organization = r.grids.base + geo.ID(r.responsible(&s, about))
	}
	return out
}

// responsible returns the organization of the village, of the township, or the nearest one above.
func (r *Reports) responsible(s *stream, m matter) int {
	o := r.organizations
	if head := o.ofVillage[m.row]; head >= 0 && s.chance(0.6) {
		return int(head)
	}
	if o.level[m.near] >= uint8(geo.Township) {
		if head := o.ofTown[o.nation.townOf(m.row)]; head >= 0 {
			return int(head)
		}
	}
	i := m.near
	for o.level[i] > uint8(geo.Township) && o.superior[i] >= 0 {
		i = int(o.superior[i])
	}
	return i
}
