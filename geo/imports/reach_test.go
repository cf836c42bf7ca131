package imports_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

func today() geo.Day {
	return geo.Day((time.Now().Unix() + 8*3600) / 86400)
}

// put writes an organization from a day on, as the operator.
func (o *office) put(t *testing.T, id geo.ID, from geo.Day, change func(c *geo.OrganizationContent)) error {
	t.Helper()
	org, err := o.Organization(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	change(&org.OrganizationContent)
	org.LocationState = ""
	_, _, err = o.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id, org.Version, org.OrganizationContent, from, today(), "operator")
	return err
}

func (o *office) mustPut(t *testing.T, id geo.ID, from geo.Day, change func(c *geo.OrganizationContent)) {
	t.Helper()
	if err := o.put(t, id, from, change); err != nil {
		t.Fatal(err)
	}
}

func below(parent geo.ID) func(c *geo.OrganizationContent) {
	return func(c *geo.OrganizationContent) { c.Parent = parent }
}

// path is that of an organization today.
func (o *office) path(t *testing.T, id geo.ID) string {
	t.Helper()
	return one[string](t, o, `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date`, id)
}

func joined(ids ...geo.ID) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += "."
		}
		text += id.String()
	}
	return text
}

// only lets the desk write below an organization.
func (o *office) only(root geo.ID) {
	o.ask.See, o.ask.In = geo.Scope{Roots: []geo.ID{root}}, geo.Scope{Roots: []geo.ID{root}}
}

// checked uploads a table and checks it.
func (o *office) checked(t *testing.T, text string) geo.ImportJob {
	t.Helper()
	return o.work(t, o.upload(t, "t.csv", []byte(text), geo.ImportMapping{}).ID, geo.ImportChecking)
}

func (o *office) ran(t *testing.T, text string) geo.ImportJob {
	t.Helper()
	return o.work(t, o.checked(t, text).ID, geo.ImportRunning)
}

// TestUndoMovesBack moves what an import moved to where it was only where it may still stand.
func TestUndoMovesBack(t *testing.T) {
	o := newOffice(t)
	for i, c := range []struct {
		name   string
		since  func(p, x geo.ID)
		undone int
		path   func(p, q, x geo.ID) string
	}{
		{"nothing happened since", func(geo.ID, geo.ID) {}, 1, func(p, _, x geo.ID) string { return joined(o.top, p, x) }},
		{"the superior went below it", func(p, x geo.ID) { o.mustPut(t, p, today(), below(x)) }, 0,
			func(_, q, x geo.ID) string { return joined(o.top, q, x) }},
		{"the superior goes below it one day", func(p, x geo.ID) { o.mustPut(t, p, today()+40, below(x)) }, 0,
			func(_, q, x geo.ID) string { return joined(o.top, q, x) }},
		{"the superior went elsewhere", func(p, _ geo.ID) { o.mustPut(t, p, today(), below(o.other)) }, 0,
			func(_, q, x geo.ID) string { return joined(o.top, q, x) }},
		{"the superior goes elsewhere one day", func(p, _ geo.ID) { o.mustPut(t, p, today()+40, below(o.other)) }, 0,
			func(_, q, x geo.ID) string { return joined(o.top, q, x) }},
		{"its superior moved within reach", func(p, _ geo.ID) { o.mustPut(t, p, today(), below(o.register(t, "旁", "S", o.top))) }, 1,
			func(p, _, x geo.ID) string {
				return joined(o.top, one[geo.ID](t, o, `select id from jingwei.organization where code = 'S'`), p, x)
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, q := o.register(t, fmt.Sprint("甲", i), "", o.top), o.register(t, fmt.Sprint("乙", i), "", o.top)
			x := o.register(t, "丙", fmt.Sprint("X", i), p)
			o.only(o.top)
			j := o.ran(t, fmt.Sprintf("编码,上级\nX%d,乙%d\n", i, i))
			if got := o.path(t, x); j.Counts.Altered != 1 || got != joined(o.top, q, x) {
				t.Fatalf("after the run: %s %+v %s", got, j.Counts, o.said(t, j.ID))
			}
			c.since(p, x)
			if j = o.work(t, j.ID, geo.ImportUndoing); j.Counts.Undone != c.undone || j.Counts.Kept != 1-c.undone {
				t.Errorf("%+v", j.Counts)
			}
			if got, want := o.path(t, x), c.path(p, q, x); got != want {
				t.Errorf("path %s, want %s", got, want)
			}
			o.sound(t)
		})
	}
}

