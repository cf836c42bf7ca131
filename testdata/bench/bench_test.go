package bench

import (
	"os"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		sorted []time.Duration
		share  float64
		want   time.Duration
	}{
		{nil, 0.5, 0},
		{[]time.Duration{7}, 0, 7},
		{[]time.Duration{7}, 0.99, 7},
		{[]time.Duration{1, 2, 3, 4}, 0.5, 2},
		{[]time.Duration{1, 2, 3, 4, 5}, 0.5, 3},
		{hundred, 0.5, 50},
		{hundred, 0.9, 90},
		{hundred, 0.99, 99},
		{hundred, 0.991, 100},
		{hundred, 1, 100},
	} {
		if got := Percentile(c.sorted, c.share); got != c.want {
			t.Errorf("percentile %g of %d values: %d, want %d", c.share, len(c.sorted), got, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := Median(c.values); got != c.want {
			t.Errorf("median of %v: %g, want %g", c.values, got, c.want)
		}
	}
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		n    int
		rate float64
		want time.Duration
	}{{0, 300, 0}, {1, 1000, time.Millisecond}, {3, 300, 10 * time.Millisecond}, {900, 300, 3 * time.Second}} {
		if got := Due(c.n, c.rate); got != c.want {
			t.Errorf("request %d at %g per second is due after %s, want %s", c.n, c.rate, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	r := Report{Failed: 1, Bytes: 800, CPUSeconds: 0.2}
	r.Summarise([]time.Duration{4 * time.Millisecond, time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond}, 2*time.Second)
	if r.Requests != 4 || r.PerSecond != 1.5 || r.P50 != 2 || r.Max != 4 {
		t.Errorf("report: %+v", r)
	}
	if r.CPUPerRequest() != 50 || r.BytesPerRequest() != 200 {
		t.Errorf("per request: %g ms, %g bytes", r.CPUPerRequest(), r.BytesPerRequest())
	}
	if none := (Report{}); none.CPUPerRequest() != 0 || none.BytesPerRequest() != 0 {
		t.Error("an empty report divides by nothing")
	}
}

func TestParseStat(t *testing.T) {
	pid, p, err := parseStat([]byte("42 (a (b) c) S 7 1 1 0 -1 4194560 100 200 0 0 150 50 30 20 20 0 1 0 5 6 7\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (process{parent: 7, own: 2 * time.Second, ended: 500 * time.Millisecond}); pid != 42 || p != want {
		t.Errorf("process %d: %+v, want 42: %+v", pid, p, want)
	}
	for _, text := range []string{"", "42 a S 7", "42 (a) S 7 1", "x (a) S 7 1 1 0 -1 4194560 100 200 0 0 150 50 30 20 20"} {
		if _, _, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestTimeOf(t *testing.T) {
	all := map[int]process{
		1: {own: 1}, 10: {parent: 1, own: 10, ended: 5}, 11: {parent: 10, own: 100}, 12: {parent: 11, own: 1000}, 20: {parent: 1, own: 10_000},
	}
	if got := timeOf(all, []int{10}); got != 1115 {
		t.Errorf("a process with its descendants: %d, want 1115", got)
	}
	if got := timeOf(all, []int{11, 10, 20}); got != 11_115 {
		t.Errorf("one that descends from another counts once: %d, want 11115", got)
	}
}

func TestProcessorTime(t *testing.T) {
	before, err := ProcessorTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(100 * time.Millisecond); time.Now().Before(until); {
	}
	after, err := ProcessorTime(os.Getpid())
	if err != nil || after <= before {
		t.Errorf("from %s to %s (%v)", before, after, err)
	}
	if _, err := ProcessorTime(1 << 30); err == nil {
		t.Error("a process that is not there was measured")
	}
}

func TestTileAt(t *testing.T) {
	for _, c := range []struct {
		at   Place
		z    uint32
		want Tile
	}{
		{Place{120.15, 30.27}, 0, Tile{}},
		{Place{120.15, 30.27}, 12, Tile{12, 3415, 1686}},
		{Place{-180, 85.06}, 3, Tile{3, 0, 0}},
		{Place{180, -85.06}, 3, Tile{3, 7, 7}},
	} {
		if got := TileAt(c.at, c.z); got != c.want {
			t.Errorf("%v at zoom %d: %s, want %s", c.at, c.z, got, c.want)
		}
	}
}

func TestDraw(t *testing.T) {
	places := []Place{{120.15, 30.27}, {116.4, 39.9}, {104.06, 30.67}}
	drawn := Draw(places, AllZooms(), 20_000, 1)
	again, other := Draw(places, AllZooms(), 20_000, 1), Draw(places, AllZooms(), 20_000, 2)
	count, same := map[uint32]int{}, 0
	for i, d := range drawn {
		count[d.Z]++
		if d != again[i] {
			t.Fatalf("draw %d is %s and then %s", i, d, again[i])
		}
		if d == other[i] {
			same++
		}
	}
	if same == len(drawn) {
		t.Error("another seed draws the same tiles")
	}
	for z, weight := range AllZooms() {
		if want := weight * 200; count[z] < want*7/10 || count[z] > want*13/10 {
			t.Errorf("zoom %d: %d of 20000, want about %d", z, count[z], want)
		}
	}
	for _, d := range Draw(places, AllZooms().From(10, 14), 100, 1) {
		if d.Z < 10 || d.Z > 14 {
			t.Errorf("%s is not of zooms 10 to 14", d)
		}
	}
}

func TestDistinct(t *testing.T) {
	a, b, c := Tile{1, 0, 0}, Tile{1, 1, 0}, Tile{1, 1, 1}
	if got := Distinct([]Tile{a, b, a, c}, 2); len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("the first two: %v", got)
	}
	if got := Distinct([]Tile{a, a}, 5); len(got) != 1 {
		t.Errorf("all there are: %v", got)
	}
}
