package imports_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/imports"
	"jingwei/geo/postgis"
)

// office is a store with two committees, and a desk that takes files in.
type office struct {
	*postgis.Store
	desk       *imports.Desk
	conn       *pgx.Conn
	ask        geo.ImportAsk
	top, other geo.ID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	url := geotest.Database(t)
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	o := &office{Store: store, desk: imports.New(store), conn: conn, ask: geo.ImportAsk{Name: "test", All: true, See: geo.Everywhere(), In: geo.Everywhere()}}
	for i, d := range []struct {
		code, parent any
		name         string
	}{
		{330000000000, nil, "浙江省"}, {330100000000, 330000000000, "杭州市"}, {330102000000, 330100000000, "上城区"}, {330106000000, 330100000000, "西湖区"},
		{330102001000, 330102000000, "清波街道"}, {330102001051, 330102001000, "柳翠社区"}, {360000000000, nil, "江西省"}, {360100000000, 360000000000, "南昌市"}, {360103000000, 360100000000, "西湖区"},
	} {
		level := []int{1, 2, 3, 3, 4, 5, 1, 2, 3}[i]
		o.exec(t, `insert into jingwei.division (code, level, parent, name, valid, label) values ($1, $2, $3, $4, '[2000-01-01,)', 'srid=4326;point(120.15 30.25)')`, d.code, level, d.parent, d.name)
	}
	o.exec(t, `insert into jingwei.boundary_set (name, source, illustrative, is_default) values ('s', 's', false, true)`)
	o.exec(t, `insert into jingwei.division_shape (set_id, level, code, geometry) select id, 3, 330102000000, st_multi(st_makeenvelope(120.1, 30.2, 120.2, 30.3, 4326)) from jingwei.boundary_set`)
	o.top = o.register(t, "上城区委", "T", 0)
	o.other = o.register(t, "别处", "OTHER", 0)
	return o
}

