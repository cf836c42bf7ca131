package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo/geotest"
)

// imported is what an import reports to a machine.
type imported struct {
	Read, New, Changed, Unchanged, Kept, Skipped, Refused int
	Refusals                                              []struct {
		Line                 int
		Code, Column, Reason string
	}
}

// counts leaves out the rows themselves.
func (i imported) counts() [7]int {
	return [7]int{i.Read, i.New, i.Changed, i.Unchanged, i.Kept, i.Skipped, i.Refused}
}

// importing runs "jingwei import" and returns its report and exit code.
func importing(t testing.TB, url string, args ...string) (imported, int) {
	t.Helper()
	cmd := exec.Command(binary(t), append([]string{"--json", "import", args[0], "--database", url}, args[1:]...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var report imported
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatalf("%v in %s\n%s", err, &out, &errs)
		}
	}
	return report, cmd.ProcessState.ExitCode()
}

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// hangzhouTable is Hangzhou as of 2023 with one street of each district, and a village without a committee.
func hangzhouTable() string {
	var b strings.Builder
	b.WriteString("code,name,level,kind,parent_code\n330000000000,浙江省,1,province,\n330100000000,杭州市,2,prefecture,330000000000\n")
	for code, name := range map[int]string{330102: "上城区", 330105: "拱墅区", 330110: "余杭区", 330113: "临平区", 330114: "钱塘区"} {
		fmt.Fprintf(&b, "%d001001,%s一社区居委会,5,residents_committee,%d001000\n", code, name, code)
		fmt.Fprintf(&b, "%d001201,%s二村村委会,5,village_committee,%d001000\n", code, name, code)
		fmt.Fprintf(&b, "%d000000,%s,3,county,330100000000\n%d001000,%s街道,4,street,%d000000\n", code, name, code, name, code)
	}
	b.WriteString("330102001401,统计单元,5,statistical_only,330102001000\n")
	return b.String()
}

func TestImportOfHangzhou(t *testing.T) {
	url := geotest.Database(t)
	p := serve(t, t.TempDir(), "--database", url)
	table := file(t, "divisions.csv", hangzhouTable())
	history := geotest.Path("geo", "intake", "testdata", "hangzhou.csv")
	for _, step := range []struct {
		args []string
		want [7]int // read, new, changed, unchanged, kept, skipped, refused
		exit int
	}{
		{[]string{"divisions", table, "--dry-run"}, [7]int{23, 23}, 0},
		{[]string{"divisions", table}, [7]int{23, 23}, 0},
		{[]string{"divisions", table}, [7]int{23, 0, 0, 23}, 0},
		{[]string{"divisions", "--history", history, "--dry-run"}, [7]int{28, 20, 0, 8}, 0},
		{[]string{"divisions", "--history", history}, [7]int{28, 20, 0, 8}, 0},
		{[]string{"divisions", "--history", history}, [7]int{28, 0, 0, 28}, 0},
		{[]string{"organizations", table, "--from-divisions"}, [7]int{23, 0, 0, 0, 0, 13, 10}, 3}, // nothing has a point
	} {
		got, exit := importing(t, url, step.args...)
		if diff := cmp.Diff(step.want, got.counts()); diff != "" || exit != step.exit {
			t.Errorf("import %v: exit %d, want %d (-want +got):\n%s", step.args, exit, step.exit, diff)
		}
	}
	p.checkHangzhou(t)
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), `update jingwei.division set label = st_setsrid(st_makepoint(120.2, 30.3), 4326) where code = 330100000000`); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][7]int{{23, 10, 0, 0, 0, 13}, {23, 0, 0, 10, 0, 13}} {
		if got, exit := importing(t, url, "organizations", "--from-divisions", table); got.counts() != want || exit != 0 {
			t.Errorf("organizations: %v, exit %d, want %v", got.counts(), exit, want)
		}
	}
	p.expectEqualToDatabase(t, conn)
	// Nobody has told a committee of the former 下城区 that it is in 拱墅区 now.
	if _, err := conn.Exec(t.Context(), `insert into jingwei.division (code, level, parent, name, valid) values (330103001001, 5, 330103000000, '旧社区', '[2000-01-01,2021-01-01)')`); err != nil {
		t.Fatal(err)
	}
	body := organizationBody("旧社区居委会", 120.17, 30.29)
	body["division"], body["valid_from"] = "330103001001", "2010-01-01"
	if a := p.do(t, http.MethodPost, "/api/organizations", body); a.status != http.StatusCreated {
		t.Fatalf("create: %d %s", a.status, a.body)
	}
	eventually(t, 5*time.Second, func() error {
		for path, want := range map[string]int{"330105": 3, "330102": 2, "330100": 11, "330103?datetime=2020-06-30": 1, "330105?datetime=2020-06-30": 0} {
			if got := p.division(t, path).Organizations; got != want {
				return fmt.Errorf("%s: %d organizations, want %d", path, got, want)
			}
		}
		return nil
	})
}

