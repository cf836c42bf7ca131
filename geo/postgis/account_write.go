package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlInsertAccount = `
insert into jingwei.account (name, display_name, organization_id, password, must_change, created_at)
values ($1, $2, nullif($3::bigint, 0), nullif($4, ''), $5, $6)
returning id`

// CreateAccount opens an account with grants, which are given from its valid days, and makes a one-time link with which
// its holder sets the first password. Nothing happens unless all of it is by's to give, else geo.ErrForbidden. A name that
// is taken is geo.ErrConflict, an organization or grant that cannot be too; faults are *geo.Error with the field.
func (s *Store) CreateAccount(ctx context.Context, by geo.Authority, a geo.Account, grants []geo.Grant, link geo.NewLink, now time.Time) (geo.Account, error) {
	return s.createAccount(ctx, by, a, "", grants, now, func(admin administration, a geo.Account) error {
		return admin.insertLink(ctx, geo.LinkInvite, a.ID, link, now)
	})
}

// CreateAccountWithPassword opens an account whose first password (argon2id in PHC form) somebody else chose: its holder
// must change it before anything else. Otherwise as CreateAccount, without a link.
func (s *Store) CreateAccountWithPassword(ctx context.Context, by geo.Authority, a geo.Account, password string, grants []geo.Grant, now time.Time) (geo.Account, error) {
	return s.createAccount(ctx, by, a, password, grants, now, func(administration, geo.Account) error { return nil })
}

func (s *Store) createAccount(ctx context.Context, by geo.Authority, a geo.Account, password string, grants []geo.Grant, now time.Time, also func(administration, geo.Account) error) (geo.Account, error) {
	a.Name = geo.CleanAccountName(a.Name)
	if err := a.Validate(); err != nil {
		return geo.Account{}, fmt.Errorf("create account: %w", err)
	}
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		if err := admin.mayPlace(ctx, a.Organization); err != nil {
			return err
		}
		err := admin.tx.QueryRow(ctx, sqlInsertAccount, a.Name, a.DisplayName, a.Organization, password, password != "", now).Scan(&a.ID)
		if err != nil {
			return err
		}
		if a, err = oneAccount(ctx, admin.tx, sqlAccount, int32(admin.on), a.ID); err != nil {
			return err
		}
		if err := auditAccount(ctx, admin.tx, "account.create", a.ID, atLeast(a.Path), nil, auditedAccountOf(a)); err != nil {
			return err
		}
		for _, g := range grants {
			g.Account = a.ID
			if _, err := admin.insertGrant(ctx, g, a.Path, now); err != nil {
				return err
			}
		}
		return also(admin, a)
	})
	if err != nil {
		return geo.Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

// mayPlace refuses an organization to which no account of theirs may belong.
func (a administration) mayPlace(ctx context.Context, organization geo.ID) error {
	path, err := a.path(ctx, organization)
	if err != nil {
		return err
	}
	if !a.by.May(geo.ActionWriteAccount, geo.Object{Path: path}, a.on) {
		return forbidden("organization", "you look after no accounts of this organization")
	}
	if organization != 0 && path == nil {
		return conflict("organization", "there is no such organization")
	}
	return nil
}

const sqlUpdateAccount = `
update jingwei.account set version = version + 1, display_name = $2, organization_id = nullif($3::bigint, 0), disabled = $4
where id = $1`

// ReplaceAccount writes what an administrator says of an account: display name, organization, and whether it is disabled.
// Disabling ends its sessions, tokens and links. a.Version must be the present one, else geo.ErrStale. An account that by
// does not see is geo.ErrNotFound, one that is not theirs to look after geo.ErrForbidden; nobody disables themselves, nor
// the last present administrator of everything, which is geo.ErrConflict.
func (s *Store) ReplaceAccount(ctx context.Context, by geo.Authority, a geo.Account, now time.Time) (geo.Account, error) {
	var after geo.Account
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		held, err := admin.lockAdministered(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := admin.mayReplace(ctx, held.Account, a); err != nil {
			return err
		}
		if _, err := admin.tx.Exec(ctx, sqlUpdateAccount, a.ID, a.DisplayName, a.Organization, a.Disabled); err != nil {
			return err
		}
		if a.Disabled {
			if err := endAll(ctx, admin.tx, a.ID); err != nil {
				return err
			}
		}
		if after, err = oneAccount(ctx, admin.tx, sqlAccount, int32(admin.on), a.ID); err != nil {
			return err
		}
		if err := auditReplaced(ctx, admin.tx, held.Account, after); err != nil || !a.Disabled {
			return err
		}
		return admin.leavesSomebody(ctx, held.Account, held.grants...)
	})
	if err != nil {
		return geo.Account{}, fmt.Errorf("replace account %d: %w", a.ID, err)
	}
	return after, nil
}

