package api_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"jingwei/geo"
)

func TestRegistrationIsRepeatedWithItsKey(t *testing.T) {
	b := newBench(t, nil)
	const key = "8e03978e-40d5-43e8-bc93-6894a57f9324"
	first := b.ask(t, "POST", "/api/organizations", with(bearer(), "Idempotency-Key", key), newOrganization)
	again := b.ask(t, "POST", "/api/organizations", with(bearer(), "Idempotency-Key", `"`+key+`"`), strings.Replace(newOrganization, "新村", "旧村", 1))
	if first.Code != http.StatusCreated || again.Code != http.StatusOK {
		t.Fatalf("%d, then %d %s", first.Code, again.Code, again.Body)
	}
	if again.Body.String() != first.Body.String() || again.Header().Get("Location") != first.Header().Get("Location") || again.Header().Get("ETag") != `"1"` {
		t.Errorf("%s %v, then %s %v", first.Body, first.Header(), again.Body, again.Header())
	}
	for _, bad := range []string{"short", "with a space in it", strings.Repeat("x", 101), `""`} {
		if w := b.ask(t, "POST", "/api/organizations", with(bearer(), "Idempotency-Key", bad), newOrganization); w.Code != http.StatusBadRequest {
			t.Errorf("the key %q: %d", bad, w.Code)
		}
	}
}

func TestJurisdictionOfRequests(t *testing.T) {
	b := newBench(t, nil)
	body := func(area string) string {
		return strings.Replace(newOrganization, "{", `{"jurisdiction":`+area+`,`, 1)
	}
	const square = `[[[120.1,30.2],[120.2,30.2],[120.2,30.3],[120.1,30.2]]]`
	w := b.ask(t, "POST", "/api/organizations", bearer(), body(`{"type":"Polygon","coordinates":`+square+`}`))
	made := decode[struct {
		ID           geo.ID
		Jurisdiction json.RawMessage
	}](t, w)
	if want := `{"type":"MultiPolygon","coordinates":[` + square + `]}`; w.Code != http.StatusCreated || string(made.Jurisdiction) != want {
		t.Errorf("%d %s, want %s", w.Code, made.Jurisdiction, want)
	}
	none := b.ask(t, "POST", "/api/organizations", bearer(), body("null"))
	if none.Code != http.StatusCreated || !strings.Contains(none.Body.String(), `"jurisdiction":null`) {
		t.Errorf("none: %d %s", none.Code, none.Body)
	}
	for _, bad := range []string{
		`"x"`, `{"type":"Point","coordinates":[120,30]}`, `{"type":"Polygon","coordinates":[[[120.1,30.2],[120.2,30.2],[120.2,30.3]]]}`,
		`{"type":"Polygon","coordinates":[[[30.2,120.1],[30.3,120.1],[30.3,120.2],[30.2,120.1]]]}`, `{"type":"Polygon","coordinates":[[[10,50],[11,50],[11,51],[10,50]]]}`,
	} {
		w := b.ask(t, "POST", "/api/organizations", bearer(), body(bad))
		if p := decode[struct{ Field string }](t, w); w.Code != http.StatusBadRequest || p.Field != "jurisdiction" {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
	}
}

func TestSimilarAsksAndTells(t *testing.T) {
	b := newBench(t, nil)
	coded := strings.Replace(newOrganization, "{", `{"code":"K-7","status":"draft",`, 1)
	if w := b.ask(t, "POST", "/api/organizations", bearer(), coded); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	type answer struct {
		Items []struct {
			Reasons []string
			Metres  *float64 `json:"distance_m"`
		}
		Taken *struct{ Code, USCC bool }
	}
	w := b.ask(t, "GET", "/api/organizations/similar?code=K-7&name=新村&point=120.12,30.22&radius=50000&except=7", bearer(), "")
	got := decode[answer](t, w)
	if w.Code != http.StatusOK || len(got.Items) != 1 || got.Taken == nil || !got.Taken.Code || got.Taken.USCC {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	want := geo.SimilarQuery{Name: "新村", At: geo.Position{Lon: 1201200000, Lat: 302200000}, HasAt: true, RadiusM: 20000, Code: "K-7", Except: 7, MostHits: 10}
	if b.store.similar != want {
		t.Errorf("asked %+v, want %+v", b.store.similar, want)
	}
	// To everyone, a draft's code is not there, nor taken.
	w = b.ask(t, "GET", "/api/organizations/similar?code=K-7", nil, "")
	if got := decode[answer](t, w); w.Code != http.StatusOK || len(got.Items) != 0 || got.Taken != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, bad := range []string{"point=1", "radius=0", "wrong=1", "except=x"} {
		if w := b.ask(t, "GET", "/api/organizations/similar?"+bad, nil, ""); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestPhotoLifecycle(t *testing.T) {
	b := newBench(t, nil)
	var body bytes.Buffer
	if err := png.Encode(&body, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	const photos = "/api/organizations/1/photos"
	w := b.ask(t, "POST", photos, with(bearer(), "Content-Type", "image/png"), body.String())
	if w.Code != http.StatusCreated {
		t.Fatalf("POST: %d %s", w.Code, w.Body)
	}
	at := w.Header().Get("Location")
	w = b.ask(t, "GET", at, bearer(), "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" || !bytes.HasPrefix(w.Body.Bytes(), []byte("\xff\xd8")) || w.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("GET: %d %v", w.Code, w.Header())
	}
	if w := b.ask(t, "GET", at, with(bearer(), "If-None-Match", w.Header().Get("ETag")), ""); w.Code != http.StatusNotModified {
		t.Errorf("GET with the same ETag: %d", w.Code)
	}
	count := func() int {
		return len(decode[struct{ Items []json.RawMessage }](t, b.ask(t, "GET", photos, bearer(), "")).Items)
	}
	if w := b.ask(t, "GET", photos, nil, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("everyone is answered %d", w.Code)
	}
	before := count()
	if w := b.ask(t, "DELETE", at, bearer(), ""); w.Code != http.StatusNoContent || before != 1 || count() != 0 {
		t.Errorf("DELETE: %d", w.Code)
	}
	if w := b.ask(t, "POST", at+"/restore", bearer(), ""); w.Code != http.StatusOK || count() != 1 {
		t.Errorf("restore: %d %s", w.Code, w.Body)
	}
	for name, x := range map[string]struct {
		kind, body string
		want       int
	}{
		"JSON": {"application/json", "{}", http.StatusUnsupportedMediaType}, "no picture": {"image/jpeg", "hello", http.StatusBadRequest},
		"too long": {"image/jpeg", strings.Repeat("x", 10<<20+1), http.StatusRequestEntityTooLarge},
	} {
		if w := b.ask(t, "POST", photos, with(bearer(), "Content-Type", x.kind), x.body); w.Code != x.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, x.want)
		}
	}
	if w := b.ask(t, "POST", "/api/organizations/999/photos", with(bearer(), "Content-Type", "image/jpeg"), "hello"); w.Code != http.StatusNotFound {
		t.Errorf("what is sent for an organization that is not there is looked at first: %d %s", w.Code, w.Body)
	}
}
