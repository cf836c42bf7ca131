package geo_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
)

func at(lon, lat float64) geo.Position {
	p, err := geo.NewPosition(lon, lat)
	if err != nil {
		panic(err)
	}
	return p
}

func TestLocationMoves(t *testing.T) {
	here := at(120.15, 30.25)
	ann, bob := geo.Actor{Account: 1, Name: "ann"}, geo.Actor{Account: 2, Name: "bob"}
	near, far := &geo.DeviceFix{At: at(120.1505, 30.25), AccuracyM: 20}, &geo.DeviceFix{At: at(120.16, 30.25), AccuracyM: 20}
	vague := &geo.DeviceFix{At: here, AccuracyM: 900}
	for name, c := range map[string]struct {
		state string
		move  geo.LocationMove
		by    geo.Actor
		kind  error
		field string
	}{
		"on":                        {"checked", geo.LocationMove{To: "compared", Evidence: "x"}, ann, nil, ""},
		"by hand what the check is": {"reported", geo.LocationMove{To: "checked", Evidence: "x"}, ann, nil, ""},
		"without evidence":          {"checked", geo.LocationMove{To: "compared"}, ann, geo.ErrInvalid, "evidence"},
		"leaves one out":            {"checked", geo.LocationMove{To: "approved", Evidence: "x"}, bob, geo.ErrConflict, "to"},
		"to where it is":            {"checked", geo.LocationMove{To: "checked", Evidence: "x"}, bob, geo.ErrConflict, "to"},
		"nothing follows":           {"confirmed", geo.LocationMove{To: "confirmed", Reason: "x"}, bob, geo.ErrConflict, "to"},
		"no state":                  {"checked", geo.LocationMove{To: "odd", Evidence: "x"}, ann, geo.ErrInvalid, "to"},
		"neither":                   {"checked", geo.LocationMove{}, ann, geo.ErrInvalid, "to"},
		"both":                      {"checked", geo.LocationMove{To: "compared", Back: "reported", Reason: "x"}, ann, geo.ErrInvalid, "back"},
		"second approval":           {"compared", geo.LocationMove{To: "approved", Evidence: "x"}, bob, nil, ""},
		"second approval by one":    {"compared", geo.LocationMove{To: "approved", Evidence: "x"}, ann, geo.ErrForbidden, ""},
		"on the spot":               {"inspected", geo.LocationMove{To: "confirmed", Device: near}, ann, nil, ""},
		"elsewhere":                 {"inspected", geo.LocationMove{To: "confirmed", Device: far}, ann, geo.ErrInvalid, "device"},
		"elsewhere with a reason":   {"inspected", geo.LocationMove{To: "confirmed", Device: far, Reason: "x"}, ann, nil, ""},
		"device that knows nothing": {"inspected", geo.LocationMove{To: "confirmed", Device: vague}, ann, geo.ErrInvalid, "device"},
		"no device":                 {"inspected", geo.LocationMove{To: "confirmed", Evidence: "x"}, ann, geo.ErrInvalid, "device"},
		"device elsewhen":           {"checked", geo.LocationMove{To: "compared", Evidence: "x", Device: near}, ann, geo.ErrInvalid, "device"},
		"back":                      {"inspected", geo.LocationMove{Back: "checked", Reason: "x"}, ann, nil, ""},
		"back without a reason":     {"inspected", geo.LocationMove{Back: "checked"}, ann, geo.ErrInvalid, "reason"},
		"back to where it is":       {"inspected", geo.LocationMove{Back: "inspected", Reason: "x"}, ann, geo.ErrConflict, "back"},
		"back from the first":       {"reported", geo.LocationMove{Back: "reported", Reason: "x"}, ann, geo.ErrConflict, "back"},
		"back to no state":          {"inspected", geo.LocationMove{Back: "odd", Reason: "x"}, ann, geo.ErrInvalid, "back"},
	} {
		from := geo.LocationStanding{State: c.state, At: here, AccuracyM: 10, ComparedBy: ann}
		step, err := c.move.Take(from, c.by)
		var fault *geo.Error
		switch {
		case c.kind == nil && err != nil, c.kind != nil && !errors.Is(err, c.kind), c.kind != nil && asError(err, &fault) && fault.Field != c.field:
			t.Errorf("%s: %v, want %v with %q", name, err, c.kind, c.field)
		case err == nil && (step.From != c.state || step.To != c.move.To+c.move.Back || step.Author != c.by.Name || step.Location != here):
			t.Errorf("%s: %+v", name, step)
		}
	}
}

// TestLocationMovesLeaveNothingOut: whatever is asked for, a step that is taken leads to the next state or to an earlier one.
func TestLocationMovesLeaveNothingOut(t *testing.T) {
	states := geo.LocationStates()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, len(states)-1).Draw(t, "from")
		m := geo.LocationMove{Evidence: "x", Reason: "x"}
		target := rapid.SampledFrom(states).Draw(t, "target")
		if rapid.Bool().Draw(t, "back") {
			m.Back = target
		} else {
			m.To = target
		}
		step, err := m.Take(geo.LocationStanding{State: states[from]}, geo.Actor{Account: 3})
		to := slices.Index(states, target)
		want := m.To != "" && to == from+1 || m.Back != "" && to < from
		if want != (err == nil) || err == nil && step.To != target {
			t.Fatalf("%s from %s: %+v, %v", target, states[from], step, err)
		}
	})
}

