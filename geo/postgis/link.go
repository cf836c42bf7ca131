package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// madeBySystem is who made a link that the program itself printed.
const madeBySystem = "system"

const sqlInsertLink = `
insert into jingwei.one_time_link (hash, purpose, account_id, created_at, created_by, expires_at)
values ($1, $2, nullif($3::bigint, 0), $4, $5, $6)`

func (a administration) insertLink(ctx context.Context, purpose geo.LinkPurpose, account geo.ID, n geo.NewLink, now time.Time) error {
	if _, err := a.tx.Exec(ctx, sqlInsertLink, n.Hash[:], purpose, account, now, a.by.Name, n.ExpiresAt); err != nil {
		return err
	}
	return auditAccount(ctx, a.tx, "link.create", account, nil, nil, auditedAccess{Purpose: purpose, ExpiresAt: &n.ExpiresAt})
}

// CreateRecovery makes a one-time link with which the holder of an account sets a new password, and voids those made
// before. An account that by does not see is geo.ErrNotFound, one that is not theirs to look after geo.ErrForbidden; one
// that is disabled, and their own, is geo.ErrConflict: a stolen session must not become a password.
func (s *Store) CreateRecovery(ctx context.Context, by geo.Authority, account geo.ID, link geo.NewLink, now time.Time) error {
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		held, err := admin.lockAdministered(ctx, account)
		switch {
		case err != nil:
			return err
		case held.Disabled:
			return conflict("", "the account is disabled; enable it first")
		case account == by.Account:
			return conflict("", "this is your own account: change the password instead, or let somebody else recover it")
		}
		if _, err := admin.tx.Exec(ctx, sqlEndLinks, account); err != nil {
			return err
		}
		return admin.insertLink(ctx, geo.LinkRecovery, account, link, now)
	})
	if err != nil {
		return fmt.Errorf("recover account %d: %w", account, err)
	}
	return nil
}

// CreateFirstLink makes a one-time link that opens the account of the first administrator of everything. It reports false,
// and makes none, when there is one.
func (s *Store) CreateFirstLink(ctx context.Context, link geo.NewLink, now time.Time) (bool, error) {
	var any bool
	err := s.administer(ctx, geo.Authority{Name: madeBySystem}, geo.DayOf(now), func(admin administration) error {
		if _, err := admin.tx.Exec(ctx, sqlLockFirst); err != nil {
			return err
		}
		if err := admin.tx.QueryRow(ctx, `select `+sqlAnyAdministrator).Scan(&any); err != nil || any {
			return err
		}
		return admin.insertLink(ctx, geo.LinkFirst, 0, link, now)
	})
	if err != nil {
		return false, fmt.Errorf("first link: %w", err)
	}
	return !any, nil
}

// storedLink is a link that was neither used nor is over.
type storedLink struct {
	geo.Link
	createdBy string
}

const sqlLink = `
select l.purpose, coalesce(l.account_id, 0), coalesce(a.name, ''), l.expires_at, l.created_by
from jingwei.one_time_link l
left join jingwei.account a on a.id = l.account_id
where l.hash = $1 and l.used_at is null and l.expires_at > $2
  and (l.purpose <> 'first' or not ` + sqlAnyAdministrator + `)`

// readLink returns a link by the hash of its secret; one that is unknown, used or over is geo.ErrNotFound.
func readLink(ctx context.Context, q querier, hash [32]byte, now time.Time) (storedLink, error) {
	var l storedLink
	err := q.QueryRow(ctx, sqlLink, hash[:], now).Scan(&l.Purpose, &l.Account, &l.AccountName, &l.ExpiresAt, &l.createdBy)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, errNoLink()
	}
	return l, err
}

func errNoLink() error {
	return geo.NotFound("the link is not valid: it was used, is over, or is not complete; ask for a new one")
}

// holds reports whether a link for an account still opens it: a link is worth no more than who made it. When the account
// was given more since than its maker could give, or the maker lost what they had, it is void.
func (l storedLink) holds(ctx context.Context, q querier, account heldAccount, on geo.Day) (bool, error) {
	if account.Disabled {
		return false, nil
	}
	maker, active, err := authorityOfAccount(ctx, q, l.createdBy, on)
	return active && maker.Administers(account.Account, account.grants, on), err
}

// InspectLink returns what a link is for; one that opens nothing is geo.ErrNotFound.
func (s *Store) InspectLink(ctx context.Context, hash [32]byte, now time.Time) (geo.Link, error) {
	l, err := s.inspectLink(ctx, hash, now)
	if err != nil {
		return geo.Link{}, fmt.Errorf("link: %w", explain(err))
	}
	return l.Link, nil
}

