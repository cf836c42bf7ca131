package postgis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// table is a table of divisions held as a slice.
type table []geo.Division

func (t table) Len() int                    { return len(t) }
func (t table) Division(i int) geo.Division { return t[i] }

func bare(code, parent geo.DivisionCode, level geo.DivisionLevel, name string) geo.Division {
	return geo.Division{Code: code, Parent: parent, Level: level, Kind: level.String(), Name: name}
}

// edition is a table of more rows than one transaction holds.
func edition() table {
	t := table{bare(zhejiang, 0, geo.Province, "浙江省"), bare(wenzhou, zhejiang, geo.Prefecture, "温州市"),
		bare(yueqing, wenzhou, geo.County, "乐清市")}
	for i := range geo.DivisionCode(20) {
		town := yueqing + (i+1)*1000
		t = append(t, bare(town, yueqing, geo.Township, fmt.Sprintf("第%d镇", i)))
	}
	for i := range geo.DivisionCode(5000) {
		town := yueqing + (i%20+1)*1000
		t = append(t, bare(town+i/20+1, town, geo.Village, fmt.Sprintf("第%d村", i)))
	}
	return t
}

func (s setup) imports(t testing.TB, rows table, edition string, want postgis.Tally) {
	t.Helper()
	got, err := s.ImportDivisions(t.Context(), rows, day(edition), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("import of %s (-want +got):\n%s", edition, diff)
	}
}

func TestImportDivisions(t *testing.T) {
	s := newEmptySetup(t)
	r := s.replay(t)
	rows := edition()
	all := len(rows)
	dry, err := s.ImportDivisions(t.Context(), rows, day("2023-06-30"), true, nil)
	if diff := cmp.Diff(postgis.Tally{New: all}, dry); diff != "" || err != nil {
		t.Errorf("dry run: %v (-want +got):\n%s", err, diff)
	}
	if n := queryOne[int](t, s, `select count(*) from jingwei.division`); n != 0 {
		t.Errorf("a dry run wrote %d rows", n)
	}
	if batch := r.poll(); batch.Void || len(batch.Reloaded) > 0 {
		t.Error("a dry run tells consumers to reload")
	}
	steps := 0
	tally, err := s.ImportDivisions(t.Context(), rows, day("2023-06-30"), false, func(done, total int) {
		// Batches are committed as they come: others see them, and none is greater than 5,000 rows.
		if n := queryOne[int](t, s, `select count(*) from jingwei.division`); n != done || total != all || done-steps > 5000 {
			t.Errorf("%d of %d done, %d seen by others", done, total, n)
		}
		steps = done
	})
	if diff := cmp.Diff(postgis.Tally{New: all}, tally); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if batch := r.poll(); len(batch.Reloaded) != 1 || batch.Reloaded[0] != "divisions" {
		t.Errorf("reloaded %v, want the divisions once", batch.Reloaded)
	}
	s.imports(t, rows, "2023-06-30", postgis.Tally{Unchanged: all})
	if batch := r.poll(); len(batch.Reloaded) != 0 {
		t.Error("a reload though nothing changed")
	}
}

