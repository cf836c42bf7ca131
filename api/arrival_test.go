package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/imports"
	"jingwei/geo/postgis"
)

// importDesk takes files in on a store.
type importDesk struct {
	*imports.Desk
	*postgis.Store
}

// TestUploadsOfOne: whoever sends a file slowly keeps nobody else from sending one, and sends no other meanwhile.
func TestUploadsOfOne(t *testing.T) {
	var desk importDesk
	o := newOffices(t, func(c *api.Config) { c.Imports = &desk })
	desk = importDesk{imports.New(o.db), o.db}
	registrar := geo.Grant{Role: geo.RoleRegistrar, Organization: o.village, Valid: geo.Always}
	o.open(t, "slow", o.village, registrar)
	o.open(t, "quick", o.village, registrar)
	o.open(t, "reader", o.village)
	slow, quick, reader := o.signIn(t, "slow"), o.signIn(t, "quick"), o.signIn(t, "reader")
	send := func(w *browser, meanwhile func()) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/api/imports?filename=t.csv", &heldBody{strings.NewReader("名称,编码\n一,1\n"), meanwhile})
		for name, value := range map[string]string{"Cookie": "jingwei_session=" + w.cookie, "X-CSRF-Token": w.csrf, "X-Forwarded-For": w.client, "Content-Type": "text/csv"} {
			r.Header.Set(name, value)
		}
		a := httptest.NewRecorder()
		w.Handler().ServeHTTP(a, r)
		return a
	}
	a := send(slow, func() {
		again := send(slow, nil)
		wantStatus(t, "a second file", again, http.StatusTooManyRequests, "too-many")
		if again.Header().Get("Retry-After") == "" || !strings.Contains(again.Body.String(), "another file of yours") {
			t.Errorf("refused with %v %s", again.Header(), again.Body)
		}
		wantStatus(t, "somebody else's", send(quick, nil), http.StatusCreated, "")
		wantStatus(t, "one who writes nothing", send(reader, func() { t.Error("the file was read") }), http.StatusForbidden, "forbidden")
	})
	wantStatus(t, "the slow one", a, http.StatusCreated, "")
	wantStatus(t, "the next one", send(slow, nil), http.StatusCreated, "")
}

// TestArrival: a body that only drips in is given up, and one that keeps its pace is not, however long it takes.
func TestArrival(t *testing.T) {
	got := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, api.Arrive(r.Body, 1000, 400*time.Millisecond, http.NewResponseController(w), time.Now().Add(time.Minute)))
		got <- err
	}))
	defer server.Close()
	for piece, want := range map[int]string{10: "file: the file did not come completely, or too slowly: send it again", 200: ""} {
		out, in := io.Pipe()
		go func() {
			for range 40 {
				time.Sleep(20 * time.Millisecond)
				if _, err := in.Write(make([]byte, piece)); err != nil {
					return
				}
			}
			in.Close()
		}()
		begun := time.Now()
		resp, err := server.Client().Post(server.URL, "text/csv", out)
		if err == nil {
			resp.Body.Close()
		}
		out.Close()
		said := ""
		if err := <-got; err != nil {
			said = err.Error()
		}
		if took := time.Since(begun); said != want || want == "" && took < 700*time.Millisecond {
			t.Errorf("%d bytes at a time: %q after %v", piece, said, took)
		}
	}
}
