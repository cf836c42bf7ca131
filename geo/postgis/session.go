package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// mostSessions is how many sessions an account has at most; the oldest give way.
const mostSessions = 50

// mostAgent is the longest name of a browser that is kept, in characters.
const mostAgent = 200

// sessionColumns are what scanSession reads.
const sessionColumns = `s.id, s.account_id, s.created_at, s.seen_at, s.expires_at, s.address, s.agent`

func sessionFields(s *geo.Session) []any {
	return []any{&s.ID, &s.Account, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.Address, &s.Agent}
}

const sqlAuthorityOfSession = `
select ` + sessionColumns + `, s.csrf, a.name, a.must_change, g.ids, g.roles, g.organizations, g.first, g.after
from jingwei.session s
join jingwei.account a on a.id = s.account_id and not a.disabled` + sqlAuthorityGrants + `
where s.hash = $1 and s.expires_at > $2 and s.seen_at > $3`

// AuthorityOfSession returns who a cookie belongs to, by its hash: what was granted to them, the session, what writes
// with the cookie must bring along, and whether the password must be changed first. A session that is unknown, over or
// unused for too long, or whose account is disabled, is geo.ErrNotFound. That it was seen is written at most once a minute.
func (s *Store) AuthorityOfSession(ctx context.Context, hash [32]byte, now time.Time) (u geo.Authority, session geo.Session, csrf string, mustChange bool, err error) {
	var held heldBy
	fields := append(append(sessionFields(&session), &csrf, &u.Name, &mustChange), held.fields()...)
	err = s.offices.QueryRow(ctx, sqlAuthorityOfSession, hash[:], now, now.Add(-geo.SessionIdle)).Scan(fields...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Authority{}, geo.Session{}, "", false, geo.NotFound("the session is over")
	}
	if err != nil {
		return geo.Authority{}, geo.Session{}, "", false, fmt.Errorf("session: %w", explain(err))
	}
	u.Account, u.Grants = session.Account, held.grants(session.Account)
	return u, session, csrf, mustChange, s.touch(ctx, sqlTouchSession, session.ID, session.SeenAt, now)
}

// seenEvery is how often it is written that a session or token was used.
const seenEvery = time.Minute

const sqlTouchSession = `update jingwei.session set seen_at = $2 where id = $1 and seen_at < $2`

// touch writes that something was used. Where nothing can be written, as on a replica, it is used all the same.
func (s *Store) touch(ctx context.Context, sql string, id geo.ID, seen, now time.Time) error {
	if now.Sub(seen) < seenEvery {
		return nil
	}
	if _, err := s.offices.Exec(ctx, sql, id, now); err != nil {
		s.log.WarnContext(ctx, "the time of last use cannot be written", "error", err)
	}
	return ctx.Err()
}

const sqlInsertSession = `
insert into jingwei.session (hash, account_id, csrf, created_at, seen_at, expires_at, address, agent)
values ($1, $2, $3, $4, $4, $5, $6, left($7, $8))`

const sqlTrimSessions = `
delete from jingwei.session s
where s.account_id = $1
  and s.id not in (select k.id from jingwei.session k where k.account_id = $1 order by k.created_at desc, k.id desc limit $2)`

func insertSession(ctx context.Context, tx pgx.Tx, account geo.ID, n geo.NewSession) error {
	_, err := tx.Exec(ctx, sqlInsertSession, n.Hash[:], account, n.CSRF, n.At, n.At.Add(geo.SessionMost), n.Address, n.Agent, mostAgent)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlTrimSessions, account, mostSessions)
	return err
}

const sqlSessions = `
select ` + sessionColumns + `
from jingwei.session s
where s.account_id = $1 and s.expires_at > $2 and s.seen_at > $3
order by s.created_at desc, s.id desc`

// Sessions returns the sessions of an account that are not over, newest first.
func (s *Store) Sessions(ctx context.Context, account geo.ID, now time.Time) ([]geo.Session, error) {
	rows, err := s.offices.Query(ctx, sqlSessions, account, now, now.Add(-geo.SessionIdle))
	if err != nil {
		return nil, fmt.Errorf("sessions of account %d: %w", account, explain(err))
	}
	sessions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Session, error) {
		var session geo.Session
		return session, row.Scan(sessionFields(&session)...)
	})
	if err != nil {
		return nil, fmt.Errorf("sessions of account %d: %w", account, explain(err))
	}
	return sessions, nil
}

const sqlEndSession = `delete from jingwei.session where id = $1 and account_id = $2`

// EndSession ends a session of an account; one that it does not have is geo.ErrNotFound.
func (s *Store) EndSession(ctx context.Context, account, session geo.ID) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if err := endOwn(ctx, tx, sqlEndSession, session, account); err != nil {
			return err
		}
		return auditAccount(ctx, tx, "session.end", account, nil, auditedAccess{ID: session}, nil)
	})
	if err != nil {
		return fmt.Errorf("end session %d: %w", session, err)
	}
	return nil
}

// endOwn deletes what belongs to an account, by a statement with its id and the account's.
func endOwn(ctx context.Context, tx pgx.Tx, sql string, id, account geo.ID) error {
	done, err := tx.Exec(ctx, sql, id, account)
	if err == nil && done.RowsAffected() == 0 {
		return geo.NotFound("you have nothing with this id")
	}
	return err
}
