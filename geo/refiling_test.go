package geo_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
)

// country is a history of changes of every kind, in two provinces.
func country() ([]geo.Succession, []geo.Tenure) {
	forever := func(codes ...geo.DivisionCode) (list []geo.Tenure) {
		for _, c := range codes {
			list = append(list, geo.Tenure{Code: c * 1e6, Valid: geo.DayRange{From: geo.FirstDay(1981), To: geo.MaxDay}})
		}
		return list
	}
	years := func(code geo.DivisionCode, from, to int) geo.Tenure {
		return geo.Tenure{Code: code * 1e6, Valid: geo.DayRange{From: geo.FirstDay(from), To: geo.FirstDay(to)}}
	}
	tenures := append(forever(330000, 330100, 330102, 330105, 330109, 330110, 330200, 330203, 330300, 330400, 330022, 500000, 500100),
		years(330103, 1983, 2021), years(330104, 1983, 2021), years(330113, 2021, 2200), years(330114, 2021, 2200),
		years(330021, 1990, 2000), years(330401, 1990, 2000), years(330107, 1990, 2000), years(330108, 1990, 2000), years(330201, 1990, 2000), years(330202, 1981, 2000), years(500101, 2000, 2200))
	var all []geo.Succession
	for _, s := range []geo.Succession{
		{Old: 330103, New: 330105, Year: 2021, Kind: geo.SuccessionMerge},
		{Old: 330104, New: 330102, Year: 2021, Kind: geo.SuccessionSplit}, {Old: 330104, New: 330114, Year: 2021, Kind: geo.SuccessionSplit},
		{Old: 330109, New: 330114, Year: 2021, Kind: geo.SuccessionTransfer}, {Old: 330110, New: 330113, Year: 2021, Kind: geo.SuccessionTransfer},
		{Old: 330107, New: 330203, Year: 2000, Kind: geo.SuccessionMerge}, // to another prefecture
		{Old: 330201, New: 330203, Year: 2000, Kind: geo.SuccessionSplit}, {Old: 330201, New: 330102, Year: 2000, Kind: geo.SuccessionSplit},
		{Old: 330021, New: 330300, Year: 2000, Kind: geo.SuccessionMerge}, {Old: 330401, New: 330022, Year: 2000, Kind: geo.SuccessionRecode},
		{Old: 330202, New: 500101, Year: 2000, Kind: geo.SuccessionRecode}, // to another province
	} {
		s.Old, s.New = s.Old*1e6, s.New*1e6
		all = append(all, s)
	}
	return all, tenures
}

func TestRefiling(t *testing.T) {
	all, tenures := country()
	for _, c := range []struct {
		year int
		code geo.DivisionCode
		want string // gained, ceded
	}{
		{2023, 330105, "[330103000000] []"},
		{2023, 330102, "[] []"}, // of 330104 nobody knows the share
		{2023, 330114, "[] []"},
		{2023, 330100, "[] [330107000000]"},             // 330103 and 330104 have its digits; 330108 ended without an heir and stays
		{2023, 330200, "[330107000000] [330202000000]"}, // 330201 was split over two prefectures: it stays
		{2023, 330203, "[330107000000] []"},
		{2023, 330300, "[330021000000] []"}, // a prefecture without counties
		{2023, 330400, "[] [330401000000]"}, // to a county without a prefecture
		{2023, 330022, "[330401000000] []"},
		{2023, 330000, "[] [330202000000]"},
		{2023, 500000, "[330202000000] []"},
		{2023, 500101, "[330202000000] []"},
		{2020, 330105, "[] []"},
		{2020, 330110, "[330113000000] []"}, // a code of later days
		{2020, 330114, "[] []"},
		{1999, 330202, "[500101000000] []"},
		{1999, 330000, "[500101000000] []"},
		{1999, 500000, "[] [500101000000]"},
		{1999, 330203, "[] []"},
	} {
		gained, ceded := geo.NewRefiling(all, tenures, geo.FirstDay(c.year)+100).Of(c.code * 1e6)
		if got := fmt.Sprint(gained, " ", ceded); got != c.want {
			t.Errorf("%s in %d: %s, want %s", c.code*1e6, c.year, got, c.want)
		}
	}
}