func TestImportEditions(t *testing.T) {
	s := newEmptySetup(t)
	rows := edition()[:6]
	n := len(rows)
	s.imports(t, rows, "2020-06-30", postgis.Tally{New: n})
	town := geo.DivisionCode(rows[4].Code)
	renamed := append(table{}, rows...)
	renamed[4].Name = "新镇"
	s.imports(t, renamed, "2023-06-30", postgis.Tally{Changed: 1, Unchanged: n - 1})
	s.imports(t, renamed, "2023-06-30", postgis.Tally{Unchanged: n})
	s.imports(t, rows, "2020-06-30", postgis.Tally{Unchanged: n})
	for on, want := range map[string]string{"2020-06-30": "第1镇", "2023-06-29": "第1镇", "2023-06-30": "新镇"} {
		if d, _, err := s.Division(t.Context(), town, day(on)); err != nil || d.Name != want {
			t.Errorf("on %s: %s, %v, want %s", on, d.Name, err, want)
		}
	}
	// An older edition that comes later holds until what is known.
	s.imports(t, rows, "2015-06-30", postgis.Tally{New: n})
	if d, _, err := s.Division(t.Context(), town, day("2016-01-01")); err != nil || d.Valid.To != day("2020-06-30") {
		t.Errorf("the older edition holds for %v, %v", d.Valid, err)
	}
	corrected := append(table{}, renamed...)
	corrected[5].Name, corrected[5].Pinyin = "更正镇", "geng"
	s.imports(t, corrected, "2023-06-30", postgis.Tally{Changed: 1, Unchanged: n - 1})
	d, _, err := s.Division(t.Context(), corrected[5].Code, s.today)
	if err != nil || d.Name != "更正镇" || d.Pinyin != "geng zheng zhen" {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestImportKeepsWhatATableDoesNotSay: labels, pinyin and kinds that came from elsewhere stay.
func TestImportKeepsWhatATableDoesNotSay(t *testing.T) {
	s := newSetup(t)
	var rows table
	for _, d := range divisions() {
		rows = append(rows, geo.Division{Code: d.Code, Parent: d.Parent, Level: d.Level, Name: d.Name})
	}
	s.exec(t, `update jingwei.division set pinyin = 'own', kind = 'own'`)
	s.imports(t, rows, "2023-06-30", postgis.Tally{Unchanged: len(rows)})
	rows[1].Kind = "prefecture"
	s.imports(t, rows, "2023-06-30", postgis.Tally{Changed: 1, Unchanged: len(rows) - 1})
	if d, _, err := s.Division(t.Context(), rows[1].Code, s.today); err != nil || d.Kind != "prefecture" || d.Pinyin != "own" {
		t.Errorf("%+v, %v", d, err)
	}
	rows[0].Name = "浙江"
	s.imports(t, rows, "2023-06-30", postgis.Tally{Changed: 1, Unchanged: len(rows) - 1})
	d, _, err := s.Division(t.Context(), zhejiang, s.today)
	if err != nil || d.Name != "浙江" || !d.HasLabel || d.Kind != "own" || d.Valid.From != day("2023-06-30") {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestRepeatedSuperior: Dongguan stands for itself as a county; by its code one finds the prefecture, once.
func TestRepeatedSuperior(t *testing.T) {
	const guangdong, dongguan, dongcheng = 440000000000, 441900000000, 441900003000
	s := newEmptySetup(t)
	s.imports(t, table{bare(guangdong, 0, geo.Province, "广东省"), bare(dongguan, guangdong, geo.Prefecture, "东莞市"),
		bare(dongguan, dongguan, geo.County, "东莞市"), bare(dongcheng, dongguan, geo.Township, "东城街道")}, "2023-06-30", postgis.Tally{New: 4})
	d, above, err := s.Division(t.Context(), dongguan, s.today)
	if err != nil || d.Level != geo.Prefecture || len(above) != 1 {
		t.Errorf("%+v below %v, %v", d, above, err)
	}
	if _, above, err := s.Division(t.Context(), dongcheng, s.today); err != nil || len(above) != 2 {
		t.Errorf("above the town: %v, %v", above, err)
	}
	below, err := s.DivisionChildren(t.Context(), dongguan, s.today)
	if err != nil || len(below) != 1 || below[0].Code != dongcheng {
		t.Errorf("below: %v, %v", below, err)
	}
	if n, err := s.CountDivisionChildren(t.Context(), dongguan, s.today); err != nil || n != 1 {
		t.Errorf("%d below, %v", n, err)
	}
	for text, context := range map[string]string{"东莞": "广东省", "东城": "广东省 › 东莞市"} {
		hits, err := s.search(t.Context(), geo.Scope{}, text, 10, s.today)
		if err != nil || len(hits) != 1 || hits[0].Context != context {
			t.Errorf("%s: %+v, %v", text, hits, err)
		}
	}
}

// TestImportAfterKill: an import that died in the middle is completed by another, while others' writes are seen at once.
func TestImportAfterKill(t *testing.T) {
	s := newEmptySetup(t)
	rows := edition()
	killed := make(chan struct{})
	_, err := s.ImportDivisions(t.Context(), rows, day("2023-06-30"), false, func(done, _ int) {
		if done == 5000 {
			s.exec(t, `select pg_terminate_backend(l.pid) from pg_locks l
				where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()`)
			close(killed)
		}
	})
	<-killed
	if err == nil {
		t.Fatal("the import did not notice that its connection was ended")
	}
	n := queryOne[int](t, s, `select count(*) from jingwei.division`)
	if n != 5000 {
		t.Errorf("%d rows of the first batch", n)
	}
	s.imports(t, rows, "2023-06-30", postgis.Tally{New: len(rows) - n, Unchanged: n})
}

// hangzhouHistory is what a source tells of Hangzhou's districts before and after 2021.
func hangzhouHistory() ([]geo.Division, []geo.Succession) {
	since, until := geo.FirstDay(1983), geo.FirstDay(2021)
	district := func(code geo.DivisionCode, name string, from, to geo.Day) geo.Division {
		d := bare(code, hangzhou, geo.County, name)
		d.Valid = geo.DayRange{From: from, To: to}
		return d
	}
	return []geo.Division{
			district(330102000000, "上城区", since, geo.MaxDay), district(330103000000, "下城区", since, until),
			district(330104000000, "江干区", since, until), district(330105000000, "拱墅区", since, geo.MaxDay),
			district(330114000000, "钱塘区", until, geo.MaxDay), district(330199000000, "未列区", since, geo.MaxDay),
		}, []geo.Succession{
			{Old: 330103000000, New: 330105000000, Year: 2021, Kind: geo.SuccessionMerge},
			{Old: 330104000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionSplit},
			{Old: 330104000000, New: 330114000000, Year: 2021, Kind: geo.SuccessionSplit},
			{Old: 339005000000, New: 330103000000, Year: 1987, Kind: geo.SuccessionRecode},
		}
}

func TestImportHistory(t *testing.T) {
	s := newEmptySetup(t)
	s.imports(t, table{bare(zhejiang, 0, geo.Province, "浙江省"), bare(hangzhou, zhejiang, geo.Prefecture, "杭州市"),
		bare(330102000000, hangzhou, geo.County, "上城区"), bare(330105000000, hangzhou, geo.County, "拱墅区"),
		bare(330114000000, hangzhou, geo.County, "钱塘区")}, "2023-06-30", postgis.Tally{New: 5})
	told, successions := hangzhouHistory()
	for _, want := range []postgis.Tally{{New: 5, Unchanged: 1}, {Unchanged: 6}} {
		got, err := s.ImportHistory(t.Context(), told, false, nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("history: %v (-want +got):\n%s", err, diff)
		}
	}
	for _, want := range []postgis.Tally{{New: 4}, {Unchanged: 4}} {
		got, err := s.ImportSuccessions(t.Context(), successions, false, nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("successions: %v (-want +got):\n%s", err, diff)
		}
	}
	names := func(on string) string {
		list, err := s.DivisionChildren(t.Context(), hangzhou, day(on))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, d := range list {
			all = append(all, d.Name)
		}
		return strings.Join(all, " ")
	}
	for on, want := range map[string]string{
		"2020-06-30": "上城区 下城区 江干区 拱墅区 未列区", "2021-01-01": "上城区 拱墅区 钱塘区", "2024-01-01": "上城区 拱墅区 钱塘区", "1980-01-01": "",
	} {
		want = strings.TrimSuffix(want, " 未列区") // in use for the source, but in no edition here
		if got := names(on); got != want {
			t.Errorf("districts on %s: %s, want %s", on, got, want)
		}
	}
	s.checkSuccessions(t, successions)
}

func (s setup) checkSuccessions(t *testing.T, all []geo.Succession) {
	t.Helper()
	next, err := s.Successors(t.Context(), 330104000000)
	if diff := cmp.Diff(all[1:3], next); diff != "" || err != nil {
		t.Errorf("successors: %v (-want +got):\n%s", err, diff)
	}
	before, err := s.Predecessors(t.Context(), 330105000000)
	if diff := cmp.Diff(all[:1], before); diff != "" || err != nil {
		t.Errorf("predecessors: %v (-want +got):\n%s", err, diff)
	}
	lineage, err := s.Lineage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]geo.DivisionCode{330105000000}, lineage.Heirs(330103000000, day("2020-06-30"), day("2023-06-30"))); diff != "" {
		t.Errorf("heirs (-want +got):\n%s", diff)
	}
	for on, want := range map[string]string{"2023-06-30": "[330103000000] []", "2020-06-30": "[] []"} {
		for range 2 { // worked out, then remembered
			r, err := s.Refiling(t.Context(), day(on))
			if err != nil {
				t.Fatal(err)
			}
			gained, ceded := r.Of(330105000000)
			if got := fmt.Sprint(gained, " ", ceded); got != want {
				t.Errorf("former codes on %s: %s, want %s", on, got, want)
			}
		}
	}
	if _, err := s.ImportSuccessions(t.Context(), []geo.Succession{{Old: 330103000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionSplit}}, false, nil); err != nil {
		t.Fatal(err)
	}
	r, err := s.Refiling(t.Context(), day("2023-06-30"))
	if err != nil {
		t.Fatal(err)
	}
	if gained, _ := r.Of(330105000000); len(gained) > 0 {
		t.Errorf("what was remembered outlives its generation: %v", gained)
	}
}
