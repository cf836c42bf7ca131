package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jingwei/geo"
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
