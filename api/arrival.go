package api

import (
	"errors"
	"io"
	"net/http"
	"time"

	"jingwei/geo"
)

// pace is how fast the body of a long request has to come: each piece of so many bytes within so much time.
type pace struct {
	piece    int
	patience time.Duration
}

// slowest is the pace of one who sends over a bad mobile network, and more than that of one who only holds a place.
func slowest() pace { return pace{piece: 16 << 10, patience: 20 * time.Second} }

// readDeadline is a connection whose reading ends at a time; *http.ResponseController is one.
type readDeadline interface{ SetReadDeadline(time.Time) error }

// arrival is a body that has to come at a pace, and all of it until a time.
type arrival struct {
	io.ReadCloser
	pace
	connection readDeadline
	last       time.Time
	left       int // bytes of the piece
}

func newArrival(body io.ReadCloser, p pace, connection readDeadline, last time.Time) *arrival {
	a := &arrival{ReadCloser: body, pace: p, connection: connection, last: last}
	a.renew()
	return a
}

// renew gives time for the next piece.
func (a *arrival) renew() {
	a.left = a.piece
	a.until(time.Now().Add(a.patience))
}

func (a *arrival) until(t time.Time) {
	if t.After(a.last) {
		t = a.last
	}
	_ = a.connection.SetReadDeadline(t) // a connection without deadlines needs none
}

// Read reads. What does not come, or too slowly, is geo.ErrInvalid.
func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	a.left -= n
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, io.EOF):
		a.until(a.last) // a connection that is past its time would be taken for a client that left
	case err != nil && !errors.As(err, &tooLong):
		err = geo.Invalid("file", "the file did not come completely, or too slowly: send it again")
	case a.left <= 0:
		a.renew()
	}
	return n, err
}

// rest reads a body to its end and gives nothing of it: only from then on it is noticed that a client leaves.
type rest struct{ body io.Reader }

// Read reads all of it.
func (r rest) Read([]byte) (int, error) {
	if _, err := io.Copy(io.Discard, r.body); err != nil {
		return 0, err
	}
	return 0, io.EOF
}