// TestUndoIsInReach: what has come to lie elsewhere is left alone, though it lay here on days that are over.
func TestUndoIsInReach(t *testing.T) {
	o := newOffice(t)
	q := o.register(t, "往", "Q", o.top)
	x := o.register(t, "来", "X", q)
	o.only(o.top)
	j := o.ran(t, "编码,电话\nX,7777\n")
	o.mustPut(t, q, today(), below(o.other))
	if j = o.work(t, j.ID, geo.ImportUndoing); j.Counts.Undone != 0 || j.Counts.Kept != 1 {
		t.Errorf("%+v", j.Counts)
	}
	if got := one[string](t, o, `select phone from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, x); got != "7777" {
		t.Errorf("phone %q", got)
	}
	o.sound(t)
}

// TestRunKeepsOffCircles: others move superiors below what an import moves, between its check and its run.
func TestRunKeepsOffCircles(t *testing.T) {
	o := newOffice(t)
	for i, from := range []geo.Day{today(), today() + 40} {
		t.Run(fmt.Sprintf("in %d days", int(from-today())), func(t *testing.T) {
			c, p := o.register(t, "丙", fmt.Sprint("C", i), o.top), o.register(t, "甲", fmt.Sprint("P", i), o.top)
			d := o.register(t, "丁", fmt.Sprint("D", i), p)
			o.only(o.top)
			j := o.checked(t, fmt.Sprintf("编码,上级,电话\nP%d,C%d,1\nD%d,C%d,2\n", i, i, i, i))
			o.mustPut(t, c, from, below(p))
			j = o.work(t, j.ID, geo.ImportRunning)
			if j.Counts.Refused != 1 || j.Counts.Altered != 1 || j.Faults[geo.FaultCycle] != 1 {
				t.Errorf("%+v %s", j.Counts, o.said(t, j.ID))
			}
			if got := o.path(t, p); got != joined(o.top, p) {
				t.Errorf("path %s", got)
			}
			if got := one[geo.ID](t, o, `select parent_id from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, d); got != c {
				t.Errorf("%d is below %d, not %d", d, got, c)
			}
			o.sound(t)
		})
	}
}

// TestSuperiorIsRefused: one whose move is refused by the run stays where it was, and nothing comes below it that it is below.
func TestSuperiorIsRefused(t *testing.T) {
	o := newOffice(t)
	y := o.register(t, "上", "Y", o.top)
	x := o.register(t, "下", "X", y)
	q := o.register(t, "旁", "Q", o.top)
	o.only(o.top)
	j := o.checked(t, "编码,上级\nX,Q\nY,X\n")
	if j.Counts.Refused != 0 {
		t.Fatal(o.said(t, j.ID))
	}
	o.mustPut(t, q, today(), below(o.other))
	j = o.work(t, j.ID, geo.ImportRunning)
	if j.Counts.Refused != 2 || o.path(t, x) != joined(o.top, y, x) {
		t.Errorf("%+v, %s: %s", j.Counts, o.path(t, x), o.said(t, j.ID))
	}
	o.sound(t)
}

// sound holds the tree against its rules.
func (o *office) sound(t testing.TB) {
	t.Helper()
	if diff := cmp.Diff("", o.broken(t)); diff != "" {
		t.Errorf("rules that are broken (-want +got):\n%s", diff)
	}
}

