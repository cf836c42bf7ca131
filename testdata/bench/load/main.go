// Load sends requests to a server and prints what it measured as JSON. It is a process of its own, so that it shares neither
// memory nor collector nor scheduler with what it measures.
//
//	go run ./testdata/bench/load --base http://127.0.0.1:8080 --list FILE [--connections 8] [--passes 1] [--seconds 0]
//
// FILE has one path per line. Without --rate each connection sends the next request when the one before is answered (closed
// loop), and all together go through the list so many times. With --rate requests are due evenly spaced, and the time of each is
// counted from when it was due (open loop): a server that falls behind cannot hide it by delaying the generator.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"jingwei/testdata/bench"
)

type options struct {
	base        string
	list        string
	connections int
	rate        float64
	passes      int
	seconds     float64
	coding      string
	warm        bool
	revalidate  bool
	timeout     time.Duration
	pids        string
}

func main() {
	var o options
	flag.StringVar(&o.base, "base", "http://127.0.0.1:8080", "scheme and host of the server")
	flag.StringVar(&o.list, "list", "", "file with one path per line")
	flag.IntVar(&o.connections, "connections", 8, "connections, each with one request at a time")
	flag.Float64Var(&o.rate, "rate", 0, "requests per second of an open loop; 0 for a closed loop")
	flag.IntVar(&o.passes, "passes", 1, "how often the list is gone through, when no time is given")
	flag.Float64Var(&o.seconds, "seconds", 0, "how long requests are sent; 0 for as many as passes say")
	flag.StringVar(&o.coding, "coding", "identity", "value of Accept-Encoding")
	flag.BoolVar(&o.warm, "warm", false, "ask for everything once before the measurement")
	flag.BoolVar(&o.revalidate, "revalidate", false, "send If-None-Match with the entity tag of a first answer, as browsers do; warms too")
	flag.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long one answer may take")
	flag.StringVar(&o.pids, "pids", "", "processes, by number and with commas, whose processor time is measured with that of their descendants")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	l, err := newLoop(o)
	if err != nil {
		return err
	}
	if o.warm || o.revalidate {
		if err := l.warm(ctx); err != nil {
			return err
		}
	}
	pids, err := parsePids(o.pids)
	if err != nil {
		return err
	}
	before, err := bench.ProcessorTime(pids...)
	if err != nil {
		return err
	}
	own := ownTime()
	report := l.run(ctx)
	after, err := bench.ProcessorTime(pids...)
	if err != nil {
		return err
	}
	report.CPUSeconds, report.OwnCPU = (after - before).Seconds(), (ownTime() - own).Seconds()
	return json.NewEncoder(os.Stdout).Encode(report)
}

func parsePids(text string) (pids []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		pid, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("pids: %w", err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