func (o *office) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := o.conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func one[T any](t *testing.T, o *office, sql string, args ...any) (v T) {
	t.Helper()
	if err := o.conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func (o *office) register(t *testing.T, name, code string, parent geo.ID) geo.ID {
	t.Helper()
	return o.registerFrom(t, 15000, name, code, parent)
}

func (o *office) registerFrom(t *testing.T, day geo.Day, name, code string, parent geo.ID) geo.ID {
	t.Helper()
	at, _ := geo.NewPosition(120.15, 30.25)
	org, _, err := o.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.OrganizationContent{
		Code: code, Parent: parent, Kind: "local_committee", Level: "county", Name: name, Division: 330102000000, Location: at},
		geo.DayRange{From: day, To: geo.MaxDay}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return org.ID
}

// digest is all that is said now of organizations that exist, but for ids of rows and times.
func (o *office) digest(t *testing.T) string {
	t.Helper()
	return one[string](t, o, `
select count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws('|', o.code, v.organization_id, v.valid, v.parent_id, v.path, v.kind, v.level, v.status, v.name, v.short_name,
    v.pinyin, v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs, v.location_state,
    v.address, v.phone, v.jurisdiction, v.uscc, v.term), 0)::numeric), 0)
from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id
where o.retired is null and upper_inf(v.recorded)`)
}

// work does what an import is to have done.
func (o *office) work(t *testing.T, id geo.ID, state string) geo.ImportJob {
	t.Helper()
	if _, err := o.StartImport(t.Context(), o.ask, id, state); err != nil {
		t.Fatal(err)
	}
	w, err := o.ClaimImport(t.Context(), id, nil)
	if err != nil || w == nil {
		t.Fatalf("claim: %v, %v", w, err)
	}
	if err := o.desk.Do(t.Context(), w, w.Job); err != nil {
		t.Fatal(err)
	}
	j, err := o.Import(t.Context(), o.ask, id)
	if err != nil {
		t.Fatal(err)
	}
	if j.Failure != "" {
		t.Fatalf("the import failed: %s", j.Failure)
	}
	return j
}

func (o *office) upload(t *testing.T, name string, body []byte, given geo.ImportMapping) geo.ImportJob {
	t.Helper()
	j, err := o.desk.Upload(t.Context(), o.ask, name, bytes.NewReader(body), given, func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// refuse brings files that are not read: each has its reason.
func (o *office) refuse(t *testing.T, reasons map[string]string) {
	t.Helper()
	for body, reason := range reasons {
		_, err := o.desk.Upload(t.Context(), o.ask, "t", strings.NewReader(body), geo.ImportMapping{}, func() error { return nil })
		var fault *geo.Error
		if !errors.As(err, &fault) || fault.Kind != geo.ErrInvalid || fault.Reason != reason {
			t.Errorf("%q: %v, want the reason %s", body, err, reason)
		}
	}
}

// said lists the faults of an import as "row column: reason detail".
func (o *office) said(t *testing.T, id geo.ID) string {
	t.Helper()
	faults, err := o.ImportFaults(t.Context(), id, geo.ImportFaultQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%d %d %s: %s %s", f.Row, f.Column, f.Field, f.Reason, f.Detail), " "))
	}
	return b.String()
}

const table = `名称,类别,上级,区划,经度,纬度,编码,统一社会信用代码,电话,成立日期
甲社区党委,基层党委,T,浙江省杭州市上城区清波街道,120.15,30.25,A1,,0571-87000001,2020年1月2日
甲一支部,党支部,A1,330102001051,120.151,30.251,A2,91350100M000100Y43,,
甲二支部,党支部,甲社区党委,330102001051,,,A3,,,2021/3/4
上城区委,,,,,,T,,0571-1,
`

func TestRoundTrip(t *testing.T) {
	o := newOffice(t)
	before := o.digest(t)
	j := o.upload(t, "表.csv", []byte(table), geo.ImportMapping{})
	if j.State != geo.ImportMapped || j.Recognition.Encoding != "utf-8" {
		t.Fatalf("%+v", j)
	}
	j = o.work(t, j.ID, geo.ImportChecking)
	if got := o.said(t, j.ID); got != "" || j.Counts.New != 3 || j.Counts.Changed != 1 {
		t.Fatalf("faults %s, counts %+v", got, j.Counts)
	}
	j = o.work(t, j.ID, geo.ImportRunning)
	if j.State != geo.ImportDone || j.Counts.Made != 3 || j.Counts.Altered != 1 {
		t.Fatalf("%s %+v", j.State, j.Counts)
	}
	if got := one[string](t, o, `select string_agg(v.name || '<' || coalesce(p.name, '') || ' ' || nlevel(v.path) || ' ' || lower(v.valid) || ' ' || v.location_source, '; ' order by o.code)
		from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date
		left join jingwei.organization_version p on p.organization_id = v.parent_id and upper_inf(p.recorded) and p.valid @> (now() at time zone 'Asia/Shanghai')::date where o.code like 'A%'`); !strings.HasPrefix(got,
		"甲社区党委<上城区委 2 2020-01-02 imported; 甲一支部<甲社区党委 3 ") || !strings.HasSuffix(got, "甲二支部<甲社区党委 3 2021-03-04 division") {
		t.Error(got)
	}
	after := o.digest(t)
	again := o.upload(t, "表.csv", []byte(table), geo.ImportMapping{})
	if again = o.work(t, again.ID, geo.ImportChecking); again.Counts.Unchanged != 4 {
		t.Errorf("again: %+v", again.Counts)
	}
	if again = o.work(t, again.ID, geo.ImportRunning); again.State != geo.ImportDone || o.digest(t) != after {
		t.Errorf("the same again changed something: %+v", again)
	}
	j = o.work(t, j.ID, geo.ImportUndoing)
	if j.State != geo.ImportUndone || j.Counts.Undone != 4 || o.digest(t) != before {
		t.Errorf("undo: %s %+v\n%s\n%s", j.State, j.Counts, o.digest(t), before)
	}
	if n := one[int](t, o, `select count(*) from jingwei.audit where action in ('organization.import', 'organization.import-undo')`); n != 3 {
		t.Errorf("%d entries in the audit", n)
	}
}

// TestFaults holds every kind of fault against a file that has it.
func TestFaults(t *testing.T) {
	o := newOffice(t)
	o.ask.In = geo.Scope{Roots: []geo.ID{o.top}}
	o.register(t, "零", "00123456", o.top)
	o.register(t, "同名", "S1", o.top)
	o.register(t, "同名", "S2", o.top)
	j := o.upload(t, "t.csv", []byte(`name,kind,level,superior,division,lng,lat,code,uscc,phone,valid_from,address
,branch,,T,330102001051,120.15,30.25,B1,,,,
无类别,,,T,330102001051,120.15,30.25,B2,,,,
类别错,支教部,,T,330102001051,120.15,30.25,B3,,,,
层级错,branch,高级,T,330102001051,120.15,30.25,B4,,,,
区划错,branch,,T,330199999999,120.15,30.25,B5,,,,
区划歧义,branch,,T,西湖区,120.15,30.25,B6,,,,
无区划,branch,,T,,120.15,30.25,B7,,,,
坐标错,branch,,T,330102001051,东边,30.25,B8,,,,
坐标缺,branch,,T,330102001051,120.15,,B9,,,,
坐标反,branch,,T,330102001051,30.25,120.15,B10,,,,
坐标外,branch,,T,330102001051,121.15,30.25,B11,,,,
信用码,branch,,T,330102001051,120.15,30.25,B12,91350100M000100Y44,,,
重码,branch,,T,330102001051,120.15,30.25,B13,,,,
重码二,branch,,T,330102001051,120.15,30.25,B13,,,,
别人的码,branch,,T,330102001051,120.15,30.25,OTHER,,,,
无上级,branch,,,330102001051,120.15,30.25,B14,,,,
上级错,branch,,没有这个,330102001051,120.15,30.25,B15,,,,
上级歧义,branch,,同名,330102001051,120.15,30.25,B16,,,,
上级越权,branch,,OTHER,330102001051,120.15,30.25,B17,,,,
环一,branch,,B19,330102001051,120.15,30.25,B18,,,,
环二,branch,,B18,330102001051,120.15,30.25,B19,,,,
日期错,branch,,T,330102001051,120.15,30.25,B20,,,2020-13-01,
过长,branch,,T,330102001051,120.15,30.25,B21,,`+strings.Repeat("1", 41)+`,,
字符,branch,,T,330102001051,120.15,30.25,B22,,,,a`+"\u202e"+`b
缩写,branch,,T,3.3E+11,120.15,30.25,B23,,,,
去零,branch,,T,330102001051,120.15,30.25,123456,,,,
上级被拒,branch,,B2,330102001051,120.15,30.25,B24,,,,
错误值,branch,,T,330102001051,120.15,30.25,#N/A,,,,
引号,branch,,T,330102001051,120.15,30.25,B26,,,,"未闭合
完好,branch,,T,3.30102001051E+11,120.15,30.25,B25,,,43831,
`), geo.ImportMapping{})
	j = o.work(t, j.ID, geo.ImportChecking)
	geotest.Golden(t, "testdata/faults.txt", o.said(t, j.ID)+fmt.Sprintf("%+v\n", j.Counts))
	var book bytes.Buffer
	if err := o.desk.Corrected(t.Context(), j, geo.CorrectedWords{Sheet: "退回的行", Row: "原行号", Reasons: "退回原因", Sentence: geo.ImportFault.Chinese}, &book); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := file.GetRows("退回的行")
	if last := rows[len(rows)-1]; last[0] != "引号" || last[7] != "B26" || last[11] != "\"未闭合" || !strings.Contains(last[13], "文件第 30 行") {
		t.Errorf("the row with an open quotation mark: %q", last)
	}
	if err != nil || len(rows) != 1+j.Counts.Refused || rows[0][12] != "原行号" || rows[0][13] != "退回原因" || rows[1][12] != "2" {
		t.Errorf("%d rows in the file to be corrected, %v", len(rows), err)
	}
}

// TestImportsByTime lists the newest first, whatever the ids, page by page.
func TestImportsByTime(t *testing.T) {
	o := newOffice(t)
	var ids []geo.ID
	for i := range 3 {
		ids = append(ids, o.upload(t, fmt.Sprintf("%d.csv", i), []byte("编码,名称\nA,甲\n"), geo.ImportMapping{}).ID)
		if _, err := o.conn.Exec(t.Context(), `update jingwei.import_job set created_at = now() - make_interval(hours => $2) where id = $1`, ids[i], i); err != nil {
			t.Fatal(err)
		}
	}
	for i := range ids {
		before := geo.ID(0)
		if i > 0 {
			before = ids[i-1]
		}
		jobs, err := o.Imports(t.Context(), o.ask, before, 2)
		if err != nil || len(jobs) != min(2, len(ids)-i) || jobs[0].ID != ids[i] {
			t.Errorf("before %d: %+v, %v", before, jobs, err)
		}
	}
}

// TestUndoKeeps leaves alone what others changed, or put something below.
func TestUndoKeeps(t *testing.T) {
	o := newOffice(t)
	old := o.register(t, "旧支部", "OLD", o.top)
	j := o.upload(t, "t.csv", []byte("编码,名称,类别,上级,区划\nM1,一,党支部,T,330102001051\nM2,二,党支部,M1,330102001051\nM3,三,党支部,T,330102001051\nOLD,旧支部改名,,M3,\nOTHER,,,T,\n"), geo.ImportMapping{})
	o.work(t, j.ID, geo.ImportChecking)
	j = o.work(t, j.ID, geo.ImportRunning)
	if j.Counts.Made != 3 || j.Counts.Altered != 2 {
		t.Fatalf("%+v %s", j.Counts, o.said(t, j.ID))
	}
	id := func(code string) geo.ID {
		return one[geo.ID](t, o, `select id from jingwei.organization where code = $1 and retired is null`, code)
	}
	if got := one[string](t, o, `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date`, old); got != fmt.Sprintf("%d.%d.%d", o.top, id("M3"), old) {
		t.Errorf("path %s", got)
	}
	o.registerFrom(t, geo.DayOf(time.Now()), "后来的", "LATER", id("M2"))
	j = o.work(t, j.ID, geo.ImportUndoing)
	kept, err := o.ImportKept(t.Context(), o.ask, j.ID, 10)
	if err != nil || len(kept) != 2 || kept[0].Reason != "subordinates" || j.Counts.Undone != 3 {
		t.Errorf("%+v %v %+v", kept, err, j.Counts)
	}
	if got := one[string](t, o, `select name || ' ' || path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date`, old); got != fmt.Sprintf("旧支部 %d.%d", o.top, old) {
		t.Errorf("restored: %s", got)
	}
}

// TestManyRows imports and undoes more rows than a batch has; JINGWEI_IMPORT_ROWS=12000 as many as are loaded in bulk.
func TestManyRows(t *testing.T) {
	n := 600
	if text := os.Getenv("JINGWEI_IMPORT_ROWS"); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
	}
	o := newOffice(t)
	before := o.digest(t)
	var text strings.Builder
	text.WriteString("编码,名称,类别,上级,区划\n")
	for i := range n {
		superior := "T"
		if i > 0 {
			superior = fmt.Sprintf("R%d", n-i/10) // below, in the file
		}
		fmt.Fprintf(&text, "R%d,第%d支部,党支部,%s,330102001051\n", n-i, i, superior)
	}
	j := o.upload(t, "t.csv", []byte(text.String()), geo.ImportMapping{})
	o.work(t, j.ID, geo.ImportChecking)
	if j = o.work(t, j.ID, geo.ImportRunning); j.State != geo.ImportDone || j.Counts.Made != n {
		t.Fatalf("%s %+v", j.State, j.Counts)
	}
	if wrong := one[int](t, o, `select count(*) from jingwei.organization_version v join jingwei.organization_version p on p.organization_id = v.parent_id and upper_inf(p.recorded)
		where upper_inf(v.recorded) and v.path <> p.path || v.organization_id::text`); wrong != 0 {
		t.Errorf("%d paths do not go on from those of their superiors", wrong)
	}
	if j = o.work(t, j.ID, geo.ImportUndoing); j.State != geo.ImportUndone || j.Counts.Undone != n || o.digest(t) != before {
		t.Errorf("undo: %s %+v", j.State, j.Counts)
	}
}

// TestEmptyCells: they leave what is known, unless they are to empty it. A code that somebody took since the check is refused by the run.
func TestEmptyCells(t *testing.T) {
	o := newOffice(t)
	o.exec(t, `update jingwei.organization_version set address = '旧路', phone = '1', short_name = '上委' where organization_id = $1`, o.top)
	text := []byte("编码,名称,地址,电话,类别,区划\nT,上城区委会,,2,,\nX1,新,,,党支部,330102001051\n")
	said := func() string {
		return one[string](t, o, `select name || '|' || address || '|' || phone || '|' || short_name || '|' || initials from jingwei.organization_version
			where organization_id = $1 and upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date`, o.top)
	}
	o.refuse(t, map[string]string{"": "file-empty", "%PDF-1.7": "file-no-table", "\xd0\xcf\x11\xe0": "file-old", "PK\x03\x04 and nothing else": "file-damaged"})
	j := o.upload(t, "t.csv", text, geo.ImportMapping{})
	o.work(t, j.ID, geo.ImportChecking)
	o.register(t, "先来", "X1", 0)
	j = o.work(t, j.ID, geo.ImportRunning)
	if got := said(); got != "上城区委会|旧路|2|上委|scqwh" {
		t.Error(got)
	}
	if j.Counts.Made != 0 || j.Counts.Altered != 1 || j.Counts.Refused != 1 || j.Faults[geo.FaultCodeTaken] != 1 {
		t.Errorf("%+v %v", j.Counts, j.Faults)
	}
	again := o.upload(t, "t.csv", text, geo.ImportMapping{})
	m := again.Mapping
	m.Clear, m.AcceptOutside = true, true
	if _, err := o.desk.Map(t.Context(), o.ask, again.ID, m); err != nil {
		t.Fatal(err)
	}
	if again = o.work(t, again.ID, geo.ImportChecking); j.Counts.Emptied != 0 || again.Counts.Emptied != 1 {
		t.Errorf("cells that would be emptied: %d, %d", j.Counts.Emptied, again.Counts.Emptied)
	}
	o.work(t, again.ID, geo.ImportRunning)
	if got := said(); got != "上城区委会||2|上委|scqwh" {
		t.Error(got)
	}
	third := o.upload(t, "t.csv", text, geo.ImportMapping{})
	if !third.Remembered || third.Mapping.Clear || third.Mapping.AcceptOutside {
		t.Errorf("of how the headers were understood, %+v is remembered", third.Mapping)
	}
}

// TestPause stops a run after a batch, and goes on with it; one whose account may not write any more stops by itself.
func TestPause(t *testing.T) {
	o := newOffice(t)
	var text strings.Builder
	text.WriteString("编码,名称,类别,上级,区划\n")
	for i := range 1200 {
		fmt.Fprintf(&text, "P%d,第%d支部,党支部,T,330102001051\n", i, i)
	}
	clerk := one[geo.ID](t, o, `insert into jingwei.account (name, display_name) values ('clerk', 'Clerk') returning id`)
	o.exec(t, `insert into jingwei.role_grant (account_id, role, organization_id, valid, created_by) values ($1, 'registrar', $2, '[2020-01-01,)', 'test')`, clerk, o.top)
	o.ask = geo.ImportAsk{Account: clerk, Name: "clerk", See: geo.Scope{Roots: []geo.ID{o.top}}, In: geo.Scope{Roots: []geo.ID{o.top}}}
	j := o.upload(t, "t.csv", []byte(text.String()), geo.ImportMapping{})
	ctx := geo.WithActor(t.Context(), geo.Actor{Account: clerk, Name: "clerk", Via: geo.ViaSession})
	step := func(state string, progress postgis.Progress) geo.ImportJob {
		if _, err := o.StartImport(ctx, o.ask, j.ID, state); err != nil {
			t.Fatal(err)
		}
		w, err := o.ClaimImport(ctx, j.ID, progress)
		if err != nil || w == nil {
			t.Fatalf("claim: %v %v", w, err)
		}
		if other, err := o.ClaimImport(ctx, j.ID, nil); other != nil || err != nil {
			t.Errorf("two work on one import: %v", err)
		}
		if err := o.desk.Do(ctx, w, w.Job); err != nil {
			t.Fatal(err)
		}
		now, err := o.Import(ctx, o.ask, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	step(geo.ImportChecking, nil)
	pausing := make(chan error, 3)
	paused := step(geo.ImportRunning, func(done, _ int) {
		if done == 500 {
			go func() {
				_, err := o.PauseImport(ctx, o.ask, j.ID)
				pausing <- err
			}()
			for one[int](t, o, `select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database() and a.query like '%for update of j'`) == 0 {
				time.Sleep(5 * time.Millisecond) // until it waits for the batch, which is not committed yet
			}
		}
	})
	if err := <-pausing; err != nil || paused.State != geo.ImportPaused || paused.Counts.Made == 0 || paused.Counts.Made == 1200 {
		t.Fatalf("%v, %s %+v", err, paused.State, paused.Counts)
	}
	if done := step(geo.ImportRunning, nil); done.State != geo.ImportDone || done.Counts.Made != 1200 {
		t.Errorf("%s %+v", done.State, done.Counts)
	}
	if n := one[int](t, o, `select count(*) from jingwei.organization where code like 'P%'`); n != 1200 {
		t.Errorf("%d organizations", n)
	}
	o.exec(t, `update jingwei.role_grant set ended_at = now(), ended_by = 'test' where account_id = $1`, clerk)
	if gone := step(geo.ImportUndoing, nil); gone.State != geo.ImportPartlyUndone || gone.Failure == "" || gone.Counts.Undone != 0 {
		t.Errorf("without a grant: %s %q %+v", gone.State, gone.Failure, gone.Counts)
	}
}

// TestVerifiedPlaces: a place that an import moves, or says to be known otherwise or to lie elsewhere, is reported anew, and verified again
// where it was when the import is undone.
func TestVerifiedPlaces(t *testing.T) {
	o := newOffice(t)
	o.exec(t, `update jingwei.organization_version set location_state = 'approved', location_accuracy_m = 100 where organization_id = $1`, o.top)
	before := o.digest(t)
	state := func() string {
		return one[string](t, o, `select location_state from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date`, o.top)
	}
	for _, c := range []struct{ table, want string }{
		{"编码,经度,纬度\nT,120.1501,30.25\n", "approved"}, {"编码,经度,纬度\nT,120.16,30.25\n", "reported"}, {"编码,经度,纬度\nT,120.16,30.25\n", "reported"},
		{"编码,精度\nT,5\n", "reported"}, {"编码,区划代码\nT,330102001000\n", "reported"}, {"编码,精度\nT,100\n", "approved"},
	} {
		j := o.upload(t, "t.csv", []byte(c.table), geo.ImportMapping{})
		o.work(t, j.ID, geo.ImportChecking)
		j = o.work(t, j.ID, geo.ImportRunning)
		if got := state(); got != c.want {
			t.Errorf("%s it is %s, want %s", c.table, got, c.want)
		}
		if j.Counts.Altered == 0 {
			continue
		}
		if j = o.work(t, j.ID, geo.ImportUndoing); j.Counts.Undone != 1 || state() != "approved" || o.digest(t) != before {
			t.Errorf("undone: %s %+v", state(), j.Counts)
		}
	}
	if got := one[string](t, o, `select string_agg(s.from_state || '>' || s.to_state || ' ' || s.cause, ', ' order by s.id) from jingwei.location_step s`); got != strings.Repeat("approved>reported moved, reported>approved undone, ", 2)+
		strings.TrimSuffix(strings.Repeat("approved>reported changed, reported>approved undone, ", 2), ", ") {
		t.Error(got)
	}
}

// TestAccuracy: a place is known as well as its row says, else as well as is said of the file; the point of a division as well as
// the division is large. What the file says passes the technical check then.
func TestAccuracy(t *testing.T) {
	o := newOffice(t)
	const text = "编码,名称,类别,上级,区划,经度,纬度,精度（米）\nP1,一,党支部,T,330102,120.151,30.251,20\nP2,二,党支部,T,330102,120.152,30.252,\nP3,三,党支部,T,330102,,,7\n"
	run := func(name, text string, accuracy float64) geo.ImportCounts {
		t.Helper()
		j := o.upload(t, name, []byte(text), geo.ImportMapping{})
		m := j.Mapping
		m.AccuracyM = accuracy
		if _, err := o.desk.Map(t.Context(), o.ask, j.ID, m); err != nil {
			t.Fatal(err)
		}
		if counts := o.work(t, j.ID, geo.ImportChecking).Counts; counts.Refused > 0 {
			t.Fatalf("%+v: %s", counts, o.said(t, j.ID))
		}
		return o.work(t, j.ID, geo.ImportRunning).Counts
	}
	want := func(when, want string) {
		t.Helper()
		got := one[string](t, o, `select string_agg(concat_ws(' ', o.code, v.location_source, v.location_accuracy_m), ', ' order by o.code)
			from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded) where o.code ~ '^P'`)
		if got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	run("t.csv", text, 0)
	want("nobody says", "P1 imported 20, P2 imported 0, P3 division 7350")
	// What is said of all fills in what is not known, and does no more.
	if counts := run("t.csv", text, 15); counts.Altered != 1 {
		t.Errorf("%+v", counts)
	}
	want("said of all", "P1 imported 20, P2 imported 15, P3 division 7350")
	// Places that are known already are told how well.
	if counts := run("u.csv", "编码,精度\nP1,30\nP2,15米\nP3,9\n", 0); counts.Altered != 1 {
		t.Errorf("%+v", counts)
	}
	want("told later", "P1 imported 30, P2 imported 15, P3 division 7350")
	// One that is moved is known as well as the file says, not as it was.
	run("v.csv", "编码,经度,纬度\nP1,120.16,30.26\n", 0)
	want("moved", "P1 imported 0, P2 imported 15, P3 division 7350")
	by := geo.Authority{Name: "test", Grants: []geo.Grant{{Role: geo.RoleRegistrar, Valid: geo.Always}}}
	if _, _, _, err := o.CheckLocations(t.Context(), by, 0); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, o, `select string_agg(o.code || ' ' || array_to_string(k.findings, '+'), ', ' order by o.code)
		from jingwei.organization o join jingwei.location_check k on k.organization_id = o.id where o.code ~ '^P'`); got != "P1 accuracy-unknown, P2 , P3 division-point+accuracy-poor" {
		t.Errorf("found: %s", got)
	}
	if _, err := o.desk.Map(t.Context(), o.ask, o.upload(t, "t.csv", []byte(text), geo.ImportMapping{}).ID, geo.ImportMapping{AccuracyM: -1}); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("a negative accuracy: %v", err)
	}
}
