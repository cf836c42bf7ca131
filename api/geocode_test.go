package api_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/gazetteer"
)

// Gazetteer holds the names of divisions().
func (m *memory) Gazetteer() *gazetteer.Gazetteer {
	if m.unread {
		return nil
	}
	var b gazetteer.Builder
	for _, d := range divisions() {
		b.Add(d, 250_000, geo.DayOf(clock()))
	}
	return b.Build(geo.DayOf(clock()), nil)
}

// Geocode is asked by the search box.
func (m *memory) Geocode(_ context.Context, text string, limit int, day geo.Day) ([]geo.SearchHit, error) {
	g := m.Gazetteer()
	if g == nil || day != geo.DayOf(clock()) {
		return nil, nil
	}
	return g.Hits(text, limit), nil
}

type addressAnswer struct {
	Items []struct {
		Address      string
		CertainLevel int `json:"certain_level"`
		Rest         string
		Location     []float64
		PlacedBy     string   `json:"placed_by"`
		PlacedLevel  int      `json:"placed_level"`
		AccuracyM    *float64 `json:"accuracy_m"`
		Organization *struct{ ID geo.ID }
		Parts        []struct{ Start, End int }
		Warnings     []struct{ Kind string }
	}
	NumberReturned int
}

func TestGeocode(t *testing.T) {
	b := newBench(t, nil)
	got := decode[addressAnswer](t, b.ask(t, "GET", "/api/geocode?q="+url.QueryEscape("杭州，上城区 中山路1号"), nil, ""))
	if got.NumberReturned != 1 || len(got.Items) != 1 {
		t.Fatalf("%+v", got)
	}
	one := got.Items[0]
	if one.Address != "浙江省杭州市上城区" || one.CertainLevel != 3 || one.Rest != "中山路1号" || len(one.Parts) != 2 || one.Parts[1].Start != 3 || one.Parts[1].End != 6 {
		t.Errorf("%+v", one)
	}
	// Only the province has a label.
	if one.PlacedBy != "division" || one.PlacedLevel != 1 || *one.AccuracyM != 250_000 || !slices.Equal(one.Location, []float64{120.15, 30.27}) {
		t.Errorf("%+v", one)
	}
	if got := decode[addressAnswer](t, b.ask(t, "GET", "/api/geocode?q="+url.QueryEscape("没有这个地方"), nil, "")); len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestGeocodeFindsAnOrganization: the rest of an address may be the name of an organization, wholly or its beginning, that
// everyone sees.
func TestGeocodeFindsAnOrganization(t *testing.T) {
	b := newBench(t, nil)
	for text, want := range map[string]geo.ID{"上城区清波社区居民委员会": 2, "浙江杭州 湖滨社区": 3, "上城区社区居民": 0, "上城区隐藏草稿": 0, "上城区清波路": 0} {
		one := decode[addressAnswer](t, b.ask(t, "GET", "/api/geocode?q="+url.QueryEscape(text), nil, "")).Items[0]
		if want == 0 && (one.Organization != nil || one.PlacedBy != "division") {
			t.Errorf("%s: %+v", text, one)
		}
		if want != 0 && (one.Organization == nil || one.Organization.ID != want || one.PlacedBy != "organization" || *one.AccuracyM != 1000 || one.Location[0] < 120.149) {
			t.Errorf("%s: %+v", text, one)
		}
	}
}

func TestGeocodeRefuses(t *testing.T) {
	b := newBench(t, nil)
	for _, u := range []string{
		"/api/geocode", "/api/geocode?q=", "/api/geocode?q=,", "/api/geocode?q=%E6%9D%AD&x=1", "/api/geocode/reverse", "/api/geocode/reverse?point=1",
		"/api/geocode/reverse?point=30,120", "/api/geocode/reverse?point=120,30&within=x", "/api/geocode?q=%E6%9D%AD&edition=internal",
	} {
		if w := b.ask(t, "GET", u, nil, ""); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", u, w.Code, w.Body)
		}
	}
	b.store.unread = true
	for _, u := range []string{"/api/geocode?q=%E6%9D%AD%E5%B7%9E", "/api/geocode/reverse?point=120,30"} {
		if w := b.ask(t, "GET", u, nil, ""); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s while names are read: %d %v", u, w.Code, w.Header())
		}
	}
	if w := b.ask(t, "GET", "/search?q=%E6%9D%AD%E5%B7%9E%E5%B8%82%E4%B8%8A%E5%9F%8E", nil, ""); w.Code != http.StatusOK {
		t.Errorf("search while names are read: %d", w.Code)
	}
}

func TestReverseGeocode(t *testing.T) {
	b := newBench(t, nil)
	type answer struct {
		Address, By  string
		DistanceM    *float64 `json:"distance_m"`
		AccuracyM    *float64 `json:"accuracy_m"`
		Organization *struct {
			ID     geo.ID
			Metres float64 `json:"distance_m"`
		}
	}
	ask := func(query string) answer {
		return decode[answer](t, b.ask(t, "GET", "/api/geocode/reverse?"+query, nil, ""))
	}
	if a := ask("point=120.15,30.241"); a.Address != "浙江省杭州市上城区" || a.By != "outline" || a.DistanceM != nil || *a.AccuracyM != 250_000 || a.Organization.ID != 2 || a.Organization.Metres < 100 || a.Organization.Metres > 120 {
		t.Errorf("inside: %+v", a)
	}
	if a := ask("point=120.15,30.241&within=50"); a.Organization != nil {
		t.Errorf("within 50 m: %+v", a)
	}
	// East of the province, at sea; then far from everything.
	if a := ask("point=123.1,30.27"); a.By != "nothing" || a.Address != "" {
		t.Errorf("at sea: %+v", a)
	}
	if a := ask("point=120.15,31.55"); a.By != "nearest_label" || a.Address != "浙江省" || *a.DistanceM < 100_000 || a.AccuracyM != nil {
		t.Errorf("outside: %+v", a)
	}
	// The draft is nearest, and nobody is told.
	if a := ask("point=120.2,30.3&within=10000"); a.Organization == nil || a.Organization.ID == 4 {
		t.Errorf("beside a draft: %+v", a)
	}
}

func TestSearchFindsAddresses(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Rates = api.Rates{} })
	type item struct {
		Type, Name, Rest string
		Warnings         []string
	}
	type answer struct{ Items []item }
	var got answer
	ask := func(text, more string) {
		got = decode[answer](t, b.ask(t, "GET", "/search?q="+url.QueryEscape(text)+more, nil, ""))
	}
	ask("杭州上城区中山路1号", "")
	if len(got.Items) != 1 || got.Items[0].Type != "address" || got.Items[0].Name != "浙江省杭州市上城区" || got.Items[0].Rest != "中山路1号" || !slices.Equal(got.Items[0].Warnings, []string{"parent_inferred"}) {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct{ text, more string }{{"上城区", ""}, {"330102", ""}, {"杭州上城区", "&datetime=2024-01-01"}} {
		if ask(c.text, c.more); slices.ContainsFunc(got.Items, func(i item) bool { return i.Type == "address" }) {
			t.Errorf("%s %s: %+v", c.text, c.more, got)
		}
	}
}
