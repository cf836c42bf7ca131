package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/password"
)

type accountCommands struct {
	Add   accountAddCommand   `cmd:"" help:"Open an account. Prints a one-time link with which its holder sets the password."`
	Grant accountGrantCommand `cmd:"" help:"Grant a role on an organization and all below it, or on all."`
	Token accountTokenCommand `cmd:"" help:"Make a token with which a program acts for an account. It is shown once."`
	List  accountListCommand  `cmd:"" help:"List accounts and what is granted to them."`
}

// operator is who does what the command line says: whoever can reach the database may do everything.
func operator() geo.Authority { return geo.Authority{Name: "operator", Operator: true} }

// onFlag is an organization by its id, or all of them.
type onFlag string

// organization reads the flag; 0 is all.
func (f onFlag) organization() (geo.ID, error) {
	if f == "all" {
		return 0, nil
	}
	id, err := geo.ParseID("organization", string(f))
	if err != nil {
		return 0, geo.Invalid("organization", "%q is neither the id of an organization nor all", string(f))
	}
	return id, nil
}

type accountAddCommand struct {
	where
	Name          string `arg:"" help:"The name to sign in with: letters a-z, digits, dot, hyphen, underscore."`
	DisplayName   string `name:"display-name" help:"What the holder is called; the name when missing."`
	Organization  int64  `help:"Id of the organization whose administrators look after the account; administrators of everything when missing." placeholder:"ID"`
	Role          string `help:"Grant this role at once, on what --on says: registrar, reviewer, report_officer, analyst, publisher, duty_officer, administrator."`
	On            onFlag `help:"Id of the organization on which the role is granted, with all below it, or all." placeholder:"ID|all"`
	PasswordStdin bool   `name:"password-stdin" help:"Read the first password from the standard input instead of printing a link; its holder must change it."`
	PublicURL     string `name:"public-url" help:"URL under which clients reach the server, for the link (http://127.0.0.1:8080)." env:"JINGWEI_PUBLIC_URL" placeholder:"URL"`
}

// Run opens the account.
func (a *accountAddCommand) Run(ctx context.Context, c *console) error {
	grants, err := a.grants()
	if err != nil {
		return err
	}
	account := geo.Account{Name: a.Name, DisplayName: a.DisplayName, Organization: geo.ID(a.Organization)}
	if account.DisplayName == "" {
		account.DisplayName = account.Name
	}
	phc, err := a.password(ctx, os.Stdin)
	if err != nil {
		return err
	}
	return a.with(ctx, c, func(d *database) error {
		if a.PasswordStdin {
			account, err := d.CreateAccountWithPassword(ctx, operator(), account, phc, grants, time.Now())
			return c.say(err, map[string]any{"id": account.ID, "name": account.Name}, "account %s is open; the password must be changed at the first sign-in\n", account.Name)
		}
		secret, until := geo.NewSecret(), time.Now().Add(geo.InviteValid)
		account, err := d.CreateAccount(ctx, operator(), account, grants, geo.NewLink{Hash: secret.Hash(), ExpiresAt: until}, time.Now())
		link := api.LinkURL(strings.TrimSuffix(cmp.Or(a.PublicURL, "http://127.0.0.1:8080"), "/"), secret)
		return c.say(err, map[string]any{"id": account.ID, "name": account.Name, "link": link, "expires_at": until.UTC()},
			"account %s is open; its holder sets the password here, once, before %s:\n%s\n", account.Name, until.Format(time.DateTime), link)
	})
}

// grants are what the flags grant.
func (a *accountAddCommand) grants() ([]geo.Grant, error) {
	if a.Role == "" && a.On == "" {
		return nil, nil
	}
	organization, err := a.On.organization()
	if err != nil {
		return nil, err
	}
	g := geo.Grant{Role: geo.Role(a.Role), Organization: organization, Valid: geo.DayRange{From: geo.DayOf(time.Now()), To: geo.MaxDay}}
	return []geo.Grant{g}, g.Validate()
}

// password reads the first password and returns its stored form; "" when there is none.
func (a *accountAddCommand) password(ctx context.Context, in io.Reader) (string, error) {
	if !a.PasswordStdin {
		return "", nil
	}
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if err := password.Check(line, a.Name, a.DisplayName); err != nil {
		return "", err
	}
	return password.New(1).Hash(ctx, line)
}

