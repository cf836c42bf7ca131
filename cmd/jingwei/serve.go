package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"jingwei/api"
	"jingwei/api/web"
	"jingwei/geo"
	"jingwei/geo/password"
	"jingwei/testdata/sample"
)

// drainTime is how long running requests may take after the program was told to stop.
const drainTime = 10 * time.Second

// How often partitions of the change feed are made ahead and old ones dropped, and how often consumers are told of
// loads that died.
const (
	maintainEvery = time.Hour
	finishEvery   = time.Minute
)

// front says how clients reach the server.
type front struct {
	Listen       string   `help:"Address to listen on." env:"JINGWEI_LISTEN" default:"127.0.0.1:8080"`
	PublicURL    string   `name:"public-url" help:"URL under which clients reach the server, for links in answers." env:"JINGWEI_PUBLIC_URL" placeholder:"URL"`
	TrustedProxy []string `name:"trusted-proxy" help:"Networks of proxies whose X-Forwarded headers are believed." env:"JINGWEI_TRUSTED_PROXY" placeholder:"CIDR"`
}

type serveCommand struct {
	where
	front
	Replica      string  `help:"Connection URL of a streaming replica of the database: the live index, tiles and searches are read from it." env:"JINGWEI_REPLICA" placeholder:"URL"`
	Basemaps     string  `help:"JSON file of the operator's base maps." env:"JINGWEI_BASEMAPS" type:"existingfile" placeholder:"FILE"`
	OIDC         string  `name:"oidc" help:"JSON file of the OpenID providers at which people may sign in." env:"JINGWEI_OIDC" type:"existingfile" placeholder:"FILE"`
	RateReads    float64 `name:"rate-reads" help:"Requests that one client may send per second for long; 0 for any number." env:"JINGWEI_RATE_READS" default:"200"`
	RateSearches float64 `name:"rate-searches" help:"Searches that one client may send per second for long; 0 for any number." env:"JINGWEI_RATE_SEARCHES" default:"30"`
	RateWrites   float64 `name:"rate-writes" help:"Writes that one account may send per second for long; 0 for any number." env:"JINGWEI_RATE_WRITES" default:"20"`
	Sample       bool    `help:"Load the sample into an empty private database." env:"JINGWEI_SAMPLE" default:"true" negatable:""`

	now func() time.Time
}

// node is one running server: a store, the live index of both editions, and what answers HTTP.
type node struct {
	database  *database
	server    *api.Server
	followers []*follower
	hashing   *password.Workers
	sealer    *sealer
	desk      *importDesk
	replica   *replicaMeter // nil without a replica
	gazetteer *gazetteerKeeper
	log       *slog.Logger
}

// Run serves until it is told to stop.
func (s *serveCommand) Run(ctx context.Context, c *console) error {
	ctx = geo.WithActor(ctx, geo.Actor{}) // what nobody asks for, the program does by itself
	s.now = time.Now
	if err := errors.Join(s.check(), checkURL("replica", s.Replica)); err != nil {
		return err
	}
	if _, err := parseNetworks(s.TrustedProxy); err != nil {
		return err
	}
	if _, err := s.identityProviders(); err != nil {
		return err
	}
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := s.open(ctx, c.log)
	if err != nil {
		return err
	}
	n, err := s.newNode(ctx, d, c.log)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	if err := s.ensureSample(ctx, d, c); err != nil {
		return errors.Join(err, d.Close())
	}
	first, err := firstSecret(ctx, d)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	err = n.run(ctx, listener, func() { s.announce(c, listener.Addr(), first) })
	return errors.Join(err, d.Close())
}

