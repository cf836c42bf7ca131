package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// What the page showed of the table.
type shownTable struct {
	Matched, Below int
	Sorts          map[string][]int64
	Filtered       map[string]int
	Changed        []int64
}

// sqlTable is what the table shows today, with the codes of organizations.
const sqlTable = `
from jingwei.organization_version v join jingwei.organization o on o.id = v.organization_id
where upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date`

// sqlColumns are the columns of the table as SQL compares them: names by pinyin, texts by their bytes, accuracies in whole metres, as they are shown.
var sqlColumns = map[string]string{"name": `(v.pinyin, v.name collate "C")`, "code": `coalesce(o.code, '') collate "C"`, "kind": `v.kind collate "C"`,
	"level":  `array_position(array['province', 'prefecture', 'county', 'township', 'village'], v.level)`,
	"status": `array_position(array['draft', 'submitted', 'active', 'retired'], v.status)`, "division": "v.division_code",
	"location_state":      `array_position(array['reported', 'checked', 'compared', 'approved', 'inspected', 'confirmed'], v.location_state)`,
	"location_accuracy_m": "coalesce(nullif(ceil(v.location_accuracy_m), 0), 'infinity')"}

// sqlWritten is how often the organizations were changed together, how often that was taken back, and what they are now.
const sqlWritten = `
select (select count(distinct v.version) from jingwei.organization_version v where v.organization_id = $1 and v.status = $2),
       (select v.status from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded) and upper_inf(v.valid))`

// TestTableInBrowser sorts, filters and changes organizations in the table of the console: api/web/e2e/table.test.ts. What the page
// shows is what SQL says.
func TestTableInBrowser(t *testing.T) {
	t.Parallel()
	c := newConsoleTest(t, desk{"desktop", "zh"})
	top := registerTable(t, c.program, c.conn)
	answers := filepath.Join(t.TempDir(), "answers.json")
	c.browse(t, "table", fmt.Sprintf("JINGWEI_TOP=%d", top), "JINGWEI_ANSWERS="+answers, "JINGWEI_TOKEN="+c.token(t))
	text, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	var shown shownTable
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	for sort, ids := range shown.Sorts {
		if want := sortedBySQL(t, c.conn, sort, len(ids)); !cmp.Equal(want, ids) || len(ids) == 0 {
			t.Errorf("sorted by %s (-SQL +page):\n%s", sort, cmp.Diff(want, ids))
		}
	}
	for condition, n := range map[string]int{"true": shown.Matched, "v.kind = 'residents_committee'": shown.Filtered["kind"],
		"v.location_state = 'checked'": shown.Filtered["state"], "v.status = 'draft'": shown.Filtered["status"],
		fmt.Sprintf("v.path ~ '*.%d.*'", top): shown.Below} {
		var want int
		if err := c.conn.QueryRow(t.Context(), "select count(*)"+sqlTable+" and "+condition).Scan(&want); err != nil || want != n {
			t.Errorf("%s: the page shows %d, SQL %d, %v", condition, n, want, err)
		}
	}
	wantTakenBack(t, c.conn, shown.Changed)
	wantSought(t, c, top)
}

// wantSought fails unless a search for organizations alone finds as many as SQL says, everywhere and below one, and goes on page by page.
func wantSought(t *testing.T, c *consoleTest, top geo.ID) {
	t.Helper()
	for below, condition := range map[string]string{"": "true", fmt.Sprintf("&organization=%d", top): fmt.Sprintf("v.path ~ '*.%d.*'", top)} {
		var want int
		if err := c.conn.QueryRow(t.Context(), "select count(*)"+sqlTable+" and concat_ws(' ', v.name, v.short_name, v.address) like '%社%' and "+condition).Scan(&want); err != nil {
			t.Fatal(err)
		}
		seen := map[geo.ID]bool{}
		for offset := 0; offset < min(want, 300); offset += 100 {
			var found struct {
				Items         []struct{ ID geo.ID }
				NumberMatched int
			}
			c.program.do(t, http.MethodGet, fmt.Sprintf("/search?edition=internal&q=社&type=organization&limit=100&offset=%d%s", offset, below), nil, "Authorization", "Bearer "+c.program.token(t)).decode(t, &found)
			for _, hit := range found.Items {
				seen[hit.ID] = true
			}
			if found.NumberMatched != want {
				t.Errorf("%s from %d on: %d match, SQL says %d", below, offset, found.NumberMatched, want)
			}
		}
		if len(seen) != min(want, 300) {
			t.Errorf("%s: pages of a hundred have %d of %d", below, len(seen), want)
		}
	}
}

// sortedBySQL returns the first ids of a sort such as "-name", or "name within 7".
func sortedBySQL(t *testing.T, conn *pgx.Conn, sort string, limit int) []int64 {
	t.Helper()
	sort, within, _ := strings.Cut(sort, " within ")
	column, descending := strings.CutPrefix(sort, "-")
	order := sqlColumns[column]
	if descending {
		order += " desc"
	}
	if within != "" {
		within = " and v.path ~ '*." + within + ".*'"
	}
	rows, err := conn.Query(t.Context(), "select v.organization_id"+sqlTable+within+" order by "+order+", v.organization_id limit $1", limit)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// wantTakenBack fails unless two of the three were drafts once and all three submitted once, together, and all are what they were.
func wantTakenBack(t *testing.T, conn *pgx.Conn, ids []int64) {
	t.Helper()
	if len(ids) != 3 {
		t.Fatalf("%d were changed", len(ids))
	}
	for i, id := range ids {
		for _, status := range []string{"draft", "submitted"} {
			var times int
			var now string
			if err := conn.QueryRow(t.Context(), sqlWritten, id, status).Scan(&times, &now); err != nil {
				t.Fatal(err)
			}
			was := tableStatus(i + 1)
			if now != was || times == 0 || status == "submitted" && times != 1 {
				t.Errorf("organization %d was %s %d times and is %s, want %s", id, status, times, now, was)
			}
		}
	}
}

// tableStatus is the status of the organization that registerTable registers at a place of the order by name.
func tableStatus(i int) string {
	if i == 2 {
		return "draft"
	}
	return "active"
}

// registerTable registers an organization with six below it, some hundred metres apart. By its name it is among the first of the topmost ones.
func registerTable(t *testing.T, p *program, conn *pgx.Conn) geo.ID {
	t.Helper()
	var division string
	if err := conn.QueryRow(t.Context(), `select min(division_code)::text from jingwei.organization_version`).Scan(&division); err != nil {
		t.Fatal(err)
	}
	var top struct{ ID geo.ID }
	for i, name := range []string{"一一区社会工作部", "云丁试点村民委员会", "张七试点村民委员会", "中万试点村民委员会", "周塘试点村民委员会", "朱井试点村民委员会", "祖坞试点村民委员会"} {
		body := map[string]any{"kind": "village_committee", "level": "village", "name": name, "division": division, "status": tableStatus(i),
			"location": []float64{120.1 + 0.01*float64(i), 30.2 + 0.004*float64(i%3)}}
		if top.ID != 0 {
			body["parent"] = top.ID
		}
		a := p.do(t, http.MethodPost, "/api/organizations", body)
		if a.status != http.StatusCreated {
			t.Fatalf("registration of %s: %d %s", name, a.status, a.body)
		}
		if top.ID == 0 {
			a.decode(t, &top)
		}
	}
	return top.ID
}
