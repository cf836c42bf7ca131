package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"jingwei/tiles"
)

// leastCompressed is the length in bytes below which compressing a file gains nothing.
const leastCompressed = 600

// asset is a body that stays as it is while the program runs, with an entity tag made of its content.
type asset struct {
	body        []byte
	contentType string
	tag         string // without quotation marks

	brotli, gzip func() ([]byte, error) // made once, when first asked for
}

func newAsset(body []byte, contentType string) *asset {
	sum := sha256.Sum256(body)
	return &asset{
		body: body, contentType: contentType, tag: hex.EncodeToString(sum[:12]),
		brotli: sync.OnceValues(func() ([]byte, error) { return compressBest(body, tiles.Brotli) }),
		gzip:   sync.OnceValues(func() ([]byte, error) { return compressBest(body, tiles.Gzip) }),
	}
}

// weakTag is weak, because the body may be compressed on its way (RFC 9110 §8.8.1).
func (a *asset) weakTag() string { return `W/"` + a.tag + `"` }

// coded returns the body in the coding, and the coding it has: pictures and fonts are compressed already.
func (a *asset) coded(coding tiles.Coding) ([]byte, tiles.Coding, error) {
	if len(a.body) < leastCompressed || !compressible(a.contentType) {
		return a.body, tiles.Identity, nil
	}
	switch coding {
	case tiles.Brotli:
		body, err := a.brotli()
		return body, coding, err
	case tiles.Gzip:
		body, err := a.gzip()
		return body, coding, err
	}
	return a.body, tiles.Identity, nil
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") ||
		slices.Contains([]string{"image/svg+xml", "application/yaml"}, kind)
}

// compressBest takes its time: it runs once per file, and the page must open on a slow line.
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

// bestCoding prefers brotli, the smallest, to what is fastest.
func bestCoding(acceptEncoding string) tiles.Coding {
	choice, _ := tiles.Negotiate(acceptEncoding)
	if choice.Coding != tiles.Zstd {
		return choice.Coding
	}
	choice, _ = tiles.Negotiate(strings.ReplaceAll(acceptEncoding, "zstd", "x-none"))
	return choice.Coding
}

// answerTag sets the headers of an asset, and reports whether the client has it already. Everyone may keep it but must
// ask again, unless the caller has set Cache-Control.
func answerTag(c echo.Context, a *asset) bool {
	h := c.Response().Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, no-cache")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", a.weakTag())
	return tiles.Matches(ifNoneMatch(c), a.weakTag())
}

// serveAsset answers with an asset that lives as long as the server, compressed as well as it can be.
func serveAsset(c echo.Context, a *asset) error {
	if answerTag(c, a) {
		return c.NoContent(http.StatusNotModified)
	}
	body, coding, err := a.coded(bestCoding(c.Request().Header.Get("Accept-Encoding")))
	if err != nil {
		return err
	}
	if coding != tiles.Identity {
		c.Response().Header().Set("Content-Encoding", string(coding))
	}
	return c.Blob(http.StatusOK, a.contentType, body)
}

// writeTagged answers with a body made for this request, or that the client has it already.
func (s *Server) writeTagged(c echo.Context, contentType string, body []byte) error {
	if answerTag(c, newAsset(body, contentType)) {
		return c.NoContent(http.StatusNotModified)
	}
	return s.writeBody(c, http.StatusOK, contentType, body)
}
