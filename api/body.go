package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/tiles"
)

// codings numbers the content codings for the first byte of a coded body.
func codings() []tiles.Coding {
	return []tiles.Coding{tiles.Identity, tiles.Gzip, tiles.Brotli, tiles.Zstd}
}

// code compresses a body as the client accepts it. The first byte of the result tells the coding that it really has,
// since what does not shrink stays as it is; so a cache of bytes needs nothing beside them.
func (s *Server) code(choice tiles.Choice, body []byte) ([]byte, error) {
	coded, coding, err := s.compressor.Compress(choice, body)
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	return append([]byte{byte(slices.Index(codings(), coding))}, coded...), nil
}

// writeCoded sends the result of code with status 200.
func writeCoded(c echo.Context, contentType string, coded []byte) error {
	if coding := codings()[coded[0]]; coding != tiles.Identity {
		c.Response().Header().Set("Content-Encoding", string(coding))
	}
	c.Response().Header().Set("Content-Length", strconv.Itoa(len(coded)-1)) // else it goes out in chunks, with more writes
	return c.Blob(http.StatusOK, contentType, coded[1:])
}

// writeBody sends a body, compressed when the client accepts that and it is long enough to matter.
func (s *Server) writeBody(c echo.Context, status int, contentType string, body []byte) error {
	h := c.Response().Header()
	if !strings.Contains(h.Get("Vary"), "Accept-Encoding") {
		h.Add("Vary", "Accept-Encoding")
	}
	choice, _ := tiles.Negotiate(c.Request().Header.Get("Accept-Encoding"))
	coded, coding, err := s.compressor.Compress(choice, body)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if coding != tiles.Identity {
		h.Set("Content-Encoding", string(coding))
	}
	return c.Blob(status, contentType, coded)
}

// ifNoneMatch returns all lines of the header If-None-Match as one.
func ifNoneMatch(c echo.Context) string {
	return strings.Join(c.Request().Header.Values("If-None-Match"), ", ")
}
