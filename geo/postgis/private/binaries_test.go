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
		postgis       bool
		want          string
	}{
		{"too old", "14.9", true, "apt-get install postgresql postgis"},
		{"no PostGIS", "16.4 (Debian 16.4-1.pgdg120+1)", false, "apt-get install postgresql-16-postgis-3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := config(t)
			c.Bin = fakeBinaries(t, tc.version, tc.postgis)
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
	c.Bin = fakeBinaries(t, "99.1", true)
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

// fakeBinaries makes a folder of programs that only tell their version.
func fakeBinaries(t *testing.T, version string, postgis bool) string {
	t.Helper()
	dir := t.TempDir()
	bin, share := filepath.Join(dir, "bin"), filepath.Join(dir, "share")
	for _, program := range []string{"postgres", "initdb"} {
		write(t, filepath.Join(bin, program), "#!/bin/sh\necho '"+program+" (PostgreSQL) "+version+"'\n")
	}
	write(t, filepath.Join(bin, "pg_config"), "#!/bin/sh\necho '"+share+"'\n")
	if postgis {
		write(t, filepath.Join(share, "extension", "postgis.control"), "comment = 'fake'\n")
	}
	return bin
}