// open opens the database, and the replica when one is given.
func (s *serveCommand) open(ctx context.Context, log *slog.Logger) (*database, error) {
	d, err := openDatabase(ctx, s.where, log)
	if err != nil {
		return nil, err
	}
	if err := d.openReplica(ctx, s.Replica); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// listen takes the address first, so that a port in use is said before anything is started.
func (s *serveCommand) listen(ctx context.Context) (net.Listener, error) {
	if _, err := net.ResolveTCPAddr("tcp", s.Listen); err != nil {
		return nil, geo.Invalid("listen", "%q is not an address such as 127.0.0.1:8080", s.Listen)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (another address: --listen 127.0.0.1:8081)", s.Listen, err)
	}
	return listener, nil
}

func (s *serveCommand) newNode(ctx context.Context, d *database, log *slog.Logger) (*node, error) {
	reads := d.reads()
	feed, err := reads.Feed(ctx)
	if err != nil {
		return nil, err
	}
	token, err := writeToken(s.DataDir)
	if err != nil {
		return nil, err
	}
	proxies, err := parseNetworks(s.TrustedProxy)
	if err != nil {
		return nil, err
	}
	maps, err := readConfigured("base maps", s.Basemaps, api.ReadBaseMaps)
	if err != nil {
		return nil, err
	}
	providers, err := s.identityProviders()
	if err != nil {
		return nil, err
	}
	organizations, reports := newEditions(geo.OrganizationLayer()), newEditions(geo.ReportLayer())
	hashing, registry := newHashWorkers(log), newRegistry(organizations, reports)
	desk := newImportDesk(d.Store, log)
	words := &gazetteerKeeper{source: reads, log: log, now: s.now}
	// Single organizations and the tree are read from the primary: who has written sees it, and compares its version.
	config := api.Config{
		Organizations: d.Store, Verifications: d.Store, History: d.Store, Photos: d.Store, Divisions: reads, Hits: reads, DivisionNames: &divisionNames{store: reads, log: log},
		Gazetteer: words, Geocoder: words, Polygons: reads, Areas: reads, Codes: reads, Filters: reads, Database: d.Store,
		Audit: d.Store, Sessions: d.Store, SignIns: d.Store, OwnSessions: d.Store, Tokens: d.Store, Links: d.Store, Accounts: d.Store, Grants: d.Store, Tasks: d.Store, Imports: desk,
		Passwords: password.NewOn(hashing, runtime.GOMAXPROCS(0)/2), CheckPassword: password.Check,
		Points:  api.Editions{Public: organizations.public, Internal: organizations.internal},
		Reports: api.Editions{Public: reports.public, Internal: reports.internal},
		Now:     s.now, WriteToken: token, PublicURL: s.PublicURL, TrustedProxies: proxies, Rates: api.Rates{Reads: s.RateReads, Searches: s.RateSearches, Writes: s.RateWrites}, Version: version,
		IdentityProviders: providers, Identities: d.Store,
		Land: sample.Land(), BaseMaps: maps, Viewer: web.Files(), Log: log, Registry: registry,
	}
	poll := pollInterval
	if d.replica != nil {
		config.Replica, poll = d.replica, replicaPoll
	}
	server, err := api.New(config)
	if err != nil {
		return nil, err
	}
	n := &node{database: d, server: server, hashing: hashing, sealer: &sealer{chain: d.Store, dir: s.DataDir, log: log}, gazetteer: words, desk: desk, log: log}
	loads := newLoadMetrics(registry)
	for _, e := range []editions{organizations, reports} {
		n.followers = append(n.followers, &follower{
			feed: feed, editions: e, publish: server.Publish, wake: make(chan struct{}, 1), log: log, now: s.now,
			file: newSnapshotFile(s.DataDir, e.layer(), loads, log, s.now), metrics: loads, turn: newTurn(),
			poll: poll, rest: restBetween, meter: newMeter(registry, e),
		})
	}
	// The map is there before millions of reports are read.
	n.followers[0].announcer, n.followers[1].behind = true, &n.followers[0].turn
	if d.replica != nil {
		n.replica = newReplicaMeter(registry, d.Store, d.replica, log)
	}
	return n, nil
}

// readConfigured reads a list of things from the operator's file; none when there is no file. read gets what finds the
// values of environment variables too, where secrets are.
func readConfigured[T any](what, path string, read func(io.Reader, func(string) (string, bool)) ([]T, error)) ([]T, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer f.Close()
	list, err := read(f, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w", what, path, err)
	}
	return list, nil
}

func (s *serveCommand) identityProviders() ([]api.IdentityProvider, error) {
	return readConfigured("OpenID providers", s.OIDC, api.ReadIdentityProviders)
}

func parseNetworks(cidrs []string) ([]*net.IPNet, error) {
	var networks []*net.IPNet
	for _, cidr := range cidrs {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			return nil, geo.Invalid("trusted-proxy", "%q is not a network such as 10.0.0.0/8", cidr)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// run answers requests and follows the database until ctx is done, then lets running requests end.
func (n *node) run(ctx context.Context, listener net.Listener, ready func()) error {
	defer n.hashing.Close()
	server := n.server.HTTPServer(listener.Addr().String())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		return errors.Join(server.Shutdown(drain), n.server.Flush(drain))
	})
	group.Go(func() error { return n.sealer.run(ctx) })
	group.Go(func() error { return n.desk.run(ctx) })
	if n.replica != nil {
		group.Go(func() error { return n.replica.run(ctx) })
	}
	for _, f := range n.followers {
		group.Go(func() error { return f.run(ctx) })
		group.Go(func() error { return f.compact(ctx) })
	}
	group.Go(func() error { return n.gazetteer.run(ctx) })
	group.Go(func() error { return n.database.watch(ctx) })
	notified := make(chan struct{}, 1)
	group.Go(func() error { return n.wake(ctx, notified) })
	group.Go(func() error { return n.listen(ctx, notified) })
	group.Go(func() error { return n.maintain(ctx) })
	ready()
	err := group.Wait()
	// What came last is not left without a seal until the next start.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealEvery)
	defer cancel()
	n.sealer.say(last, n.sealer.seal(last))
	return err
}

// wake hands notifications on to all followers.
func (n *node) wake(ctx context.Context, notified <-chan struct{}) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-notified:
		}
		for _, f := range n.followers {
			select {
			case f.wake <- struct{}{}:
			default:
			}
		}
	}
}

