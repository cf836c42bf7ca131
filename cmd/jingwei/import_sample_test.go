package main_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo/geotest"
)

// TestSampleUnderImports: the sample, real tables over it, then the sample again. It changes nothing then: history stays,
// nothing is there twice, and the server shows it.
func TestSampleUnderImports(t *testing.T) {
	t.Parallel()
	sampleUnder(t, geotest.Shared(t, "data", "divisions", "zhejiang-5level.csv"))
}

// TestNationalSampleUnderImports is the same with the table of the whole country.
func TestNationalSampleUnderImports(t *testing.T) {
	needsNational(t)
	sampleUnder(t, nation(t).table)
}

func sampleUnder(t *testing.T, table string) {
	url := sampleDatabase(t)
	history := geotest.Shared(t, "data", "divisions", "gb2260-history-1981-2024.csv")
	for _, args := range [][]string{{"divisions", table}, {"divisions", "--history", history}, {"organizations", "--from-divisions", table}} {
		got, exit := importing(t, url, args...)
		t.Logf("import %v: exit %d, %v", args, exit, got.counts())
		if exit != 0 {
			t.Errorf("import %v: exit %d, %+v", args, exit, got.Refusals)
		}
	}
	if i := importBoundaries(t, url, boundaryFile(t, "zhejiang-county.geojson"), "--level", "county"); i.exit != 0 {
		t.Errorf("boundaries: exit %d, %s", i.exit, i.said)
	}
	conn := connect(t, url)
	p := serve(t, t.TempDir(), "--database", url)
	before, organizations := digests(t, url), stored(t, conn, "true")
	if out, err := sampleOnce(t.Context(), binary(t), url); err != nil {
		t.Fatalf("sample load: %v\n%s", err, out)
	}
	if diff := cmp.Diff(before, digests(t, url)); diff != "" {
		t.Errorf("the sample once more (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(organizations, stored(t, conn, "true")); diff != "" {
		t.Errorf("organizations (-before +after):\n%s", diff)
	}
	var doubled int
	err := conn.QueryRow(t.Context(), `
		select count(*) from (select v.name, v.division_code from jingwei.organization_version v
		where upper_inf(v.recorded) and v.kind in ('village_committee', 'residents_committee') and v.level = 'village' group by 1, 2 having count(*) > 1) d`).Scan(&doubled)
	if err != nil || doubled > 0 {
		t.Errorf("%d committees are there twice, %v", doubled, err)
	}
	p.expectEqualToDatabase(t, conn)
}