// Paths end with the organization and have nobody twice; what holds today, or from a day to come on, tells of the superiors of that day.
const sqlBrokenPaths = `
with recursive up (row_id, valid, day, path, at, above) as (
    select v.row_id, v.valid, greatest(lower(v.valid), (now() at time zone 'Asia/Shanghai')::date), v.path, v.parent_id, v.organization_id::text
    from jingwei.organization_version v
    where upper_inf(v.recorded) and upper_inf(v.valid)
    union all
    select u.row_id, u.valid, u.day, u.path, p.parent_id, u.at || '.' || u.above
    from up u
    left join jingwei.organization_version p on p.organization_id = u.at and upper_inf(p.recorded) and p.valid @> u.day
    where u.at is not null and strpos('.' || u.above || '.', '.' || u.at || '.') = 0
)
select coalesce(string_agg(text, e'\n' order by row_id), '') from (
    select row_id, format('%s %s, on the day %s', valid, path, above) as text
    from up where at is null and path::text <> above
    union all
    select row_id, format('%s %s is no path of %s', valid, path, organization_id)
    from jingwei.organization_version
    where upper_inf(recorded) and (
        (select count(distinct s) <> count(*) from unnest(string_to_array(path::text, '.')) s)
        or path <> subpath(path, 0, nlevel(path) - 1) || organization_id::text)
) broken`

