package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
)

// TestCoordinates: what a committee pastes from AMap comes back in all systems, with how it was understood.
func TestCoordinates(t *testing.T) {
	b := newBench(t, nil)
	ask := func(q, crs string) (status int, body []byte) {
		w := b.ask(t, http.MethodGet, "/api/coordinates?"+url.Values{"q": {q}, "crs": {crs}}.Encode(), nil, "")
		return w.Code, w.Body.Bytes()
	}
	var got struct {
		WGS84, GCJ02 [2]float64
		Zone         struct{ System string }
		BeiDou       string
		Understood   struct {
			System, Notation, Order string
			Told                    bool
			OrderTold               bool `json:"order_told"`
			Coordinates             [2]float64
		}
		Others []struct {
			Understood struct {
				System, Order string
				Coordinates   [2]float64
			}
		}
	}
	read := func(q, crs string) {
		t.Helper()
		got.Others, got.Understood.Order = nil, ""
		status, body := ask(q, crs)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", q, status, body)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
	}
	read("120.1598,30.2717", "gcj02")
	if got.GCJ02 != [2]float64{120.1598, 30.2717} || got.WGS84[0] > 120.1556 || got.WGS84[0] < 120.1550 || got.Zone.System != "EPSG:4549" || got.BeiDou[:6] != "N51H04" || !got.Understood.Told {
		t.Errorf("%+v", got)
	}
	read("13377000,3516000", "")
	if len(got.Others) != 1 || got.Understood.System != "bd09mc" || got.Others[0].Understood.System != "EPSG:4491" || got.Understood.Told {
		t.Errorf("%+v", got)
	}
	read("40.7,-73.98", "")
	if len(got.Others) != 1 || got.Understood.Order != "yx" || got.Understood.OrderTold || got.WGS84 != [2]float64{-73.98, 40.7} || got.Others[0].Understood.Order != "xy" || got.Others[0].Understood.Coordinates != [2]float64{40.7, -73.98} {
		t.Errorf("%+v", got)
	}
	read("SRID=4549;POINT(514923.734 3350508.870)", "")
	if u := got.Understood; u.System != "EPSG:4549" || u.Notation != "wkt" || u.Order != "xy" || !u.Told || !u.OrderTold || len(got.Others) != 0 {
		t.Errorf("%+v", got)
	}
	read("N51H0429646312401017", "EPSG:4490")
	if u := got.Understood; u.Notation != "beidou" || u.Order != "" || !u.OrderTold {
		t.Errorf("%+v", got)
	}
	for _, tc := range [][2]string{{"N51H0429646312401017", "gcj02"}, {"人民路120号", ""}, {"514923,3350508", ""}, {"120,30", "EPSG:4610"}, {"", ""}} {
		if status, body := ask(tc[0], tc[1]); status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", tc[0], status, body)
		}
	}
}
