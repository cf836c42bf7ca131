package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
)

// Run is the program without the process around it.
var Run = run

// Feed is the change feed that a follower reads.
type Feed = feed

// Keeping says where a follower keeps its file, and what hears of it; all of it may be nothing.
type Keeping struct {
	Dir      string
	Log      *slog.Logger
	Registry *prometheus.Registry
	// Looked and There are closed when the layer that comes first has looked at its file and when it is there; nil for no such.
	Looked, There chan struct{}
}

// Follow runs the follower of a layer that announces the others until ctx is done, and wakes it for every value of wake.
// It returns the indexes and what closes when it has ended.
func Follow(ctx context.Context, f Feed, layer geo.PointLayer, k Keeping, wake chan struct{}, now func() time.Time, publish func(api.Change)) (internal, public *live.Index, ended <-chan struct{}) {
	e, log, registry := newEditions(layer), k.Log, prometheus.NewRegistry()
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if k.Registry != nil {
		registry = k.Registry
	}
	metrics := newLoadMetrics(registry)
	x := &follower{feed: f, editions: e, publish: publish, announcer: true, wake: wake, log: log, now: now, metrics: metrics, turn: newTurn(),
		poll: pollInterval, meter: newMeter(registry, e)}
	if k.Looked != nil {
		x.behind = &turn{k.Looked, k.There}
	}
	if k.Dir != "" {
		x.file = newSnapshotFile(k.Dir, layer.Name, metrics, log, now)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = x.run(ctx)
	}()
	return e.internal, e.public, done
}

// Node is a server that runs in this process.
type Node struct {
	URL       string
	Server    *api.Server
	followers []*follower
}

// Index returns the edition of a layer that the node answers from.
func (n Node) Index(layer string, e live.Edition) *live.Index {
	for _, f := range n.followers {
		for _, x := range f.editions.all() {
			if f.editions.layer() == layer && x.Edition() == e {
				return x
			}
		}
	}
	return nil
}

// NodeOptions say what a node runs on. Now is time.Now when nil.
type NodeOptions struct {
	Database, Replica, DataDir string
	Now                        func() time.Time
}

// StartNode runs a server on a database until ctx is done; stopped is closed when it has ended. It believes what
// proxies on this machine say of their clients.
func StartNode(ctx context.Context, database, dataDir string) (n Node, stopped <-chan struct{}, err error) {
	return StartNodeWith(ctx, NodeOptions{Database: database, DataDir: dataDir})
}

// StartNodeWith is StartNode with more choice.
func StartNodeWith(ctx context.Context, o NodeOptions) (n Node, stopped <-chan struct{}, err error) {
	s := serveCommand{where: where{Database: o.Database, DataDir: o.DataDir}, Replica: o.Replica, now: o.Now,
		front: front{Listen: "127.0.0.1:0", TrustedProxy: []string{"127.0.0.0/8"}}}
	if s.now == nil {
		s.now = time.Now
	}
	listener, err := s.listen(ctx)
	if err != nil {
		return Node{}, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	d, err := s.open(ctx, log)
	if err != nil {
		return Node{}, nil, errors.Join(err, listener.Close())
	}
	started, err := s.newNode(ctx, d, log)
	if err != nil {
		return Node{}, nil, errors.Join(err, listener.Close(), d.Close())
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = started.run(ctx, listener, func() {})
		_ = d.Close()
	}()
	return Node{URL: "http://" + listener.Addr().String(), Server: started.server, followers: started.followers}, done, nil
}
