package private

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// settingsFile, inside the data directory, holds Jingwei's defaults; it is written anew at each start.
const settingsFile = "jingwei.conf"

// prepare makes the cluster when there is none, its settings and the folder of its socket.
func (p *place) prepare(ctx context.Context, c Config, bin binaries) error {
	if p.version() == 0 {
		c.Log.Info("making a private PostgreSQL cluster", "version", bin.version, "data", p.data, "user", p.account.name)
		if err := p.create(ctx, c, bin); err != nil {
			return err
		}
	}
	if c.While != "" { // whoever ends the cluster must be able to delete it
		if err := p.account.own(p.dir); err != nil {
			return err
		}
	}
	if err := p.account.folder(p.run); err != nil {
		return err
	}
	return p.writeSettings(c.Fast)
}

// create runs initdb in a folder beside and renames it: a cluster that was begun and not finished never counts as one.
func (p *place) create(ctx context.Context, c Config, bin binaries) error {
	if entries, err := os.ReadDir(p.data); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder is neither empty nor a PostgreSQL cluster")
	}
	fresh := p.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := p.account.folder(fresh); err != nil {
		return err
	}
	if err := p.initdb(ctx, bin, fresh, c.Fast); err != nil {
		return err
	}
	if err := include(filepath.Join(fresh, "postgresql.conf")); err != nil {
		return err
	}
	if err := os.Rename(fresh, p.data); err != nil {
		return err
	}
	if p.isLinked() {
		return nil
	}
	return os.Symlink(p.data, p.link())
}

// initdb uses C.UTF-8: with C the trigrams of pg_trgm know no Chinese. Systems without that locale (it is glibc's and
// musl's) get the byte order of C with the character types of en_US.UTF-8, which comes to the same.
func (p *place) initdb(ctx context.Context, bin binaries, dir string, fast bool) error {
	args := []string{"-D", dir, "-U", superuser, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject", "--no-instructions"}
	if fast {
		args = append(args, "--no-sync")
	} else {
		args = append(args, "--data-checksums")
	}
	out, err := p.account.command(ctx, bin.path("initdb"), append(args, "--locale=C.UTF-8")...).CombinedOutput()
	if err != nil && strings.Contains(string(out), "invalid locale name") {
		out, err = p.account.command(ctx, bin.path("initdb"), append(args, "--lc-collate=C", "--lc-ctype=en_US.UTF-8")...).CombinedOutput()
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(string(out), 5))
	}
	return nil
}

// include appends Jingwei's defaults to postgresql.conf; ALTER SYSTEM still overrides them.
func include(conf string) error {
	f, err := os.OpenFile(conf, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "\n# Jingwei's defaults. ALTER SYSTEM SET overrides them.\ninclude_if_exists = '%s'\n", settingsFile)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (p *place) writeSettings(fast bool) error {
	path := filepath.Join(p.data, settingsFile)
	if err := os.WriteFile(path, []byte(settings(memory(), fast)), 0o600); err != nil {
		return err
	}
	return p.account.own(path)
}