func TestWhoVerifies(t *testing.T) {
	for _, role := range geo.Roles() {
		verifies := role == geo.RoleReviewer || role == geo.RoleAdministrator
		confirms := role == geo.RoleRegistrar || role == geo.RoleAdministrator
		for _, state := range geo.LocationStates() {
			for _, to := range geo.LocationStates() {
				for _, m := range []geo.LocationMove{{To: to}, {Back: to}} {
					want := verifies
					switch {
					case m.To == geo.LocationConfirmed:
						want = confirms
					case m.Back != "" && state == geo.LocationConfirmed:
						want = verifies || confirms
					}
					if got := slices.ContainsFunc(m.Actions(state), role.Permits); got != want {
						t.Errorf("%s takes %+v from %s: %v, want %v", role, m, state, got, want)
					}
				}
			}
		}
	}
}

func TestCheckLocation(t *testing.T) {
	good := geo.LocationFacts{At: at(120.15, 30.25), AccuracyM: 10, Source: "map", Outline: geo.Village, Inside: true}
	for name, c := range map[string]struct {
		change func(f *geo.LocationFacts)
		want   []geo.Finding
	}{
		"good":             {func(*geo.LocationFacts) {}, nil},
		"five in a house":  {func(f *geo.LocationFacts) { f.Others = geo.MostSamePoint }, nil},
		"too many":         {func(f *geo.LocationFacts) { f.Others = geo.MostSamePoint + 1 }, []geo.Finding{geo.FindingSamePoint}},
		"outside":          {func(f *geo.LocationFacts) { f.Inside = false }, []geo.Finding{geo.FindingOutsideDivision}},
		"swapped":          {func(f *geo.LocationFacts) { f.Inside, f.InsideSwapped, f.At = false, true, at(30.25, 80) }, []geo.Finding{geo.FindingSwapped}},
		"gcj02":            {func(f *geo.LocationFacts) { f.Inside, f.InsideGCJ02, f.InsideBD09 = false, true, true }, []geo.Finding{geo.FindingShiftedGCJ02}},
		"bd09":             {func(f *geo.LocationFacts) { f.Inside, f.InsideBD09 = false, true }, []geo.Finding{geo.FindingShiftedBD09}},
		"null island":      {func(f *geo.LocationFacts) { f.Inside, f.At = false, at(0, 0) }, []geo.Finding{geo.FindingNullIsland}},
		"abroad":           {func(f *geo.LocationFacts) { f.Inside, f.At = false, at(2.3, 48.9) }, []geo.Finding{geo.FindingOutsideCountry}},
		"abroad, swapped":  {func(f *geo.LocationFacts) { f.Inside, f.At, f.Outline = false, at(30.25, 80), 0 }, []geo.Finding{geo.FindingSwapped, geo.FindingNoBoundary}},
		"no outline":       {func(f *geo.LocationFacts) { f.Inside, f.Outline = false, 0 }, []geo.Finding{geo.FindingNoBoundary}},
		"of the division":  {func(f *geo.LocationFacts) { f.Source, f.AccuracyM = "division", 900 }, []geo.Finding{geo.FindingDivisionPoint, geo.FindingAccuracyPoor}},
		"made up, unknown": {func(f *geo.LocationFacts) { f.Source, f.AccuracyM = "generated", 0 }, []geo.Finding{geo.FindingGenerated, geo.FindingAccuracyUnknown}},
	} {
		f := good
		c.change(&f)
		if got := geo.CheckLocation(f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, f := range geo.Findings() {
		if f.Contradicts() != geo.Contradictory([]geo.Finding{geo.FindingNoBoundary, f}) {
			t.Errorf("%s", f)
		}
	}
}

func TestMoved(t *testing.T) {
	here := at(120.15, 30.25)
	for _, c := range []struct {
		accuracy float64
		to       geo.Position
		want     bool
	}{
		{0, here, false}, {0, at(120.150005, 30.25), false}, {0, at(120.15002, 30.25), true},
		{50, at(120.1504, 30.25), false}, {50, at(120.1506, 30.25), true},
		{5_000_000, at(120.155, 30.25), false}, {5_000_000, at(120.156, 30.25), true}, // 481 m and 577 m
	} {
		if metres, got := geo.Moved(here, c.accuracy, c.to); got != c.want {
			t.Errorf("%.1f m with %g m: %v", metres, c.accuracy, got)
		}
	}
}

func TestScopeOr(t *testing.T) {
	a, b := geo.Scope{Roots: []geo.ID{1, 5}}, geo.Scope{Roots: []geo.ID{3, 5}}
	if got := a.Or(b); !slices.Equal(got.Roots, []geo.ID{1, 3, 5}) || got.All {
		t.Errorf("%+v", got)
	}
	if !a.Or(geo.Everywhere()).All || !(geo.Scope{}).Or(geo.Scope{}).Empty() {
		t.Error("everywhere and nowhere")
	}
}

// TestDeviceFigures: who is refused is told how far off they are, and what would do, in words for programs too.
func TestDeviceFigures(t *testing.T) {
	from := geo.LocationStanding{State: geo.LocationInspected, At: at(120.15, 30.25)}
	for reason, c := range map[string]struct {
		device geo.DeviceFix
		figure string
		metres float64
	}{
		"device-far":   {geo.DeviceFix{At: at(120.16, 30.25), AccuracyM: 20}, "distance_m", 963},
		"device-vague": {geo.DeviceFix{At: from.At, AccuracyM: 900}, "accuracy_m", 900},
	} {
		for accuracy, limit := range map[float64]float64{0: 100, 150: 150, 5_000_000: 500} {
			from.AccuracyM = accuracy
			_, err := geo.LocationMove{To: geo.LocationConfirmed, Device: &c.device}.Take(from, geo.Actor{Account: 1})
			var fault *geo.Error
			if !asError(err, &fault) || fault.Reason != reason || math.Abs(fault.Figures[c.figure]-c.metres) > 2 || fault.Figures["limit_m"] != limit {
				t.Errorf("%s of %g m: %v, %+v", reason, accuracy, err, fault)
			}
		}
	}
}
