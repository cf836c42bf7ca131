package postgis_test

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// ahead is how many days the model of what is planned looks at.
const ahead = 8

// planned is an organization with what is said of it on each of the days from yesterday on, as rules for days say it: without
// rows, and member by member.
type planned struct {
	setup
	id, a, b geo.ID
	days     [ahead]geo.OrganizationContent
}

// TestPlansFollow draws changes from days to come, corrections of today, steps of the verification and cancellations. On every
// day each member must be what was said of it last: by the plan for that day if the plan changed it, else by whatever came
// since. An undoing leaves exactly what was there. JINGWEI_PLANS is how many sequences, 8 by default.
func TestPlansFollow(t *testing.T) {
	most := 8
	if n, err := strconv.Atoi(os.Getenv("JINGWEI_PLANS")); err == nil {
		most = n
	}
	s := newSetup(t)
	a, b := s.create(t, content("西溪街道")).ID, s.create(t, content("古荡街道")).ID
	done, failed := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if done++; done > most && !failed {
			return
		}
		defer func() { failed = failed || rt.Failed() }()
		c := content("柳东")
		c.Parent, c.LocationState = a, ""
		p := planned{setup: s, id: s.create(t, c).ID, a: a, b: b}
		for i := range p.days {
			p.days[i] = p.at(rt, i)
		}
		for range rapid.IntRange(2, 9).Draw(rt, "steps") {
			p.step(rt)
			p.check(rt)
		}
	})
}

func (p *planned) day(i int) geo.Day { return p.today - 1 + geo.Day(i) }

func (p *planned) at(t *rapid.T, i int) geo.OrganizationContent {
	o, err := p.OrganizationAt(t.Context(), geo.Everywhere(), p.id, p.day(i), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return o.OrganizationContent
}

func (p *planned) version(t *rapid.T) int32 {
	o, err := p.Organization(t.Context(), geo.Everywhere(), p.id)
	if err != nil {
		t.Fatal(err)
	}
	return o.Version
}

func (p *planned) check(t *rapid.T) {
	for i, want := range p.days {
		if diff := cmp.Diff(want, p.at(t, i)); diff != "" {
			t.Fatalf("on day %d (-want +got):\n%s", i, diff)
		}
	}
	plans, _, err := p.OrganizationPlans(t.Context(), geo.Everywhere(), p.id)
	if err != nil {
		t.Fatal(err)
	}
	told := map[geo.Day][]string{}
	for _, plan := range plans {
		if plan.Author == "" || plan.Version == 0 {
			t.Fatalf("nobody planned %+v", plan)
		}
		told[plan.Valid.From] = plan.Fields
	}
	want := map[geo.Day][]string{}
	for i := 2; i < ahead; i++ {
		if fields := geo.Difference(p.days[i-1], p.days[i]); len(fields) > 0 {
			want[p.day(i)] = fields
		}
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Fatalf("plans (-want +got):\n%s", diff)
	}
}

func (p *planned) step(t *rapid.T) {
	all, before := geo.Everywhere(), p.days
	version := p.version(t)
	switch action := rapid.SampledFrom([]string{"change", "change", "change", "verify", "cancel"}).Draw(t, "action"); action {
	case "change":
		from := rapid.IntRange(1, ahead-1).Draw(t, "from")
		c := p.change(t, p.days[from])
		o, _, err := p.ReplaceOrganization(t.Context(), all, all, p.id, version, c, p.day(from), p.today, action)
		if err != nil {
			t.Fatal(err)
		}
		c.LocationState = p.at(t, from).LocationState // the outcome of the check
		p.change1(from, p.days[from], c)
		version = o.Version
	case "verify":
		var m geo.LocationMove
		if state := p.days[1].LocationState; state == geo.LocationChecked {
			m = geo.LocationMove{To: geo.LocationCompared, Evidence: "地图"}
		} else if state == geo.LocationCompared {
			m = geo.LocationMove{Back: geo.LocationChecked, Reason: "不清楚"}
		} else {
			return
		}
		c := p.days[1]
		if c.LocationState = m.To; m.Back != "" {
			c.LocationState = m.Back
		}
		if _, _, err := p.TakeLocationStep(t.Context(), person(7, geo.RoleReviewer), p.id, version, m); err != nil {
			t.Fatal(err)
		}
		p.days[0].LocationState = p.at(t, 0).LocationState // of the same content
		p.change1(1, p.days[1], c)
		return // is not undone
	case "cancel":
		i := rapid.IntRange(2, ahead-1).Draw(t, "day")
		_, _, err := p.CancelPlan(t.Context(), all, all, p.id, version, p.day(i), p.today, action)
		if errors.Is(err, geo.ErrNotFound) && cmp.Equal(p.days[i-1], p.days[i]) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		p.change1(i, p.days[i], p.days[i-1])
		version++
	}
	if rapid.IntRange(0, 2).Draw(t, "undo") > 0 {
		return
	}
	p.check(t)
	if _, _, err := p.UndoOrganization(t.Context(), all, all, p.id, version, p.today, "undo"); err != nil {
		t.Fatal(err)
	}
	p.days = before
}

// change draws other values for some members.
func (p *planned) change(t *rapid.T, c geo.OrganizationContent) geo.OrganizationContent {
	c.LocationState = ""
	for _, member := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"name", "short_name", "parent", "place", "accuracy", "area", "address"}), 1, 3, rapid.ID[string]).Draw(t, "members") {
		n := rapid.IntRange(0, 3).Draw(t, member)
		switch member {
		case "name":
			c.Name = "柳东" + strconv.Itoa(n)
		case "short_name":
			c.ShortName = []string{"", "柳", "东", "村"}[n]
		case "address":
			c.Address = []string{"", "1 号", "2 号", "3 号"}[n]
		case "parent":
			c.Parent = []geo.ID{p.a, p.b, p.a, p.b}[n]
		case "place":
			c.Location.Lat = 280100002 + int32(n)*100000
		case "accuracy":
			c.LocationAccuracyM = 12.4 + float64(n)
		case "area":
			c.Jurisdiction = &geo.MultiPolygon{}
			if n > 0 {
				at := func(lon, lat int32) geo.Position { return geo.Position{Lon: 1209000000 + lon, Lat: 280000000 + lat} }
				w := int32(n) * 100000
				c.Jurisdiction = &geo.MultiPolygon{{{at(0, 0), at(w, 0), at(w, w), at(0, 0)}}}
			}
		}
	}
	return c
}

