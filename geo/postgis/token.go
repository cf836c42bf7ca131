package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// mostTokens is how many tokens an account has at most.
const mostTokens = 100

// tokenColumns are what scanToken reads.
const tokenColumns = `t.id, t.account_id, t.name, t.read_only, t.grants, t.created_at, t.expires_at, t.last_used_at`

// tokenRow is a token as it is read.
type tokenRow struct {
	geo.Token
	used *time.Time
}

func (r *tokenRow) fields() []any {
	return []any{&r.ID, &r.Account, &r.Name, &r.ReadOnly, &r.Grants, &r.CreatedAt, &r.ExpiresAt, &r.used}
}

func (r *tokenRow) token() geo.Token {
	if r.used != nil {
		r.LastUsedAt = *r.used
	}
	return r.Token
}

const sqlAuthorityOfToken = `
select ` + tokenColumns + `, a.name, g.ids, g.roles, g.organizations, g.first, g.after
from jingwei.token t
join jingwei.account a on a.id = t.account_id and not a.disabled` + sqlAuthorityGrants + `
where t.hash = $1 and t.expires_at > $2`

// AuthorityOfToken returns who a token belongs to, by its hash, with those grants of theirs that it carries. A token that
// is unknown or over, or whose account is disabled, is geo.ErrNotFound. That it was used is written at most once a minute.
func (s *Store) AuthorityOfToken(ctx context.Context, hash [32]byte, now time.Time) (geo.Authority, geo.Token, error) {
	var (
		u    geo.Authority
		row  tokenRow
		held heldBy
	)
	err := s.offices.QueryRow(ctx, sqlAuthorityOfToken, hash[:], now).Scan(append(append(row.fields(), &u.Name), held.fields()...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Authority{}, geo.Token{}, geo.NotFound("the token is not valid")
	}
	if err != nil {
		return geo.Authority{}, geo.Token{}, fmt.Errorf("token: %w", explain(err))
	}
	token := row.token()
	u.Account, u.ReadOnly, u.Grants = token.Account, token.ReadOnly, held.grants(token.Account)
	if token.Grants != nil {
		u.Grants = slices.DeleteFunc(u.Grants, func(g geo.Grant) bool { return !slices.Contains(token.Grants, g.ID) })
	}
	return u, token, s.touch(ctx, sqlTouchToken, token.ID, token.LastUsedAt, now)
}

const sqlTouchToken = `update jingwei.token set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)`

const sqlTokens = `
select ` + tokenColumns + `
from jingwei.token t
where t.account_id = $1
order by t.created_at desc, t.id desc`

// Tokens returns the tokens of an account, newest first. Those that are over are among them for a while.
func (s *Store) Tokens(ctx context.Context, account geo.ID) ([]geo.Token, error) {
	rows, err := s.offices.Query(ctx, sqlTokens, account)
	if err != nil {
		return nil, fmt.Errorf("tokens of account %d: %w", account, explain(err))
	}
	tokens, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Token, error) {
		var t tokenRow
		err := row.Scan(t.fields()...)
		return t.token(), err
	})
	if err != nil {
		return nil, fmt.Errorf("tokens of account %d: %w", account, explain(err))
	}
	return tokens, nil
}

const sqlCountTokens = `select count(*) from jingwei.token where account_id = $1 and expires_at > $2`

const sqlInsertToken = `
insert into jingwei.token (hash, account_id, name, read_only, grants, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)
returning id`

// CreateToken makes a token of the account t.Account, valid from now to t.ExpiresAt. Grants that the account does not
// have are geo.ErrInvalid, a disabled account geo.ErrNotFound, and too many tokens geo.ErrConflict.
func (s *Store) CreateToken(ctx context.Context, t geo.Token, hash [32]byte, now time.Time) (geo.Token, error) {
	if err := t.Validate(); err != nil {
		return geo.Token{}, fmt.Errorf("create token: %w", err)
	}
	t.CreatedAt = now
	err := s.write(ctx, func(tx pgx.Tx) error {
		if _, err := lockSigningIn(ctx, tx, t.Account, ""); err != nil {
			return err
		}
		if err := mayCarry(ctx, tx, t, now); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, sqlInsertToken, hash[:], t.Account, t.Name, t.ReadOnly, t.Grants, now, t.ExpiresAt).Scan(&t.ID); err != nil {
			return err
		}
		return auditAccount(ctx, tx, "token.create", t.Account, nil, nil, auditedTokenOf(t))
	})
	if err != nil {
		return geo.Token{}, fmt.Errorf("create token of account %d: %w", t.Account, err)
	}
	return t, nil
}

// mayCarry refuses a token beyond those that the account may have, and one with grants of others.
func mayCarry(ctx context.Context, tx pgx.Tx, t geo.Token, now time.Time) error {
	var n int
	if err := tx.QueryRow(ctx, sqlCountTokens, t.Account, now).Scan(&n); err != nil {
		return err
	}
	if n >= mostTokens {
		return conflict("", fmt.Sprintf("an account has at most %d tokens: delete one that is no longer used", mostTokens))
	}
	held, err := heldGrants(ctx, tx, geo.DayOf(now), t.Account)
	if err != nil {
		return err
	}
	for _, id := range t.Grants {
		if !slices.ContainsFunc(held, func(g geo.HeldGrant) bool { return g.ID == id }) {
			return geo.Invalid("grants", "you have no grant %d", id)
		}
	}
	return nil
}

const sqlEndToken = `delete from jingwei.token where id = $1 and account_id = $2`

const sqlTokenName = `select t.name from jingwei.token t where t.id = $1 and t.account_id = $2`

// EndToken ends a token of an account; one that it does not have is geo.ErrNotFound.
func (s *Store) EndToken(ctx context.Context, account, token geo.ID) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		names, err := column[string](ctx, tx, sqlTokenName, token, account)
		if err != nil {
			return err
		}
		if err := endOwn(ctx, tx, sqlEndToken, token, account); err != nil {
			return err
		}
		return auditAccount(ctx, tx, "token.end", account, nil, auditedAccess{ID: token, Name: strings.Join(names, " ")}, nil)
	})
	if err != nil {
		return fmt.Errorf("end token %d: %w", token, err)
	}
	return nil
}
