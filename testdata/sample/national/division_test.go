package national_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

// key tells divisions apart: some codes stand at two levels.
type key struct {
	code  geo.DivisionCode
	level geo.DivisionLevel
}

func TestDivisions(t *testing.T) {
	divisions := nation(t, 1).Divisions()
	levels, kinds := map[geo.DivisionLevel]int{}, map[string]int{}
	var all []geo.Division
	known := map[key]bool{}
	for i := range divisions.Len() {
		d := divisions.Division(i)
		all = append(all, d)
		levels[d.Level]++
		kinds[d.Kind]++
		own := key{d.Code, d.Level}
		if known[own] || d.Name == "" || d.Level > geo.Province && !known[key{d.Parent, d.Level - 1}] {
			t.Fatalf("%+v: known before, without a name, or before its superior", d)
		}
		known[own] = true
	}
	want := map[geo.DivisionLevel]int{1: 31, 2: 342, 3: 2978, 4: 41_352, 5: 620_573}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Errorf("divisions by level (-want +got):\n%s", diff)
	}
	if kinds["village_committee"] != 487_144 || kinds["residents_committee"] != 124_649 || kinds["statistical_only"] != 8780 {
		t.Errorf("kinds %v", kinds)
	}
	packed, err := national.Pack(all)
	if err != nil || string(packed) != divisions.Packed() {
		t.Errorf("packing what was unpacked gives another text, %v", err)
	}
	names := map[key]string{}
	for _, d := range all {
		names[key{d.Code, d.Level}] = d.Name
	}
	for k, want := range map[key]string{
		{441900000000, 2}: "东莞市", {441900000000, 3}: "东莞市", {441900003000, 4}: "东城街道",
		{110101001001, 5}: "多福巷社区居委会", {350527000000, 5}: "金门县",
	} {
		if names[k] != want {
			t.Errorf("%v is %q, want %q", k, names[k], want)
		}
	}
}

func TestPackRefuses(t *testing.T) {
	for _, d := range []geo.Division{
		{Code: 330102001201, Level: 5, Kind: "residents_committee", Parent: 330102001000, Name: "某村"},
		{Code: 330102001201, Level: 5, Kind: "village_committee", Parent: 330102002000, Name: "某村"},
	} {
		if _, err := national.Pack([]geo.Division{d}); err == nil {
			t.Errorf("%+v was packed, though reading gives something else", d)
		}
	}
}

// TestLabels: every level but the villages has label points, in China.
func TestLabels(t *testing.T) {
	n := nation(t, 1)
	labels := n.Labels()
	// Forty-odd townships lie in counties without a committee.
	if all := 31 + 342 + 2978 + 41_352; len(labels) > all || len(labels) < all-50 {
		t.Errorf("%d labels for %d divisions", len(labels), all)
	}
	counties := map[geo.DivisionCode]bool{}
	for _, c := range n.Cells() {
		counties[c.Code] = true
	}
	known := map[key]bool{}
	for _, d := range labels {
		if known[key{d.Code, d.Level}] || !d.HasLabel || !counties[d.Code/1e6*1e6] && d.Level >= geo.County {
			t.Errorf("%+v is labelled twice, not at all, or in no county", d)
		}
		known[key{d.Code, d.Level}] = true
		if lon, lat := d.Label.Degrees(); lon < 73 || lon > 136 || lat < 3 || lat > 54 {
			t.Errorf("the label of %s lies at %s", d.Code, d.Label)
		}
	}
}
