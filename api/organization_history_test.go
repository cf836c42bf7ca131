package api_test

import (
	"net/http"
	"testing"

	"jingwei/geo"
)

// TestStaleWriterIsTold: a problem with all that is needed to merge without asking again.
func TestStaleWriterIsTold(t *testing.T) {
	b := newBench(t, nil)
	made := b.ask(t, "POST", "/api/organizations", with(bearer(), "Content-Type", "application/json"), newOrganization)
	if made.Code != http.StatusCreated {
		t.Fatal(made.Code, made.Body)
	}
	at := made.Header().Get("Location")
	const renamed = `{"kind":"village_committee","level":"village","name":"改名村","division":"330102001051","location":[120.13,30.22]}`
	put := func(body string) (int, []byte) {
		w := b.ask(t, "PUT", at, with(with(bearer(), "Content-Type", "application/json"), "If-Match", `"1"`), body)
		return w.Code, w.Body.Bytes()
	}
	if code, body := put(renamed); code != http.StatusOK {
		t.Fatal(code, string(body))
	}
	w := b.ask(t, "PUT", at, with(with(bearer(), "Content-Type", "application/json"), "If-Match", `"1"`), newOrganization)
	type change struct {
		Field    string
		Old, New any
		Metres   *float64
	}
	p := decode[struct {
		Status      int
		BaseVersion int32 `json:"base_version"`
		Current     struct {
			ID      geo.ID
			Version int32
			Name    string
		}
		Author, Recorded string
		Changes          []change
	}](t, w)
	if p.Status != http.StatusPreconditionFailed || p.BaseVersion != 1 || p.Current.Version != 2 || p.Current.Name != "改名村" || p.Author != "somebody" || p.Recorded == "" {
		t.Errorf("%s", w.Body)
	}
	if len(p.Changes) != 2 || p.Changes[0].Field != "name" || p.Changes[0].New != "改名村" || p.Changes[1].Field != "location" ||
		p.Changes[1].Metres == nil || *p.Changes[1].Metres < 900 || *p.Changes[1].Metres > 1000 {
		t.Errorf("%s", w.Body)
	}
}
