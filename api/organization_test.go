package api_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

type organizationJSON struct {
	ID        geo.ID     `json:"id"`
	Version   int        `json:"version"`
	Name      string     `json:"name"`
	Location  [2]float64 `json:"location"`
	Status    string     `json:"status"`
	ValidFrom *string    `json:"valid_from"`
	ValidTo   *string    `json:"valid_to"`
	Parent    *geo.ID    `json:"parent"`
	Author    string     `json:"author"`
}

func TestOrganizationLifecycle(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "POST", "/api/organizations", bearer(), newOrganization)
	if w.Code != http.StatusCreated {
		t.Fatalf("POST: %d %s", w.Code, w.Body)
	}
	created := decode[organizationJSON](t, w)
	today := "2026-06-15"
	want := organizationJSON{ID: 101, Version: 1, Name: "新村村民委员会", Location: [2]float64{120.12, 30.22}, Status: "active", ValidFrom: &today}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	location := w.Header().Get("Location")
	if location != "/api/organizations/101" || w.Header().Get("ETag") != `"1"` || w.Header().Get("Jingwei-Position") == "" {
		t.Errorf("headers of the answer: %v", w.Header())
	}

	w = b.ask(t, "GET", location, nil, "")
	if w.Code != http.StatusOK || w.Header().Get("ETag") != `"1"` || w.Header().Get("Cache-Control") != "public, no-cache" {
		t.Errorf("GET: %d %v", w.Code, w.Header())
	}
	w = b.ask(t, "GET", location, map[string]string{"If-None-Match": `"0", "1"`}, "")
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("GET with the same ETag: %d %s", w.Code, w.Body)
	}

	moved := strings.Replace(newOrganization, "120.12", "121.5", 1)
	w = b.ask(t, "PUT", location, with(bearer(), "If-Match", `"1"`), moved)
	if got := decode[organizationJSON](t, w); w.Code != http.StatusOK || got.Location[0] != 121.5 || w.Header().Get("ETag") != `"2"` {
		t.Errorf("PUT: %d %v %s", w.Code, w.Header(), w.Body)
	}

	w = b.ask(t, "DELETE", location, with(bearer(), "If-Match", `"2"`), "")
	if w.Code != http.StatusNoContent || w.Body.Len() > 0 || w.Header().Get("Jingwei-Position") == "" {
		t.Errorf("DELETE: %d %s", w.Code, w.Body)
	}
	if w = b.ask(t, "GET", location, nil, ""); w.Code != http.StatusNotFound {
		t.Errorf("GET after DELETE: %d", w.Code)
	}
	for header, author := range map[string]string{"": "", "Bearer " + token: "somebody"} {
		w = b.ask(t, "GET", location+"/versions", map[string]string{"Authorization": header}, "")
		items := decode[struct{ Items []organizationJSON }](t, w).Items
		if len(items) != 2 || items[0].Version != 2 || items[0].Author != author {
			t.Errorf("history for %q: %s", header, w.Body)
		}
	}
}

func TestInternalEditionIsPrivate(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/api/organizations/4", "/api/organizations/4/versions", "/api/organizations", "/api/divisions/330000000000", "/tiles/organizations/0/0/0?cells=0"} {
		w := b.ask(t, "GET", url, bearer(), "")
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("GET %s with the token: %d, Cache-Control %q", url, w.Code, w.Header().Get("Cache-Control"))
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Authorization") {
			t.Errorf("GET %s: Vary %q", url, w.Header().Values("Vary"))
		}
		if w = b.ask(t, "GET", url, nil, ""); strings.Contains(w.Body.String(), "隐藏草稿") {
			t.Errorf("GET %s shows a draft to everyone: %s", url, w.Body)
		}
	}
}

type listJSON struct {
	Items          []organizationJSON        `json:"items"`
	NumberMatched  int                       `json:"numberMatched"`
	NumberReturned int                       `json:"numberReturned"`
	Next           *string                   `json:"next"`
	Counts         map[string]map[string]int `json:"counts"`
}

func TestListOrganizations(t *testing.T) {
	tests := []struct {
		query   string
		header  map[string]string
		matched int
		counts  map[string]int
	}{
		{"", nil, 3, map[string]int{"village_committee": 1, "residents_committee": 2}},
		{"", bearer(), 4, map[string]int{"village_committee": 2, "residents_committee": 2}},
		{"?status=draft", bearer(), 1, map[string]int{"village_committee": 1}},
		{"?status=draft", nil, 0, map[string]int{}},
		{"?kind=village_committee", nil, 1, map[string]int{"village_committee": 1}},
		{"?kind=village_committee,residents_committee&level=village", nil, 3, map[string]int{"village_committee": 1, "residents_committee": 2}},
		{"?bbox=120.14,30.2,120.2,30.3", nil, 2, map[string]int{"residents_committee": 2}},
		{"?division=3301", nil, 3, map[string]int{"village_committee": 1, "residents_committee": 2}},
		{"?division=3302", nil, 0, map[string]int{}},
		{"?datetime=2023-06-29", nil, 0, map[string]int{}},
		{"?datetime=2023-06-30&limit=100000", nil, 3, map[string]int{"village_committee": 1, "residents_committee": 2}},
	}
	b := newBench(t, nil)
	for _, test := range tests {
		w := b.ask(t, "GET", "/api/organizations"+test.query, test.header, "")
		list := decode[listJSON](t, w)
		if w.Code != 200 || list.NumberMatched != test.matched || list.NumberReturned != len(list.Items) || len(list.Items) != test.matched {
			t.Errorf("%q: %d %s, want %d", test.query, w.Code, w.Body, test.matched)
		}
		if diff := cmp.Diff(map[string]map[string]int{"kind": test.counts}, list.Counts); diff != "" {
			t.Errorf("%q: counts (-want +got):\n%s", test.query, diff)
		}
		if w.Header().Get("Jingwei-Position") != start().String() {
			t.Errorf("%q: Jingwei-Position %q", test.query, w.Header().Get("Jingwei-Position"))
		}
	}
}