// with opens the database for f, beside a server that may run.
func (w where) with(ctx context.Context, c *console, f func(*database) error) error {
	if w.Database == "" {
		if _, err := os.Stat(filepath.Join(w.DataDir, "postgres")); errors.Is(err, fs.ErrNotExist) {
			return geo.Invalid("data-dir", "there is no database in %s: start jingwei serve there first, or name another folder", w.DataDir)
		}
	}
	d, err := joinDatabase(ctx, w, c.log)
	if err != nil {
		return err
	}
	return errors.Join(f(d), d.Close())
}

// withAccount is with for what is about one account.
func (w where) withAccount(ctx context.Context, c *console, name string, f func(*database, geo.Account) error) error {
	return w.with(ctx, c, func(d *database) error {
		account, err := d.AccountNamed(ctx, name, geo.DayOf(time.Now()))
		if err != nil {
			return err
		}
		return f(d, account)
	})
}

// say reports what was done, as JSON for a machine or as a sentence for a person, unless it failed.
func (c *console) say(err error, machine any, format string, args ...any) error {
	if err != nil {
		return err
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(machine)
	}
	_, err = fmt.Fprintf(c.out, format, args...)
	return err
}

type accountGrantCommand struct {
	where
	Name string `arg:"" help:"The account."`
	Role string `arg:"" help:"registrar, reviewer, report_officer, analyst, publisher, duty_officer or administrator."`
	On   onFlag `arg:"" help:"Id of the organization on which it is granted, with all below it, or all."`
	From string `help:"First day, 2026-01-31; today when missing." placeholder:"DAY"`
	To   string `help:"First day on which it no longer holds; none when missing." placeholder:"DAY"`
}

// Run gives the grant.
func (g *accountGrantCommand) Run(ctx context.Context, c *console) error {
	grant, err := g.grant(geo.DayOf(time.Now()))
	if err != nil {
		return err
	}
	return g.withAccount(ctx, c, g.Name, func(d *database, account geo.Account) error {
		grant.Account = account.ID
		held, err := d.Grant(ctx, operator(), grant, time.Now())
		return c.say(err, map[string]any{"id": held.ID}, "%s is %s\n", account.Name, describeGrant(held))
	})
}

func (g *accountGrantCommand) grant(today geo.Day) (geo.Grant, error) {
	organization, err := g.On.organization()
	if err != nil {
		return geo.Grant{}, err
	}
	grant := geo.Grant{Role: geo.Role(g.Role), Organization: organization, Valid: geo.DayRange{From: today, To: geo.MaxDay}}
	if g.From != "" {
		if grant.Valid.From, err = geo.ParseDay("from", g.From); err != nil {
			return grant, err
		}
	}
	if g.To != "" {
		if grant.Valid.To, err = geo.ParseDay("to", g.To); err != nil {
			return grant, err
		}
	}
	return grant, grant.Validate()
}

// describeGrant says a grant for a person.
func describeGrant(g geo.HeldGrant) string {
	text := string(g.Role) + " of everything"
	if g.Organization != 0 {
		text = fmt.Sprintf("%s of %s (%d)", g.Role, g.OrganizationName, g.Organization)
	}
	if from := g.Valid.From.String(); from != "" {
		text += " from " + from
	}
	if to := g.Valid.To.String(); to != "" {
		text += " until " + to
	}
	return text
}

type accountTokenCommand struct {
	where
	Name      string `arg:"" help:"The account."`
	TokenName string `arg:"" help:"What the token is called, for example the program that uses it."`
	ReadOnly  bool   `name:"read-only" help:"It may change nothing."`
	Days      int    `help:"Days for which it is valid, 1 to 366." default:"90"`
}

// Run makes the token.
func (t *accountTokenCommand) Run(ctx context.Context, c *console) error {
	if t.Days < 1 || t.Days > 366 {
		return geo.Invalid("days", "a token is valid for 1 to 366 days")
	}
	return t.withAccount(ctx, c, t.Name, func(d *database, account geo.Account) error {
		secret, now := geo.NewTokenSecret(), time.Now()
		token := geo.Token{Account: account.ID, Name: t.TokenName, ReadOnly: t.ReadOnly, ExpiresAt: now.AddDate(0, 0, t.Days)}
		token, err := d.CreateToken(ctx, token, secret.Hash(), now)
		return c.say(err, map[string]any{"id": token.ID, "token": secret, "expires_at": token.ExpiresAt.UTC()}, "%s\n", secret)
	})
}
