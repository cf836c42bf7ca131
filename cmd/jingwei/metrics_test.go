package main_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	main "jingwei/cmd/jingwei"
	"jingwei/geo/geotest"
)

var (
	metricInReadme = regexp.MustCompile("(?m)^\\| `(jingwei_[a-z_]+)` ")
	metricAnswered = regexp.MustCompile(`(?m)^# TYPE (jingwei_[a-z_]+) `)
)

// rare are metrics that are answered when something has happened that does not happen here.
var rare = []string{"jingwei_basemap_requests_total", "jingwei_http_requests_limited_total", "jingwei_index_file_writes_total",
	"jingwei_index_file_write_seconds", "jingwei_index_file_timestamp_seconds", "jingwei_index_load_seconds", "jingwei_index_loads_total"}

// TestMetricsAreDocumented: the README names every metric of a node, and no other.
func TestMetricsAreDocumented(t *testing.T) {
	url := geotest.Database(t)
	_, p := startNode(t, main.NodeOptions{Database: url, Replica: url})
	readme, err := os.ReadFile(geotest.Path("README.md"))
	if err != nil {
		t.Fatal(err)
	}
	p.get(t, "/tiles/organizations/0/0/0")
	names := func(all [][]string) (list []string) {
		for _, m := range all {
			if !slices.Contains(rare, m[1]) {
				list = append(list, m[1])
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	answered := string(p.get(t, "/metrics").body)
	if diff := cmp.Diff(names(metricInReadme.FindAllStringSubmatch(string(readme), -1)), names(metricAnswered.FindAllStringSubmatch(answered, -1))); diff != "" {
		t.Errorf("metrics (-README +answered):\n%s", diff)
	}
}