type divisionAnswer struct {
	Name          string
	Organizations int
	ValidTo       *string `json:"valid_to"`
	Successors    []struct {
		Code, Kind string
		Year       int
	}
}

func (p *program) division(t testing.TB, path string) divisionAnswer {
	t.Helper()
	var d divisionAnswer
	p.get(t, "/api/divisions/"+path).decode(t, &d)
	return d
}

// checkHangzhou: the districts before and after 2021, and what became of the former ones.
func (p *program) checkHangzhou(t *testing.T) {
	t.Helper()
	old := p.division(t, "330104?datetime=2020-06-30")
	if old.Name != "江干区" || old.ValidTo == nil || *old.ValidTo != "2021-01-01" || len(old.Successors) != 3 {
		t.Errorf("330104 in 2020: %+v", old)
	}
	if a := p.do(t, http.MethodGet, "/api/divisions/330104?datetime=2022-06-30", nil); a.status != http.StatusNotFound {
		t.Errorf("330104 in 2022: %d %s", a.status, a.body)
	}
	for on, want := range map[string]string{
		"2020-06-30": "上城区 下城区 江干区 拱墅区 余杭区", "2023-06-30": "上城区 拱墅区 余杭区 临平区 钱塘区",
	} {
		var list struct{ Items []struct{ Name string } }
		p.get(t, "/api/divisions?parent=330100&datetime="+on).decode(t, &list)
		var names []string
		for _, d := range list.Items {
			names = append(names, d.Name)
		}
		for name := range strings.FieldsSeq(want) {
			if !strings.Contains(strings.Join(names, " "), name) {
				t.Errorf("districts on %s: %v, without %s", on, names, name)
			}
		}
		if strings.Contains(want, "临平") == strings.Contains(strings.Join(names, " "), "下城") {
			t.Errorf("districts on %s: %v", on, names)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	url := geotest.Database(t)
	report := filepath.Join(t.TempDir(), "refused.csv")
	bad := "330102001051,\xb4\xe5,5,village_committee,330102001000\n330199,短,3,county,330100000000\n"
	got, exit := importing(t, url, "divisions", file(t, "bad.csv", hangzhouTable()+bad), "--report", report)
	if exit != 3 || got.New != 23 || got.Refused != 2 || len(got.Refusals) != 2 || got.Refusals[0].Line != 25 || got.Refusals[1].Column != "code" {
		t.Errorf("exit %d, %+v", exit, got)
	}
	text, err := os.ReadFile(report)
	if err != nil || !strings.HasPrefix(string(text), "line,code,column,reason\n25,,,the text is not UTF-8") || strings.Count(string(text), "\n") != 3 {
		t.Errorf("report %q, %v", text, err)
	}
	for name, args := range map[string][]string{
		"no file": {"divisions", filepath.Join(t.TempDir(), "none.csv")}, "column": {"divisions", file(t, "x.csv", "code,name\n")},
		"edition": {"divisions", file(t, "y.csv", hangzhouTable()), "--edition", "2023"}, "flag": {"divisions", "--nothing"},
	} {
		if _, exit := importing(t, url, args...); exit != 2 {
			t.Errorf("%s: exit %d, want 2", name, exit)
		}
	}
}

// expectEditSeen creates an organization and waits until the map shows it.
func (p *program) expectEditSeen(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	a := p.do(t, http.MethodPost, "/api/organizations", organizationBody("同时村委会", -150, 10))
	if a.status != http.StatusCreated || ctx.Err() != nil {
		t.Fatalf("create during an import: %d %s", a.status, a.body)
	}
	after := p.get(t, "/api/organizations?bbox=-151,9,-149,11&after="+a.header.Get("Jingwei-Position"))
	if !strings.Contains(string(after.body), "同时村委会") {
		t.Errorf("an edit during an import is not seen: %s", after.body)
	}
}
