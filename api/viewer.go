package api

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

//go:embed openapi.yaml
var document []byte

// viewer holds the built page, by the names of its files.
type viewer map[string]*asset

func newViewer(files fs.FS) (viewer, error) {
	v := viewer{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		v[name] = newAsset(body, contentTypeOf(name))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("viewer: %w", err)
	}
	return v, nil
}

// viewerRoutes are the addresses of the built pages, with the file of each: the map, and the console, which the map's
// visitors never load.
func viewerRoutes() map[string]string {
	return map[string]string{"/": "index.html", "/console": "console.html"}
}

// orViewer serves the page at its addresses, and its files at theirs, where no route matches. A wildcard route would do
// the same but hide from the router that a path exists with other methods.
func (s *Server) orViewer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if errors.Is(err, echo.ErrNotFound) {
			return s.getViewer(c)
		}
		return err
	}
}

func (s *Server) getViewer(c echo.Context) error {
	r := c.Request()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return echo.ErrNotFound
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if page, ok := viewerRoutes()[r.URL.Path]; ok {
		name = s.viewer.page(page)
	} else if path.Ext(name) == ".html" {
		return echo.ErrNotFound // a page has one address
	}
	file, ok := s.viewer[name]
	if !ok {
		return echo.ErrNotFound
	}
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") { // their names hold a hash of their content
		cache = "public, max-age=31536000, immutable"
	}
	c.Response().Header().Set("Cache-Control", cache)
	securePage(c, name)
	return serveAsset(c, file)
}

// page is the page of that name, or the one that stands in for all before they were built.
func (v viewer) page(name string) string {
	if _, ok := v[name]; ok {
		return name
	}
	return "placeholder.html"
}

// contentTypeOf does not ask the system's table, which differs between machines.
func contentTypeOf(name string) string {
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
		".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
		".woff2": "font/woff2", ".json": "application/json", ".webmanifest": "application/manifest+json",
		".txt": "text/plain; charset=utf-8", ".map": "application/json",
	}
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

// getDocument serves the description of this interface.
func (s *Server) getDocument(c echo.Context) error { return serveAsset(c, s.document) }