func (o *office) broken(t testing.TB) (text string) {
	t.Helper()
	if err := o.conn.QueryRow(t.Context(), sqlBrokenPaths).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// TestVerifiedPlacesStay: no accuracy that somebody wrote since, and no row of small steps, carries a place away from where it was verified.
func TestVerifiedPlacesStay(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		code    string
		since   func(c *geo.OrganizationContent)
		lngs    []string
		verdict string
	}{
		{"V1", func(c *geo.OrganizationContent) { c.LocationAccuracyM = 50_000 }, []string{"120.18"}, "reported"},
		{"V2", func(c *geo.OrganizationContent) { c.LocationAccuracyM = 10 }, []string{"120.15008", "120.15016"}, "reported"},
		{"V3", func(c *geo.OrganizationContent) { c.LocationAccuracyM = 10 }, []string{"120.15008", "120.15002"}, "approved"},
	} {
		id := o.register(t, "验"+c.code, c.code, o.top)
		o.mustPut(t, id, today(), func(x *geo.OrganizationContent) { x.LocationAccuracyM = 10 })
		o.exec(t, `insert into jingwei.location_step (organization_id, version, from_state, to_state, cause, author, at, lon_e7, lat_e7, accuracy_m)
			select $1, 2, 'reported', 'approved', 'written', 'test', now(), 1201500000, 302500000, 10`, id)
		o.exec(t, `update jingwei.organization_version set location_state = 'approved' where organization_id = $1`, id)
		o.mustPut(t, id, today(), c.since)
		for _, lng := range c.lngs {
			o.ran(t, "编码,经度,纬度\n"+c.code+","+lng+",30.25\n")
		}
		if got := one[string](t, o, `select location_state from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, id); got != c.verdict {
			t.Errorf("%s is %s, want %s", c.code, got, c.verdict)
		}
	}
}

// TestCorrectedIsUnderstood: the file of refused rows is read as the one that it comes from, and so is one with remarks beside.
func TestCorrectedIsUnderstood(t *testing.T) {
	o := newOffice(t)
	text := "单位,类别,甲乙,区划,经度,纬度\n一,党支部,x,330102001051,120.15,30.25\n二,没有,x,330102001051,120.15,30.25\n"
	j := o.upload(t, "t.csv", []byte(text), geo.ImportMapping{CRS: "gcj02", Superior: o.top})
	if j.Mapping.Ready() {
		t.Fatal("a header that nobody knows is understood")
	}
	m := j.Mapping
	m.AccuracyM = 30
	m.Columns = []geo.ImportField{geo.ImportName, geo.ImportKind, "", geo.ImportDivision, geo.ImportLng, geo.ImportLat}
	if _, err := o.desk.Map(t.Context(), o.ask, j.ID, m); err != nil {
		t.Fatal(err)
	}
	o.work(t, j.ID, geo.ImportChecking)
	j = o.work(t, j.ID, geo.ImportRunning)
	var book bytes.Buffer
	if err := o.desk.Corrected(t.Context(), j, geo.CorrectedWords{Sheet: "退回的行", Row: "原行号", Reasons: "退回原因", Sentence: geo.ImportFault.Chinese}, &book); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		text []byte
		want bool
	}{
		{"corrected", book.Bytes(), true},
		{"remarks, and in another order", []byte("备注,,纬度,经度,区划,类别,单位\n,,30.25,120.15,330102001051,党支部,二\n"), true},
		{"a column that says something", []byte("单位,类别,甲乙,区划,经度,纬度,电话\n"), false},
		{"a column less", []byte("单位,类别,甲乙,区划,经度\n"), false},
	} {
		again := o.upload(t, c.name, c.text, geo.ImportMapping{})
		if again.Remembered != c.want || c.want && (again.Mapping.CRS != "gcj02" || again.Mapping.AccuracyM != 30 || again.Mapping.Superior != o.top) {
			t.Errorf("%s: %v %+v", c.name, again.Remembered, again.Mapping)
		}
		for i, h := range again.Recognition.Headers {
			if c.want && (h == "单位") != (again.Mapping.Columns[i] == geo.ImportName) {
				t.Errorf("%s: %q is %s", c.name, h, again.Mapping.Columns[i])
			}
		}
	}
	first := o.upload(t, "t.csv", []byte("名称,经度,纬度\n"), geo.ImportMapping{CRS: "bd09"})
	if next := o.upload(t, "t.csv", []byte("名称,经度,纬度,退回原因\n"), geo.ImportMapping{}); first.Remembered || !next.Remembered || next.Mapping.CRS != "bd09" {
		t.Errorf("what is said with the file is forgotten: %+v", next.Mapping)
	}
}

// TestNamesWithoutCodes: a row without a code changes nothing when it is not told which of several is meant, and makes nothing
// that is there since the check.
func TestNamesWithoutCodes(t *testing.T) {
	o := newOffice(t)
	east, west := o.register(t, "东片", "", o.top), o.register(t, "西片", "", o.top)
	o.register(t, "同名", "N1", east)
	o.register(t, "同名", "N2", west)
	o.only(o.top)
	before := o.digest(t)
	j := o.ran(t, "名称,区划,类别,电话\n同名,330102000000,党支部,1\n")
	if j.Counts.Altered != 0 || j.Faults[geo.FaultAmbiguous] != 1 || o.digest(t) != before {
		t.Errorf("%+v %s", j.Counts, o.said(t, j.ID))
	}
	text := "名称,区划,类别,上级\n总支,330102000000,党总支,东片\n一支,330102000000,党支部,总支\n一支,330102001051,党支部,西片\n"
	first, second := o.checked(t, text), o.checked(t, text)
	if first.Counts.New != 3 || second.Counts.New != 3 {
		t.Fatalf("%+v %s", first.Counts, o.said(t, first.ID))
	}
	o.work(t, first.ID, geo.ImportRunning)
	second = o.work(t, second.ID, geo.ImportRunning)
	if second.Counts.Made != 0 || second.Counts.Refused != 3 || second.Faults[geo.FaultMadeSince] != 2 || second.Faults[geo.FaultSuperiorRefused] != 1 {
		t.Errorf("%+v %s", second.Counts, o.said(t, second.ID))
	}
	if n := one[int](t, o, `select count(*) from jingwei.organization_version where name in ('总支', '一支') and upper_inf(recorded)`); n != 3 {
		t.Errorf("%d organizations", n)
	}
	o.sound(t)
}

// TestNamesStandBelowSuperiors: the organization of a row without a code has the name, the division and the superior that the row says;
// below another superior it is another one. What is found by its name and what moves is counted.
func TestNamesStandBelowSuperiors(t *testing.T) {
	o := newOffice(t)
	first, second := o.register(t, "一总支", "S1", o.top), o.register(t, "二总支", "", o.top)
	own, plain := o.register(t, "第二支部", "OWN-2", first), o.register(t, "第三支部", "", second)
	const header = "编码,名称,类别,上级,区划,电话\n"
	phone := func(id geo.ID) string {
		return one[string](t, o, `select phone from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`, id)
	}
	for _, c := range []struct {
		name, rows string
		superior   geo.ID
		want       geo.ImportCounts
		faults     string
	}{
		{"below another superior it is new", ",第二支部,党支部,二总支,330102000000,2\n", 0, geo.ImportCounts{Rows: 1, New: 1}, ""},
		{"different superiors, different organizations", ",第一支部,党支部,一总支,330102000000,2\n,第一支部,党支部,二总支,330102000000,2\n", 0, geo.ImportCounts{Rows: 2, New: 2}, ""},
		{"the superior by its code, and by its name", ",第一支部,党支部,S1,330102000000,2\n,第一支部,党支部,一总支,330102000000,2\n", 0, geo.ImportCounts{Rows: 2, New: 1, Refused: 1}, "3 0 : duplicate-row 2\n"},
		{"different superiors that are new", "N1,甲总支,党总支,T,330102000000,\nN2,乙总支,党总支,T,330102000000,\n,第一支部,党支部,甲总支,330102000000,\n,第一支部,党支部,N2,330102000000,\n,第一支部,党支部,N1,330102000000,\n", 0,
			geo.ImportCounts{Rows: 5, New: 4, Refused: 1}, "6 0 : duplicate-row 4\n"},
		{"below its superior it is known", ",第二支部,,一总支,330102000000,3\n", 0, geo.ImportCounts{Rows: 1, Changed: 1, ByName: 1}, ""},
		{"below its superior by its code", ",第二支部,,S1,330102000000,3\n", 0, geo.ImportCounts{Rows: 1, Changed: 1, ByName: 1}, ""},
		{"the same twice, by code and by name", "OWN-2,,,,,\n,第二支部,,S1,330102000000,3\n", 0, geo.ImportCounts{Rows: 2, Unchanged: 1, Refused: 1}, "3 0 : duplicate-row 2\n"},
		{"below what the file says of all", ",第二支部,,,330102000000,3\n", first, geo.ImportCounts{Rows: 1, Changed: 1, ByName: 1}, ""},
		{"not below what the file says of all", ",第二支部,党支部,,330102000000,3\n,第三支部,党支部,,330102000000,3\n", o.other, geo.ImportCounts{Rows: 2, New: 2}, ""},
		{"without a superior, one that has a code", ",第二支部,党支部,,330102000000,3\n", 0, geo.ImportCounts{Rows: 1, Refused: 1}, "2 0 : ambiguous-organization 1\n"},
		{"without a superior, one that has none", ",第三支部,,,330102000000,\n", 0, geo.ImportCounts{Rows: 1, Unchanged: 1, ByName: 1}, ""},
		{"without a superior, at the top", ",别处,,,330102000000,\n", 0, geo.ImportCounts{Rows: 1, Unchanged: 1, ByName: 1}, ""},
		{"below one that a row is about by its name", ",第三支部,,二总支,330102000000,9\n,二总支,,上城区委,330102000000,\n", 0, geo.ImportCounts{Rows: 2, Changed: 1, Unchanged: 1, ByName: 2}, ""},
		{"below one that another row makes anew", ",二总支,党总支,一总支,330102000000,\n,第三支部,党支部,二总支,330102000000,9\n", 0, geo.ImportCounts{Rows: 2, New: 1, Refused: 1}, "3 4 superior: ambiguous-superior\n"},
		{"by its code it moves", "OWN-2,,,二总支,,\n", 0, geo.ImportCounts{Rows: 1, Changed: 1, Moved: 1}, ""},
		{"by its code below one that is new", "OWN-2,,,N1,,\nN1,甲总支,党总支,T,330102000000,\n", 0, geo.ImportCounts{Rows: 2, New: 1, Changed: 1, Moved: 1}, ""},
	} {
		j := o.upload(t, "t.csv", []byte(header+c.rows), geo.ImportMapping{Superior: c.superior})
		o.exec(t, `delete from jingwei.import_mapping`)
		j = o.work(t, j.ID, geo.ImportChecking)
		if diff := cmp.Diff(c.want, j.Counts); diff != "" || o.said(t, j.ID) != c.faults {
			t.Errorf("%s: %s (-want +got):\n%s", c.name, o.said(t, j.ID), diff)
		}
	}
	// What is written leaves the one that was not meant alone.
	if j := o.ran(t, header+",第二支部,党支部,二总支,330102000000,2\n,第三支部,,二总支,330102000000,7\n"); j.Counts.Made != 1 || j.Counts.Altered != 1 {
		t.Errorf("%+v %s", j.Counts, o.said(t, j.ID))
	}
	if o.path(t, own) != joined(o.top, first, own) || phone(own) != "" || o.path(t, plain) != joined(o.top, second, plain) || phone(plain) != "7" {
		t.Errorf("%s %q, %s %q", o.path(t, own), phone(own), o.path(t, plain), phone(plain))
	}
	// Nor is one written to that got another name or superior since the check.
	j := o.checked(t, header+",第二支部,,一总支,330102000000,8\n,第三支部,,二总支,330102000000,8\n,一总支,,T,330102000000,8\n")
	if j.Counts.Changed != 3 {
		t.Fatalf("%+v %s", j.Counts, o.said(t, j.ID))
	}
	o.mustPut(t, own, today(), below(o.other))
	o.mustPut(t, plain, today(), func(c *geo.OrganizationContent) { c.Name = "第四支部" })
	if j = o.work(t, j.ID, geo.ImportRunning); j.Counts.Altered != 1 || j.Counts.Refused != 2 || j.Faults[geo.FaultChangedSince] != 2 {
		t.Errorf("%+v %s", j.Counts, o.said(t, j.ID))
	}
	if o.path(t, own) != joined(o.other, own) || phone(own) != "" || phone(plain) != "7" {
		t.Errorf("%s %q %q", o.path(t, own), phone(own), phone(plain))
	}
	o.sound(t)
}

// TestHiddenIsNotTold: neither the codes nor the names of what the importer does not see.
func TestHiddenIsNotTold(t *testing.T) {
	o := newOffice(t)
	hidden, shown := o.register(t, "草稿", "00077031", o.other), o.register(t, "公开", "00077032", o.other)
	o.mustPut(t, hidden, today(), func(c *geo.OrganizationContent) { c.Status = "draft" })
	o.only(o.top)
	j := o.checked(t, "名称,类别,区划,上级,编码\n甲,党支部,330102001051,T,77031\n乙,党支部,330102001051,T,77032\n")
	if got := o.said(t, j.ID); got != "3 5 code: zeros-lost 00077032\n" {
		t.Errorf("%q", got)
	}
	x, y := o.register(t, "走前", "X", o.top), o.register(t, "旧名", "Y", o.top)
	j = o.ran(t, "编码,电话\nX,1\nY,2\n")
	o.mustPut(t, x, today(), func(c *geo.OrganizationContent) { c.Parent, c.Name, c.Status = o.other, "走后", "draft" })
	o.mustPut(t, y, today(), func(c *geo.OrganizationContent) { c.Parent, c.Name = o.other, "新名" })
	o.work(t, j.ID, geo.ImportUndoing)
	kept, err := o.ImportKept(t.Context(), o.ask, j.ID, 10)
	want := []geo.ImportKept{{Organization: x, Reason: "edited"}, {Organization: y, Name: "新名", Reason: "edited"}}
	if diff := cmp.Diff(want, kept); err != nil || diff != "" {
		t.Errorf("%v, of %d (-want +got):\n%s", err, shown, diff)
	}
}