// auditReplaced tells of a change of an account; to those whom it left, only that it did.
func auditReplaced(ctx context.Context, tx executor, before, after geo.Account) error {
	if left(before.Path, after.Path) {
		if err := auditAccount(ctx, tx, "account.leave", before.ID, before.Path, auditedAccountOf(before), nil); err != nil {
			return err
		}
	}
	return auditAccount(ctx, tx, replaceAction(before, after), after.ID, atLeast(after.Path), auditedAccountOf(before), auditedAccountOf(after))
}

// replaceAction names what a change of an account is.
func replaceAction(before, after geo.Account) string {
	switch {
	case after.Disabled && !before.Disabled:
		return "account.disable"
	case before.Disabled && !after.Disabled:
		return "account.enable"
	}
	return "account.replace"
}

func (a administration) mayReplace(ctx context.Context, before, after geo.Account) error {
	after.Name = before.Name
	if err := after.Validate(); err != nil {
		return err
	}
	if before.Version != after.Version {
		return &geo.Error{Kind: geo.ErrStale, Message: fmt.Sprintf("version %d is out of date: the account is at version %d", after.Version, before.Version)}
	}
	if after.Disabled && before.ID == a.by.Account {
		return conflict("disabled", "this is your own account; somebody else must disable it")
	}
	if before.Organization == after.Organization {
		return nil
	}
	return a.mayPlace(ctx, after.Organization)
}

const (
	sqlEndSessions = `delete from jingwei.session where account_id = $1`
	sqlEndTokens   = `delete from jingwei.token where account_id = $1`
	sqlEndLinks    = `delete from jingwei.one_time_link where account_id = $1 and used_at is null`
)

// endAll makes void whatever an account could be used with.
func endAll(ctx context.Context, tx pgx.Tx, account geo.ID) error {
	for _, sql := range []string{sqlEndSessions, sqlEndTokens, sqlEndLinks} {
		if _, err := tx.Exec(ctx, sql, account); err != nil {
			return err
		}
	}
	return nil
}

// EndAccess ends all sessions and tokens of an account that is by's to look after; errors as of ReplaceAccount.
func (s *Store) EndAccess(ctx context.Context, by geo.Authority, id geo.ID, now time.Time) error {
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		held, err := admin.lockAdministered(ctx, id)
		if err != nil {
			return err
		}
		for _, sql := range []string{sqlEndSessions, sqlEndTokens} {
			if _, err := admin.tx.Exec(ctx, sql, id); err != nil {
				return err
			}
		}
		return auditAccount(ctx, admin.tx, "account.end-access", id, atLeast(held.Path), nil, nil)
	})
	if err != nil {
		return fmt.Errorf("end sessions of account %d: %w", id, err)
	}
	return nil
}

const sqlRenameSelf = `update jingwei.account set version = version + 1, display_name = $2 where id = $1`

// RenameSelf lets somebody change what they are called; faults are *geo.Error with the field.
func (s *Store) RenameSelf(ctx context.Context, id geo.ID, displayName string, on geo.Day) (geo.Account, error) {
	var a geo.Account
	err := s.administer(ctx, geo.Authority{}, on, func(admin administration) error {
		held, err := lockAccounts(ctx, admin.tx, on, id)
		if err != nil || len(held) == 0 {
			return orNotFound(err)
		}
		a = held[0].Account
		a.DisplayName = displayName
		if err := a.Validate(); err != nil {
			return err
		}
		if _, err := admin.tx.Exec(ctx, sqlRenameSelf, id, displayName); err != nil {
			return err
		}
		a.Version++
		return auditAccount(ctx, admin.tx, "account.rename", id, atLeast(a.Path), auditedAccountOf(held[0].Account), auditedAccountOf(a))
	})
	if err != nil {
		return geo.Account{}, fmt.Errorf("rename account %d: %w", id, err)
	}
	return a, nil
}

// orNotFound is for reads that found nothing.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return geo.NotFound("there is no such account")
}
