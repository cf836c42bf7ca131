package private

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotRunning is what Running returns, wrapped, when the cluster of the data directory is down.
var ErrNotRunning = errors.New("not running")

// Running returns the URL of a database of the cluster of dir, and the folder of its programs, when another process
// keeps it up. It starts nothing and takes no lock.
func Running(ctx context.Context, dir, database string) (url, bin string, err error) {
	if _, err := os.Lstat(filepath.Join(dir, "postgres")); err != nil { // locate would begin to make one
		return "", "", fmt.Errorf("private PostgreSQL of %s: %w", dir, ErrNotRunning)
	}
	p, err := locate(ctx, Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", "", fmt.Errorf("private PostgreSQL of %s: %w", dir, err)
	}
	m, err := readPostmaster(p.data)
	if err != nil || !m.alive() {
		return "", "", fmt.Errorf("private PostgreSQL of %s: %w", dir, ErrNotRunning)
	}
	b, err := findBinaries(ctx, "", p.version())
	if err != nil {
		return "", "", err
	}
	return socketURL(m.socketDir, database), b.dir, nil
}

// Signal sends a signal to the server of the cluster of dir, for tests of recovery; ErrNotRunning when it is down.
func Signal(dir string, s syscall.Signal) error {
	data, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	m, err := readPostmaster(data)
	if err != nil || !m.alive() {
		return fmt.Errorf("private PostgreSQL of %s: %w", dir, ErrNotRunning)
	}
	return syscall.Kill(m.pid, s)
}
