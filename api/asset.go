package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/tiles"
)

// asset is a body that stays as it is, with an entity tag made of its content.
type asset struct {
	body        []byte
	contentType string
	tag         string // without quotation marks
}

func newAsset(body []byte, contentType string) asset {
	sum := sha256.Sum256(body)
	return asset{body: body, contentType: contentType, tag: hex.EncodeToString(sum[:12])}
}

// weakTag is weak, because the body may be compressed on its way (RFC 9110 §8.8.1).
func (a asset) weakTag() string { return `W/"` + a.tag + `"` }

// writeAsset answers with the asset, or that the client has it already. Everyone may keep it but must ask again, unless
// the caller has set Cache-Control.
func (s *Server) writeAsset(c echo.Context, a asset) error {
	h := c.Response().Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, no-cache")
	}
	h.Set("ETag", a.weakTag())
	if tiles.Matches(ifNoneMatch(c), a.weakTag()) {
		return c.NoContent(http.StatusNotModified)
	}
	return s.writeBody(c, http.StatusOK, a.contentType, a.body)
}
