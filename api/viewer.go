package api

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"jingwei/tiles"
)

//go:embed openapi.yaml
var document []byte

// viewer serves the built page. Its files never change while the program runs, so each is compressed once, as well as
// it can be: the page must open on a slow line.
type viewer struct {
	files fs.FS
	mu    sync.Mutex
	coded map[string]*codedFile // by coding and name; as many as there are files
}

type codedFile struct {
	once sync.Once
	body []byte
	err  error
}

func newViewer(files fs.FS) *viewer { return &viewer{files: files, coded: map[string]*codedFile{}} }

// viewerRoutes are the addresses that the page itself understands.
func viewerRoutes() []string { return []string{"/"} }

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
	if slices.Contains(viewerRoutes(), r.URL.Path) {
		return s.serveIndex(c)
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if !fs.ValidPath(name) || strings.HasSuffix(name, ".html") {
		return echo.ErrNotFound
	}
	return s.serveFile(c, name)
}

// serveIndex serves the page, or the one that stands in for it before it was built.
func (s *Server) serveIndex(c echo.Context) error {
	err := s.serveFile(c, "index.html")
	if errors.Is(err, echo.ErrNotFound) {
		return s.serveFile(c, "placeholder.html")
	}
	return err
}

func (s *Server) serveFile(c echo.Context, name string) error {
	body, err := fs.ReadFile(s.viewer.files, name)
	if err != nil {
		return echo.ErrNotFound // not there, or a folder
	}
	h := c.Response().Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names hold a hash of their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	a := newAsset(body, contentTypeOf(name))
	h.Set("ETag", a.weakTag())
	if tiles.Matches(ifNoneMatch(c), a.weakTag()) {
		return c.NoContent(http.StatusNotModified)
	}
	body, coding, err := s.viewer.compressed(name, body, fileCoding(c.Request().Header.Get("Accept-Encoding")))
	if err != nil {
		return err
	}
	if coding != tiles.Identity {
		h.Set("Content-Encoding", string(coding))
	}
	return c.Blob(http.StatusOK, a.contentType, body)
}

// fileCoding prefers brotli, the smallest, to what is fastest.
func fileCoding(acceptEncoding string) tiles.Coding {
	choice, _ := tiles.Negotiate(acceptEncoding)
	if choice.Coding != tiles.Zstd {
		return choice.Coding
	}
	choice, _ = tiles.Negotiate(strings.ReplaceAll(acceptEncoding, "zstd", "x-none"))
	return choice.Coding
}

// compressed returns a file in the coding, and the coding it has: pictures and fonts are compressed already.
func (v *viewer) compressed(name string, body []byte, coding tiles.Coding) ([]byte, tiles.Coding, error) {
	compressible := slices.Contains([]string{".html", ".js", ".mjs", ".css", ".svg", ".json", ".webmanifest", ".txt"}, path.Ext(name))
	if !compressible || len(body) < 600 || coding == tiles.Identity {
		return body, tiles.Identity, nil
	}
	v.mu.Lock()
	key := string(coding) + " " + name
	f := v.coded[key]
	if f == nil {
		f = &codedFile{}
		v.coded[key] = f
	}
	v.mu.Unlock()
	f.once.Do(func() { f.body, f.err = compressBest(body, coding) })
	return f.body, coding, f.err
}

func compressBest(body []byte, coding tiles.Coding) ([]byte, error) {
	var b bytes.Buffer
	var w io.WriteCloser = brotli.NewWriterLevel(&b, 9)
	if coding == tiles.Gzip {
		var err error
		if w, err = gzip.NewWriterLevel(&b, gzip.BestCompression); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
	}
	_, err := w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress with %s: %w", coding, err)
	}
	return b.Bytes(), nil
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
func (s *Server) getDocument(c echo.Context) error {
	return s.writeAsset(c, newAsset(document, "application/yaml"))
}
