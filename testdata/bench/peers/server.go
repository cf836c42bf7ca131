package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"jingwei/testdata/bench"
)

// Addresses of the servers that are compared.
const (
	oursAt   = "127.0.0.1:8090"
	martinAt = "127.0.0.1:8091"
)

// server is a program that answers tiles.
type server struct {
	name  string
	base  string
	tiles string // path of tiles up to Z/X/Y
	query string // and what follows
	pids  []int  // of all processes that work for it, without their descendants
	cmd   *exec.Cmd
}

func (s *server) pathOf(t bench.Tile) string { return s.tiles + t.String() + s.query }

// asking returns the same server, asked with another query.
func (s *server) asking(query string) *server {
	other := *s
	other.query = query
	return &other
}

// stop ends the program as an operator would, and waits for it.
func (s *server) stop() {
	if s == nil || s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

func startJingwei(ctx context.Context, p *peers) (*server, error) {
	s := &server{name: "Jingwei", base: "http://" + oursAt, tiles: "/tiles/organizations/"}
	err := s.start(ctx, p, []string{p.program, "serve", "--listen", oursAt, "--data-dir", p.data, "--no-sample"}, "/readyz", func(body []byte) bool {
		var state struct{ Loading []string }
		return json.Unmarshal(body, &state) == nil && len(state.Loading) == 0
	})
	if err != nil {
		return nil, err
	}
	s.pids = []int{s.cmd.Process.Pid}
	return s, nil
}

// martinConfig is as fast as the table allows: columns and bounds are given rather than looked up, nothing is clipped since all are
// points, there is no buffer so that the features are those of the tile, and no limit.
const martinConfig = `listen_addresses: %s
worker_processes: 2
cache: %s
postgres:
  connection_string: %q
  pool_size: %d
  auto_bounds: skip
  reload_interval: 0s
  auto_publish: false
  tables:
    organizations:
      schema: bench
      table: organizations
      srid: 3857
      geometry_column: geom
      geometry_type: POINT
      id_column: id
      bounds: [-180.0, -85.0, 180.0, 85.0]
      extent: 4096
      buffer: 0
      clip_geom: false
      properties:
        name: text
        kind: text
        level: text
        status: text
        location_state: text
        location_source: text
        location_accuracy_m: int4
        code: text
        division: text
`

// Caches of Martin: none, and one that holds everything that is asked for.
const (
	noCache   = "disable"
	withCache = "{size_mb: 1024, tile_size_mb: 1024}"
)

func startMartin(ctx context.Context, p *peers, cache string) (*server, error) {
	file := p.path("martin.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, martinConfig, martinAt, cache, p.url, p.pool), 0o600); err != nil {
		return nil, err
	}
	s := &server{name: "Martin", base: "http://" + martinAt, tiles: "/organizations/"}
	err := s.start(ctx, p, []string{p.martin, "--config", file}, "/health", func([]byte) bool { return true })
	if err != nil {
		return nil, err
	}
	s.pids = []int{s.cmd.Process.Pid, p.postgres}
	return s, nil
}

// start runs the program until ready says yes to what a path answers.
func (s *server) start(ctx context.Context, p *peers, args []string, path string, ready func(body []byte) bool) error {
	if _, err := get(ctx, s.base+path); err == nil {
		return fmt.Errorf("another server answers at %s: stop it first", s.base)
	}
	log, err := os.Create(p.path(s.name + ".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = exec.Command(args[0], args[1:]...) //nolint:gosec // what the caller names is what is measured
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		body, err := get(ctx, s.base+path)
		if err == nil && ready(body) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.stop()
	text, _ := os.ReadFile(p.path(s.name + ".log"))
	return errors.Join(ctx.Err(), fmt.Errorf("%s is not ready: %s", s.name, text))
}

// get returns the body of an answer with status 200 or 204, never compressed.
func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("%s: status %d", url, response.StatusCode)
	}
	return body, err
}

// cacheHits returns how many tiles our server has answered from its cache so far.
func (p *peers) cacheHits(ctx context.Context) (int, error) {
	body, err := get(ctx, p.ours.base+"/metrics")
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`(?m)^jingwei_tile_cache_hits_total (\S+)$`).FindSubmatch(body)
	if found == nil {
		return 0, errors.New("the metrics do not tell how often the cache of tiles was hit")
	}
	hits, err := strconv.ParseFloat(string(found[1]), 64)
	return int(hits), err
}
