package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"jingwei/geo/geotest"
)

// arrows says which of our packages each package may import; a pattern ends in /... for itself and all below. Every
// package must have a row, so that the picture of the layers stays true.
var arrows = map[string][]string{
	"geo":                      {},
	"geo/crs":                  {"geo"},
	"geo/cql2":                 {"geo"},
	"geo/gazetteer":            {"geo"},
	"geo/intake":               {"geo"},
	"geo/password":             {"geo"},
	"geo/password/pack":        {"geo/password"},
	"geo/stats":                {"geo"},
	"geo/topology":             {"geo"},
	"geo/boundary":             {"geo", "geo/crs", "geo/topology"},
	"tiles/mvt":                {},
	"tiles/mlt":                {},
	"tiles/pmtiles":            {},
	"geo/live":                 {"geo", "tiles/mvt"},
	"geo/postgis":              {"geo", "geo/crs", "geo/cql2"},
	"geo/postgis/private":      {"geo", "geo/crs", "geo/cql2"},
	"geo/geotest":              {"geo", "geo/postgis/..."},
	"tiles":                    {"geo", "tiles/..."},
	"api/internal/...":         {"geo", "geo/cql2", "geo/crs", "tiles"},
	"api/web":                  {},
	"api/ogc":                  thin,
	"api/open311":              thin,
	"api/network":              thin,
	"api/public":               thin,
	"api/thematic":             thin,
	"api/decision":             thin,
	"api":                      {"api/...", "tiles", "geo", "geo/live", "geo/crs", "geo/cql2", "geo/stats", "geo/password", "geo/gazetteer"},
	"cmd/jingwei":              {"..."},
	"testdata/sample":          {"geo", "testdata/sample/outline"},
	"testdata/sample/national": {"geo", "testdata/sample"},
	"testdata/sample/outline":  {"geo"},
	"testdata/sample/generate": {"geo", "testdata/sample/outline"},

	"testdata/sample/national/pack": {"geo", "testdata/sample/national"},

	"testdata/bench":       {},
	"testdata/bench/load":  {"testdata/bench"},
	"testdata/bench/peers": {"testdata/bench", "geo/postgis/private", "tiles/mvt"},
}

// thin platforms and protocols stand on the domain and never on each other, on api or on the database.
var thin = []string{"api/internal/...", "tiles", "geo", "geo/live", "geo/crs", "geo/cql2", "geo/stats"}

// drivers may be imported by the named parts of the tree only.
var drivers = map[string][]string{
	"github.com/jackc/pgx/v5":    {"geo/postgis/...", "geo/geotest", "testdata/bench/peers"},
	"github.com/pressly/goose":   {"geo/postgis"},
	"github.com/labstack/echo":   {"api/..."},
	"github.com/alecthomas/kong": {"cmd/jingwei"},
}

func TestImportArrows(t *testing.T) {
	for _, line := range packages(t) {
		name, imports, _ := strings.Cut(line, " ")
		name = strings.TrimPrefix(name, "jingwei/")
		allowed, ok := rowOf(name)
		if !ok {
			t.Errorf("package %s is not in the table of arrows", name)
			continue
		}
		for imported := range strings.FieldsSeq(imports) {
			checkDriver(t, name, imported)
			ours, isOurs := strings.CutPrefix(imported, "jingwei/")
			if isOurs && !matchesAny(allowed, ours) {
				t.Errorf("%s imports %s, which points the wrong way", name, ours)
			}
		}
	}
}

func packages(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...", "./testdata/sample/...", "./testdata/bench/...")
	cmd.Dir = geotest.Path()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func rowOf(name string) ([]string, bool) {
	if allowed, ok := arrows[name]; ok {
		return allowed, true
	}
	for pattern, allowed := range arrows {
		if strings.HasSuffix(pattern, "/...") && matches(pattern, name) {
			return allowed, true
		}
	}
	return nil, false
}

func checkDriver(t *testing.T, name, imported string) {
	t.Helper()
	for driver, owners := range drivers {
		if strings.HasPrefix(imported, driver) && !matchesAny(owners, name) {
			t.Errorf("%s imports %s, which only %v may", name, imported, owners)
		}
	}
}

func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if matches(p, name) {
			return true
		}
	}
	return false
}

func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	prefix, deep := strings.CutSuffix(pattern, "/...")
	return name == prefix || deep && strings.HasPrefix(name, prefix+"/")
}
