package main_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

// countiesOfTheTable writes the counties and above of the national table, which is not part of the repository.
func countiesOfTheTable(t *testing.T) string {
	t.Helper()
	f, err := os.Open(geotest.Shared(t, "data", "divisions", "divisions-5level-nbs2023.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	rows := bufio.NewScanner(z)
	for n := 0; rows.Scan(); n++ {
		if level := strings.Split(rows.Text(), ",")[2]; n == 0 || level <= "3" {
			b.WriteString(rows.Text() + "\n")
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return file(t, "counties.csv", b.String())
}

// TestNationalFormerCodesCountOnce files an organization under every code of a county or prefecture that there ever was, for all days. On any day the
// provinces count all of them together, no division counts less than those below it, and each can be found.
func TestNationalFormerCodesCountOnce(t *testing.T) {
	needsNational(t)
	table := countiesOfTheTable(t)
	url := geotest.Database(t)
	for _, args := range [][]string{{"divisions", table}, {"divisions", "--history", geotest.Shared(t, "data", "divisions", "gb2260-history-1981-2024.csv")}} {
		if got, exit := importing(t, url, args...); exit != 0 {
			t.Fatalf("import %v: exit %d, %+v", args, exit, got)
		}
	}
	conn := connect(t, url)
	all := fileUnderEveryCode(t, conn, url)
	p := serve(t, t.TempDir(), "--database", url)
	for _, on := range []string{"1999-06-30", "2020-12-31", "2021-01-01", "2025-06-30"} {
		provinces := p.children(t, "root", on)
		sum, unassigned := 0, 0
		for _, province := range provinces {
			sum += province.Organizations
			unassigned += p.checkSums(t, province, on)
		}
		t.Logf("%s: %d of %d organizations in %d provinces; %d in none of the divisions below theirs, for nobody knows which", on, sum, all, len(provinces), unassigned)
		if sum != all {
			t.Errorf("on %s the provinces count %d organizations, there are %d", on, sum, all)
		}
	}
	p.checkEndless(t, conn)
}

func (p *program) children(t *testing.T, parent, on string) []listedDivision {
	t.Helper()
	var list struct{ Items []listedDivision }
	p.get(t, "/api/divisions?limit=1000&parent="+parent+"&datetime="+on).decode(t, &list)
	return list.Items
}

type listedDivision struct {
	Code, Name    string
	Organizations int
}

// checkSums compares a division with those below it, down to the counties; it returns how many organizations of it are
// in none of them.
func (p *program) checkSums(t *testing.T, d listedDivision, on string) (unassigned int) {
	t.Helper()
	children := p.children(t, d.Code, on)
	if len(children) == 0 {
		return 0
	}
	rest := d.Organizations
	for _, c := range children {
		rest -= c.Organizations
		unassigned += p.checkSums(t, c, on)
	}
	if rest < 0 {
		t.Errorf("on %s the divisions below %s %s count %d organizations more than it", on, d.Code, d.Name, -rest)
	}
	return unassigned + rest
}

// fileUnderEveryCode returns how many organizations it made.
func fileUnderEveryCode(t *testing.T, conn *pgx.Conn, url string) int {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select distinct code from jingwei.division where level in (2, 3) order by code`)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[geo.DivisionCode])
	if err != nil {
		t.Fatal(err)
	}
	contents := make([]geo.OrganizationContent, len(codes))
	for i, code := range codes {
		at, err := geo.NewPosition(100+float64(i%100)*0.1, 25+float64(i/100)*0.1)
		if err != nil {
			t.Fatal(err)
		}
		contents[i] = geo.OrganizationContent{Code: "O" + code.String(), Kind: "village_committee", Level: "village", Name: "第" + code.String() + "村委会", Division: code, Location: at}
	}
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.LoadOrganizations(t.Context(), contents, geo.Always, "test", nil); err != nil {
		t.Fatal(err)
	}
	return len(codes)
}

// checkEndless: what is filed under a code that ended without a successor is counted by its province, and found by
// the code and by its name.
func (p *program) checkEndless(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select code from jingwei.division d where level in (2, 3)
		group by code having max(upper(valid)) < date '2023-01-01'
		  and not exists (select from jingwei.division_succession s where s.old = d.code and s.kind in ('recode', 'merge', 'split'))
		order by code`)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[geo.DivisionCode])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d codes ended without a successor", len(codes))
	for _, code := range codes {
		var list struct{ NumberMatched int }
		p.get(t, "/api/organizations?division="+code.String()).decode(t, &list)
		var found struct{ Items []struct{ Name string } }
		p.get(t, "/search?q=第"+code.String()+"村委会").decode(t, &found)
		if list.NumberMatched == 0 || len(found.Items) == 0 {
			t.Errorf("%s: %d organizations in the list, %d found", code, list.NumberMatched, len(found.Items))
		}
	}
}

// TestHangzhouBeforeAndAfter files organizations under codes of before and after the change of 2021, for days on both
// sides of it: the city counts all of them on every day, each district those that are its own for certain.
func TestHangzhouBeforeAndAfter(t *testing.T) {
	url := geotest.Database(t)
	for _, args := range [][]string{
		{"divisions", file(t, "divisions.csv", hangzhouTable())}, {"divisions", "--history", geotest.Path("geo", "intake", "testdata", "hangzhou.csv")},
	} {
		if got, exit := importing(t, url, args...); exit != 0 {
			t.Fatalf("import %v: exit %d, %+v", args, exit, got)
		}
	}
	p := serve(t, t.TempDir(), "--database", url)
	filed := map[string]int{"330102": 1, "330103": 2, "330104": 3, "330105": 4, "330110": 5, "330113": 6, "330114": 7, "330124": 8, "330100": 9}
	since := map[string]string{"330110": "2001-01-01", "330113": "2021-01-01", "330114": "2021-01-01"}
	for code, n := range filed {
		for i := range n {
			body := organizationBody(fmt.Sprintf("%s第%d村委会", code, i), 120.2, 30.3)
			body["division"], body["valid_from"] = code+"000000", cmp.Or(since[code], "1990-01-01")
			if a := p.do(t, http.MethodPost, "/api/organizations", body); a.status != http.StatusCreated {
				t.Fatalf("create in %s: %d %s", code, a.status, a.body)
			}
		}
	}
	eventually(t, 5*time.Second, func() error {
		for on, want := range map[string]string{
			// 330104 was split: nobody knows whose part its organizations are in. 330124 became 330185, then 330112.
			"2020-12-31": "330102 1, 330103 2, 330104 3, 330105 4, 330110 5",
			"2021-01-01": "330102 1, 330105 6, 330110 5, 330113 6, 330114 7",
			"2023-06-30": "330102 1, 330105 6, 330110 5, 330113 6, 330114 7",
		} {
			all := 45
			if on < "2021" {
				all -= filed["330113"] + filed["330114"]
			}
			if got := p.division(t, "330100?datetime="+on).Organizations; got != all {
				return fmt.Errorf("Hangzhou on %s: %d organizations, want %d", on, got, all)
			}
			counts := map[string]int{}
			for _, d := range p.children(t, "330100", on) {
				counts[d.Code[:6]] = d.Organizations
			}
			for pair := range strings.SplitSeq(want, ", ") {
				var code string
				var n int
				if _, err := fmt.Sscan(pair, &code, &n); err != nil {
					return fatal{err}
				}
				if counts[code] != n {
					return fmt.Errorf("%s on %s: %d organizations, want %d; all: %v", code, on, counts[code], n, counts)
				}
			}
		}
		return nil
	})
}