func (s *Store) inspectLink(ctx context.Context, hash [32]byte, now time.Time) (storedLink, error) {
	l, err := readLink(ctx, s.offices, hash, now)
	if err != nil || l.Purpose == geo.LinkFirst {
		return l, err
	}
	on := geo.DayOf(now)
	a, err := oneAccount(ctx, s.offices, sqlAccount, int32(on), l.Account)
	if err != nil {
		return l, err
	}
	grants, err := heldGrants(ctx, s.offices, on, l.Account)
	if err != nil {
		return l, err
	}
	ok, err := l.holds(ctx, s.offices, heldAccount{a, grants}, on)
	if err == nil && !ok {
		err = errNoLink()
	}
	return l, err
}

const sqlUseLink = `update jingwei.one_time_link set used_at = $2 where hash = $1`

// RedeemLink uses a link: it sets the password, in its stored form, of the account that the link is for, ends the sessions
// and tokens of that account and opens a new session, all or nothing. Of several at once one succeeds. A link that opens nothing is
// geo.ErrNotFound. The first link opens the account first, of which name and display name count, as an administrator of
// everything; for others first is not looked at.
func (s *Store) RedeemLink(ctx context.Context, hash [32]byte, password string, first geo.Account, n geo.NewSession) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		l, err := readLink(ctx, tx, hash, n.At)
		if err != nil {
			return err
		}
		if l.Purpose == geo.LinkFirst {
			return redeemFirst(ctx, tx, hash, password, first, n)
		}
		return l.redeem(ctx, tx, hash, password, n)
	})
	if err != nil {
		return fmt.Errorf("redeem link: %w", err)
	}
	return nil
}

// redeem locks the account, under whose lock alone its links change, and looks at the link again.
func (l storedLink) redeem(ctx context.Context, tx pgx.Tx, hash [32]byte, password string, n geo.NewSession) error {
	on := geo.DayOf(n.At)
	held, err := lockAccounts(ctx, tx, on, l.Account)
	if err != nil || len(held) == 0 {
		return orNotFound(err)
	}
	if l, err = readLink(ctx, tx, hash, n.At); err != nil {
		return err
	}
	if ok, err := l.holds(ctx, tx, held[0], on); err != nil || !ok {
		return errors.Join(err, errNoLink())
	}
	if _, err := tx.Exec(ctx, sqlUseLink, hash[:], n.At); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlEndTokens, l.Account); err != nil { // whoever took the account may have made one
		return err
	}
	ctx = asAccount(ctx, l.Account, l.AccountName)
	if err := auditAccount(ctx, tx, "link.redeem", l.Account, atLeast(held[0].Path), nil, auditedAccess{Purpose: l.Purpose}); err != nil {
		return err
	}
	return setPassword(ctx, tx, l.Account, l.AccountName, password, n)
}

// sqlLockFirst lets one at a time decide by whether there is an administrator of everything.
const sqlLockFirst = `select pg_advisory_xact_lock(hashtextextended('jingwei first account', 0))`

// sqlEndFirstLinks ends what other starts of the program printed: it must not open when there is no administrator again.
const sqlEndFirstLinks = `delete from jingwei.one_time_link where purpose = 'first' and used_at is null`

func redeemFirst(ctx context.Context, tx pgx.Tx, hash [32]byte, password string, first geo.Account, n geo.NewSession) error {
	if _, err := tx.Exec(ctx, sqlLockFirst); err != nil {
		return err
	}
	if _, err := readLink(ctx, tx, hash, n.At); err != nil {
		return err
	}
	if err := first.Validate(); err != nil {
		return err
	}
	err := tx.QueryRow(ctx, sqlInsertAccount, first.Name, first.DisplayName, 0, password, false, n.At).Scan(&first.ID)
	if err != nil {
		return err
	}
	ctx = asAccount(ctx, first.ID, first.Name)
	first.Version, first.HasPassword = 1, true
	if err := auditAccount(ctx, tx, "account.create", first.ID, []geo.ID{}, nil, auditedAccountOf(first)); err != nil {
		return err
	}
	admin := administration{tx, geo.Authority{Name: madeBySystem, Operator: true}, geo.DayOf(n.At)}
	everything := geo.Grant{Account: first.ID, Role: geo.RoleAdministrator, Valid: geo.DayRange{From: admin.on, To: geo.MaxDay}}
	if _, err := admin.insertGrant(ctx, everything, nil, n.At); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlUseLink, hash[:], n.At); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlEndFirstLinks); err != nil {
		return err
	}
	if err := auditAccount(ctx, tx, "link.redeem", first.ID, []geo.ID{}, nil, auditedAccess{Purpose: geo.LinkFirst}); err != nil {
		return err
	}
	return signIn(ctx, tx, first.ID, first.Name, n)
}
