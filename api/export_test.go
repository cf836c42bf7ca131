package api

import (
	"context"
	"io"
	"time"

	"jingwei/geo"
)

// View gives tests the recorder of views.
func (s *Server) View(ctx context.Context, session geo.ID, e geo.AuditEntry) error {
	return s.views.record(ctx, session, e)
}

// Arrive gives tests a body that has to come at a pace.
func Arrive(body io.ReadCloser, piece int, patience time.Duration, connection readDeadline, last time.Time) io.Reader {
	return newArrival(body, pace{piece, patience}, connection, last)
}
