package private

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// originFile, beside a cluster elsewhere, holds the path of the data directory that it was made for. It is for the
// operator who cleans up: the directory may have been moved since, so nothing follows from it.
const originFile = "origin"

// elsewhere returns the folder for clusters that cannot live in their data directory.
func elsewhere(configured string) (string, error) {
	if configured != "" {
		return filepath.Abs(configured)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/jingwei", nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "jingwei"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "jingwei"), err
}

// homeIn names the folder of a new cluster. The name is random and not derived from the data directory: that can be
// moved and followed by another one on the same path, and each is to keep its own cluster.
func homeIn(base string) string {
	return filepath.Join(base, strings.ToLower(rand.Text()[:16]))
}

// makeHome makes the folder of a new cluster elsewhere, and settles its path.
func (p *place) makeHome(ctx context.Context) error {
	home := filepath.Dir(p.data)
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(home, 0o755); err != nil { // not MkdirAll: it is to be new
		return err
	}
	home, err := filepath.EvalSymlinks(home) // the system knows the server by this path
	if err != nil {
		return err
	}
	p.data = filepath.Join(home, "postgres")
	p.run = p.socketFolder()
	err = os.WriteFile(filepath.Join(home, originFile), []byte(p.dir+"\n"), 0o644)
	if err == nil {
		err = p.checkHome(ctx, home)
	}
	if err != nil {
		p.leaveHome()
	}
	return err
}

func (p *place) checkHome(ctx context.Context, home string) error {
	passable, err := p.account.canEnter(ctx, home)
	if err == nil && !passable {
		err = fmt.Errorf("the user %s cannot enter %s either: open the folders above it, or give another data directory", p.account.name, home)
	}
	return err
}

// leaveHome removes what makeHome and the lock left of a cluster that was not made. A folder with anything else in it
// stays.
func (p *place) leaveHome() {
	home := filepath.Dir(p.data)
	if p.because == "" || p.isLinked() || exists(p.data) {
		return
	}
	for _, path := range []string{p.lockPath(), filepath.Join(home, originFile), home} {
		_ = os.Remove(path) // the last fails when there is more: then it is not ours to delete
	}
}

// nameEarlier tells an operator, at the first start of a data directory, which clusters were made for the same path.
// They are kept: a data directory that was moved may well link to one.
func (p *place) nameEarlier(c Config) {
	base, err := elsewhere(c.Elsewhere)
	if err != nil {
		return // no home folder, so no clusters in it
	}
	if earlier := homesOf(base, p.dir); len(earlier) > 0 {
		c.Log.Warn("earlier clusters of this path are kept; delete those that no data directory links to any more", slog.Any("clusters", earlier))
	}
}

// homesOf lists the folders in base of clusters that were made for dir.
func homesOf(base, dir string) []string {
	entries, _ := os.ReadDir(base) // missing until the first cluster goes there
	var homes []string
	for _, e := range entries {
		home := filepath.Join(base, e.Name())
		if text, err := os.ReadFile(filepath.Join(home, originFile)); err == nil && strings.TrimSuffix(string(text), "\n") == dir {
			homes = append(homes, home)
		}
	}
	return homes
}

// isLinked tells whether Dir leads to the cluster: always, but for a new one elsewhere.
func (p *place) isLinked() bool {
	target, err := filepath.EvalSymlinks(p.link())
	return err == nil && target == p.data
}

// exists is true as well for what cannot be looked at: it must not be taken for missing.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}
