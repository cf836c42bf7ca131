package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/cql2"
	"jingwei/geo/live"
)

// TestFilterSeesWrites: what a filter chooses by a property that no index holds is what was just written, and a tile that shows
// the same rows as before has another tag when other members are chosen.
func TestFilterSeesWrites(t *testing.T) {
	w := newWorld(t)
	ids := make([]geo.ID, 6)
	for i := range ids {
		ids[i] = w.organization(t, fmt.Sprint("电话", i), w.in.root, geo.StatusActive)
	}
	has := map[geo.ID]bool{}
	tags := map[string]string{}
	filter := "filter=" + url.QueryEscape(`{"op":"and","args":[{"op":"like","args":[{"property":"phone"},"0571%"]},{"op":"=","args":[{"property":"status"},"active"]}]}`)
	for step := range 12 {
		i := step * 5 % len(ids)
		phone := []string{"0571-1", "010-1"}[step/6]
		body := fmt.Sprintf(`{"kind":"village_committee","level":"village","name":"电话%d","parent":%d,"status":"active","division":"330102001051","location":[120.1234567,30.1234567],"phone":%q}`, i, w.in.root, phone)
		wrote := w.ask(t, w.operator, "PUT", "/api/organizations/"+ids[i].String(), body, "If-Match", fmt.Sprintf(`"%d"`, 1+step/6))
		wrote.expect(t, 200)
		has[ids[i]] = step < 6
		after := "&after=" + url.QueryEscape(wrote.header.Get("Jingwei-Position"))
		var page struct{ Items []struct{ ID geo.ID } }
		w.ask(t, w.people[0], "GET", "/api/organizations?"+filter+after, "").decode(t, http.StatusOK, &page)
		var got, want []geo.ID
		for _, item := range page.Items {
			got = append(got, item.ID)
		}
		for id, chosen := range has {
			if chosen {
				want = append(want, id)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("step %d: %v, want %v", step, got, want)
		}
		tile := w.ask(t, w.people[0], "GET", "/tiles/organizations/14/13658/6753?cells=0&"+filter+after, "")
		tile.expect(t, 200)
		key := fmt.Sprint(want)
		if tag := tile.header.Get("ETag"); tags[tag] != "" && tags[tag] != key {
			t.Errorf("step %d: the tag of %s stands for %s too", step, tags[tag], key)
		} else {
			tags[tag] = key
		}
		if n := strings.Count(string(tile.body), "电话"); n != len(want) {
			t.Errorf("step %d: the tile names %d, want %d", step, n, len(want))
		}
	}
}

// TestIndexAndDatabaseAgree: what the live indexes can answer they answer as PostGIS does, also where values are absent.
func TestIndexAndDatabaseAgree(t *testing.T) {
	x := newIndexed(t, 40)
	at, err := x.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x.reach(t, at)
	property := func(name string) string { return `{"property":"` + name + `"}` }
	date := func(d geo.Day) string { return `{"date":"` + d.String() + `"}` }
	id := x.organizations[7].String()
	shared := []string{
		`{"op":">","args":[` + property("id") + `,` + id + `]}`, `{"op":"in","args":[` + property("id") + `,[` + id + `,1.5]]}`,
		`{"op":"like","args":[` + property("division") + `,"33%"]}`, `{"op":"<>","args":[` + property("division") + `,"330000000000"]}`,
		`{"op":">=","args":[` + property("division") + `,"3300"]}`, `{"op":"isNull","args":[` + property("division") + `]}`,
		`{"op":"<=","args":[` + property("valid_from") + `,` + date(x.today-1000) + `]}`, `{"op":"between","args":[` + property("valid_from") + `,` + date(x.today-2000) + `,` + date(x.today) + `]}`,
		`{"op":"isNull","args":[` + property("valid_to") + `]}`, `{"op":"<","args":[` + property("valid_to") + `,` + date(x.today) + `]}`,
		`{"op":"not","args":[{"op":"in","args":[` + property("status") + `,["active","open"]]}]}`, `{"op":"<","args":["active",` + property("status") + `]}`,
		`{"op":"like","args":[{"op":"casei","args":[` + property("status") + `]},{"op":"casei","args":["%T_VE"]}]}`,
	}
	own := map[string][]string{
		"organizations": {
			`{"op":"like","args":[` + property("name") + `,"支部1_"]}`, `{"op":">","args":[` + property("name") + `,"支部3"]}`, `{"op":"=","args":[` + property("code") + `,"x"]}`,
			`{"op":"not","args":[{"op":"=","args":[` + property("code") + `,"x"]}]}`, `{"op":"isNull","args":[` + property("location_accuracy_m") + `]}`,
			`{"op":"not","args":[{"op":">","args":[` + property("location_accuracy_m") + `,3]}]}`,
		},
		"reports": {`{"op":"=","args":[` + property("category") + `,"roads"]}`, `{"op":"between","args":[` + property("state") + `,"r","s"]}`},
	}
	tree := []string{`{"op":"a_overlaps","args":[` + property("path") + `,[` + id + `]]}`, `{"op":"not","args":[{"op":"a_contains","args":[` + property("path") + `,[` + id + `]]}]}`,
		`{"op":"isNull","args":[` + property("path") + `]}`}
	answered := 0
	for layer, e := range x.layers {
		for see, index := range map[string]*live.Index{"": e.public, "*": e.internal} {
			texts := slices.Concat(shared, own[layer])
			if see == "*" {
				texts = append(texts, tree...)
			}
			for _, text := range texts {
				for _, days := range []geo.DayRange{geo.On(x.today), geo.Always, geo.On(x.today - 1500)} {
					if x.agree(t, geo.IDQuery{Layer: layer, See: geo.Scope{All: see == "*"}, Days: days}, text, index.Snapshot()) {
						answered++
					}
				}
			}
		}
	}
	if answered < 150 {
		t.Errorf("only %d questions are answered by an index", answered)
	}
}

// agree compares the ids that a filter chooses, and reports whether the index answers it.
func (x *indexed) agree(t *testing.T, q geo.IDQuery, text string, s *live.Snapshot) bool {
	t.Helper()
	var err error
	if q.Filter, err = cql2.ParseJSON([]byte(text)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	want, _, err := x.FilteredIDs(t.Context(), q)
	if err != nil {
		t.Fatalf("%s of %s: %v", text, q.Layer, err)
	}
	features, _, err := s.List(live.Query{Filter: q.Filter, Days: q.Days}, geo.World, live.Cursor{}, 10_000)
	if errors.Is(err, geo.ErrNotIndexed) {
		return false
	}
	var got []geo.ID
	for _, f := range features {
		got = append(got, f.ID)
	}
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s of %s on %s: %d, %v; PostGIS chooses %d", text, q.Layer, q.Days, len(got), err, len(want))
	}
	return true
}

// TestFilterTellsNoPathsBeyondTheScope: who sees a subtree hears where in the tree something belongs only of what is in it, though
// they see what is public elsewhere too.
func TestFilterTellsNoPathsBeyondTheScope(t *testing.T) {
	w := newWorld(t)
	over := func(id geo.ID) string {
		return "filter=" + url.QueryEscape(fmt.Sprintf(`{"op":"a_overlaps","args":[{"property":"path"},[%d]]}`, id))
	}
	none := "filter=" + url.QueryEscape(fmt.Sprintf(`{"op":"not","args":[{"op":"=","args":[{"property":"parent"},%d]}]}`, w.in.root))
	asked := 0
	for _, p := range w.people {
		if p.all || !p.may(geo.ActionReadOrganization, true) {
			continue
		}
		asked++
		for query, want := range map[string]int{
			over(w.out.root): 0, over(w.out.hidden): 0, fmt.Sprintf("organization=%d", w.out.root): 0,
			over(w.in.root): 3, fmt.Sprintf("organization=%d", w.in.public): 2, none: 1, // the draft; of the topmost nothing is known
		} {
			var page struct{ NumberMatched int }
			w.ask(t, p, "GET", "/api/organizations?edition=internal&"+query, "").decode(t, http.StatusOK, &page)
			if page.NumberMatched != want {
				t.Errorf("%s: %s: %d, want %d", p.name, query, page.NumberMatched, want)
			}
		}
	}
	if asked == 0 {
		t.Error("nobody was asked")
	}
}
