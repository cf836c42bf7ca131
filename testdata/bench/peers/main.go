// Peers compares a running Jingwei with what answers the same questions from the same PostGIS: Martin for tiles, SQL for counts. It
// starts both servers on one data directory, lets the generator of requests ask each in turn, and writes medians and ratios
// into testdata/bench/RESULTS.md, each section of it between two marks. What stands around the marks stays.
//
//	make bench-peers DATA=DIR [MARTIN=FILE] [SECTIONS=raw,clustered,…] [RUNS=5]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

type options struct {
	data     string
	martin   string
	program  string
	sections string
	runs     int
	rate     float64
	pool     int
	prepare  bool
}

func main() {
	var o options
	flag.StringVar(&o.data, "data-dir", "", "data directory with the private PostgreSQL and the nation in it; no other server may use it")
	flag.StringVar(&o.martin, "martin", "martin", "the program Martin (cargo install martin --locked)")
	flag.StringVar(&o.program, "jingwei", "bin/jingwei", "the program Jingwei")
	flag.StringVar(&o.sections, "sections", "raw,clustered,repeated,mix,aggregates", "what is measured")
	flag.IntVar(&o.runs, "runs", 5, "how often each is measured, in turn; medians are reported")
	flag.Float64Var(&o.rate, "rate", 1000, "requests per second of open loops")
	flag.IntVar(&o.pool, "pool", 4, "connections of Martin to PostgreSQL")
	flag.BoolVar(&o.prepare, "prepare", false, "make the tables of the schema bench anew even when they are there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// section measures one thing and returns the text of its part of RESULTS.md.
type section struct {
	name    string
	measure func(context.Context, *peers) (string, error)
}

func sections() []section {
	return []section{
		{"raw", measureRaw}, {"clustered", measureClustered}, {"repeated", measureRepeated}, {"mix", measureMix},
		{"aggregates", measureAggregates},
	}
}

func run(ctx context.Context, o options) (err error) {
	p, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer p.stop()
	wanted := strings.Split(o.sections, ",")
	for _, name := range wanted {
		if !known(name) {
			return fmt.Errorf("there is no section %q", name)
		}
	}
	for _, s := range sections() {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", s.name)
		text, err := s.measure(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println(text)
		if err := writeBlock(resultsFile, s.name, text); err != nil {
			return err
		}
	}
	setting, err := p.setting(ctx)
	if err != nil {
		return err
	}
	return writeBlock(resultsFile, "setting", setting)
}

func known(name string) bool {
	return slices.ContainsFunc(sections(), func(s section) bool { return s.name == name })
}
