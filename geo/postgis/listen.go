package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Waits between attempts to listen again.
const (
	firstRelisten = 100 * time.Millisecond
	lastRelisten  = 5 * time.Second
)

// Listen puts a value into wake, never waiting for its reader, whenever a transaction with changes has committed, until
// ctx is done, which is the error it returns. It reconnects by itself and wakes after each connect. Notifications only
// hasten: they do not reach replicas and may be lost, so that a consumer polls besides.
func (s *Store) Listen(ctx context.Context, wake chan<- struct{}) error {
	delay := firstRelisten
	for {
		err := s.listen(ctx, wake, func() { delay = firstRelisten })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.DebugContext(ctx, "listening for changes is interrupted", "error", err, "again_in", delay)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(delay):
		}
		delay = min(2*delay, lastRelisten)
	}
}

// listen uses a connection of its own: one from the pool would be lost to the others for good.
func (s *Store) listen(ctx context.Context, wake chan<- struct{}, connected func()) error {
	conn, err := pgx.ConnectConfig(ctx, s.feed.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen jingwei_change"); err != nil {
		return err
	}
	connected()
	for {
		select {
		case wake <- struct{}{}:
		default:
		}
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}
