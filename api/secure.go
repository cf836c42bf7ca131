package api

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// Policies of content (CSP Level 3): what a browser may do with an answer. Nothing is allowed that is foreign.
const (
	// dataPolicy is that of what is no page: opened by itself it does nothing.
	dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

	// pagePolicy is that of the map and of all files of pages, workers among them. MapLibre starts its worker from a file of
	// ours or a blob, paints with images from data: and blob:, and sets styles through the CSSOM, which needs no 'unsafe-inline'.
	pagePolicy = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; " +
		"img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors 'self'"

	// consolePolicy is that of the page on which accounts are administered: no page may show it inside itself and let
	// people click on what they do not see. Its styles are constructed style sheets, and it shows maps as well.
	consolePolicy = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; " +
		"img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// strictTransport keeps browsers from coming by http for a year (RFC 6797).
const strictTransport = "max-age=31536000"

// secure sets the headers that keep a browser from doing more than the product needs. Those of pages are set by
// securePage, and what other origins may read is named by allowReads.
func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	https := strings.HasPrefix(s.config.PublicURL, "https://")
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", dataPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if https {
			h.Set("Strict-Transport-Security", strictTransport)
		}
		return next(c)
	}
}

// securePage allows what a file of the pages needs.
func securePage(c echo.Context, name string) {
	h := c.Response().Header()
	if name == "console.html" {
		h.Set("Content-Security-Policy", consolePolicy)
		return
	}
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
}
