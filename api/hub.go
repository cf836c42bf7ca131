package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles"
)

// Bounds of the event stream.
const (
	coalesceFor = 200 * time.Millisecond
	maxTiles    = 256  // more changed tiles than this in one event are a reload
	maxIDs      = 4096 // likewise
	maxWaiting  = 16   // events that a client may be behind: 3 seconds under constant change
	maxClients  = 4096
)

// Change says what changed in the public edition of a layer.
type Change struct {
	Layer    string
	IDs      []geo.ID
	Tiles    []live.Tile // at one zoom, by which clients find those above and below; they are zoom 14
	Reload   bool        // everything may differ: IDs and Tiles do not count
	Position geo.FeedPosition
}

// changeEvent is the JSON of a Change.
type changeEvent struct {
	Layer    string   `json:"layer"`
	Position string   `json:"position"`
	Reload   bool     `json:"reload,omitempty"`
	IDs      []geo.ID `json:"ids,omitempty"`
	Tiles    []string `json:"tiles,omitempty"`
}

// hub passes changes on to clients. What arrives within 200 ms of a first change is one event. A client that does not
// keep up is closed: it would otherwise show what is no longer true, and it reconnects by itself.
type hub struct {
	mu      sync.Mutex
	pending map[string]*Change // by layer
	clients map[*subscriber]struct{}
	timer   *time.Timer // set while something is pending
	closed  bool

	connected prometheus.Gauge
	dropped   prometheus.Counter
}

// subscriber is a client of the hub.
type subscriber struct {
	layers []string    // empty for all
	extent *geo.Extent // nil for everywhere
	events chan []byte // closed by the hub to end the client
}

func newHub(registry *prometheus.Registry) *hub {
	h := &hub{pending: map[string]*Change{}, clients: map[*subscriber]struct{}{},
		connected: prometheus.NewGauge(prometheus.GaugeOpts{Name: "jingwei_event_clients", Help: "Open event streams."}),
		dropped:   prometheus.NewCounter(prometheus.CounterOpts{Name: "jingwei_event_clients_dropped_total", Help: "Event streams closed because the client read too slowly."}),
	}
	registry.MustRegister(h.connected, h.dropped)
	return h
}

// subscribe adds a client; it reports false when there are too many or the hub is closed.
func (h *hub) subscribe(layers []string, extent *geo.Extent) (*subscriber, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients) >= maxClients {
		return nil, false
	}
	s := &subscriber{layers: layers, extent: extent, events: make(chan []byte, maxWaiting)}
	h.clients[s] = struct{}{}
	h.connected.Inc()
	return s, true
}

// unsubscribe removes a client that left; one that the hub closed is gone already.
func (h *hub) unsubscribe(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(s)
}

func (h *hub) remove(s *subscriber) {
	if _, ok := h.clients[s]; ok {
		delete(h.clients, s)
		h.connected.Dec()
		close(s.events)
	}
}

// publish adds a change to what the next event of its layer will say.
func (h *hub) publish(c Change) {
	if len(c.Tiles) == 0 && !c.Reload {
		return // nothing that the public edition shows
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	p := h.pending[c.Layer]
	if p == nil {
		p = &Change{Layer: c.Layer}
		h.pending[c.Layer] = p
	}
	p.merge(c)
	if h.timer == nil {
		h.timer = time.AfterFunc(coalesceFor, h.flush)
	}
}

// merge adds a later change of the same layer; the lists stay bounded.
func (c *Change) merge(later Change) {
	c.Position = later.Position
	c.Reload = c.Reload || later.Reload
	if !c.Reload {
		c.IDs = union(c.IDs, later.IDs)
		c.Tiles = unionTiles(c.Tiles, later.Tiles)
		c.Reload = len(c.Tiles) > maxTiles || len(c.IDs) > maxIDs
	}
	if c.Reload {
		c.IDs, c.Tiles = nil, nil
	}
}

func union(a, b []geo.ID) []geo.ID {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func unionTiles(a, b []live.Tile) []live.Tile {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(s, t live.Tile) int {
		return slices.Compare([]uint32{s.Z, s.X, s.Y}, []uint32{t.Z, t.X, t.Y})
	})
	return slices.Compact(all)
}

// flush sends what is pending to every client that wants it.
func (h *hub) flush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.timer = nil
	layers := make([]string, 0, len(h.pending))
	for layer := range h.pending {
		layers = append(layers, layer)
	}
	slices.Sort(layers)
	for _, layer := range layers {
		h.broadcast(*h.pending[layer])
		delete(h.pending, layer)
	}
}

func (h *hub) broadcast(c Change) {
	whole := encodeEvent(c)
	for s := range h.clients {
		if len(s.layers) > 0 && !slices.Contains(s.layers, c.Layer) {
			continue
		}
		event := whole
		if s.extent != nil && !c.Reload {
			part := c
			part.Tiles = tilesTouching(c.Tiles, *s.extent)
			if len(part.Tiles) == 0 {
				continue
			}
			event = encodeEvent(part)
		}
		h.send(s, event)
	}
}

// send never waits: a client whose queue is full is closed.
func (h *hub) send(s *subscriber, event []byte) {
	select {
	case s.events <- event:
	default:
		h.expel(s)
	}
}

// drop closes a client that took too long to read what was written to it; one that the hub closed is counted already.
func (h *hub) drop(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expel(s)
}

func (h *hub) expel(s *subscriber) {
	if _, ok := h.clients[s]; ok {
		h.dropped.Inc()
		h.remove(s)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.timer != nil {
		h.timer.Stop()
	}
	for s := range h.clients {
		h.remove(s)
	}
}

// encodeEvent writes a change as a server-sent event (HTML standard §9.2.6).
func encodeEvent(c Change) []byte {
	e := changeEvent{Layer: c.Layer, Position: c.Position.String(), Reload: c.Reload, IDs: c.IDs}
	for _, t := range c.Tiles {
		e.Tiles = append(e.Tiles, fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y))
	}
	data, _ := json.Marshal(e) // texts and numbers always marshal
	return fmt.Appendf(nil, "id: %s\nevent: change\ndata: %s\n\n", e.Position, data)
}

func tilesTouching(changed []live.Tile, e geo.Extent) []live.Tile {
	var touching []live.Tile
	for _, t := range changed {
		if touches(tileExtent(t), e) {
			touching = append(touching, t)
		}
	}
	return touching
}

// tileExtent returns the edges of a tile in degrees. The outermost rows reach the poles, since points beyond the
// projection's limit are kept in them.
func tileExtent(t live.Tile) geo.Extent {
	e := tiles.Address(t).Extent()
	if t.Y == 0 {
		e.North = 90
	}
	if t.Y == 1<<t.Z-1 {
		e.South = -90
	}
	return e
}

// touches reports whether a tile's extent and a box have a point in common; the box may cross the antimeridian.
func touches(tile, e geo.Extent) bool {
	if tile.South > e.North || tile.North < e.South {
		return false
	}
	if e.West > e.East {
		return tile.East >= e.West || tile.West <= e.East
	}
	return tile.East >= e.West && tile.West <= e.East
}
