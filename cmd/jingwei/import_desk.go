package main

import (
	"context"
	"log/slog"

	"jingwei/geo"
	"jingwei/geo/imports"
	"jingwei/geo/postgis"
)

// importDesk is where files with organizations come in, and what works on them.
type importDesk struct {
	*postgis.Store
	*imports.Desk
	wake chan struct{}
	log  *slog.Logger
}

func newImportDesk(s *postgis.Store, log *slog.Logger) *importDesk {
	return &importDesk{Store: s, Desk: imports.New(s), wake: make(chan struct{}, 1), log: log}
}

// StartImport is that of the store; the work begins at once when this node has nothing else to do.
func (d *importDesk) StartImport(ctx context.Context, ask geo.ImportAsk, id geo.ID, state string) (geo.ImportJob, error) {
	j, err := d.Store.StartImport(ctx, ask, id, state)
	if err == nil {
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
	return j, err
}

// run works on imports until ctx is done: on those that somebody started here, and on those whose worker died elsewhere.
func (d *importDesk) run(ctx context.Context) error {
	claim := func(ctx context.Context) (imports.Work, geo.ImportJob, error) {
		return claimImport(ctx, d.Store, 0, nil)
	}
	return d.Serve(ctx, claim, d.wake, d.log)
}

// claimImport is a Claim of an import of the store, any for 0.
func claimImport(ctx context.Context, s *postgis.Store, id geo.ID, progress postgis.Progress) (imports.Work, geo.ImportJob, error) {
	w, err := s.ClaimImport(ctx, id, progress)
	if err != nil || w == nil {
		return nil, geo.ImportJob{}, err
	}
	return w, w.Job, nil
}