// TestRefilingCountsOnce: whatever the history, at each level what is filed under any code counts for one division at
// most, and for a prefecture or province exactly when its own or another one holds it.
func TestRefilingCountsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.Custom(func(t *rapid.T) geo.DivisionCode {
			return geo.DivisionCode(rapid.IntRange(33, 34).Draw(t, "province")*10000+rapid.IntRange(0, 2).Draw(t, "prefecture")*100+rapid.IntRange(1, 4).Draw(t, "county")) * 1e6
		})
		var tenures []geo.Tenure
		codes := map[geo.DivisionCode]bool{}
		for range rapid.IntRange(1, 20).Draw(t, "tenures") {
			c, from := code.Draw(t, "code"), rapid.IntRange(1990, 1994).Draw(t, "from")
			tenures = append(tenures, geo.Tenure{Code: c, Valid: geo.DayRange{From: geo.FirstDay(from), To: geo.FirstDay(from + rapid.IntRange(1, 4).Draw(t, "years"))}})
			codes[c] = true
		}
		for _, c := range []geo.DivisionCode{33e10, 34e10, 3301e8, 3302e8, 3401e8} {
			tenures = append(tenures, geo.Tenure{Code: c, Valid: geo.Always})
		}
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.Succession {
			kinds := []string{geo.SuccessionMerge, geo.SuccessionRecode, geo.SuccessionSplit, geo.SuccessionTransfer, geo.SuccessionRename}
			return geo.Succession{Old: code.Draw(t, "old"), New: code.Draw(t, "new"), Year: rapid.IntRange(1990, 1998).Draw(t, "year"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		}), 0, 20).Draw(t, "successions")
		day := geo.FirstDay(rapid.IntRange(1990, 1998).Draw(t, "day")) + 10
		r := geo.NewRefiling(all, tenures, day)
		levels := [][]geo.DivisionCode{{33e10, 34e10}, {3301e8, 3302e8, 3401e8}, held(tenures, day)}
		for filed := range codes {
			for level, divisions := range levels {
				times := 0
				for _, d := range divisions {
					gained, ceded := r.Of(d)
					lo, hi := d.Range()
					inside := lo <= filed && filed < hi
					if inside {
						times++
					}
					times += count(gained, filed) - count(ceded, filed)
					if inside && count(gained, filed) > 0 || !inside && count(ceded, filed) > 0 {
						t.Fatalf("%s gains or cedes %s against its digits", d, filed)
					}
				}
				if times > 1 || times < 0 || level == 0 && times != 1 {
					t.Fatalf("%s counts %d times at level %d: %+v", filed, times, level+1, all)
				}
			}
		}
	})
}

func held(tenures []geo.Tenure, day geo.Day) (codes []geo.DivisionCode) {
	seen := map[geo.DivisionCode]bool{}
	for _, t := range tenures {
		if t.Code.Level() == geo.County && t.Valid.Contains(day) && !seen[t.Code] {
			seen[t.Code] = true
			codes = append(codes, t.Code)
		}
	}
	return codes
}

func count(codes []geo.DivisionCode, c geo.DivisionCode) (n int) {
	for _, x := range codes {
		if x == c {
			n++
		}
	}
	return n
}

func TestRefilingOfNothing(t *testing.T) {
	gained, ceded := geo.NewRefiling(nil, nil, 0).Of(33e10)
	if diff := cmp.Diff([]geo.DivisionCode(nil), append(gained, ceded...)); diff != "" {
		t.Error(diff)
	}
}

// TestRefilingOfRepeatedDivision: Dongguan is a prefecture and the only county of itself; what became it counts once.
func TestRefilingOfRepeatedDivision(t *testing.T) {
	successions := []geo.Succession{{Old: 442101000000, New: 441900000000, Year: 1988, Kind: geo.SuccessionRecode}}
	tenures := []geo.Tenure{
		{Code: 442101000000, Valid: geo.DayRange{From: geo.MinDay, To: geo.FirstDay(1988)}},
		{Code: 441900000000, Valid: geo.DayRange{From: geo.FirstDay(1988), To: geo.MaxDay}},
	}
	gained, ceded := geo.NewRefiling(successions, tenures, geo.FirstDay(2020)).Of(441900000000)
	if len(gained) != 1 || gained[0] != 442101000000 || len(ceded) != 0 {
		t.Errorf("gained %v, ceded %v", gained, ceded)
	}
}
