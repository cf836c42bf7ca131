package main_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestChangeOfMany goes the way of the console's table: a sorted list, a preview, the change, what the list says then, a
// stale second one, and the undoing of all of it.
func TestChangeOfMany(t *testing.T) {
	w := newWorld(t)
	ids := []geo.ID{w.organization(t, "丙", w.in.public, geo.StatusActive), w.organization(t, "甲", w.in.public, geo.StatusActive), w.organization(t, "乙", w.in.public, geo.StatusDraft)}
	send := func(status int, versions [3]int, preview bool, v any) reply {
		t.Helper()
		named := ""
		for i, id := range ids {
			one := fmt.Sprintf(`,{"id":%d,"version":%d}`, id, versions[i])
			if versions[i] == 0 {
				one = fmt.Sprintf(`,{"id":%d}`, id)
			}
			named += one
		}
		body := fmt.Sprintf(`{"organizations":[%s],"set":{"level":"township","status":"active"},"preview":%v}`, named[1:], preview)
		r := w.ask(t, w.operator, "POST", "/api/organizations/bulk", body)
		r.decode(t, status, v)
		return r
	}
	type item struct {
		ID      geo.ID
		Version int
		Name    string
		Parent  geo.ID
		Retired bool
		Changed bool
	}
	type answer struct {
		Items   []item
		Preview bool
	}
	// listed are levels from the greatest down, then ids.
	listed := func(position string) (out []string) {
		t.Helper()
		var list struct {
			Items []struct {
				ID            geo.ID
				Level, Status string
			}
			NumberMatched int
		}
		w.ask(t, w.operator, "GET", fmt.Sprintf("/api/organizations?edition=internal&organization=%d&sortby=-level&after=%s", w.in.public, position), "").decode(t, 200, &list)
		for _, o := range list.Items {
			if o.ID >= ids[0] {
				out = append(out, fmt.Sprint(o.ID-ids[0], o.Level, o.Status))
			}
		}
		return out
	}
	var told, done answer
	// A preview needs no versions: it tells them. A change does.
	send(200, [3]int{}, true, &told)
	send(400, [3]int{1, 0, 1}, false, &struct{}{})
	r := send(200, [3]int{1, 1, 1}, false, &done)
	want := answer{Preview: true}
	for i, name := range []string{"丙", "甲", "乙"} {
		want.Items = append(want.Items, item{ids[i], 1, name, w.in.public, false, true})
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("preview (-want +got)\n%s", diff)
	}
	want.Preview = false
	for i := range want.Items {
		want.Items[i].Version = 2
	}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("change (-want +got)\n%s", diff)
	}
	changed := make([]string, len(ids))
	for i := range changed {
		changed[i] = fmt.Sprint(ids[i]-ids[0], "township", "active")
	}
	if diff := cmp.Diff(changed, listed(r.header.Get("Jingwei-Position"))); diff != "" {
		t.Errorf("list (-want +got)\n%s", diff)
	}

	var problem struct {
		Field       string
		BaseVersion int `json:"base_version"`
		Current     struct {
			ID    geo.ID
			Level string
		}
	}
	send(412, [3]int{2, 1, 2}, false, &problem)
	if problem.Field != "organizations" || problem.BaseVersion != 1 || problem.Current.ID != ids[1] || problem.Current.Level != "township" {
		t.Errorf("%+v", problem)
	}
	send(200, [3]int{2, 2, 2}, false, &done)
	if done.Items[0].Changed || done.Items[0].Version != 2 {
		t.Errorf("done again: %+v", done)
	}

	var history struct{ Items []struct{ Action string } }
	w.ask(t, w.operator, "GET", fmt.Sprintf("/api/organizations/%d/history?edition=internal", ids[0]), "").decode(t, 200, &history)
	if len(history.Items) != 2 || history.Items[0].Action != "bulk" {
		t.Errorf("%+v", history)
	}
	undo := w.ask(t, w.operator, "POST", fmt.Sprintf("/api/organizations/%d/undo", ids[1]), "", "If-Match", `"2"`)
	undo.decode(t, 200, &struct{}{})
	for i, status := range []string{geo.StatusActive, geo.StatusActive, geo.StatusDraft} {
		changed[i] = fmt.Sprint(ids[i]-ids[0], "village", status)
	}
	if diff := cmp.Diff(changed, listed(undo.header.Get("Jingwei-Position"))); diff != "" {
		t.Errorf("undone (-want +got)\n%s", diff)
	}
}
