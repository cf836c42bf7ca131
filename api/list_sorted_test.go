package api_test

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// sortedItem is of an organization what lists are sorted by.
type sortedItem struct {
	ID                                                       int64
	Name, Code, Kind, Level, Status, Division, LocationState string
	Accuracy                                                 float64 `json:"location_accuracy_m"`
}

type sortedList struct {
	Items         []sortedItem
	NumberMatched int
	Next          *string
}

// TestSortedList: every order, page by page, is that of the whole list, sorted; with a filter and a scope, too.
func TestSortedList(t *testing.T) {
	b := newBench(t, nil)
	statuses := []string{"draft", "submitted", "active", "retired"}
	columns := map[string]func(x, y sortedItem) int{
		"name": func(x, y sortedItem) int { return strings.Compare(x.Name, y.Name) }, "code": func(x, y sortedItem) int { return strings.Compare(x.Code, y.Code) },
		"kind": func(x, y sortedItem) int { return strings.Compare(x.Kind, y.Kind) }, "level": func(x, y sortedItem) int { return strings.Compare(x.Level, y.Level) },
		"status": func(x, y sortedItem) int {
			return cmp.Compare(slices.Index(statuses, x.Status), slices.Index(statuses, y.Status))
		}, "division": func(x, y sortedItem) int { return strings.Compare(x.Division, y.Division) },
		"location_state":      func(x, y sortedItem) int { return strings.Compare(x.LocationState, y.LocationState) },
		"location_accuracy_m": func(x, y sortedItem) int { return cmp.Compare(x.Accuracy, y.Accuracy) },
	}
	for _, query := range []string{"edition=internal", "", "division=330102", "kind=village_committee", "bbox=120.1,30,121,31"} {
		header := map[string]string(nil)
		if query == "edition=internal" {
			header = bearer()
		}
		all := decode[sortedList](t, b.ask(t, "GET", "/api/organizations?"+query, header, ""))
		if len(all.Items) != all.NumberMatched || query == "" && len(all.Items) < 2 {
			t.Fatalf("%s: %+v", query, all)
		}
		for name, by := range columns {
			for _, descending := range []bool{false, true} {
				sortby, sign := name, 1
				if descending {
					sortby, sign = "-"+name, -1
				}
				want := slices.SortedFunc(slices.Values(all.Items), func(x, y sortedItem) int { return cmp.Or(sign*by(x, y), cmp.Compare(x.ID, y.ID)) })
				got := b.pages(t, "/api/organizations?limit=1&sortby="+sortby+"&"+query, header, all.NumberMatched)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("%s by %s (-want +got)\n%s", query, sortby, diff)
				}
			}
		}
	}
}

// pages reads all pages of a sorted list.
func (b *bench) pages(t *testing.T, path string, header map[string]string, matched int) (all []sortedItem) {
	t.Helper()
	for cursor := ""; ; {
		w := b.ask(t, "GET", path+cursor, header, "")
		page := decode[sortedList](t, w)
		if w.Code != http.StatusOK || page.NumberMatched != matched || len(all) > matched {
			t.Fatalf("%s%s: %d %s", path, cursor, w.Code, w.Body)
		}
		all = append(all, page.Items...)
		link := w.Header().Get("Link")
		if page.Next == nil {
			if link != "" {
				t.Errorf("Link %s of the last page", link)
			}
			return all
		}
		if cursor = "&cursor=" + *page.Next; !strings.Contains(link, url.Values{"cursor": {*page.Next}}.Encode()) || !strings.Contains(link, "sortby=") {
			t.Errorf("Link %s beside the next %s", link, *page.Next)
		}
	}
}

// TestSortRefused: what nothing is sorted by, and cursors of another order.
func TestSortRefused(t *testing.T) {
	b := newBench(t, nil)
	first := decode[sortedList](t, b.ask(t, "GET", "/api/organizations?limit=1&sortby=-kind", nil, ""))
	plain := decode[sortedList](t, b.ask(t, "GET", "/api/organizations?limit=1", nil, ""))
	if first.Next == nil || plain.Next == nil {
		t.Fatal("one page")
	}
	for query, field := range map[string]string{
		"sortby=path": "sortby", "sortby=": "sortby", "sortby=%2Bname": "sortby", "sortby=name,kind": "sortby",
		"sortby=kind&cursor=" + *first.Next: "cursor", "cursor=" + *first.Next: "cursor", "sortby=-kind&cursor=" + *plain.Next: "cursor",
		"sortby=-kind&cursor=s.AAAA": "cursor", "sortby=-kind&cursor=s.AAAAAAAAAAAta2luZAA": "cursor",
	} {
		p := decode[struct {
			Status        int
			Field, Detail string
		}](t, b.ask(t, "GET", "/api/organizations?"+query, nil, ""))
		if p.Status != http.StatusBadRequest || p.Field != field || field == "sortby" && !strings.Contains(p.Detail, "name, -name, code") {
			t.Errorf("%s: %+v", query, p)
		}
	}
	if w := b.ask(t, "GET", "/api/reports?sortby=name", nil, ""); w.Code != http.StatusBadRequest {
		t.Errorf("reports: %d", w.Code)
	}
}

// TestBulkRefused: bodies that say nothing that can be done.
func TestBulkRefused(t *testing.T) {
	b := newBench(t, nil)
	for body, field := range map[string]string{
		`{"set":{"status":"draft"}}`:                                                                                            "organizations",
		`{"organizations":[],"set":{"status":"draft"}}`:                                                                         "organizations",
		`{"organizations":[{"id":1}],"set":{"status":"draft"}}`:                                                                 "organizations",
		`{"organizations":[{"version":1}],"set":{"status":"draft"}}`:                                                            "organizations",
		`{"organizations":[{"id":1,"version":1},{"id":1,"version":1}],"set":{"status":"draft"}}`:                                "organizations",
		`{"organizations":[` + strings.Repeat(`{"id":1,"version":1},`, 500) + `{"id":2,"version":1}],"set":{"status":"draft"}}`: "organizations",
		`{"organizations":[{"id":1,"version":1}]}`:                                                                              "set",
		`{"organizations":[{"id":1,"version":1}],"set":{}}`:                                                                     "set",
		`{"organizations":[{"id":1,"version":1}],"set":{"status":""}}`:                                                          "status",
		`{"organizations":[{"id":1,"version":1}],"set":{"kind":null}}`:                                                          "kind",
		`{"organizations":[{"id":1,"version":1}],"set":{"parent":null}}`:                                                        "parent",
		`{"organizations":[{"id":1,"version":1}],"set":{"name":"x"}}`:                                                           "name",
		`{"organizations":[{"id":1,"version":1}],"set":{"level":"x"},"a":1}`:                                                    "a",
	} {
		p := decode[struct {
			Status int
			Field  string
		}](t, b.ask(t, "POST", "/api/organizations/bulk", with(bearer(), "Content-Type", "application/json"), body))
		if p.Status != http.StatusBadRequest || p.Field != field {
			t.Errorf("%.90s: %+v", body, p)
		}
	}
	if w := b.ask(t, "POST", "/api/organizations/bulk", map[string]string{"Content-Type": "application/json"}, `{}`); w.Code != http.StatusUnauthorized {
		t.Errorf("nobody: %d", w.Code)
	}
}
