package main_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// twins are two nodes of one database, with people who see different parts of it.
type twins struct {
	*editable
	url     string
	store   *postgis.Store
	nodes   [2]*twin
	readers []persona // everyone, the operator, and somebody who sees what lies below the first root
}

// twin is a node that can be stopped and started again.
type twin struct {
	*world
	stop func()
	now  func() time.Time
}

func newTwins(t *testing.T, n int) *twins {
	t.Helper()
	url := geotest.Database(t)
	w := &twins{url: url, store: openStore(t, url), editable: plantEditable(t, connect(t, url), n)}
	for i := range w.nodes {
		w.start(t, i, t.TempDir(), time.Now)
	}
	first := w.nodes[0]
	scoped := first.account(t, "scoped-reader", w.roots[0], grantJSON(geo.RoleAdministrator, w.roots[0]), password)
	var made struct{ Token string }
	first.ask(t, scoped, http.MethodPost, "/api/tokens", `{"name":"map","read_only":true}`).decode(t, http.StatusCreated, &made)
	w.readers = []persona{{name: "everyone", address: first.address()}, first.operator, {name: "scoped", token: made.Token, address: scoped.address}}
	return w
}

// start starts node i; the operator's token is that of the first one everywhere.
func (w *twins) start(t *testing.T, i int, dir string, now func() time.Time) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	if i > 0 { // the same operator on all
		key, err := os.ReadFile(filepath.Join(w.nodes[0].dir, "token"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "token"), key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n, stopped, err := main.StartNodeWith(ctx, main.NodeOptions{Database: w.url, DataDir: dir, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	stop := func() { cancel(); <-stopped }
	t.Cleanup(stop)
	p := &program{url: n.URL, dataDir: dir}
	p.waitReady(t, time.Minute)
	one := &world{Node: n, dir: dir}
	one.operator = persona{name: "operator", token: p.token(t), address: one.address()}
	w.nodes[i] = &twin{one, stop, now}
	w.settle(t)
}

// settle waits until all nodes that run have reached the present.
func (w *twins) settle(t *testing.T) {
	t.Helper()
	at := positionOf(t, w.store)
	for _, n := range w.nodes {
		if n == nil {
			continue
		}
		for _, layer := range geo.PointLayers() {
			for _, e := range []live.Edition{live.Public, live.Internal} {
				eventually(t, time.Minute, func() error { return reached(n.Index(layer.Name, e), at) })
			}
		}
	}
}

// place is where a tile is and which layers it holds.
type place struct {
	set  string
	tile live.Tile
}

// drawPlace draws a tile of one of the zooms in which something may be.
func drawPlace(random *rand.Rand, least, most uint32) place {
	sets := []string{"organizations", "organizations", "reports", "organizations,reports", "organizations,jurisdictions", "jurisdictions", "grids", "divisions"}
	at := geo.Position{Lon: 1_190_000_000 + random.Int32N(30_000_000), Lat: 285_000_000 + random.Int32N(20_000_000)}
	return place{sets[random.IntN(len(sets))], live.TileAt(at, least+random.Uint32N(most-least+1))}
}

// choices are what requests for a tile choose from, one of each line.
func choices() [][]string {
	return [][]string{
		{"0", "1", "2"}, // the reader
		{"identity", "gzip", "br", "zstd"},
		{"", "datetime=2024-06-01", "datetime=2025-06-01", "datetime=2026-03-01"},
		{"", "kind=branch", "kind=branch,village_committee"},
		{"", "", "level=village"},
		{"", "", "status=draft"},
		{"", "category=noise", "category=roads"},
		{"", "", "division=330102001000"},
		{"", "cells=0", "cells=8", "cells=32", "cells=64"},
		{"edition=internal", "edition=internal", ""},
	}
}

// What stands in which line of choices.
const (
	chosenReader = iota
	chosenCoding
	chosenDay
	chosenKind
	chosenLevel
	chosenStatus
	chosenCategory
	chosenDivision
	chosenCells
	chosenEdition
)

// asking is a request for a tile by one of the readers: of each line of choices the number that was chosen.
type asking struct {
	place
	chosen [chosenEdition + 1]int
}

func draw(random *rand.Rand, at place) asking {
	a := asking{place: at}
	for i, list := range choices() {
		a.chosen[i] = random.IntN(len(list))
	}
	return a
}

// vary returns the request with one thing chosen anew.
func (a asking) vary(random *rand.Rand) asking {
	i := random.IntN(len(a.chosen))
	a.chosen[i] = random.IntN(len(choices()[i]))
	return a
}

// may reports whether the layers of the set and the reader have a parameter.
func (a asking) may(parameter int) bool {
	organizations, reports := strings.Contains(a.set, "organizations"), strings.Contains(a.set, "reports")
	switch parameter {
	case chosenDay:
		return true
	case chosenKind, chosenLevel:
		return organizations
	case chosenStatus:
		return organizations && !reports && a.chosen[chosenReader] > 0
	case chosenCategory:
		return reports
	case chosenEdition:
		return (organizations || reports) && a.chosen[chosenReader] > 0
	}
	return organizations || reports
}

func (a asking) path() string {
	var parameters []string
	for i := chosenDay; i <= chosenEdition; i++ {
		if text := choices()[i][a.chosen[i]]; text != "" && a.may(i) {
			parameters = append(parameters, text)
		}
	}
	return fmt.Sprintf("/tiles/%s/%d/%d/%d?%s", a.set, a.tile.Z, a.tile.X, a.tile.Y, strings.Join(parameters, "&"))
}

func (a asking) coding() string { return choices()[chosenCoding][a.chosen[chosenCoding]] }

func (w *twins) ask(t *testing.T, node int, a asking) reply {
	t.Helper()
	r := w.nodes[node].ask(t, w.readers[a.chosen[chosenReader]], http.MethodGet, a.path(), "", "Accept-Encoding", a.coding())
	if r.status != http.StatusOK && r.status != http.StatusNoContent || r.header.Get("ETag") == "" {
		t.Fatalf("%s: %d %s", r.request, r.status, r.body)
	}
	return r
}

// learn lets nodes that run now hear of two kinds in one order, and nodes that start later in the other.
func (w *twins) learn(t *testing.T) {
	t.Helper()
	conn := connect(t, w.url)
	for _, step := range []struct {
		of   int
		kind string
	}{{0, "temporary_branch"}, {1, "mobile_branch"}, {0, "mobile_branch"}, {0, "temporary_branch"}} {
		if _, err := conn.Exec(t.Context(), `update jingwei.organization_version set kind = $2, status = 'active', valid = '[2020-01-01,)' where organization_id = $1`, w.roots[step.of], step.kind); err != nil {
			t.Fatal(err)
		}
		w.settle(t)
	}
}

// TestTwoNodesAgree: at one position two nodes, which got there by different ways, give the same bytes and entity tags,
// and so does one that was started afterwards.
func TestTwoNodesAgree(t *testing.T) {
	t.Parallel()
	w := newTwins(t, 2000)
	w.editAtOnce(t, w.url, 4, 60, 1)
	w.learn(t)
	w.settle(t)
	for _, n := range w.nodes {
		expectTruth(t, w.store, n.Node)
	}
	random := rand.New(rand.NewPCG(1, 2))
	type answered struct {
		asking
		reply
	}
	var all []answered
	filled := 0
	for range 1000 {
		a := draw(random, drawPlace(random, 0, 16))
		one, other := w.ask(t, 0, a), w.ask(t, 1, a)
		if !bytes.Equal(one.body, other.body) || one.header.Get("ETag") != other.header.Get("ETag") {
			t.Fatalf("%s (%s): %d bytes %s and %d bytes %s", one.request, a.coding(), len(one.body), one.header.Get("ETag"), len(other.body), other.header.Get("ETag"))
		}
		if len(one.body) > 0 {
			filled++
		}
		all = append(all, answered{a, one})
	}
	if filled < 500 {
		t.Errorf("only %d of the tiles hold anything", filled)
	}
	w.nodes[1].stop()
	w.start(t, 1, w.nodes[1].dir, time.Now)
	for _, before := range all {
		after := w.ask(t, 1, before.asking)
		if !bytes.Equal(after.body, before.body) || after.header.Get("ETag") != before.header.Get("ETag") {
			t.Fatalf("%s (%s): %d bytes %s, after a restart %d bytes %s", before.request, before.coding(), len(before.body), before.header.Get("ETag"), len(after.body), after.header.Get("ETag"))
		}
	}
}

// TestNoFalse304: whatever is edited, asked for, by whom, on which day and of which node, one entity tag stands for one
// answer, so that no 304 is ever wrong. The second node lives in another day.
func TestNoFalse304(t *testing.T) {
	t.Parallel()
	w := newTwins(t, 300)
	tomorrow := func() time.Time { return time.Now().AddDate(0, 0, 1) }
	w.nodes[1].stop()
	w.start(t, 1, w.nodes[1].dir, tomorrow)
	conn, random := connect(t, w.url), rand.New(rand.NewPCG(3, 4))
	var pool []asking // asked for again and again; of each tile, requests that differ in one thing
	for range 12 {
		a := draw(random, drawPlace(random, 4, 9))
		for range 20 {
			pool = append(pool, a.vary(random))
		}
	}
	type stood struct {
		sum     [32]byte
		request string
	}
	stands, again := map[string]stood{}, 0
	for round := range 40 {
		for range 6 {
			if err := w.transaction(t.Context(), conn, random); err != nil {
				t.Fatal(err)
			}
		}
		if round%15 == 14 {
			w.nodes[1].stop()
			w.start(t, 1, w.nodes[1].dir, w.nodes[1].now)
		}
		if round%2 == 0 { // else while they follow
			w.settle(t)
		}
		for range 40 {
			r := w.ask(t, random.IntN(2), pool[random.IntN(len(pool))])
			tag, sum := r.header.Get("ETag"), sha256.Sum256(r.body)
			before, known := stands[tag]
			if known {
				again++
			}
			if known && before.sum != sum {
				t.Fatalf("%s stood for another answer to %s than to %s", tag, before.request, r.request)
			}
			stands[tag] = stood{sum, r.request}
		}
	}
	if changed := len(stands) - len(pool); again < 100 || changed < 100 {
		t.Errorf("%d answers were the same as one before, %d tiles changed: too few to tell", again, changed)
	}
}
