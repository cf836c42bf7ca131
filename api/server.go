package api

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"jingwei/api/internal/limit"
	"jingwei/geo"
	"jingwei/tiles"
)

// Config is what a Server is made of. Everything without a remark is required.
type Config struct {
	Organizations Organizations
	Verifications Verifications
	History       Histories
	Photos        Photos // of organizations
	Divisions     Divisions
	Hits          Hits
	DivisionNames DivisionNames
	Gazetteer     Gazetteer
	Geocoder      Geocoder // adds addresses to what search finds; optional
	Polygons      PolygonTiles
	Areas         Areas
	Codes         Codes
	Filters       Filters
	SignIns       SignInStore
	OwnSessions   SessionStore
	Tokens        TokenStore
	Links         LinkStore
	Accounts      AccountStore
	Grants        GrantStore
	Tasks         TaskStore
	Passwords     Passwords
	// CheckPassword says what is wrong with a password that somebody chooses, who has these names.
	CheckPassword func(password string, names ...string) error
	Points        Editions // of the layer organizations
	Reports       Editions // of the layer reports; they may be loading for long, and nothing else waits for them
	Database      Pinger
	Replica       Pinger // of the database, which most of the above reads from; optional
	Audit         Audit
	Sessions      Sessions
	Imports       Imports

	IdentityProviders []IdentityProvider // to sign in at; optional, from ReadIdentityProviders
	Identities        IdentityStore      // needed with IdentityProviders

	Now        func() time.Time
	WriteToken string // the operator's: who holds it may do everything; "" means that nobody does
	// PublicURL is the scheme, host and path under which clients reach the server, without a slash at the end. When
	// empty it is taken from each request.
	PublicURL      string
	Rates          Rates        // of requests; none by default
	TrustedProxies []*net.IPNet // their X-Forwarded-* are believed; none by default
	Version        string       // of the program
	Attribution    string       // of the organizations' and divisions' data, plain text; optional
	Land           []byte       // GeoJSON of the world's land without boundaries; optional
	BaseMaps       []BaseMap    // the operator's; optional
	Viewer         fs.FS        // the built viewer (web.Files)
	Log            *slog.Logger
	Registry       *prometheus.Registry // for metrics; optional
	// MaxRequests is the number of requests answered at the same time, further ones get 503; 512 when 0.
	MaxRequests int
}

// Server answers HTTP. Make one with New; it is safe for concurrent use.
type Server struct {
	config   Config
	log      *slog.Logger
	echo     *echo.Echo
	metrics  *metrics
	kinds    []kind
	slots    *pool  // of requests being answered
	waiting  *pool  // of requests that wait for ?after=
	streams  *pool  // of event streams
	prefix   string // path of PublicURL, in front of the paths of our resources
	origins  *http.CrossOriginProtection
	limits   limits
	attempts limiter // of clients that try passwords and links
	hashing  *pool   // of requests that work on passwords
	hub      *hub
	cache    *tiles.Cache

	organizations, reports *pointLayer
	divisions              knownDivisions
	sets                   *memberSets

	providers map[string]identityProvider // to sign in at, by name

	outlines   outlines
	compressor *tiles.Compressor
	viewer     viewer
	land       *asset
	document   *asset // openapi.yaml
	base       *baseMaps
	views      *viewRecorder
	pictures   chan struct{} // holds one while a picture is decoded
	uploads    *pool         // of files that come in
}

