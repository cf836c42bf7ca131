package national_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

func TestDivisions(t *testing.T) {
	divisions := nation(t, 1).Divisions()
	levels, kinds := map[geo.DivisionLevel]int{}, map[string]int{}
	var all []geo.Division
	known := map[national.LabelKey]bool{}
	for i := range divisions.Len() {
		d := divisions.Division(i)
		all = append(all, d)
		levels[d.Level]++
		kinds[d.Kind]++
		key := national.LabelKey{Code: d.Code, Level: d.Level}
		if known[key] || d.Name == "" || d.Level > geo.Province && !known[national.LabelKey{Code: d.Parent, Level: d.Level - 1}] {
			t.Fatalf("%+v: known before, without a name, or before its superior", d)
		}
		known[key] = true
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
	names := map[national.LabelKey]string{}
	for _, d := range all {
		names[national.LabelKey{Code: d.Code, Level: d.Level}] = d.Name
	}
	for key, want := range map[national.LabelKey]string{
		{Code: 441900000000, Level: 2}: "东莞市", {Code: 441900000000, Level: 3}: "东莞市", {Code: 441900003000, Level: 4}: "东城街道",
		{Code: 110101001001, Level: 5}: "多福巷社区居委会", {Code: 350527000000, Level: 5}: "金门县",
	} {
		if names[key] != want {
			t.Errorf("%v is %q, want %q", key, names[key], want)
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
	for key, at := range labels {
		if !counties[key.Code/1e6*1e6] && key.Level >= geo.County {
			t.Errorf("%+v is in no county", key)
		}
		if lon, lat := at.Degrees(); lon < 73 || lon > 136 || lat < 3 || lat > 54 {
			t.Errorf("the label of %+v lies at %s", key, at)
		}
	}
}
