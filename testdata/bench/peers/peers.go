package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo/postgis/private"
	"jingwei/testdata/bench"
)

// seed makes every run ask for the same tiles and polygons.
const seed = 20_260_101

// peers is what is compared, running.
type peers struct {
	options
	dir      string // for lists, logs and the generator; removed at the end
	database *pgx.Conn
	url      string // of the database
	postgres int    // number of the process of PostgreSQL
	ours     *server
	places   []bench.Place
	raw      []bench.Tile // that both answer alike, once compared
}

func start(ctx context.Context, o options) (p *peers, err error) {
	p = &peers{options: o}
	if p.dir, err = os.MkdirTemp("", "jingwei-bench"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.stop()
		}
	}()
	if err := command(ctx, "go", "build", "-o", p.path("load"), "./testdata/bench/load"); err != nil {
		return nil, err
	}
	if p.ours, err = startJingwei(ctx, p); err != nil {
		return nil, err
	}
	if err := p.connect(ctx); err != nil {
		return nil, err
	}
	if err := p.ensureTables(ctx); err != nil {
		return nil, err
	}
	p.places, err = places(ctx, p.database)
	return p, err
}

func (p *peers) path(name string) string { return filepath.Join(p.dir, name) }

func (p *peers) stop() {
	if p.database != nil {
		_ = p.database.Close(context.Background())
	}
	p.ours.stop()
	_ = os.RemoveAll(p.dir)
}

func (p *peers) connect(ctx context.Context) (err error) {
	if p.url, _, err = private.Running(ctx, p.data, "jingwei"); err != nil {
		return err
	}
	if p.database, err = pgx.Connect(ctx, p.url); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(p.data, "postgres", "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	p.postgres, err = strconv.Atoi(first)
	return err
}

func (p *peers) ensureTables(ctx context.Context) error {
	var there bool
	if err := p.database.QueryRow(ctx, `select to_regclass('bench.places') is not null`).Scan(&there); err != nil {
		return err
	}
	if there && !p.prepare {
		return nil
	}
	fmt.Fprintln(os.Stderr, "making the tables of the schema bench")
	return command(ctx, p.program, "psql", "--data-dir", p.data, "--", "-q", "-f", "testdata/bench/prepare.sql")
}

func command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// ask has the generator ask a server for tiles.
func (p *peers) ask(ctx context.Context, s *server, tiles []bench.Tile, args ...string) (r bench.Report, err error) {
	var list bytes.Buffer
	for _, t := range tiles {
		fmt.Fprintln(&list, s.pathOf(t))
	}
	file := p.path("list")
	if err := os.WriteFile(file, list.Bytes(), 0o600); err != nil {
		return r, err
	}
	var pids []string
	for _, pid := range s.pids {
		pids = append(pids, strconv.Itoa(pid))
	}
	cmd := exec.CommandContext(ctx, p.path("load"), append([]string{"--base", s.base, "--list", file, "--pids", strings.Join(pids, ",")}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("generator: %w", err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("generator: %w", err)
	}
	fmt.Fprintf(os.Stderr, "  %-8s %s", s.name, out)
	return r, nil
}

// reports are those of all runs.
type reports []bench.Report

func (r reports) median(of func(bench.Report) float64) float64 {
	var values []float64
	for _, one := range r {
		values = append(values, of(one))
	}
	return bench.Median(values)
}

func (r reports) failed() (n int) {
	for _, one := range r {
		n += one.Failed
		for status, count := range one.Statuses {
			if status >= 400 {
				n += count
			}
		}
	}
	return n
}

func perSecond(r bench.Report) float64 { return r.PerSecond }
func p50(r bench.Report) float64       { return r.P50 }
func p99(r bench.Report) float64       { return r.P99 }
func cpu(r bench.Report) float64       { return r.CPUPerRequest() }
func size(r bench.Report) float64      { return r.BytesPerRequest() }

// question is one way to ask a server.
type question struct {
	server *server
	tiles  []bench.Tile
	args   []string
}

// inTurn asks all questions one after the other, as often as there are runs: what disturbs the machine for a while disturbs all.
func (p *peers) inTurn(ctx context.Context, questions ...question) ([]reports, error) {
	all := make([]reports, len(questions))
	for range p.runs {
		for i, q := range questions {
			r, err := p.ask(ctx, q.server, q.tiles, q.args...)
			if err != nil {
				return nil, err
			}
			if len(r.Statuses) == 0 && r.Requests > r.Failed {
				return nil, errors.New("the generator reports answers without a status")
			}
			all[i] = append(all[i], r)
		}
	}
	return all, nil
}
