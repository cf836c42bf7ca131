package geotest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Path returns the path of a file of the repository, which go.mod marks, from its elements below the root.
func Path(elem ...string) string {
	return filepath.Join(append([]string{root()}, elem...)...)
}

// root walks up from the working directory, which "go test" sets to the package's folder.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic("geotest: no working directory: " + err.Error())
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			panic("geotest: no go.mod above the working directory")
		}
		dir = parent
	}
}

// Shared returns the path of a file of the folder "shared" beside the repository, or of the one that JINGWEI_SHARED
// names, which holds data too large or not free enough to commit. Where the file is absent the test is skipped.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	folder := os.Getenv("JINGWEI_SHARED")
	if folder == "" {
		folder = filepath.Join(filepath.Dir(root()), "shared")
	}
	path := filepath.Join(append([]string{folder}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s, which is not part of the repository", path)
	}
	return path
}

// Golden compares got with the file at path, relative to the package's folder; "go test -update" writes it instead.
func Golden(t testing.TB, path, got string) {
	t.Helper()
	if updating() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("golden file: %v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update accepts it:\n%s", path, diff)
	}
}

// update is registered when the package is loaded, because flags are parsed before the first test; a package with an
// -update flag of its own keeps that.
var update = registerUpdate()

func registerUpdate() *flag.Flag {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "write golden files instead of comparing with them")
	}
	return flag.Lookup("update")
}

func updating() bool { return update.Value.String() == "true" }
