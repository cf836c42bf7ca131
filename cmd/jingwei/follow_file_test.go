package main_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/postgis"
)

// keptFile runs a follower until its file is written, and returns the script to go on with and the path of the file.
func keptFile(t *testing.T, dir string, layer geo.PointLayer, rows ...geo.Point) (*script, string) {
	t.Helper()
	path := filepath.Join(dir, "live", layer.Name+".snapshot")
	f := followIn(t, main.Keeping{Dir: dir}, layer, newScript(rows...))
	f.until(t, "the file", func() bool {
		_, err := os.Stat(path)
		return err == nil
	})
	<-f.began
	f.stop()
	<-f.ended
	return f.script, path
}

func TestFollowerResumesFromItsFile(t *testing.T) {
	dir, all := t.TempDir(), []geo.Point{reportPoint(1, true), reportPoint(2, true), reportPoint(3, false)}
	s, _ := keptFile(t, dir, geo.ReportLayer(), all...)
	// While no node runs one is hidden and one comes.
	s.say(nil, postgis.Batch{Changed: map[string][]geo.ID{"reports": {2, 4}}, Points: []geo.Point{reportPoint(2, false), reportPoint(4, true)}})
	var log lockedBuffer
	f := followIn(t, main.Keeping{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))}, geo.ReportLayer(), s)
	f.until(t, "the rows are there", func() bool { return rows(f.public) >= 0 })
	if n, m := rows(f.internal), rows(f.public); n != 4 || m != 2 {
		t.Errorf("%d rows, %d of them public", n, m)
	}
	if got, want := f.public.Snapshot().Position().String(), s.at().String(); got != want {
		t.Errorf("position %s, want %s", got, want)
	}
	f.say(nil, postgis.Batch{Changed: map[string][]geo.ID{"reports": {5}}, Points: []geo.Point{reportPoint(5, true)}})
	f.until(t, "it follows", func() bool { return rows(f.public) == 3 })
	if len(f.began) != 0 || !strings.Contains(log.String(), "resumed from its file") {
		t.Errorf("%d readings\n%s", len(f.began), log.String())
	}
}

// TestFollowerReadsAnewWithoutItsFile: whatever is wrong with the file or has happened since, everything is read, nothing that
// the file says is shown before, and one line says why.
func TestFollowerReadsAnewWithoutItsFile(t *testing.T) {
	rewrite := func(change func(data []byte) []byte) func(*testing.T, *script, string) {
		return func(t *testing.T, _ *script, path string) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	say := func(b postgis.Batch) func(*testing.T, *script, string) {
		return func(_ *testing.T, s *script, _ string) { s.say(s.rows, b) }
	}
	for _, c := range []struct {
		name, why string
		spoil     func(*testing.T, *script, string)
	}{
		{"a byte differs", "damaged", rewrite(func(b []byte) []byte { b[len(b)/2] ^= 1; return b })},
		{"cut off", "damaged", rewrite(func(b []byte) []byte { return b[:len(b)-5] })},
		{"empty", "damaged", rewrite(func([]byte) []byte { return nil })},
		{"a later version", "version", rewrite(func(b []byte) []byte { b[8]++; return b })},
		{"another database", "elsewhere", func(_ *testing.T, s *script, _ string) { s.origin = "elsewhere" }},
		{"retention passed", "does not tell", say(postgis.Batch{Void: true})},
		{"loaded in bulk", "in bulk", say(postgis.Batch{Reloaded: []string{"reports"}})},
		{"categories altered", "in bulk", say(postgis.Batch{Reloaded: []string{"report_categories"}})},
		{"a folder in its place", "damaged", func(t *testing.T, _ *script, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}},
		{"missing", "", func(t *testing.T, _ *script, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, path := keptFile(t, dir, geo.ReportLayer(), reportPoint(1, true), reportPoint(2, true))
			s.rows = []geo.Point{reportPoint(1, true), reportPoint(2, false)}
			s.reading = make(chan struct{})
			c.spoil(t, s, path)
			var log lockedBuffer
			f := followIn(t, main.Keeping{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))}, geo.ReportLayer(), s)
			f.until(t, "a reading begins", func() bool { return len(f.began) > 0 })
			if n, m := rows(f.internal), rows(f.public); n != -1 || m != -1 {
				t.Errorf("%d and %d rows are shown before everything was read", n, m)
			}
			close(s.reading)
			f.until(t, "what was read is shown", func() bool { return rows(f.internal) == 2 && rows(f.public) == 1 })
			if n := strings.Count(log.String(), "snapshot file is not used"); c.why != "" && (n != 1 || !strings.Contains(log.String(), c.why)) || c.why == "" && n != 0 {
				t.Errorf("log, want %q in it:\n%s", c.why, log.String())
			}
		})
	}
}

