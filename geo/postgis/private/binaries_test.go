package private_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"jingwei/geo/postgis/private"
)

func TestMissingSoftware(t *testing.T) {
	for _, tc := range []struct {
		name, version string
		files         []string
		want          string
	}{
		{"too old", "14.9", []string{control, library}, "apt-get install postgresql postgis"},
		{"no PostGIS", "16.4 (Debian 16.4-1.pgdg120+1)", nil, "apt-get install postgresql-16-postgis-3"},
		{"only the scripts of PostGIS", "17rc1", []string{control}, "apt-get install postgresql-17-postgis-3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := config(t)
			c.Bin = fakeBinaries(t, tc.version, tc.files...)
			_, err := private.Start(t.Context(), c)
			if !errors.Is(err, private.ErrNotInstalled) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("Start says %v", err)
			}
			if exists(filepath.Join(c.Dir, "postgres")) {
				t.Error("a cluster was begun")
			}
		})
	}
	t.Run("nothing there", func(t *testing.T) {
		c := config(t)
		c.Bin = t.TempDir()
		if _, err := private.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "no PostgreSQL in "+c.Bin) {
			t.Fatalf("Start says %v", err)
		}
	})
}

func TestOtherVersionThanTheCluster(t *testing.T) {
	c := config(t)
	stop(t, start(t, c))
	version := strings.TrimSpace(read(t, filepath.Join(c.Dir, "postgres", "PG_VERSION")))
	c.Bin = fakeBinaries(t, "99.1", control, library)
	_, err := private.Start(t.Context(), c)
	if !errors.Is(err, private.ErrNotInstalled) || !strings.Contains(err.Error(), "apt-get install postgresql-"+version+" postgresql-"+version+"-postgis-3") {
		t.Fatalf("Start says %v", err)
	}
	t.Setenv("JINGWEI_PG_BIN", c.Bin)
	c.Bin = ""
	if _, err := private.Start(t.Context(), c); !errors.Is(err, private.ErrNotInstalled) {
		t.Fatalf("with JINGWEI_PG_BIN Start says %v", err)
	}
}

// What an installation of PostGIS consists of, as far as Start looks.
const (
	control = "share/extension/postgis.control"
	library = "lib/postgis-3.so"
)

// fakeBinaries makes a folder of programs that only tell their version, and files beside it.
func fakeBinaries(t *testing.T, version string, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	for _, program := range []string{"postgres", "initdb"} {
		write(t, filepath.Join(bin, program), "#!/bin/sh\necho '"+program+" (PostgreSQL) "+version+"'\n")
	}
	write(t, filepath.Join(bin, "pg_config"), "#!/bin/sh\necho '"+filepath.Join(dir, "share")+"'\necho '"+filepath.Join(dir, "lib")+"'\n")
	for _, file := range files {
		write(t, filepath.Join(dir, file), "fake")
	}
	return bin
}