func TestListPages(t *testing.T) {
	b := newBench(t, nil)
	seen, url := map[geo.ID]int{}, "/api/organizations?limit=1"
	for range 3 {
		w := b.ask(t, "GET", url, nil, "")
		list := decode[listJSON](t, w)
		for _, o := range list.Items {
			seen[o.ID]++
		}
		if list.Next == nil {
			break
		}
		link := w.Header().Get("Link")
		var ok bool
		if url, ok = strings.CutSuffix(strings.TrimPrefix(link, "<http://example.com"), `>; rel="next"`); !ok || !strings.Contains(url, *list.Next) {
			t.Fatalf("Link %q, next %q", link, *list.Next)
		}
	}
	if diff := cmp.Diff(map[geo.ID]int{1: 1, 2: 1, 3: 1}, seen); diff != "" {
		t.Errorf("times seen (-want +got):\n%s", diff)
	}
}

func TestAfterWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		later := geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: 950, Xmax: 950}}
		for _, url := range []string{"/api/organizations?after=", "/tiles/organizations/0/0/0?cells=0&after="} {
			w := b.ask(t, "GET", url+later.String(), nil, "")
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || decode[problem](t, w).Field != "after" {
				t.Errorf("%s of a position that does not come: %d %v %s", url, w.Code, w.Header(), w.Body)
			}
		}
		answered := make(chan string)
		go func() {
			w := b.ask(t, "GET", "/api/organizations?after="+later.String(), nil, "")
			answered <- fmt.Sprint(w.Code, " ", w.Header().Get("Jingwei-Position"))
		}()
		synctest.Wait()
		if _, err := b.public.Apply(nil, nil, later); err != nil {
			t.Fatal(err)
		}
		if got := <-answered; got != "200 "+later.String() {
			t.Errorf("answer %s", got)
		}
	})
}

// TestLocationInItsSystem: a place is taken in any system and kept in WGS84; what is answered can be sent back.
func TestLocationInItsSystem(t *testing.T) {
	b := newBench(t, nil)
	type answer struct {
		Location  [2]float64
		SourceCRS string  `json:"source_crs"`
		Accuracy  float64 `json:"location_accuracy_m"`
	}
	send := func(method, url string, status int, members string) answer {
		t.Helper()
		body := strings.Replace(newOrganization, `"location":[120.12,30.22]`, members, 1)
		w := b.ask(t, method, url, with(bearer(), "If-Match", `"1"`), body)
		if w.Code != status {
			t.Errorf("%s %s: %d %s", method, members, w.Code, w.Body)
		}
		return decode[answer](t, w)
	}
	changli, hangzhou := [2]float64{119.0886739, 39.6190801}, [2]float64{120.1551, 30.2741} // by gcoord and by PROJ
	for members, want := range map[string]answer{
		`"location":[119.0949963196,39.6205104753],"source_crs":"GCJ-02"`:                          {changli, "GCJ-02", 0},
		`"location":[119.0949963196,39.6205104753],"source_crs":"gcj02","location_accuracy_m":0.2`: {changli, "gcj02", 1},
		`"location":[119.1016278072,39.6261709320],"source_crs":"bd09","location_accuracy_m":25`:   {changli, "bd09", 25},
		`"location":[13258476.821542,4784259.302081],"source_crs":"bd09mc"`:                        {changli, "bd09mc", 0},
		`"location":[120.1551,30.2741],"location_accuracy_m":0.2`:                                  {hangzhou, "EPSG:4326", 0.2},
		`"location":[514923.734,3350508.870],"source_crs":"EPSG:4549"`:                             {hangzhou, "EPSG:4549", 0},
		`"location":[40514923.734,3350508.870],"source_crs":"epsg:4528","location_accuracy_m":0.5`: {hangzhou, "epsg:4528", 0.5},
		`"location":[120.1551,30.2741],"source_crs":"bd09","location_crs":"CGCS2000"`:              {hangzhou, "bd09", 0},
		`"location":[514923.734,3350508.870],"source_crs":"EPSG:4490","location_crs":"EPSG:4549"`:  {hangzhou, "EPSG:4490", 0},
	} {
		got := send("POST", "/api/organizations", http.StatusCreated, members)
		off := math.Hypot(got.Location[0]-want.Location[0], got.Location[1]-want.Location[1])
		if got.SourceCRS != want.SourceCRS || got.Accuracy != want.Accuracy || off > 1.1e-7 {
			t.Errorf("%s: %+v, want %+v", members, got, want)
		}
	}

	send("PUT", "/api/organizations/99", http.StatusNotFound, `"location":[120.1,30.2],"source_crs":"gcj02"`)
	send("PUT", "/api/organizations/1", http.StatusBadRequest, `"location":[120.1,30.2],"source_crs":"gcj02"`) // is where 1 is, in WGS84
	if got := send("PUT", "/api/organizations/1", http.StatusOK, `"location":[120.1,30.2],"source_crs":"gcj02","location_crs":"EPSG:4326"`); got.Location != [2]float64{120.1, 30.2} || got.SourceCRS != "gcj02" {
		t.Errorf("sent back: %+v", got)
	}
}
