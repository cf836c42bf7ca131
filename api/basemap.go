package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/tiles"
)

// Bounds of the proxy.
const (
	maxRasterTile   = 2 << 20
	upstreamTimeout = 10 * time.Second
	// upstreamWaiters is how many requests may wait for one base map's origin. A page asks for up to 16 at once.
	upstreamWaiters = 64
)

// baseMaps proxies the operator's raster maps, so that keys stay on the server and the page needs no foreign origin.
type baseMaps struct {
	maps     []BaseMap
	client   *http.Client
	agent    string
	outcomes *prometheus.CounterVec
	cache    *rasterCache
	waiting  map[string]slots // per base map: one that hangs keeps out neither the others nor the rest of the server
	flights  flights[rasterTile]
}

func newBaseMaps(maps []BaseMap, version string, outcomes *prometheus.CounterVec, now func() time.Time) (*baseMaps, error) {
	b := &baseMaps{maps: maps, agent: strings.TrimSuffix("Jingwei/"+version, "/"), outcomes: outcomes, cache: newRasterCache(now), waiting: map[string]slots{}}
	var allowed []string
	for i := range maps {
		if maps[i].Type == baseMapRaster {
			hosts, err := maps[i].hosts()
			if err != nil {
				return nil, fmt.Errorf("base map %s: %w", maps[i].Name, err)
			}
			allowed = append(allowed, hosts...)
			b.waiting[maps[i].Name] = make(slots, upstreamWaiters)
		}
	}
	b.client = &http.Client{Timeout: upstreamTimeout, Transport: allowList{allowed, newTransport()}}
	return b, nil
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: upstreamTimeout,
		MaxIdleConnsPerHost: 8, MaxConnsPerHost: 16, IdleConnTimeout: time.Minute,
		MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
}

// allowList refuses every host that is not configured, also when a redirect leads there.
type allowList struct {
	hosts []string
	next  http.RoundTripper
}

func (a allowList) RoundTrip(r *http.Request) (*http.Response, error) {
	if !slices.Contains(a.hosts, r.URL.Host) {
		return nil, errors.New("the host is not among those of the configured base maps")
	}
	return a.next.RoundTrip(r)
}

// baseMapJSON is a base map as clients see it: without its origin, key or file.
type baseMapJSON struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Type         string   `json:"type"`
	Attribution  string   `json:"attribution"`
	ReviewNumber string   `json:"review_number"`
	CRS          string   `json:"crs"`
	Default      bool     `json:"default"`
	MinZoom      int      `json:"minzoom"`
	MaxZoom      int      `json:"maxzoom"`
	TileSize     int      `json:"tile_size,omitempty"`
	Tiles        []string `json:"tiles,omitempty"`
	URL          string   `json:"url,omitempty"`
}

func (s *Server) listBaseMaps(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	base := s.baseURL(c)
	c.Response().Header().Set("Cache-Control", "public, no-cache")
	return s.writeJSON(c, http.StatusOK, struct {
		Items []baseMapJSON `json:"items"`
	}{items(s.base.maps, func(m BaseMap) baseMapJSON {
		out := baseMapJSON{Name: m.Name, Title: m.Title, Type: m.Type, Attribution: m.Attribution, ReviewNumber: m.ReviewNumber,
			CRS: m.CRS, Default: m.Default, MinZoom: m.MinZoom, MaxZoom: m.MaxZoom}
		if m.Type == baseMapPMTiles {
			out.URL = base + "/basemaps/" + m.Name + ".pmtiles"
		} else {
			out.Tiles, out.TileSize = []string{base + m.tilePath()}, m.TileSize
		}
		return out
	})})
}

func (s *Server) getLand(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	if len(s.land.body) == 0 {
		return geo.NotFound("this server has no land areas")
	}
	return serveAsset(c, s.land)
}

func (b *baseMaps) named(name, kind string) (*BaseMap, error) {
	for i := range b.maps {
		if b.maps[i].Name == name && b.maps[i].Type == kind {
			return &b.maps[i], nil
		}
	}
	return nil, geo.NotFound("there is no base map of type %s with this name", kind)
}

func (s *Server) getBaseMapArchive(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	name, ok := strings.CutSuffix(c.Param("file"), ".pmtiles")
	if !ok {
		return geo.NotFound("a base map archive ends in .pmtiles")
	}
	m, err := s.base.named(name, baseMapPMTiles)
	if err != nil {
		return err
	}
	return serveArchive(c, m.File)
}

// serveArchive lets net/http answer ranges and conditions. The entity tag is weak evidence made of size and time; the
// file is replaced by rename, never altered in place.
func serveArchive(c echo.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("base map archive: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("base map archive: %w", err)
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/vnd.pmtiles")
	h.Set("Cache-Control", "public, no-cache")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.Size(), info.ModTime().UnixNano()))
	http.ServeContent(c.Response(), c.Request(), "", info.ModTime(), f)
	return nil
}