// New returns a server with all routes. It starts nothing; Close ends the event streams that clients opened.
// It fails when a required part is missing or a base map did not come from ReadBaseMaps.
func New(c Config) (*Server, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	compressor, err := tiles.NewCompressor()
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.MaxRequests == 0 {
		c.MaxRequests = 512
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	public, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("api: the public URL: %w", err)
	}
	s := &Server{
		config: c, log: c.Log, echo: echo.New(), kinds: kinds(), slots: newPool(c.MaxRequests), waiting: newPool(maxWaiters), streams: newPool(maxClients),
		metrics: newMetrics(c.Registry), hub: newHub(c.Registry), cache: tiles.NewCache(tileCacheBytes), compressor: compressor, prefix: public.EscapedPath(),
		origins: http.NewCrossOriginProtection(),
		limits:  newLimits(c.Rates, c.Now), attempts: limit.NewAt(c.Now, attemptsPerMinute/60.0, attemptsPerMinute, mostClients), hashing: newPool(mostHashing),
		pictures: make(chan struct{}, 1),
		land:     newAsset(c.Land, "application/geo+json"), document: newAsset(document, "application/yaml"),
	}
	if public.Host != "" { // behind a proxy that changes the header Host
		if err := s.origins.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
			return nil, fmt.Errorf("api: the public URL: %w", err)
		}
	}
	s.organizations, s.reports = newPointLayers(c)
	s.sets = newMemberSets(c.Filters)
	s.views, s.uploads = newViewRecorder(c), newPool(mostUploads)
	if s.base, err = newBaseMaps(c.BaseMaps, c.Version, s.metrics.upstream, c.Now); err != nil {
		return nil, err
	}
	if s.providers, err = newIdentityProviders(c); err != nil {
		return nil, err
	}
	if s.viewer, err = newViewer(c.Viewer); err != nil {
		return nil, err
	}
	c.Registry.MustRegister(newCacheMetrics(s.cache)...)
	s.echo.IPExtractor = clientAddress(c.TrustedProxies)
	s.echo.HTTPErrorHandler = s.handleError
	s.routes()
	return s, nil
}

// check reports what is missing: a request must not be the first to find out.
func (c Config) check() error {
	missing := []struct {
		name   string
		absent bool
	}{
		{"Organizations", c.Organizations == nil}, {"Verifications", c.Verifications == nil}, {"History", c.History == nil}, {"Photos", c.Photos == nil},
		{"Divisions", c.Divisions == nil}, {"Hits", c.Hits == nil}, {"DivisionNames", c.DivisionNames == nil}, {"Gazetteer", c.Gazetteer == nil},
		{"Polygons", c.Polygons == nil}, {"Areas", c.Areas == nil}, {"Codes", c.Codes == nil}, {"Filters", c.Filters == nil}, {"Points.Public", c.Points.Public == nil}, {"Points.Internal", c.Points.Internal == nil},
		{"Reports.Public", c.Reports.Public == nil}, {"Reports.Internal", c.Reports.Internal == nil},
		{"Sessions", c.Sessions == nil}, {"Imports", c.Imports == nil}, {"SignIns", c.SignIns == nil}, {"OwnSessions", c.OwnSessions == nil}, {"Tokens", c.Tokens == nil}, {"Links", c.Links == nil},
		{"Accounts", c.Accounts == nil}, {"Grants", c.Grants == nil}, {"Tasks", c.Tasks == nil}, {"Passwords", c.Passwords == nil}, {"CheckPassword", c.CheckPassword == nil},
		{"Database", c.Database == nil}, {"Audit", c.Audit == nil}, {"Now", c.Now == nil}, {"Viewer", c.Viewer == nil}, {"Log", c.Log == nil},
	}
	for _, m := range missing {
		if m.absent {
			return fmt.Errorf("api: the configuration lacks %s", m.name)
		}
	}
	return nil
}

// Handler returns what answers requests.
func (s *Server) Handler() http.Handler { return s.echo }

// HTTPServer returns a server for the handler with time limits for slow or silent clients; its Shutdown closes s.
func (s *Server) HTTPServer(address string) *http.Server {
	server := &http.Server{
		Addr: address, Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: requestTimeout + 30*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:  slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ConnState: newConnections(maxConnections, s.trusts).state,
	}
	server.RegisterOnShutdown(s.Close)
	return server
}

// Close ends all event streams; later ones end at once. It may be called more than once.
func (s *Server) Close() { s.hub.close() }

// Flush waits until every view that was let through so far is in the audit. Call it when no request is answered any
// more, before the database is closed. When ctx ends before, the error says how many views are lost.
func (s *Server) Flush(ctx context.Context) error { return s.views.flush(ctx) }

// Publish tells the clients of /events what changed in a layer. Only changes of the public edition may be given.
func (s *Server) Publish(c Change) { s.hub.publish(c) }

// today is the civil day of China.
func (s *Server) today() geo.Day { return geo.DayOf(s.config.Now()) }

func (s *Server) fromTrustedProxy(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && s.trusts(ip)
}

// trusts reports whether a proxy at the address is believed.
func (s *Server) trusts(ip net.IP) bool {
	return slices.ContainsFunc(s.config.TrustedProxies, func(n *net.IPNet) bool { return n.Contains(ip) })
}
