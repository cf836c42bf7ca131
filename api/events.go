package api

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Times of the event stream.
const (
	heartbeatEvery = 15 * time.Second
	writeWithin    = 10 * time.Second
)

// streamEvents sends changes until the client leaves, does not keep up, or the server closes. Last-Event-ID is not
// read: events are not kept, and a client that reconnects reloads what it shows.
func (s *Server) streamEvents(c echo.Context) error {
	layers, extent, err := readEventSelection(request.ParseQuery(c.QueryString(), "layers", "bbox"))
	if err != nil {
		return err
	}
	busy := &geo.Error{Kind: geo.ErrUnavailable, Message: "the server has as many event streams as it can serve, or as many of yours; try again later"}
	from := s.clientOf(c)
	if !s.streams.take(from) {
		return busy
	}
	defer s.streams.free(from)
	client, ok := s.hub.subscribe(layers, extent)
	if !ok {
		return busy
	}
	defer s.hub.unsubscribe(client)
	h := c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // asks nginx not to hold events back
	c.Response().WriteHeader(http.StatusOK)
	w := eventWriter{c.Response(), http.NewResponseController(c.Response())}
	if err := w.write([]byte("retry: 3000\n: connected\n\n")); err != nil {
		return nil // the client left, which is how every stream ends
	}
	if err := w.follow(c.Request(), client); errors.Is(err, os.ErrDeadlineExceeded) {
		s.hub.drop(client)
	}
	return nil
}

// readEventSelection reads what a client wants to hear of.
func readEventSelection(q *request.Query) ([]string, *geo.Extent, error) {
	layers := q.List("layers")
	extent, given := q.Extent("bbox")
	if err := q.Err(); err != nil {
		return nil, nil, err
	}
	for _, layer := range layers {
		if _, ok := layerNamed(layer); !ok {
			return nil, nil, unknownLayer("layers", layer)
		}
	}
	if !given {
		return layers, nil, nil
	}
	return layers, &extent, nil
}

type eventWriter struct {
	response *echo.Response
	control  *http.ResponseController
}

// follow writes events as they come and a comment every 15 seconds, so that proxies keep the connection open. It returns the
// error of a write; none when the client left or was dropped.
func (w eventWriter) follow(r *http.Request, client *subscriber) error {
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		var next []byte
		select {
		case <-r.Context().Done():
			return nil
		case event, ok := <-client.events:
			if !ok {
				return nil
			}
			next = event
		case <-heartbeat.C:
			next = []byte(":\n\n")
		}
		if err := w.write(next); err != nil {
			return err
		}
	}
}

// write sends b at once. The deadline is per write, since the stream itself has no end.
func (w eventWriter) write(b []byte) error {
	// Writers that know no deadlines (in tests) are no reason to stop.
	_ = w.control.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := w.response.Write(b); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := w.control.Flush(); err != nil {
		return fmt.Errorf("flush event: %w", err)
	}
	return nil
}
