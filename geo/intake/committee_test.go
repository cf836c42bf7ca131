package intake_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/intake"
)

func TestCommittees(t *testing.T) {
	d, refused, err := read(t, header+good+`330102001401,统计单元,5,statistical_only,330102001000
330102001201,甲村委会,5,village_committee,330102001000
330103000000,下城区,3,county,330100000000
330103001000,长庆街道,4,street,330103000000
330103001001,长庆社区,5,residents_committee,330103001000
`)
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	if diff := cmp.Diff([]geo.DivisionCode{330102001051, 330102001201, 330103001001}, d.CommitteeCodes()); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	town, county := geo.Place{At: geo.Position{Lon: 1}, AccuracyM: 100}, geo.Place{At: geo.Position{Lon: 2}, AccuracyM: 1000}
	var got []string
	c, others := d.Committees([]geo.DivisionCode{330102001201}, map[geo.DivisionCode]geo.Place{330102001000: town, 330102000000: county},
		func(r intake.Refusal) { got = append(got, r.String()) })
	want := []string{
		"line 8, code: there is no division with this code on the day of the edition: import divisions first",
		"line 11, code: no division from this one up to its province has a point on the map: import boundaries first",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if c.Len() != 1 || others != 7 {
		t.Fatalf("%d committees, %d others", c.Len(), others)
	}
	content := geo.OrganizationContent{Code: "330102001051", Kind: "residents_committee", Level: "village", Name: "清波门社区居委会",
		Division: 330102001051, Location: town.At, LocationSource: "division", LocationAccuracyM: 100, SourceCRS: "EPSG:4326",
		LocationState: geo.LocationReported, Status: geo.StatusActive}
	if diff := cmp.Diff(content, c.Organization(0)); diff != "" {
		t.Errorf("organization (-want +got):\n%s", diff)
	}
}

func TestPlaceOf(t *testing.T) {
	places := map[geo.DivisionCode]geo.Place{330000000000: {AccuracyM: 1}, 330100000000: {AccuracyM: 2}}
	for code, want := range map[geo.DivisionCode]float64{330102001051: 2, 330200000000: 1, 330000000000: 1} {
		if p, ok := geo.PlaceOf(code, places); !ok || p.AccuracyM != want {
			t.Errorf("%s: %v %v", code, p, ok)
		}
	}
	if _, ok := geo.PlaceOf(340102001051, places); ok {
		t.Error("a place in a province without one")
	}
}
