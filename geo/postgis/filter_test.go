package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/cql2"
)

// filterJSON reads a filter of a test, in which ' stands for ".
func filterJSON(t testing.TB, text string) geo.Filter {
	t.Helper()
	f, err := cql2.ParseJSON([]byte(strings.ReplaceAll(text, "'", `"`)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

// chosen asks for the names of what a filter chooses.
func (s setup) chosen(t testing.TB, q geo.IDQuery, names map[geo.ID]string) []string {
	t.Helper()
	ids, at, err := s.FilteredIDs(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: %v", q.Filter.Canonical(), err)
	}
	if at.Epoch == "" || at.Xmax == 0 {
		t.Errorf("position %s", at)
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = names[id]
	}
	slices.Sort(out)
	return out
}

// TestFilterOrganizations asks with every operator: X lies above Y, Z is a draft.
func TestFilterOrganizations(t *testing.T) {
	s := newSetup(t)
	x, y, z := content("Äx_1"), content("äx%2"), content("z3")
	x.Code, x.Address, x.Phone = "A-1", "人民路1号", "0577-1"
	y.Address, y.Kind, y.Division, y.LocationAccuracyM = "å2", "residents_committee", qingbo51, 0
	y.Location = geo.Position{Lon: 1201500000, Lat: 302700000}
	z.Status, z.Phone, z.LocationAccuracyM = geo.StatusDraft, "13900000000", geo.MaxAccuracyM
	id := map[string]geo.ID{}
	id["X"] = s.create(t, x).ID
	y.Parent = id["X"]
	id["Y"] = s.create(t, y).ID
	id["Z"] = s.create(t, z).ID
	names := map[geo.ID]string{id["X"]: "X", id["Y"]: "Y", id["Z"]: "Z"}
	near := `{'type':'Polygon','coordinates':[[[120,30],[121,30],[121,31],[120,31],[120,30]]]}`
	number := func(name string) string { return fmt.Sprint(int64(id[name])) }
	cases := map[string]string{
		`true`: "X Y", `false`: "",
		`{'op':'=','args':[{'property':'address'},'å2']}`:                                                                                                       "Y",
		`{'op':'<>','args':[{'property':'address'},'å2']}`:                                                                                                      "X",
		`{'op':'not','args':[{'op':'=','args':[{'property':'phone'},'0577-1']}]}`:                                                                               "",
		`{'op':'or','args':[{'op':'isNull','args':[{'property':'phone'}]},{'op':'=','args':['A-1',{'property':'code'}]}]}`:                                      "X Y",
		`{'op':'and','args':[{'op':'isNull','args':[{'property':'phone'}]},{'op':'=','args':['A-1',{'property':'code'}]}]}`:                                     "",
		`{'op':'<','args':[{'property':'name'},'z']}`:                                                                                                           "",
		`{'op':'>=','args':[{'property':'name'},{'property':'short_name'}]}`:                                                                                    "",
		`{'op':'between','args':[{'property':'location_accuracy_m'},12.5,13]}`:                                                                                  "X",
		`{'op':'between','args':[{'property':'location_accuracy_m'},13,12]}`:                                                                                    "",
		`{'op':'in','args':[{'property':'kind'},['residents_committee','x']]}`:                                                                                  "Y",
		`{'op':'in','args':[{'op':'casei','args':[{'property':'name'}]},[{'op':'casei','args':['ÄX_1']},{'property':'code'}]]}`:                                 "X",
		`{'op':'like','args':[{'property':'name'},'Ä%']}`:                                                                                                       "X",
		`{'op':'like','args':[{'property':'name'},'_x\\_1']}`:                                                                                                   "X",
		`{'op':'like','args':[{'property':'name'},'_x_2']}`:                                                                                                     "Y",
		`{'op':'like','args':[{'op':'casei','args':[{'property':'name'}]},{'op':'casei','args':['Äx%']}]}`:                                                      "X Y",
		`{'op':'like','args':[{'op':'accenti','args':[{'property':'address'}]},{'op':'accenti','args':['ä_']}]}`:                                                "Y",
		`{'op':'like','args':[{'property':'division'},'3303%']}`:                                                                                                "X",
		`{'op':'=','args':[{'op':'+','args':[{'property':'location_accuracy_m'},{'op':'*','args':[2,3]}]},19]}`:                                                 "X",
		`{'op':'=','args':[{'op':'-','args':[{'property':'location_accuracy_m'},1]},12]}`:                                                                       "X",
		`{'op':'=','args':[{'op':'/','args':[{'property':'location_accuracy_m'},2]},6.5]}`:                                                                      "X",
		`{'op':'=','args':[{'op':'div','args':[{'property':'location_accuracy_m'},2]},6]}`:                                                                      "X",
		`{'op':'=','args':[{'op':'%','args':[{'property':'location_accuracy_m'},5]},3]}`:                                                                        "X",
		`{'op':'=','args':[{'op':'^','args':[{'property':'location_accuracy_m'},2]},169]}`:                                                                      "X",
		`{'op':'isNull','args':[{'op':'/','args':[1,0]}]}`:                                                                                                      "X Y",
		`{'op':'s_intersects','args':[{'property':'location'},` + near + `]}`:                                                                                   "Y",
		`{'op':'s_disjoint','args':[{'property':'location'},` + near + `]}`:                                                                                     "X",
		`{'op':'s_within','args':[{'property':'location'},` + near + `]}`:                                                                                       "Y",
		`{'op':'s_contains','args':[` + near + `,{'property':'location'}]}`:                                                                                     "Y",
		`{'op':'s_touches','args':[{'property':'location'},{'type':'LineString','coordinates':[[120.15,30.27],[121,31]]}]}`:                                     "Y",
		`{'op':'s_equals','args':[{'property':'location'},{'type':'Point','coordinates':[120.15,30.27]}]}`:                                                      "Y",
		`{'op':'s_overlaps','args':[{'property':'location'},{'type':'MultiPoint','coordinates':[[120.15,30.27],[0,0]]}]}`:                                       "",
		`{'op':'s_overlaps','args':[{'bbox':[0,0,2,2]},{'bbox':[1,1,3,3]}]}`:                                                                                    "X Y",
		`{'op':'s_crosses','args':[{'type':'LineString','coordinates':[[0,0],[2,2]]},{'bbox':[1,0,3,3]}]}`:                                                      "X Y",
		`{'op':'s_intersects','args':[{'property':'location'},{'bbox':[170,-90,120.5,90]}]}`:                                                                    "Y",
		`{'op':'s_within','args':[{'property':'location'},{'bbox':[120.15,30.27,120.15,30.27]}]}`:                                                               "Y",
		`{'op':'s_intersects','args':[{'property':'location'},{'type':'GeometryCollection','geometries':[{'type':'Point','coordinates':[1,1]},` + near + `]}]}`: "Y",
		`{'op':'=','args':[{'property':'id'},` + number("X") + `]}`:                                                                                             "X",
		`{'op':'=','args':[{'property':'valid_from'},{'date':'2023-06-30'}]}`:                                                                                   "X Y",
		`{'op':'isNull','args':[{'property':'valid_to'}]}`:                                                                                                      "X Y",
	}
	for text, want := range cases {
		got := s.chosen(t, geo.IDQuery{Layer: "organizations", Filter: filterJSON(t, text), Days: geo.On(s.today)}, names)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`{'op':'like','args':[{'property':'phone'},'139%']}`:                                         "Z",
		`{'op':'a_overlaps','args':[{'property':'path'},[` + number("X") + `,5]]}`:                   "X Y",
		`{'op':'a_contains','args':[{'property':'path'},[` + number("X") + `,` + number("Y") + `]]}`: "Y",
		`{'op':'a_containedBy','args':[{'property':'path'},[` + number("X") + `,5]]}`:                "X",
		`{'op':'a_equals','args':[[` + number("Y") + `,` + number("X") + `],{'property':'path'}]}`:   "Y",
		`{'op':'=','args':[{'property':'parent'},` + number("X") + `]}`:                              "Y",
		`{'op':'a_overlaps','args':[{'property':'path'},[0.5]]}`:                                     "",
		`{'op':'>','args':[{'op':'*','args':[{'property':'location_accuracy_m'},1e300]},0]}`:         "X Z",
	} {
		got := s.chosen(t, geo.IDQuery{Layer: "organizations", See: geo.Everywhere(), Filter: filterJSON(t, text), Days: geo.On(s.today)}, names)
		if strings.Join(got, " ") != want {
			t.Errorf("everywhere: %s: %v, want %s", text, got, want)
		}
	}
	among := geo.IDQuery{Layer: "organizations", Days: geo.Always, Among: []geo.ID{id["Y"], id["Z"], 5}}
	if got := s.chosen(t, among, names); !slices.Equal(got, []string{"Y"}) {
		t.Errorf("among: %v", got)
	}
}

// TestFilterRefuses: nothing of the database reaches the answer, and what the public edition does not have is not known.
func TestFilterRefuses(t *testing.T) {
	s := newSetup(t)
	hidden := content("hidden")
	hidden.Status, hidden.LocationAccuracyM = geo.StatusDraft, geo.MaxAccuracyM
	s.create(t, hidden)
	shown := content("shown")
	shown.LocationAccuracyM = 1
	s.create(t, shown)
	property := func(name string) string { return `{'property':'` + name + `'}` }
	for text, want := range map[string]string{
		`{'op':'=','args':[` + property("grams") + `,1]}`:                                                                                           `there is no property "grams" of organizations; those that can be filtered by are id, name`,
		`{'op':'=','args':[` + property("path") + `,1]}`:                                                                                            `there is no property "path"`,
		`{'op':'=','args':[` + property("parent") + `,1]}`:                                                                                          `there is no property "parent"`,
		`{'op':'=','args':[` + property("author") + `,'x']}`:                                                                                        `there is no property "author"`,
		`{'op':'=','args':[` + property("kind") + `,5]}`:                                                                                            "= cannot compare kind, a text with a number",
		`{'op':'in','args':[` + property("id") + `,[1,'a']]}`:                                                                                       "in cannot compare id, a number with a text",
		`{'op':'like','args':[` + property("id") + `,'1%']}`:                                                                                        "like cannot compare id, a number with a text",
		`{'op':'between','args':[` + property("valid_from") + `,{'date':'2024-01-01'},{'timestamp':'2024-01-01T00:00:00Z'}]}`:                       "t_during compare both",
		`{'op':'=','args':[{'op':'casei','args':[` + property("id") + `]},'x']}`:                                                                    "casei needs a text, not id, a number",
		`{'op':'=','args':[{'op':'+','args':[` + property("kind") + `,1]},1]}`:                                                                      "+ calculates with numbers, not kind, a text",
		`{'op':'s_within','args':[` + property("kind") + `,{'bbox':[0,0,1,1]}]}`:                                                                    "s_within compares geometries, not kind",
		`{'op':'=','args':[` + property("location") + `,` + property("location") + `]}`:                                                             "= cannot compare location, a geometry",
		`{'op':'t_after','args':[` + property("kind") + `,{'date':'2024-01-01'}]}`:                                                                  "t_after compares times, not kind",
		`{'op':'a_overlaps','args':[` + property("kind") + `,[1]]}`:                                                                                 "a_overlaps compares lists of ids, not kind",
		`{'op':'pg_sleep','args':[1]}`:                                                                                                              `there is no function "pg_sleep"`,
		`{'op':'s_within','args':[` + property("location") + `,{'type':'Polygon','coordinates':[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}]}`:                "a geometry is not valid: Self-intersection",
		`{'op':'s_within','args':[` + property("location") + `,{'type':'GeometryCollection','geometries':[{'type':'Point','coordinates':[0,0]}]}]}`: "s_intersects and s_disjoint",
		`{'op':'>','args':[{'op':'^','args':[{'op':'*','args':[` + property("location_accuracy_m") + `,1e200]},2]},0]}`:                             "calculates what is no number",
	} {
		_, _, err := s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "organizations", Filter: filterJSON(t, text), Days: geo.On(s.today)})
		wantError(t, err, geo.ErrInvalid, "filter")
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	// Only of the hidden row does this grow too large.
	calm := filterJSON(t, `{'op':'>','args':[{'op':'*','args':[`+property("location_accuracy_m")+`,1e302]},0]}`)
	for _, see := range []geo.Scope{{}, {Roots: []geo.ID{7}}} {
		if ids, _, err := s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "organizations", See: see, Filter: calm, Days: geo.On(s.today)}); err != nil || len(ids) != 1 {
			t.Errorf("%d ids, %v: what is hidden is told by a failure", len(ids), err)
		}
	}
	_, _, err := s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "organizations", See: geo.Everywhere(), Filter: calm, Days: geo.On(s.today)})
	wantError(t, err, geo.ErrInvalid, "filter")
	_, _, err = s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "divisions"})
	wantError(t, err, geo.ErrNotFound, "")
	if got := s.Queryables("divisions", true); got != nil {
		t.Error(got)
	}
}

