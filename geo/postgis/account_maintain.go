package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jingwei/geo"
)

// keptAfter is for how long tokens and links that are over stay to be seen.
const keptAfter = 30 * 24 * time.Hour

const (
	sqlForgetSessions = `delete from jingwei.session where expires_at <= $1 or seen_at <= $2`
	sqlForgetTokens   = `delete from jingwei.token where expires_at <= $1`
	sqlForgetLinks    = `delete from jingwei.one_time_link where expires_at <= $1`
	sqlForgetFailures = `delete from jingwei.sign_in_failure where last_at <= $1`
)

// MaintainAccounts deletes what is over: sessions, failures to sign in that count no longer, and tokens and links a month
// after their end. Call it every hour or so; several nodes may.
func (s *Store) MaintainAccounts(ctx context.Context, now time.Time) error {
	var errs []error
	for _, w := range []struct {
		sql  string
		args []any
	}{
		{sqlForgetSessions, []any{now, now.Add(-geo.SessionIdle)}},
		{sqlForgetTokens, []any{now.Add(-keptAfter)}},
		{sqlForgetLinks, []any{now.Add(-keptAfter)}},
		{sqlForgetFailures, []any{now.Add(-geo.FailuresForgotten)}},
	} {
		if _, err := s.offices.Exec(ctx, w.sql, w.args...); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("maintenance of accounts: %w", explain(err))
	}
	return nil
}
