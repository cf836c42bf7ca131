package main_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jingwei/geo/geotest"
)

// badRows are rows of a table of divisions, each at fault in another way, with a word of the reason.
func badRows() [][2]string {
	const tail = ",5,village_committee,330102001000"
	return [][2]string{
		{"33010200105,甲村" + tail, "11 digits"}, {"3301020010511,甲村" + tail, "13 digits"}, {",甲村" + tail, "0 digits"},
		{"33010200105x,甲村" + tail, "not a code"}, {"030102001052,甲村" + tail, "begins with 0"}, {"甲村委会,330102001052" + tail, "swapped"},
		{"330102001052,village_committee,5,甲村,330102001000", "not a kind"}, {"330102001052,5,甲村,village_committee,330102001000", "swapped"},
		{"330102001001,又一个社区,5,residents_committee,330102001000", "stands on line"}, {"330102001052,甲村,5,village_committee,330103001000", "does not begin with"},
		{"330102001052,甲村,5,village_committee,", "parent is missing"}, {"340000000000,甲省,1,province,330000000000", "has no parent"},
		{"330102001052,甲\x01村" + tail, "U+0001"}, {"330102001052,甲\x00村" + tail, "U+0000"}, {"330102001052,甲\u202e村" + tail, "U+202E"},
		{"330102001052,\xb4\xe5\xce\xaf" + tail, "not UTF-8"}, {"330102001052,甲\ufffd村" + tail, "damaged"}, {"330102001052," + tail, "the name is empty"},
		{"330102001052," + strings.Repeat("长", 201) + tail, "201 characters"}, {"330102001052,甲村,6,village_committee,330102001000", "not a level"},
		{"330102001052,甲村,4,street,330102000000", "digits of level 5"}, {"330102001052,甲村,5,county,330102001000", "level 3"},
		{"330102001052,甲村,5,village_committee", "4 fields"}, {`330102001052,"甲村` + tail, "does not end"}, {`330102001052,"甲"村` + tail, "follows the end"},
		{"330102001052," + strings.Repeat("x", 200_000), "longer than"},
	}
}

// TestBadRowsOfImports: imports of divisions and of organizations refuse each bad row with its line and the reason, take
// the good ones before, between and after, and end with exit code 3.
func TestBadRowsOfImports(t *testing.T) {
	url := geotest.Database(t)
	conn := connect(t, url)
	good := hangzhouTable() // 24 lines, 10 committees
	bad := badRows()
	var text strings.Builder
	text.WriteString("\ufeff" + good)
	for i, row := range bad {
		fmt.Fprintf(&text, "%s\n330102001%d,第%d村委会,5,village_committee,330102001000\n", row[0], 300+i, i)
	}
	table := file(t, "bad.csv", text.String())
	for _, c := range []struct {
		verb string
		want [7]int // read, new, changed, unchanged, kept, skipped, refused
	}{
		{"divisions", [7]int{23 + 2*len(bad), 23 + len(bad), 0, 0, 0, 0, len(bad)}},
		{"organizations", [7]int{23 + 2*len(bad), 10 + len(bad), 0, 0, 0, 13, len(bad)}},
	} {
		if _, err := conn.Exec(t.Context(), `update jingwei.division set label = st_setsrid(st_makepoint(120.2, 30.3), 4326) where level = 2`); err != nil {
			t.Fatal(err)
		}
		report := filepath.Join(t.TempDir(), "refused.csv")
		args := []string{c.verb, table, "--report", report}
		if c.verb == "organizations" {
			args = append(args, "--from-divisions")
		}
		got, exit := importing(t, url, args...)
		if got.counts() != c.want || exit != 3 {
			t.Errorf("%s: exit %d, %v, want %v", c.verb, exit, got.counts(), c.want)
		}
		reasons := refusedLines(t, report)
		for i, row := range bad {
			if line := fmt.Sprint(25 + 2*i); !strings.Contains(reasons[line], row[1]) {
				t.Errorf("%s: line %s, %.80q: %q, want %q", c.verb, line, row[0], reasons[line], row[1])
			}
		}
	}
}

// refusedLines reads a report file: the reason by line.
func refusedLines(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range rows[1:] {
		reasons[row[0]] = row[3]
	}
	return reasons
}

// TestBadFeaturesOfImports is the same for boundaries: each bad feature is named by its number.
func TestBadFeaturesOfImports(t *testing.T) {
	const square = `{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,31],[120,30]]]}`
	with := func(properties, geometry string) string {
		return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
	}
	ring := func(text string) string {
		return with(`{"code":"330199"}`, `{"type":"Polygon","coordinates":[[`+text+`]]}`)
	}
	bad := [][2]string{
		{with(`{"name":"x"}`, square), "not a division code"}, {with(`{"code":"33019"}`, square), "digits"}, {with(`{"code":"030199"}`, square), "begins with 0"},
		{with(`{"code":"330199","level":"province"}`, square), "province"}, {with(`{"code":"330101"}`, square), "has this code"},
		{with(`{"code":"330199","name":"a\nb"}`, square), "control"}, {with(`{"code":"330199","name":"a\u0000b"}`, square), "control"},
		{with("{\"code\":\"330199\",\"name\":\"\xb4\xe5\"}", square), "UTF-8"}, {with(`{"code":"330199","name":"`+strings.Repeat("长", 201)+`"}`, square), "at most 200"},
		{with(`{"code":"330199"}`, `null`), "geometry"}, {with(`{"code":"330199"}`, `{"type":"Point","coordinates":[120,30]}`), "Point"},
		{with(`{"code":"330199"}`, `{"type":"GeometryCollection","geometries":[]}`), "GeometryCollection"}, {with(`{"code":"330199"}`, `{"type":"Polygon","coordinates":[]}`), "empty"},
		{ring(`[30,120],[30,121],[31,121],[30,120]`), "swapped"}, {ring(`[500000,3300000],[500001,3300000],[500001,3300001],[500000,3300000]`), "outside"},
		{ring(`["120","30"],["121","30"],["121","31"],["120","30"]`), "geometry"}, {ring(`[120],[121],[122],[120]`), "geometry"},
		{ring(`[120,30],[121,30],[120,30],[120,30]`), "area"}, {with(`[]`, square), "array"}, {`7`, "number"}, {`"x"`, "string"}, {`{"type":"Feature",}`, "invalid"},
		{with(`{"name":"省界"}`, `{"type":"LineString","coordinates":[[120,30]]}`), "two are needed"},
	}
	var features []string
	for i, f := range bad {
		features = append(features, strings.ReplaceAll(with(fmt.Sprintf(`{"code":"3301%02d","name":"好"}`, i+1), square), "120,", "11"+fmt.Sprint(i%10)+","), f[0])
	}
	path := file(t, "bad.geojson", "\ufeff"+`{"type":"FeatureCollection","features":[`+strings.Join(features, ",\n")+`]}`)
	i := importBoundaries(t, geotest.Database(t), path, "--level", "county", "--illustrative")
	if i.exit != 3 || i.Read != 2*len(bad) || i.New != len(bad) || len(i.Refusals) != len(bad) {
		t.Errorf("exit %d, %s, %d refusals\n%s", i.exit, i.tally(), len(i.Refusals), i.said)
	}
	reasons := map[int]string{}
	for _, r := range i.Refusals {
		reasons[r.Feature] = r.Reason
	}
	for n, f := range bad {
		if got := reasons[2*n+2]; !strings.Contains(got, f[1]) {
			t.Errorf("feature %d, %.80q: %q, want %q", 2*n+2, f[0], got, f[1])
		}
	}
}