// TestFollowerWithoutAPlaceForItsFile goes on.
func TestFollowerWithoutAPlaceForItsFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	f := followIn(t, main.Keeping{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))}, geo.ReportLayer(), newScript(reportPoint(1, true)))
	f.until(t, "the failure is told", func() bool { return strings.Contains(log.String(), "cannot be written") })
	f.say(nil, postgis.Batch{Changed: map[string][]geo.ID{"reports": {2}}, Points: []geo.Point{reportPoint(2, true)}})
	f.until(t, "it follows", func() bool { return rows(f.public) == 2 })
}

// TestFollowerKeepsWhatChanged: at its end a follower writes the file again when much changed, and not when little did.
func TestFollowerKeepsWhatChanged(t *testing.T) {
	for _, c := range []struct {
		changes int
		again   bool
	}{{1, false}, {2000, true}} {
		dir := t.TempDir()
		s, path := keptFile(t, dir, geo.ReportLayer(), reportPoint(1, true))
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var b postgis.Batch
		b.Changed = map[string][]geo.ID{}
		for id := range geo.ID(c.changes) {
			b.Changed["reports"] = append(b.Changed["reports"], id+2)
			b.Points = append(b.Points, reportPoint(id+2, true))
		}
		f := followIn(t, main.Keeping{Dir: dir}, geo.ReportLayer(), s)
		f.until(t, "it is there", func() bool { return rows(f.public) == 1 })
		f.say(nil, b)
		f.until(t, "the changes", func() bool { return rows(f.public) == 1+c.changes })
		f.stop()
		<-f.ended
		after, err := os.ReadFile(path)
		if err != nil || bytes.Equal(before, after) == c.again {
			t.Errorf("%d changes: written again %t, %v", c.changes, !bytes.Equal(before, after), err)
		}
	}
}

// TestFollowerTellsOfItsFile: the metrics say how the rows came, and when the file was written.
func TestFollowerTellsOfItsFile(t *testing.T) {
	dir, registry := t.TempDir(), prometheus.NewRegistry()
	s, path := keptFile(t, dir, geo.ReportLayer(), reportPoint(1, true))
	f := followIn(t, main.Keeping{Dir: dir, Registry: registry}, geo.ReportLayer(), s)
	f.until(t, "it is there", func() bool { return rows(f.public) == 1 })
	f.say(f.rows, postgis.Batch{Reloaded: []string{"reports"}})
	f.until(t, "the metrics of a load in bulk and of its file", func() bool {
		return metric(t, registry, "jingwei_index_loads_total", "reload") == 1 && metric(t, registry, "jingwei_index_file_writes_total", "done") == 1
	})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if n, at := metric(t, registry, "jingwei_index_loads_total", "file"), metric(t, registry, "jingwei_index_file_timestamp_seconds", "reports"); n != 1 || at <= 0 {
		t.Errorf("%v loads from the file, which is of %v, and says %v", n, info.ModTime(), at)
	}
}

// metric returns the value of the metric of which a label has the value; 0 when there is none.
func metric(t *testing.T, registry *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if f.GetName() == name && l.GetValue() == label {
					return m.GetCounter().GetValue() + m.GetGauge().GetValue()
				}
			}
		}
	}
	return 0
}

// TestFollowerWaitsForItsTurn: a layer that comes second looks at its file when the first has, and reads when that is there.
func TestFollowerWaitsForItsTurn(t *testing.T) {
	dir, looked, there := t.TempDir(), make(chan struct{}), make(chan struct{})
	s, path := keptFile(t, dir, geo.ReportLayer(), reportPoint(1, true))
	f := followIn(t, main.Keeping{Dir: dir, Looked: looked, There: there}, geo.ReportLayer(), s)
	f.step()
	if n := rows(f.public); n != -1 {
		t.Errorf("%d rows before the first layer has looked at its file", n)
	}
	close(looked)
	f.until(t, "the rows of the file", func() bool { return rows(f.public) == 1 })
	f.stop()
	<-f.ended
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	f = followIn(t, main.Keeping{Dir: dir, Looked: looked, There: there}, geo.ReportLayer(), s)
	for range 2000 { // a reading that began would be told of meanwhile
		f.step()
	}
	if len(f.began) != 0 {
		t.Error("it reads before the first layer is there")
	}
	close(there)
	f.until(t, "it reads", func() bool { return rows(f.public) == 1 })
}