// change1 is the rule: from a day on, and on all days after it, what was said as before that day is now as it says.
func (p *planned) change1(from int, was, is geo.OrganizationContent) {
	if is.Jurisdiction != nil && len(*is.Jurisdiction) == 0 {
		is.Jurisdiction = nil
	}
	first := true
	for i := from; i < ahead; i++ {
		first = first && cmp.Equal(p.days[i], was)
		if first { // what held on the day
			p.days[i] = is
			continue
		}
		d := p.days[i]
		if d.Name == was.Name {
			d.Name = is.Name
		}
		if d.ShortName == was.ShortName {
			d.ShortName = is.ShortName
		}
		if d.Address == was.Address {
			d.Address = is.Address
		}
		if d.Parent == was.Parent {
			d.Parent = is.Parent
		}
		if cmp.Equal(d.Jurisdiction, was.Jurisdiction) {
			d.Jurisdiction = is.Jurisdiction
		}
		if d.Location == was.Location {
			if d.LocationAccuracyM == was.LocationAccuracyM || was.Location != is.Location {
				d.LocationAccuracyM = is.LocationAccuracyM
			}
			d.Location = is.Location
		}
		place := func(c geo.OrganizationContent) [3]float64 {
			return [3]float64{float64(c.Location.Lon), float64(c.Location.Lat), c.LocationAccuracyM}
		}
		if place(d) == place(is) && (place(was) != place(is) || was.LocationState != is.LocationState) {
			d.LocationState = is.LocationState
		}
		p.days[i] = d
	}
}

// TestPlanOfAnotherScope: a correction by those who have the organization now holds on the days on which others have it, too,
// and they may take it back; what is planned they may not cancel alone.
func TestPlanOfAnotherScope(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	here, there := s.create(t, content("西溪街道")).ID, s.create(t, content("古荡街道")).ID
	c := content("柳东")
	c.Parent, c.Phone = here, "1"
	org := s.create(t, c)
	day, within := s.today+5, geo.Scope{Roots: []geo.ID{here}}
	c.Parent, c.LocationState = there, ""
	org, _, err := s.ReplaceOrganization(t.Context(), all, all, org.ID, 1, c, day, s.today, "planner")
	if err != nil {
		t.Fatal(err)
	}
	then := func(phone string, parent geo.ID) {
		t.Helper()
		o, err := s.OrganizationAt(t.Context(), all, org.ID, day, time.Time{})
		if err != nil || o.Phone != phone || o.Parent != parent {
			t.Fatalf("then: %q below %d, %v; want %q below %d", o.Phone, o.Parent, err, phone, parent)
		}
	}
	c.Parent, c.Phone = here, "2"
	if org, _, err = s.ReplaceOrganization(t.Context(), within, within, org.ID, 2, c, s.today, s.today, "clerk"); err != nil {
		t.Fatal(err)
	}
	then("2", there)
	plans, names, err := s.OrganizationPlans(t.Context(), all, org.ID)
	if err != nil || len(plans) != 1 || plans[0].Author != "planner" || plans[0].Version != 2 || !slices.Equal(plans[0].Fields, []string{"parent"}) || names[there] != "古荡街道" {
		t.Fatalf("plans %+v %v, %v", plans, names, err)
	}
	_, _, err = s.CancelPlan(t.Context(), within, within, org.ID, 3, day, s.today, "clerk")
	wantError(t, err, geo.ErrForbidden, "valid_from")
	if _, _, err = s.UndoOrganization(t.Context(), within, within, org.ID, 3, s.today, "clerk"); err != nil {
		t.Fatal(err)
	}
	then("1", there)
	if org, _, err = s.CancelPlan(t.Context(), all, all, org.ID, 4, day, s.today, "planner"); err != nil || org.Valid.To != geo.MaxDay {
		t.Fatalf("%+v, %v", org, err)
	}
	then("1", here)
	want := []string{"5 cancel by planner " + day.String() + "/.. [parent]", "4 undo by clerk " + s.today.String() + "/.. [phone]",
		"3 replace by clerk " + s.today.String() + "/.. [phone]", "2 replace by planner " + day.String() + "/.. [parent]", "1 create by tester 2023-06-30/.. []"}
	if diff := cmp.Diff(want, s.historyOf(t, all, org.ID)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}
