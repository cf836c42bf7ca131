package live_test

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
)

func crashLayer() geo.PointLayer {
	return geo.PointLayer{Name: "things", Columns: []geo.Column{{Name: "kind", Role: geo.ColumnCategory, Public: true}}}
}

// loadedPair holds n points.
func loadedPair(t testing.TB, n int) pair {
	p := newPair(crashLayer())
	points := spread(n)
	for i := range points {
		points[i].Values = []string{"a"}
	}
	for _, x := range p.all {
		load(t, x, points)
	}
	return p
}

func (p pair) save(ctx context.Context, path string) error {
	return live.Save(ctx, path, "here", p.all[0].Snapshot(), p.all[1].Snapshot())
}

// expectFile checks that the file at path gives what p answers.
func (p pair) expectFile(t *testing.T, path string) {
	t.Helper()
	back := newPair(p.layer)
	r, err := live.Restore(path, "here", back.all...)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Loads {
		l.Publish()
	}
	if d := gocmp.Diff(p.answers(t), back.answers(t)); d != "" {
		t.Fatalf("(-written +read)\n%s", d)
	}
}

const saveHere = "JINGWEI_TEST_SAVE"

// TestSaveUntilKilled is no test but the process that TestSaveKilled kills.
func TestSaveUntilKilled(t *testing.T) {
	path := os.Getenv(saveHere)
	if path == "" {
		t.Skip("runs in another process")
	}
	p := loadedPair(t, 20_000)
	for {
		if err := p.save(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSaveKilled: whenever the process is killed, the file is there whole, or not at all before it ever was.
func TestSaveKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "things")
	p := loadedPair(t, 20_000)
	whole := int64(len(p.bytes(t)))
	for range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSaveUntilKilled$")
		cmd.Env = append(os.Environ(), saveHere+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		awaitPart(t, path, rand.Int64N(whole))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		switch _, err := os.Stat(path); {
		case err == nil:
			p.expectFile(t, path)
		case !errors.Is(err, fs.ErrNotExist):
			t.Fatal(err)
		}
	}
	if left(t, path) == 0 {
		t.Fatal("it was never killed while it wrote")
	}
	old := time.Now().Add(-time.Hour)
	for _, name := range leftFiles(t, path) {
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if n := left(t, path); n != 0 {
		t.Errorf("%d files are left of what was never finished", n)
	}
	p.expectFile(t, path)
}

// awaitPart waits until so much of a file is written that is not in its place yet.
func awaitPart(t *testing.T, path string, size int64) {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		for _, name := range leftFiles(t, path) {
			if info, err := os.Stat(name); err == nil && info.Size() >= size && time.Since(info.ModTime()) < time.Minute {
				return
			}
		}
	}
	t.Fatal("nothing is written")
}

func leftFiles(t *testing.T, path string) []string {
	names, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func left(t *testing.T, path string) int { return len(leftFiles(t, path)) }

// full is a disk with little room.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.room {
		return 0, syscall.ENOSPC
	}
	f.room -= len(b)
	return len(b), nil
}

func TestWriteFails(t *testing.T) {
	p := loadedPair(t, 20_000)
	whole := len(p.bytes(t))
	for room := 0; room < whole; room += whole / 7 {
		err := live.Write(t.Context(), &full{room}, "here", p.all[0].Snapshot(), p.all[1].Snapshot())
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("with room for %d of %d bytes: %v", room, whole, err)
		}
	}
	if err := live.Write(t.Context(), &full{whole}, "here", p.all[0].Snapshot(), p.all[1].Snapshot()); err != nil {
		t.Errorf("with room for all: %v", err)
	}
}

// TestSaveOnFullDisk: the old file stays, and nothing beside it.
func TestSaveOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no disk of its own for the test: %v", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	path := filepath.Join(dir, "things")
	small := loadedPair(t, 100)
	if err := small.save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := loadedPair(t, 20_000).save(t.Context(), path); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	small.expectFile(t, path)
	if n := left(t, path); n != 0 {
		t.Errorf("%d files are left beside it", n)
	}
}

// TestSaveGivenUp: a context that is done ends it; the old file stays.
func TestSaveGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "things")
	small := loadedPair(t, 100)
	if err := small.save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := loadedPair(t, 20_000).save(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	small.expectFile(t, path)
	if n := left(t, path); n != 0 {
		t.Errorf("%d files are left beside it", n)
	}
}