func (s *Server) getBaseMapTile(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	m, err := s.base.named(c.Param("name"), baseMapRaster)
	if err != nil {
		return err
	}
	a, err := tileAddress(c)
	if err != nil {
		return err
	}
	if int(a.Z) < m.MinZoom || int(a.Z) > m.MaxZoom {
		return geo.NotFound("the base map has zooms %d to %d only", m.MinZoom, m.MaxZoom)
	}
	tile, err := s.base.tile(c.Request().Context(), m, a)
	if err != nil {
		return err
	}
	return tile.write(c)
}

// rasterTile is an answer of an origin.
type rasterTile struct {
	contentType string
	header      http.Header
	body        []byte
}

// tile returns a tile from memory or from its origin, which is asked once for all who want the same tile. Beyond the
// bound of requests that wait for the origin it is geo.ErrUnavailable.
func (b *baseMaps) tile(ctx context.Context, m *BaseMap, a tiles.Address) (rasterTile, error) {
	key := m.Name + " " + a.String()
	if tile, ok := b.cache.get(key); ok {
		b.outcomes.WithLabelValues(m.Name, "cached").Inc()
		return tile, nil
	}
	if !b.waiting[m.Name].take() {
		b.outcomes.WithLabelValues(m.Name, "busy").Inc()
		return rasterTile{}, &geo.Error{Kind: geo.ErrUnavailable, Message: "too many requests wait for this base map; try again in a few seconds"}
	}
	defer b.waiting[m.Name].free()
	tile, shared, err := b.flights.do(ctx, key, func(ctx context.Context) (rasterTile, error) {
		tile, err := b.fetch(ctx, m, m.origin(a.Z, a.X, a.Y))
		if err == nil {
			b.cache.put(key, tile)
		}
		return tile, err
	})
	if shared {
		b.outcomes.WithLabelValues(m.Name, "shared").Inc()
	}
	return tile, err
}

// fetch asks the origin. Errors never hold the URL, which holds the key.
func (b *baseMaps) fetch(ctx context.Context, m *BaseMap, origin string) (rasterTile, error) {
	tile, outcome, err := b.ask(ctx, origin)
	b.outcomes.WithLabelValues(m.Name, outcome).Inc()
	if err != nil {
		return rasterTile{}, fmt.Errorf("base map %s: %w", m.Name, err)
	}
	return tile, nil
}

// ask returns the tile, or how it failed. Nothing that the client sent is passed on.
func (b *baseMaps) ask(ctx context.Context, origin string) (rasterTile, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin, nil)
	if err != nil {
		return rasterTile{}, "failed", fmt.Errorf("%w: the URL cannot be made", errUpstream)
	}
	r.Header.Set("User-Agent", b.agent)
	r.Header.Set("Accept", "image/*")
	response, err := b.client.Do(r)
	if err != nil {
		return rasterTile{}, "failed", withoutURL(ctx, err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusNoContent:
		return rasterTile{}, "missing", geo.NotFound("the base map has no tile here")
	case response.StatusCode != http.StatusOK:
		return rasterTile{}, "refused", fmt.Errorf("%w: status %d", errUpstream, response.StatusCode)
	}
	tile, err := readRasterTile(response)
	if err != nil {
		return rasterTile{}, "failed", err
	}
	return tile, "ok", nil
}

// withoutURL keeps the cause of a client error and drops its URL; the end of ctx stays recognisable.
func withoutURL(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		if failed.Timeout() {
			return fmt.Errorf("%w: no answer within %s", errUpstream, upstreamTimeout)
		}
		return fmt.Errorf("%w: %T", errUpstream, failed.Err)
	}
	return errUpstream
}

// readRasterTile takes images only: an origin that explains itself in HTML or JSON has no tile.
func readRasterTile(response *http.Response) (rasterTile, error) {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || !slices.Contains([]string{"image/png", "image/jpeg", "image/webp"}, kind) {
		return rasterTile{}, fmt.Errorf("%w: the content type is not an image", errUpstream)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxRasterTile+1))
	if err != nil {
		return rasterTile{}, fmt.Errorf("%w: the answer broke off", errUpstream)
	}
	if len(body) > maxRasterTile {
		return rasterTile{}, fmt.Errorf("%w: the tile is larger than %d bytes", errUpstream, maxRasterTile)
	}
	return rasterTile{contentType: kind, header: response.Header, body: body}, nil
}

// write passes the image on with what the origin says about keeping it.
func (t rasterTile) write(c echo.Context) error {
	h := c.Response().Header()
	for _, name := range []string{"Cache-Control", "Expires", "Age", "Date", "ETag", "Last-Modified"} {
		if v := t.header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
	if etag := h.Get("ETag"); etag != "" && tiles.Matches(ifNoneMatch(c), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, t.contentType, t.body)
}
