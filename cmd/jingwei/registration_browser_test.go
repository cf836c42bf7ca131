package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// TestBrowserRegistration registers in a real Chromium, at a phone, as the secretary of a committee does, and compares what the
// database holds then: api/web/e2e/registration.test.ts.
func TestBrowserRegistration(t *testing.T) {
	t.Parallel()
	c := newConsoleTest(t, desk{"phone", "zh"})
	at, division := placeInShape(t, c.conn)
	top := secretary(t, c.program, division)
	x, y := crs.GCJ02.FromWGS84(at.Degrees())
	paste := fmt.Sprintf("%.6f,%.6f", x, y) // as AMap's picker copies it
	answers := filepath.Join(t.TempDir(), "answers.jsonl")
	c.browse(t, "registration", "JINGWEI_INVITATION="+top.link, "JINGWEI_PASTE="+paste, "JINGWEI_ANSWERS="+answers)
	checkRegistered(t, c.conn, answers, top.id, at, division)
}

// placeInShape returns where some organization is, and the division of the deepest outline there.
func placeInShape(t *testing.T, conn *pgx.Conn) (at geo.Position, division string) {
	t.Helper()
	const query = `
select v.lon_e7, v.lat_e7, g.code::text
from (select * from jingwei.organization_version where upper_inf(recorded) order by row_id limit 100) v
join jingwei.boundary_set b on b.is_default
join jingwei.division_shape g on g.set_id = b.id and g.max_zoom = 30 and st_covers(g.geometry, v.location)
order by g.level desc, v.row_id limit 1`
	if err := conn.QueryRow(t.Context(), query).Scan(&at.Lon, &at.Lat, &division); err != nil {
		t.Fatal(err)
	}
	return at, division
}

// invited is an organization, and the link by which whoever registers below it opens their account.
type invited struct {
	id   geo.ID
	link string
}

// secretary registers an organization and opens an account that registers below it.
func secretary(t *testing.T, p *program, division string) invited {
	t.Helper()
	var made struct{ ID geo.ID }
	a := p.do(t, http.MethodPost, "/api/organizations", map[string]any{
		"kind": "local_committee", "level": "township", "name": "柳浪镇社会工作部", "division": division, "location": []float64{120.1, 30.2},
	})
	if err := json.Unmarshal(a.body, &made); err != nil || a.status != http.StatusCreated {
		t.Fatalf("registration: %d %s", a.status, a.body)
	}
	var account struct{ Link struct{ URL string } }
	a = p.do(t, http.MethodPost, "/api/accounts", map[string]any{
		"name": "liulang.clerk", "display_name": "柳浪镇 文书", "organization": made.ID,
		"grants": []map[string]any{{"role": "registrar", "organization": made.ID, "valid_from": geo.DayOf(time.Now()).String(), "valid_to": nil}},
	})
	if err := json.Unmarshal(a.body, &account); err != nil || a.status != http.StatusCreated {
		t.Fatalf("account: %d %s", a.status, a.body)
	}
	return invited{made.ID, account.Link.URL}
}

// checkRegistered holds what the page says that it registered against the database: each once, where the paste says, with what the
// form found out by itself.
func checkRegistered(t *testing.T, conn *pgx.Conn, answers string, superior geo.ID, at geo.Position, division string) {
	t.Helper()
	lines, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	const query = `
select count(*) over (), v.organization_id, v.parent_id, v.kind, v.level, v.division_code::text, v.source_crs, v.location_source,
       st_distance(v.location::geography, st_setsrid(st_makepoint($2, $3), 4326)::geography), v.location_accuracy_m
from jingwei.organization_version v
where v.name = $1 and upper_inf(v.recorded)`
	told := 0
	for decoder := json.NewDecoder(bytes.NewReader(lines)); decoder.More(); told++ {
		var answer struct {
			ID   geo.ID
			Name string
		}
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		var (
			count                             int
			id, parent                        geo.ID
			kind, level, code, system, source string
			metres, accuracy                  float64
		)
		lon, lat := at.Degrees()
		if err := conn.QueryRow(t.Context(), query, answer.Name, lon, lat).Scan(&count, &id, &parent, &kind, &level, &code, &system, &source, &metres, &accuracy); err != nil {
			t.Fatal(err)
		}
		if count != 1 || id != answer.ID || parent != superior || kind != "village_committee" || level != "village" || code != division || system != "gcj02" || source != "registered" {
			t.Errorf("%s: %d rows, id %d below %d, %s, %s, in %s, from %s by %s", answer.Name, count, id, parent, kind, level, code, system, source)
		}
		if metres > 0.2 || accuracy != 10 {
			t.Errorf("%s is %g m off, and says %g m", answer.Name, metres, accuracy)
		}
	}
	if told != 3 {
		t.Errorf("%d organizations were registered, not 3", told)
	}
	var photos int
	if err := conn.QueryRow(t.Context(), `select count(*) from jingwei.organization_photo where removed_at is null and width = 1600 and height = 800`).Scan(&photos); err != nil || photos != 1 {
		t.Errorf("%d photos, %v", photos, err)
	}
}