// listen waits for notifications; without them the followers still poll, so an end is no reason to stop.
func (n *node) listen(ctx context.Context, notified chan<- struct{}) error {
	if err := n.database.Listen(ctx, notified); err != nil && ctx.Err() == nil {
		n.log.Warn("no notifications from the database; polling only", "error", err)
	}
	return nil
}

// maintain looks after the partitions of the change feed, after loads that died, after sessions, photos and
// the like that are over, and after moves whose day has come.
func (n *node) maintain(ctx context.Context) error {
	all := func(ctx context.Context) error {
		now := time.Now()
		return errors.Join(n.database.MaintainFeed(ctx), n.database.MaintainAccounts(ctx, now), n.database.MaintainPhotos(ctx, now), n.database.MaintainImports(ctx),
			n.database.TurnPaths(ctx, geo.DayOf(now)))
	}
	work := all
	hourly := time.NewTicker(maintainEvery)
	defer hourly.Stop()
	loads := time.NewTicker(finishEvery)
	defer loads.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("maintenance of the database; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-hourly.C:
			work = all
		case <-loads.C:
			work = func(ctx context.Context) error {
				return errors.Join(n.database.FinishLoads(ctx), n.database.TurnPaths(ctx, geo.DayOf(time.Now())))
			}
		}
	}
}

// firstSecret makes the one-time link with which the first account is opened, a new one at each start, and returns its
// secret; "" when there is an account.
func firstSecret(ctx context.Context, d *database) (geo.Secret, error) {
	secret, now := geo.NewSecret(), time.Now()
	made, err := d.CreateFirstLink(ctx, geo.NewLink{Hash: secret.Hash(), ExpiresAt: now.Add(geo.FirstValid)}, now)
	if err != nil || !made {
		return "", err
	}
	return secret, nil
}

// announce prints the address for a person, or as JSON for a machine; and with the secret first the link that opens the
// first account.
func (s *serveCommand) announce(c *console, address net.Addr, first geo.Secret) {
	url, link := strings.TrimSuffix(s.PublicURL, "/"), ""
	if url == "" {
		url = "http://" + address.String()
	}
	if first != "" {
		link = api.LinkURL(url, first)
	}
	if c.json {
		_ = json.NewEncoder(c.out).Encode(struct {
			URL       string `json:"url"`
			TokenFile string `json:"token_file"`
			FirstLink string `json:"first_link,omitempty"`
		}{url, s.DataDir + "/token", link})
		return
	}
	fmt.Fprintf(c.out, "\nJingwei 经纬 is ready: %s\n(Ctrl+C stops it; the token for writing is in %s/token)\n\n", url, s.DataDir)
	if link != "" {
		fmt.Fprintf(c.out, "There is no account yet. Whoever opens this link, once and within a day, becomes the administrator:\n%s\n\n", link)
	}
}
