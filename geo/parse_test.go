package geo_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jingwei/geo"
)

func TestNewPosition(t *testing.T) {
	for _, c := range []struct {
		name     string
		lon, lat float64
		want     geo.Position
		fault    string // part of the message; "" for none
	}{
		{"rounds to the unit", 120.15510004, 30.27409996, geo.Position{Lon: 1201551000, Lat: 302741000}, ""},
		{"corner of the world", -180, -90, geo.Position{Lon: -1800000000, Lat: -900000000}, ""},
		{"swapped", 30.2741, 120.1551, geo.Position{}, "swapped"},
		{"longitude outside", 180.0000001, 0, geo.Position{}, "longitude"},
		{"latitude outside", 170, 90.5, geo.Position{}, "latitude"},
		{"not a number", math.NaN(), 0, geo.Position{}, "numbers"},
		{"infinite", math.Inf(1), 0, geo.Position{}, "longitude"},
	} {
		got, err := geo.NewPosition(c.lon, c.lat)
		checkFault(t, c.name, err, "location", c.fault)
		if err == nil && got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func checkFault(t *testing.T, name string, err error, field, fault string) {
	t.Helper()
	if fault == "" {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	var e *geo.Error
	if !errors.As(err, &e) || !errors.Is(err, geo.ErrInvalid) || e.Field != field || !strings.Contains(e.Message, fault) {
		t.Errorf("%s: %v, want an error about %s that says %q", name, err, field, fault)
	}
}

func TestParseExtent(t *testing.T) {
	for _, c := range []struct {
		in    string
		want  geo.Extent
		fault string
	}{
		{"118,27,123,31", geo.Extent{West: 118, South: 27, East: 123, North: 31}, ""},
		{" 170, -10 ,-170,10", geo.Extent{West: 170, South: -10, East: -170, North: 10}, ""},
		{"1,2,3", geo.Extent{}, "3 given"},
		{"1,2,3,4,5,6", geo.Extent{}, "6 given"},
		{"a,2,3,4", geo.Extent{}, "not a number"},
		{"NaN,2,3,4", geo.Extent{}, "not a number"},
		{"1,5,3,4", geo.Extent{}, "greater than north"},
		{"27,118,31,123", geo.Extent{}, "latitudes"},
		{"181,0,182,1", geo.Extent{}, "longitudes"},
	} {
		got, err := geo.ParseExtent(c.in)
		checkFault(t, c.in, err, "bbox", c.fault)
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.in, got, c.want)
		}
	}
}

func TestExtentContainsAcrossTheAntimeridian(t *testing.T) {
	e := geo.Extent{West: 170, South: -10, East: -170, North: 10}
	for lon, want := range map[float64]bool{170: true, 169.9: false, 180: true, -180: true, -170: true, -169.9: false, 0: false} {
		p, err := geo.NewPosition(lon, 10)
		if err != nil {
			t.Fatal(err)
		}
		if e.Contains(p) != want {
			t.Errorf("%g: %v, want %v", lon, !want, want)
		}
	}
}

func TestDayOf(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-22T15:59:59Z": "2026-11-22",
		"2026-11-22T16:00:00Z": "2026-11-23", // midnight in China
		"1969-12-31T15:59:59Z": "1969-12-31",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := geo.DayOf(at).String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestDivisionCode(t *testing.T) {
	for _, c := range []struct {
		in, code, prefix string
		level            geo.DivisionLevel
		fault            string
	}{
		{"33", "330000000000", "33", geo.Province, ""},
		{"3301", "330100000000", "3301", geo.Prefecture, ""},
		{"330102", "330102000000", "330102", geo.County, ""},
		{"330102001", "330102001000", "330102001", geo.Township, ""},
		{"330102001051", "330102001051", "330102001051", geo.Village, ""},
		{"330102000000", "330102000000", "330102", geo.County, ""},
		{"0", "", "", 0, "not a division code"},
		{"3301020", "", "", 0, "digits"},
		{"-33", "", "", 0, "not a division code"},
		{"033010200105", "", "", 0, "begins with 0"},
		{"33010200105a", "", "", 0, "not a division code"},
	} {
		got, err := geo.ParseDivisionCode("division", c.in)
		checkFault(t, c.in, err, "division", c.fault)
		if err != nil {
			continue
		}
		if got.String() != c.code || got.Prefix() != c.prefix || got.Level() != c.level {
			t.Errorf("%s: %s, prefix %s, level %v", c.in, got, got.Prefix(), got.Level())
		}
	}
}

// TestDivisionRangeIsPrefix: a code lies in the range of another exactly when its digits begin with the other's prefix.
func TestDivisionRangeIsPrefix(t *testing.T) {
	code := rapid.Custom(func(t *rapid.T) geo.DivisionCode {
		n := rapid.SampledFrom([]int64{1, 1e3, 1e6, 1e8, 1e10}).Draw(t, "unit")
		return geo.DivisionCode(rapid.Int64Range(1e11/n, (1e12-1)/n).Draw(t, "code") * n)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := code.Draw(t, "a"), code.Draw(t, "b")
		lo, hi := a.Range()
		if in := lo <= b && b < hi; in != strings.HasPrefix(b.String(), a.Prefix()) {
			t.Fatalf("%s in the range of %s: %v", b, a, in)
		}
	})
}

func TestSnapshot(t *testing.T) {
	s, err := geo.ParseSnapshot("10:20:12,15")
	if err != nil {
		t.Fatal(err)
	}
	for xid, want := range map[uint64]bool{9: true, 10: true, 12: false, 13: true, 15: false, 19: true, 20: false} {
		if s.Sees(xid) != want {
			t.Errorf("sees %d: %v", xid, !want)
		}
	}
	for _, bad := range []string{"", "1:2", "2:1:", "1:9:10", "1:9:0", "1:9:3,2", "a:b:", "1:2:3:4"} {
		if _, err := geo.ParseSnapshot(bad); !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestSnapshotCovers compares Covers with its definition, transaction by transaction.
func TestSnapshotCovers(t *testing.T) {
	snapshot := rapid.Custom(func(t *rapid.T) geo.Snapshot {
		s := geo.Snapshot{Xmin: rapid.Uint64Range(1, 12).Draw(t, "xmin")}
		s.Xmax = rapid.Uint64Range(s.Xmin, 12).Draw(t, "xmax")
		for x := s.Xmin; x < s.Xmax; x++ {
			if rapid.Bool().Draw(t, "running") {
				s.InProgress = append(s.InProgress, x)
			}
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := snapshot.Draw(t, "a"), snapshot.Draw(t, "b")
		want := true
		for x := range uint64(13) {
			want = want && (!b.Sees(x) || a.Sees(x))
		}
		// Covers may say no where xmax alone differs and nothing between is seen: that only makes a reader wait.
		if got := a.Covers(b); got && !want || !got && want && a.Xmax >= b.Xmax {
			t.Fatalf("%s covers %s: %v, want %v", a, b, got, want)
		}
		back, err := geo.ParseSnapshot(a.String())
		if err != nil || back.String() != a.String() {
			t.Fatalf("%s read back as %s, %v", a, back, err)
		}
	})
}

func TestFilterCanonical(t *testing.T) {
	a, b := geo.In("kind", "x", "y"), geo.Within(330000000000)
	same := []geo.Filter{geo.And(a, b), geo.And(b, geo.In("kind", "y", "x", "y")), geo.And(b, geo.Filter{}, a)}
	for _, f := range same[1:] {
		if f.Canonical() != same[0].Canonical() {
			t.Errorf("%s and %s are equal filters", f.Canonical(), same[0].Canonical())
		}
	}
	other := []geo.Filter{{}, a, b, geo.In("kind", "x,y"), geo.In(`kind"`, "x"), geo.In("kind", `"x`),
		{Root: &geo.Operation{Op: "or", Args: []geo.Node{a.Root, b.Root}}}}
	seen := map[string]bool{same[0].Canonical(): true}
	for _, f := range other {
		if seen[f.Canonical()] {
			t.Errorf("%s stands for two filters", f.Canonical())
		}
		seen[f.Canonical()] = true
	}
}

func TestValidate(t *testing.T) {
	good := geo.OrganizationContent{Name: "柳塘村委会", Kind: "village_committee", Division: 330102001051}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for field, breakIt := range map[string]func(*geo.OrganizationContent){
		"name":                func(c *geo.OrganizationContent) { c.Name = "" },
		"short_name":          func(c *geo.OrganizationContent) { c.ShortName = strings.Repeat("长", geo.MaxNameLength+1) },
		"kind":                func(c *geo.OrganizationContent) { c.Kind = "" },
		"division":            func(c *geo.OrganizationContent) { c.Division = 0 },
		"location_accuracy_m": func(c *geo.OrganizationContent) { c.LocationAccuracyM = -1 },
		"address":             func(c *geo.OrganizationContent) { c.Address = "a\x00b" },
		"phone":               func(c *geo.OrganizationContent) { c.Phone = string([]byte{0xff}) },
	} {
		c := good
		breakIt(&c)
		var e *geo.Error
		if err := c.Validate(); !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"118,27,123,31", "330102001051", "2026-11-23", "e.10:20:12,15", "9007199254740991",
		"56:00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := geo.ParseFeedPosition(s); err == nil {
			if back, err := geo.ParseFeedPosition(p.String()); err != nil || back.String() != p.String() {
				t.Errorf("position %q read back as %v, %v", s, back, err)
			}
		}
		if c, err := geo.ParseDivisionCode("code", s); err == nil && len(c.String()) != 12 {
			t.Errorf("division %q became %q", s, c)
		}
		if e, err := geo.ParseExtent(s); err == nil && (e.South > e.North || math.Abs(e.West) > 180) {
			t.Errorf("extent %q became %v", s, e)
		}
		if d, err := geo.ParseDay("day", s); err == nil && d.String() != s {
			t.Errorf("day %q became %s", s, d)
		}
		if id, err := geo.ParseID("id", s); err == nil && (id < 1 || id > geo.MaxID) {
			t.Errorf("id %q became %d", s, id)
		}
		if h, err := geo.ParseAuditHead(s); err == nil {
			if back, err := geo.ParseAuditHead(h.String()); err != nil || back != h || h.N < 1 {
				t.Errorf("head %q read back as %v, %v", s, back, err)
			}
		}
	})
}