func TestFilterIsBounded(t *testing.T) {
	s := newSetup(t)
	s.create(t, content("one"))
	release := s.HoldFilters(t, time.Millisecond)
	_, _, err := s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "organizations", Days: geo.Always})
	wantError(t, err, geo.ErrUnavailable, "filter")
	release()
	s.SetFilterPatience(time.Millisecond)
	conn := s.connect(t)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `lock table jingwei.organization_version in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.FilteredIDs(t.Context(), geo.IDQuery{Layer: "organizations", Days: geo.Always})
	wantError(t, err, geo.ErrUnavailable, "filter")
}

func TestFilterReports(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("responsible"))
	open, late, restricted := report(), report(), report()
	open.Organization = org.ID
	late.Times.Received = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	restricted.Visibility, restricted.Text = geo.VisibilityRestricted, "秘密"
	base := s.loadReports(t, "one", open, late, restricted)
	names := map[geo.ID]string{base: "open", base + 1: "late", base + 2: "restricted"}
	public := geo.Generalise(open.At)
	lon, lat := public.Degrees()
	point := fmt.Sprintf(`{'type':'Point','coordinates':[%v,%v]}`, lon, lat)
	for text, want := range map[string][2]string{
		`true`: {"late open", "late open restricted"},
		`{'op':'=','args':[{'property':'received_on'},{'date':'2026-02-01'}]}`:                           {"open", "open restricted"},
		`{'op':'=','args':[{'property':'division'},'330382000000']}`:                                     {"late open", ""},
		`{'op':'=','args':[{'property':'division'},'` + liushi1.String() + `']}`:                         {"", "late open restricted"},
		`{'op':'s_equals','args':[{'property':'location'},` + point + `]}`:                               {"late open", ""},
		`{'op':'t_before','args':[{'property':'received_on'},{'timestamp':'2026-01-31T16:00:00Z'}]}`:     {"", ""},
		`{'op':'t_intersects','args':[{'property':'valid_from'},{'interval':['2026-02-02','..']}]}`:      {"late", "late"},
		`{'op':'=','args':[{'property':'text'},'秘密']}`:                                                   {"no property", "restricted"},
		`{'op':'a_overlaps','args':[{'property':'path'},[` + org.ID.String() + `]]}`:                     {"no property", "open"},
		`{'op':'=','args':[{'property':'organization'},` + org.ID.String() + `]}`:                        {"no property", "open"},
		`{'op':'t_during','args':[{'property':'received_at'},{'interval':['2026-01-31','2026-02-01']}]}`: {"no property", "open restricted"},
		`{'op':'t_after','args':[{'property':'received_at'},{'date':'2026-02-01'}]}`:                     {"no property", "late"},
		`{'op':'t_equals','args':[{'property':'received_at'},{'timestamp':'2026-01-31T16:30:00Z'}]}`:     {"no property", "open restricted"},
		`{'op':'t_before','args':[{'property':'received_at'},{'property':'due_at'}]}`:                    {"no property", "late open restricted"},
		`{'op':'=','args':[{'op':'+','args':[{'property':'redo'},1]},1]}`:                                {"no property", "late open restricted"},
		`{'op':'>','args':[{'op':'*','args':[{'property':'id'},2]},0]}`:                                  {"late open", "late open restricted"},
	} {
		for i, see := range []geo.Scope{{}, geo.Everywhere()} {
			q := geo.IDQuery{Layer: "reports", See: see, Filter: filterJSON(t, text), Days: geo.On(s.today)}
			if want[i] == "no property" {
				_, _, err := s.FilteredIDs(t.Context(), q)
				wantError(t, err, geo.ErrInvalid, "filter")
				continue
			}
			if got := strings.Join(s.chosen(t, q, names), " "); got != want[i] {
				t.Errorf("%s, see %q: %s, want %s", text, see.Key(), got, want[i])
			}
		}
	}
	early := geo.IDQuery{Layer: "reports", Days: geo.DayRange{From: geo.MinDay, To: mustDay(t, "2026-02-02")}}
	if got := s.chosen(t, early, names); !slices.Equal(got, []string{"open"}) {
		t.Errorf("on early days: %v", got)
	}
	own := geo.IDQuery{Layer: "reports", See: geo.Scope{Roots: []geo.ID{org.ID}}, Days: geo.Always}
	if got := s.chosen(t, own, names); !slices.Equal(got, []string{"open"}) {
		t.Errorf("own: %v", got)
	}
}

func mustDay(t testing.TB, s string) geo.Day {
	t.Helper()
	d, err := geo.ParseDay("day", s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFilterFailsForVisibleRowsOnly: that a number grows too large for a row that is hidden is not to be noticed.
func TestFilterFailsForVisibleRowsOnly(t *testing.T) {
	s := newSetup(t)
	hidden := report()
	hidden.Category = "mediation"
	base := s.loadReports(t, "one", report(), report(), hidden)
	large := fmt.Sprintf(`{'op':'>','args':[{'op':'^','args':[10,{'op':'+','args':[308.5,{'op':'-','args':[{'property':'id'},%d]}]}]},0]}`, base+2)
	q := geo.IDQuery{Layer: "reports", Filter: filterJSON(t, large), Days: geo.Always}
	if ids, _, err := s.FilteredIDs(t.Context(), q); err != nil || len(ids) != 2 {
		t.Errorf("%d ids, %v", len(ids), err)
	}
	q.See = geo.Everywhere()
	_, _, err := s.FilteredIDs(t.Context(), q)
	wantError(t, err, geo.ErrInvalid, "filter")
}

// TestFilterShowsOnlyWhatMayBeSeen asks for everything, through either line of defence alone and with both.
func TestFilterShowsOnlyWhatMayBeSeen(t *testing.T) {
	w := newWorld(t)
	names := map[geo.ID]string{}
	for name, id := range w.id {
		names[id] = name
	}
	for line, store := range w.lines(t) {
		for as, see := range w.scopes() {
			var want []string
			for _, m := range members() {
				if status := w.status(m.name); status != "" && w.sees(see, m.name, status) {
					want = append(want, m.name)
				}
			}
			slices.Sort(want)
			ws := setup{Store: store}
			if got := ws.chosen(t, geo.IDQuery{Layer: "organizations", See: see, Days: geo.On(w.today)}, names); !slices.Equal(got, want) {
				t.Errorf("%s: %s sees %v, want %v", line, as, got, want)
			}
			if see.Empty() && line == "predicate" {
				continue // of reports the view itself is what is public
			}
			reports, _, err := store.FilteredIDs(t.Context(), geo.IDQuery{Layer: "reports", See: see, Days: geo.Always})
			if err != nil {
				t.Fatal(err)
			}
			var expected []geo.ID
			for name, id := range w.reports {
				of, hidden, _ := strings.Cut(name, " ")
				if see.Empty() && hidden == "" || !see.Empty() && see.Covers(w.path(of)) {
					expected = append(expected, id)
				}
			}
			slices.Sort(expected)
			if !slices.Equal(reports, expected) {
				t.Errorf("%s: %s sees %d reports, want %d", line, as, len(reports), len(expected))
			}
		}
	}
}
