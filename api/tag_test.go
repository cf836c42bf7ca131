package api_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"jingwei/api"
	"jingwei/geo"
)

// scheduled is a store whose organization 1 has rows for different days at one version, as PostGIS does.
type scheduled struct {
	*memory
	now  *time.Time
	rows []geo.Organization
}

func (s scheduled) Organization(context.Context, geo.Scope, geo.ID) (geo.Organization, error) {
	for _, o := range s.rows {
		if o.Valid.Contains(geo.DayOf(*s.now)) {
			return o, nil
		}
	}
	return geo.Organization{}, geo.NotFound("there is no organization")
}

// twoDays returns organization 1 at version 2, named 甲 until 2026-06-15 and 乙 from the next day on.
func twoDays() []geo.Organization {
	until, from := organizations()[0], organizations()[0]
	until.Version, from.Version = 2, 2
	until.Name, from.Name = "甲", "乙"
	until.Valid.To, from.Valid.From = day("2026-06-16"), day("2026-06-16")
	return []geo.Organization{until, from}
}

// TestTagAcrossMidnight: the content of the day changes at midnight in China, and so does the entity tag.
func TestTagAcrossMidnight(t *testing.T) {
	now := time.Date(2026, 6, 15, 15, 59, 59, 0, time.UTC)
	b := newBench(t, func(c *api.Config) {
		store := c.Organizations.(*memory)
		c.Now = func() time.Time { return now }
		c.Organizations = scheduled{store, &now, twoDays()}
	})
	const url = "/api/organizations/1"
	before := b.ask(t, "GET", url, nil, "")
	if got := before.Header().Get("ETag"); got != `"2-2026-06-16"` {
		t.Errorf("ETag of content that ends: %s", got)
	}
	same := map[string]string{"If-None-Match": before.Header().Get("ETag")}
	if w := b.ask(t, "GET", url, same, ""); w.Code != http.StatusNotModified || w.Header().Get("ETag") != same["If-None-Match"] {
		t.Errorf("before midnight: %d %v", w.Code, w.Header())
	}
	now = now.Add(time.Second)
	after := b.ask(t, "GET", url, same, "")
	if after.Code != http.StatusOK || decode[organizationJSON](t, after).Name != "乙" || after.Header().Get("ETag") != `"2"` {
		t.Errorf("after midnight: %d %v %s", after.Code, after.Header(), after.Body)
	}
}

// TestEveryTagGuardsWrites: whatever tag a GET, POST or PUT gave, If-Match compares its version alone.
func TestEveryTagGuardsWrites(t *testing.T) {
	for match, status := range map[string]int{
		`"1"`: http.StatusOK, `"1-2026-06-16"`: http.StatusOK, `"2-2026-06-16"`: http.StatusPreconditionFailed,
		`"1-"`: http.StatusPreconditionFailed, `"1-soon"`: http.StatusPreconditionFailed, `"-1"`: http.StatusPreconditionFailed,
	} {
		b := newBench(t, nil)
		if w := b.ask(t, "PUT", "/api/organizations/1", with(bearer(), "If-Match", match), newOrganization); w.Code != status {
			t.Errorf("If-Match %s: %d %s, want %d", match, w.Code, w.Body, status)
		}
	}
}
