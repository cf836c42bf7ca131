package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// What the page showed of a write: the name that it gave, nil when it gave none.
type shownWrite struct {
	Version int32
	Name    *string
}

// A write gave a name when the rows that it made have another one than those before.
const sqlNamesByVersion = `
select v.version, nullif(max(v.name), lag(max(v.name)) over (order by v.version))
from jingwei.organization_version v
where v.organization_id = $1 and upper(v.valid) is null group by v.version order by v.version desc`

const sqlSuccessionLeft = `
select (select count(*) from jingwei.organization_link), o.retired is null, o.version, v.name, v.parent_id, v.valid::text
from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded)
where o.id = $1`

// TestHistoryInBrowser lets two pages change one organization: one wins, the other puts both together, an earlier version
// comes back, a merge and a split are undone: api/web/e2e/history.test.ts. What the page shows is what SQL says.
func TestHistoryInBrowser(t *testing.T) {
	t.Parallel()
	c := newConsoleTest(t, desk{"desktop", "en"})
	conn := c.conn
	registerTree(t, c.program, conn)
	id, second := organizationNamed(t, conn, "柳塘试点村民委员会"), organizationNamed(t, conn, "龙井试点村民委员会")
	answers := filepath.Join(t.TempDir(), "answers.json")
	if _, err := conn.Exec(t.Context(), `update jingwei.organization_version set location_state = 'checked' where organization_id = $1`, second); err != nil {
		t.Fatal(err)
	}
	var parent int64
	var valid string
	if err := conn.QueryRow(t.Context(), `select parent_id, valid::text from jingwei.organization_version where organization_id = $1`, second).Scan(&parent, &valid); err != nil {
		t.Fatal(err)
	}
	c.browse(t, "history", "JINGWEI_ORGANIZATION="+id, "JINGWEI_SECOND="+second, "JINGWEI_ANSWERS="+answers)
	text, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	var shown []shownWrite
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), sqlNamesByVersion, id)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(rows, pgx.RowToStructByPos[shownWrite])
	if err != nil {
		t.Fatal(err)
	}
	want[len(want)-1].Name = nil // the first name was no change
	if diff := cmp.Diff(want, shown); diff != "" || len(want) != 6 {
		t.Errorf("names by version (-SQL +page):\n%s", diff)
	}
	var (
		links, above     int64
		exists           bool
		version          int32
		name, validAfter string
	)
	if err := conn.QueryRow(t.Context(), sqlSuccessionLeft, second).Scan(&links, &exists, &version, &name, &above, &validAfter); err != nil {
		t.Fatal(err)
	}
	if links != 0 || !exists || version != 5 || name != "龙井试点村民委员会" || above != parent || validAfter != valid {
		t.Errorf("after the undoing: %d links, exists %v, version %d, %s below %d on %s", links, exists, version, name, above, validAfter)
	}
}

func organizationNamed(t *testing.T, conn *pgx.Conn, name string) (id string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), `select organization_id::text from jingwei.organization_version where name = $1 and upper_inf(recorded)`, name).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
