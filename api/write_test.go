package api_test

import (
	"net/http"
	"strings"
	"testing"

	"jingwei/api"
)

func TestWriteWithoutPositionSucceeds(t *testing.T) {
	b := newBench(t, nil)
	b.store.silent = true
	for _, write := range []struct {
		method, url, match, body string
		status                   int
	}{
		{"POST", "/api/organizations", "", newOrganization, http.StatusCreated},
		{"PUT", "/api/organizations/1", `"1"`, newOrganization, http.StatusOK},
		{"DELETE", "/api/organizations/1", `"2"`, "", http.StatusNoContent},
	} {
		w := b.ask(t, write.method, write.url, with(bearer(), "If-Match", write.match), write.body)
		if at, given := w.Header()["Jingwei-Position"]; w.Code != write.status || given {
			t.Errorf("%s: %d %s, Jingwei-Position %q", write.method, w.Code, w.Body, at)
		}
	}
}

// TestFailedWriteMayHaveHappened: when the answer to a commit is lost, nobody knows whether it happened.
func TestFailedWriteMayHaveHappened(t *testing.T) {
	b := newBench(t, nil)
	b.store.down = errSecret
	for _, write := range []struct{ method, url, body string }{
		{"POST", "/api/organizations", newOrganization}, {"PUT", "/api/organizations/1", newOrganization}, {"DELETE", "/api/organizations/1", ""},
	} {
		w := b.ask(t, write.method, write.url, with(bearer(), "If-Match", `"1"`), write.body)
		detail := decode[problem](t, w).Detail
		if w.Code != http.StatusInternalServerError || strings.Contains(detail, "nothing was changed") || !strings.Contains(detail, "may have been stored") {
			t.Errorf("%s: %d %q", write.method, w.Code, detail)
		}
	}
	if w := b.ask(t, "GET", "/api/organizations/1", nil, ""); strings.Contains(w.Body.String(), "stored") {
		t.Errorf("a failed read speaks of writes: %s", w.Body)
	}
}

func TestLocationUnderPrefix(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.PublicURL = "https://jw.example.org/map/" })
	if got := b.ask(t, "POST", "/api/organizations", bearer(), newOrganization).Header().Get("Location"); got != "/map/api/organizations/101" {
		t.Errorf("Location %q", got)
	}
}

// TestControlCharacters: PostgreSQL refuses NUL, and no text of an organization has any other.
func TestControlCharacters(t *testing.T) {
	b := newBench(t, nil)
	texts := []string{"code", "kind", "level", "name", "short_name", "division", "location_source", "source_crs", "location_state", "address", "phone", "uscc", "status", "valid_from"}
	for _, field := range texts {
		for _, c := range []string{"\\u0000", "\\u001b", "\\u007f", "\\u0085"} {
			body := strings.Replace(newOrganization, "{", `{"`+field+`":"a`+c+`b",`, 1)
			for _, given := range []string{"kind", "level", "name", "division"} {
				if given == field {
					_, rest, _ := strings.Cut(body[1:], `,`)
					body = "{\"" + field + `":"a` + c + `b",` + without(rest, field)
				}
			}
			w := b.ask(t, "POST", "/api/organizations", bearer(), body)
			p := decode[problem](t, w)
			if w.Code != http.StatusBadRequest || p.Field != field || !strings.Contains(p.Detail, "control characters") {
				t.Errorf("%s with %s: %d %s", field, c, w.Code, w.Body)
			}
		}
	}
}

// without removes a text field from the JSON members of newOrganization.
func without(members, field string) string {
	before, after, _ := strings.Cut(members, `"`+field+`":"`)
	_, after, _ = strings.Cut(after, `",`)
	return before + after
}
