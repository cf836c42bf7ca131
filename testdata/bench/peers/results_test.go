package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"jingwei/testdata/bench"
)

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{0.01234: "0.012", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234.5: "1,235", 1_234_567: "1,234,567"} {
		if got := figure(v); got != want {
			t.Errorf("%g is written %q, want %q", v, got, want)
		}
	}
	if got := times(30, 2); got != "15.0×" {
		t.Errorf("30 is %s as much as 2", got)
	}
	if got := times(1, 0); got != "–" {
		t.Errorf("a ratio to nothing is %s", got)
	}
}

func TestWriteBlock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.md")
	if err := os.WriteFile(file, []byte("before\n<!-- a -->\nold\n<!-- /a -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		if err := writeBlock(file, "a", text+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if want := "before\n<!-- a -->\n\nsecond\n\n<!-- /a -->\nafter\n"; string(got) != want || err != nil {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
	if writeBlock(file, "b", "text") == nil {
		t.Error("a block without marks was written")
	}
}

func TestOutline(t *testing.T) {
	var g struct{ Coordinates [][][2]float64 }
	if err := json.Unmarshal([]byte(outline(bench.Place{Lon: 120, Lat: 30}, 1, 7)), &g); err != nil {
		t.Fatal(err)
	}
	ring := g.Coordinates[0]
	if len(ring) != vertices+1 || ring[0] != ring[vertices] {
		t.Errorf("a ring of %d positions from %v to %v", len(ring), ring[0], ring[len(ring)-1])
	}
	first, again := outline(bench.Place{}, 1, 7), outline(bench.Place{}, 1, 7)
	if first != again || first == outline(bench.Place{}, 1, 8) {
		t.Error("a polygon does not follow from its seed")
	}
}

func TestMedianOfReports(t *testing.T) {
	r := reports{{PerSecond: 1, Failed: 2}, {PerSecond: 9}, {PerSecond: 4, Statuses: map[int]int{200: 5, 503: 3}}}
	if got := r.median(perSecond); got != 4 {
		t.Errorf("median %g, want 4", got)
	}
	if got := r.failed(); got != 5 {
		t.Errorf("%d failures, want 5", got)
	}
}
