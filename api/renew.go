package api

import (
	"bytes"
	"cmp"
	"io"

	"github.com/labstack/echo/v4"
)

// renew reads the body of a write, and then finds out once more who sends it. A body can be held back for as long as a
// request may take: who was disabled, signed out or had a grant taken away in that time must not write by what they had
// when the request began.
func (s *Server) renew(c echo.Context) error {
	r := c.Request()
	if !isUnsafe(r.Method) || r.ContentLength == 0 { // nothing to wait for
		return nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), endOfBody{cmp.Or(err, io.EOF)}))
	u, err := s.identify(r)
	if err != nil {
		return err
	}
	return setCaller(c, u)
}

// endOfBody ends a body that was read before as it ended then: it may be too long, or break off.
type endOfBody struct{ err error }

// Read returns the error.
func (e endOfBody) Read([]byte) (int, error) { return 0, e.err }
