package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// An attempt is charged as a failure before any password is looked at, and given back when it succeeds: so attempts that
// run side by side, on whatever node, cannot be more than the lock-out allows. A locked name is not charged.
const sqlAttempt = `
with charged as (
    insert into jingwei.sign_in_failure as f (key, failures, last_at) values ($1, 1, $3)
    on conflict (key) do update
        set failures = case when f.last_at < $3 - $4::interval then 1 else f.failures + 1 end, last_at = $3
        where f.failures < $5
           or f.last_at + least($7::interval, $6::interval * 2 ^ (least(f.failures, 30) - $5)) <= $3
    returning f.failures
)
select exists (select from charged), coalesce(a.id, 0), coalesce(a.password, '')
from (values (1)) one
left join jingwei.account a on a.name = $2 and not a.disabled`

// AttemptSignIn charges an attempt to sign in with a name, whether there is such an account or not, and returns what is
// known of it. It costs the same for every name.
func (s *Store) AttemptSignIn(ctx context.Context, name string, now time.Time) (geo.SignInAttempt, error) {
	name = geo.CleanAccountName(name)
	var (
		a       geo.SignInAttempt
		charged bool
	)
	err := s.offices.QueryRow(ctx, sqlAttempt, nameKey(name), name, now, geo.FailuresForgotten, geo.FreeFailures, geo.FirstLock, geo.LongestLock).
		Scan(&charged, &a.Account, &a.Password)
	if err != nil {
		return geo.SignInAttempt{}, fmt.Errorf("attempt to sign in: %w", explain(err))
	}
	if !charged {
		return geo.SignInAttempt{Locked: true}, nil
	}
	return a, nil
}

// nameKey is the key of the failures of a name: names that were tried may be anything, passwords by mistake among them, and
// are not kept.
func nameKey(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:]
}

const sqlRefund = `
update jingwei.sign_in_failure set failures = failures - 1
where key = $1 and failures > 0`

// RefundSignIn gives back an attempt whose password was not looked at.
func (s *Store) RefundSignIn(ctx context.Context, name string) error {
	if _, err := s.offices.Exec(ctx, sqlRefund, nameKey(geo.CleanAccountName(name))); err != nil {
		return fmt.Errorf("refund attempt to sign in: %w", explain(err))
	}
	return nil
}

const sqlForgive = `delete from jingwei.sign_in_failure where key = $1`

// forgive forgets the failures of a name: its holder has shown who they are.
func forgive(ctx context.Context, tx pgx.Tx, name string) error {
	_, err := tx.Exec(ctx, sqlForgive, nameKey(name))
	return err
}

const sqlLockSigningIn = `
select a.name, coalesce(a.password, ''), a.disabled from jingwei.account a
where a.id = $1
for no key update`

// lockSigningIn locks an account whose holder has shown who they are, and returns its name. It is geo.ErrNotFound when the
// account was disabled meanwhile, or when password, if one is given, is no longer its own.
func lockSigningIn(ctx context.Context, tx pgx.Tx, id geo.ID, password string) (string, error) {
	var (
		name, present string
		disabled      bool
	)
	err := tx.QueryRow(ctx, sqlLockSigningIn, id).Scan(&name, &present, &disabled)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (disabled || password != "" && password != present) {
		return "", geo.NotFound("there is no such account")
	}
	return name, err
}

const sqlSignedIn = `update jingwei.account set signed_in_at = $2 where id = $1`

// OpenSession signs somebody in who has shown who they are: by the password whose stored form is given, or elsewhere when
// it is "". When the account was disabled, or its password changed, in the meantime, it is geo.ErrNotFound.
func (s *Store) OpenSession(ctx context.Context, account geo.ID, password string, n geo.NewSession) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		name, err := lockSigningIn(ctx, tx, account, password)
		if err != nil {
			return err
		}
		return signIn(ctx, tx, account, name, n)
	})
	if err != nil {
		return fmt.Errorf("open session of account %d: %w", account, err)
	}
	return nil
}

// signIn opens a session of an account that is locked.
func signIn(ctx context.Context, tx pgx.Tx, account geo.ID, name string, n geo.NewSession) error {
	if _, err := tx.Exec(ctx, sqlSignedIn, account, n.At); err != nil {
		return err
	}
	if err := forgive(ctx, tx, name); err != nil {
		return err
	}
	if err := insertSession(ctx, tx, account, n); err != nil {
		return err
	}
	return auditAccount(asAccount(ctx, account, name), tx, "sign-in", account, nil, nil, map[string]string{"agent": n.Agent})
}

const sqlChangePassword = `
update jingwei.account set version = version + 1, password = $2, must_change = false
where id = $1`

// ChangePassword replaces the password of an account, in its stored forms, and ends all of its sessions but the new one.
// When was is no longer its password it is geo.ErrNotFound.
func (s *Store) ChangePassword(ctx context.Context, account geo.ID, was, password string, n geo.NewSession) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		name, err := lockSigningIn(ctx, tx, account, was)
		if err != nil {
			return err
		}
		if err := setPassword(ctx, tx, account, name, password, n); err != nil {
			return err
		}
		return auditAccount(ctx, tx, "password.change", account, nil, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("change password of account %d: %w", account, err)
	}
	return nil
}

// setPassword gives an account that is locked a password that its holder chose, and opens the only session that it has.
// Links that would set another end too.
func setPassword(ctx context.Context, tx pgx.Tx, account geo.ID, name, password string, n geo.NewSession) error {
	if _, err := tx.Exec(ctx, sqlChangePassword, account, password); err != nil {
		return err
	}
	for _, sql := range []string{sqlEndSessions, sqlEndLinks} {
		if _, err := tx.Exec(ctx, sql, account); err != nil {
			return err
		}
	}
	return signIn(ctx, tx, account, name, n)
}
