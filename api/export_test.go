package api

import (
	"context"

	"jingwei/geo"
)

// View gives tests the recorder of views.
func (s *Server) View(ctx context.Context, session geo.ID, e geo.AuditEntry) error {
	return s.views.record(ctx, session, e)
}
