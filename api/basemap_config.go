package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Types of base maps.
const (
	baseMapRaster  = "raster"
	baseMapPMTiles = "pmtiles"
)

// BaseMap is a base map that the operator configured.
type BaseMap struct {
	Name         string   `json:"name"` // a-z, 0-9 and hyphens; part of URLs
	Title        string   `json:"title"`
	Type         string   `json:"type"`          // raster or pmtiles
	URL          string   `json:"url"`           // raster: a template with {z}, {x}, {y}, and if need be {s} and {key}
	Subdomains   []string `json:"subdomains"`    // values of {s}
	KeyEnv       string   `json:"key_env"`       // the environment variable that holds {key}
	File         string   `json:"file"`          // pmtiles: the path of the archive
	Attribution  string   `json:"attribution"`   // plain text, shown on the map
	ReviewNumber string   `json:"review_number"` // 审图号, shown beside the attribution
	CRS          string   `json:"crs"`           // wgs84 or cgcs2000, both in the web-mercator tile grid
	TileSize     int      `json:"tile_size"`     // pixels per side; 256 when 0
	MinZoom      int      `json:"minzoom"`
	MaxZoom      int      `json:"maxzoom"` // 18 when 0
	Default      bool     `json:"default"` // shown when the map opens

	key string
}

// ReadBaseMaps reads a JSON list of base maps and checks it; lookup finds the values of environment variables. The
// first fault is an error that names the base map.
func ReadBaseMaps(r io.Reader, lookup func(string) (string, bool)) ([]BaseMap, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var maps []BaseMap
	if err := d.Decode(&maps); err != nil {
		return nil, fmt.Errorf("base maps: %w", err)
	}
	names := map[string]bool{}
	for i := range maps {
		m := &maps[i]
		if err := m.complete(lookup); err != nil {
			return nil, fmt.Errorf("base map %d (%q): %w", i+1, m.Name, err)
		}
		if names[m.Name] {
			return nil, fmt.Errorf("base map %d: the name %q is used twice", i+1, m.Name)
		}
		names[m.Name] = true
	}
	return maps, nil
}

// complete checks a base map and fills in what was left out.
func (m *BaseMap) complete(lookup func(string) (string, bool)) error {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`).MatchString(m.Name) {
		return fmt.Errorf("name: lower-case letters, digits and hyphens are needed")
	}
	if m.Title == "" {
		m.Title = m.Name
	}
	if m.CRS != "wgs84" && m.CRS != "cgcs2000" {
		return fmt.Errorf("crs: %q is not possible, wgs84 or cgcs2000 is; maps in GCJ-02 or BD-09 lie hundreds of metres off", m.CRS)
	}
	if m.MaxZoom == 0 {
		m.MaxZoom = 18
	}
	if m.MinZoom < 0 || m.MaxZoom > maxZoom || m.MinZoom > m.MaxZoom {
		return fmt.Errorf("minzoom and maxzoom: 0 to %d, in this order, are needed", maxZoom)
	}
	switch m.Type {
	case baseMapRaster:
		return m.completeRaster(lookup)
	case baseMapPMTiles:
		return m.completeArchive()
	}
	return fmt.Errorf("type: %q is not possible, raster or pmtiles is", m.Type)
}

func (m *BaseMap) completeRaster(lookup func(string) (string, bool)) error {
	if m.TileSize == 0 {
		m.TileSize = 256
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(m.URL, part) {
			return fmt.Errorf("url: %s is missing", part)
		}
	}
	if strings.Contains(m.URL, "{s}") != (len(m.Subdomains) > 0) {
		return fmt.Errorf("subdomains: needed with {s} in url, and only then")
	}
	if strings.Contains(m.URL, "{key}") != (m.KeyEnv != "") {
		return fmt.Errorf("key_env: needed with {key} in url, and only then")
	}
	if m.KeyEnv != "" {
		key, ok := lookup(m.KeyEnv)
		if !ok || key == "" {
			return fmt.Errorf("key_env: the environment variable %s is not set", m.KeyEnv)
		}
		m.key = key
	}
	_, err := m.hosts()
	return err
}

func (m *BaseMap) completeArchive() error {
	info, err := os.Stat(m.File)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("file: %s is not a file", m.File)
	}
	return nil
}

// hosts returns the hosts (with ports) that the template leads to: the allow-list of the proxy.
func (m *BaseMap) hosts() ([]string, error) {
	var hosts []string
	for _, sub := range m.subdomains() {
		u, err := url.Parse(m.expand(sub, 0, 0, 0))
		if err != nil {
			return nil, fmt.Errorf("url: it cannot be read as a URL") // the cause would show the key
		}
		if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			return nil, fmt.Errorf("url: an http or https URL without a user is needed")
		}
		other, err := url.Parse(m.expand(sub, 1, 1, 1))
		if err != nil || other.Host != u.Host {
			return nil, fmt.Errorf("url: the host must not depend on the tile")
		}
		hosts = append(hosts, u.Host)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), nil
}

func (m *BaseMap) subdomains() []string {
	if len(m.Subdomains) == 0 {
		return []string{""}
	}
	return m.Subdomains
}

// expand fills the template in.
func (m *BaseMap) expand(subdomain string, z, x, y uint32) string {
	return strings.NewReplacer("{s}", subdomain, "{key}", url.QueryEscape(m.key), "{z}", fmt.Sprint(z), "{x}", fmt.Sprint(x), "{y}", fmt.Sprint(y)).Replace(m.URL)
}

// origin returns the URL of a tile. The subdomain follows from the tile, so that caches between see one URL per tile.
func (m *BaseMap) origin(z, x, y uint32) string {
	subs := m.subdomains()
	return m.expand(subs[(uint64(x)+uint64(y))%uint64(len(subs))], z, x, y)
}

func (m *BaseMap) tilePath() string { return "/basemaps/" + m.Name + "/{z}/{x}/{y}" }

// fullAttribution joins what must be shown with the map.
func (m *BaseMap) fullAttribution() string {
	return strings.Join(slices.DeleteFunc([]string{m.Attribution, m.ReviewNumber}, func(s string) bool { return s == "" }), " · ")
}
