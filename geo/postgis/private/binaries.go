package private

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first PostgreSQL that has all Jingwei uses.
const oldest = 15

// binaries is one installed PostgreSQL.
type binaries struct {
	dir     string // folder of postgres, initdb
	version string // as "15.18"
	major   int
	share   string // folder that holds extension/
	lib     string // folder of the libraries of extensions
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// findBinaries returns the newest installed PostgreSQL of at least 15 that has PostGIS, or, when the cluster exists
// already, the one of its major version. bin, else JINGWEI_PG_BIN, names a folder to use instead of looking.
func findBinaries(ctx context.Context, bin string, major int) (binaries, error) {
	if bin == "" {
		bin = os.Getenv("JINGWEI_PG_BIN")
	}
	dirs := []string{bin}
	if bin == "" {
		dirs = binaryDirs(ctx)
	}
	var found []binaries
	for _, dir := range dirs {
		if b, err := inspect(ctx, dir); err == nil {
			found = append(found, b)
		} else if bin != "" {
			return binaries{}, fmt.Errorf("no PostgreSQL in %s: %w", bin, err)
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return choose(found, major)
}

// choose picks from installations sorted by falling version.
func choose(found []binaries, major int) (binaries, error) {
	var names []string
	var bare *binaries
	for i, b := range found {
		names = append(names, b.version)
		if b.major < oldest || major != 0 && b.major != major {
			continue
		}
		if b.hasPostGIS() {
			return b, nil
		}
		if bare == nil {
			bare = &found[i]
		}
	}
	have := "none is installed"
	if len(names) > 0 {
		have = "found only " + strings.Join(names, ", ")
	}
	switch {
	case bare != nil:
		return binaries{}, fmt.Errorf("PostGIS for PostgreSQL %d is %w (in %s and %s): apt-get install postgresql-%d-postgis-3",
			bare.major, ErrNotInstalled, bare.share, bare.lib, bare.major)
	case major != 0:
		return binaries{}, fmt.Errorf("the cluster is of PostgreSQL %d, which is %w (%s): apt-get install postgresql-%d postgresql-%d-postgis-3",
			major, ErrNotInstalled, have, major, major)
	default:
		return binaries{}, fmt.Errorf("PostgreSQL %d or newer is %w (%s): apt-get install postgresql postgis, or sh deploy/setup.sh run",
			oldest, ErrNotInstalled, have)
	}
}

// binaryDirs lists the folders that may hold PostgreSQL: Debian's and Red Hat's, what is in PATH, what pg_config says.
func binaryDirs(ctx context.Context) []string {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		matches, _ := filepath.Glob(pattern) // fails only for a malformed pattern
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// inspect asks the programs in dir what they are.
func inspect(ctx context.Context, dir string) (binaries, error) {
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return binaries{}, err
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("postgres --version: %w", err)
	}
	m := versionPattern.FindStringSubmatch(string(out))
	if m == nil {
		return binaries{}, fmt.Errorf("postgres --version says %q", strings.TrimSpace(string(out)))
	}
	major, err := strconv.Atoi(m[2])
	if err != nil {
		return binaries{}, err
	}
	b := binaries{dir: dir, version: m[1], major: major}
	b.share, b.lib = extensionDirs(ctx, dir, major)
	return b, nil
}

// extensionDirs asks pg_config, which some distributions ship in a development package only; else the usual places count.
func extensionDirs(ctx context.Context, dir string, major int) (share, lib string) {
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "pg_config"), "--sharedir", "--pkglibdir").Output()
	if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); err == nil && len(lines) == 2 {
		return lines[0], lines[1]
	}
	if strings.HasPrefix(dir, "/usr/lib/postgresql/") { // Debian's
		return filepath.Join("/usr/share/postgresql", strconv.Itoa(major)), filepath.Join(filepath.Dir(dir), "lib")
	}
	return filepath.Join(filepath.Dir(dir), "share"), filepath.Join(filepath.Dir(dir), "lib")
}

func (b binaries) control() string { return filepath.Join(b.share, "extension", "postgis.control") }

// hasPostGIS looks for the library too: Debian has the control file in a package of its own, which may be all that is
// left of an earlier installation.
func (b binaries) hasPostGIS() bool {
	if _, err := os.Stat(b.control()); err != nil {
		return false
	}
	libraries, err := filepath.Glob(filepath.Join(b.lib, "postgis-*.*")) // .so, .dylib
	return err == nil && len(libraries) > 0
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }
