package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// rasterCacheBytes is what tiles of base maps may take: operators have a number of requests per day.
const rasterCacheBytes = 64 << 20

// rasterOverhead is counted for each tile beside its bytes.
const rasterOverhead = 1024

// rasterCache keeps tiles of base maps for as long as their origins allow a shared cache to (RFC 9111), the most
// recently used ones, up to a number of bytes. It is safe for concurrent use.
type rasterCache struct {
	now   func() time.Time
	tiles *recent[keptTile]
}

type keptTile struct {
	rasterTile
	stored  time.Time
	expires time.Time
}

func (t keptTile) bytes() int { return len(t.body) + rasterOverhead }

func newRasterCache(now func() time.Time) *rasterCache {
	return &rasterCache{now: now, tiles: newRecent[keptTile](rasterCacheBytes)}
}

// get returns a tile that is still fresh, with its header Age (RFC 9111 §5.1) as of now.
func (c *rasterCache) get(key string) (rasterTile, bool) {
	kept, ok := c.tiles.get(key)
	now := c.now()
	if ok && !now.Before(kept.expires) {
		c.tiles.drop(key)
		ok = false
	}
	if !ok {
		return rasterTile{}, false
	}
	tile := kept.rasterTile
	tile.header = tile.header.Clone()
	tile.header.Set("Age", strconv.Itoa(seconds(kept.header.Get("Age"))+int(now.Sub(kept.stored)/time.Second)))
	return tile, true
}

// put keeps a tile if its origin allows that.
func (c *rasterCache) put(key string, tile rasterTile) {
	now := c.now()
	if fresh := freshFor(tile.header, now); fresh > 0 {
		c.tiles.put(key, keptTile{tile, now, now.Add(fresh)})
	}
}

// freshFor returns how long a shared cache may use an answer without asking again (RFC 9111 §4.2.1): s-maxage, max-age
// or Expires, less its age. Nothing said is nothing allowed.
func freshFor(h http.Header, now time.Time) time.Duration {
	directives := cacheDirectives(h)
	for _, forbidden := range []string{"no-store", "no-cache", "private"} {
		if _, ok := directives[forbidden]; ok {
			return 0
		}
	}
	age := time.Duration(seconds(h.Get("Age"))) * time.Second
	for _, name := range []string{"s-maxage", "max-age"} {
		if value, ok := directives[name]; ok {
			return time.Duration(seconds(value))*time.Second - age
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	return expires.Sub(now) - age
}

func cacheDirectives(h http.Header) map[string]string {
	directives := map[string]string{}
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		directives[strings.ToLower(name)] = strings.Trim(value, `"`)
	}
	return directives
}

// seconds reads a number of seconds, at most a year; what is none counts as 0.
func seconds(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return max(0, min(n, 365*24*3600))
}
