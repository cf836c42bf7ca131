package api_test

import (
	"cmp"
	"context"
	"strings"
	"time"

	"jingwei/api"
	"jingwei/geo"
)

// nobody implements the stores of accounts without any account. What they do is tested with PostGIS.
type nobody struct{}

func noAccount() error { return geo.NotFound("there is no such account") }

func (nobody) AuthorityOfSession(context.Context, [32]byte, time.Time) (geo.Authority, geo.Session, string, bool, error) {
	return geo.Authority{}, geo.Session{}, "", false, noAccount()
}

func (nobody) AuthorityOfToken(context.Context, [32]byte, time.Time) (geo.Authority, geo.Token, error) {
	return geo.Authority{}, geo.Token{}, noAccount()
}

func (nobody) AnyAdministrator(context.Context) (bool, error) { return false, nil }

func (nobody) AttemptSignIn(context.Context, string, time.Time) (geo.SignInAttempt, error) {
	return geo.SignInAttempt{}, nil
}

func (nobody) RefundSignIn(context.Context, string) error { return nil }

func (nobody) OpenSession(context.Context, geo.ID, string, geo.NewSession) error { return noAccount() }

func (nobody) ChangePassword(context.Context, geo.ID, string, string, geo.NewSession) error {
	return noAccount()
}

func (nobody) Sessions(context.Context, geo.ID, time.Time) ([]geo.Session, error) { return nil, nil }

func (nobody) EndSession(context.Context, geo.ID, geo.ID) error { return noAccount() }

func (nobody) Tokens(context.Context, geo.ID) ([]geo.Token, error) { return nil, nil }

func (nobody) CreateToken(context.Context, geo.Token, [32]byte, time.Time) (geo.Token, error) {
	return geo.Token{}, noAccount()
}

func (nobody) EndToken(context.Context, geo.ID, geo.ID) error { return noAccount() }

func (nobody) InspectLink(context.Context, [32]byte, time.Time) (geo.Link, error) {
	return geo.Link{}, noAccount()
}

func (nobody) RedeemLink(context.Context, [32]byte, string, geo.Account, geo.NewSession) error {
	return noAccount()
}

func (nobody) Account(context.Context, geo.ID, geo.Day) (geo.Account, error) {
	return geo.Account{}, noAccount()
}

func (nobody) Accounts(context.Context, geo.AccountQuery, geo.Day) ([]geo.Account, error) {
	return nil, nil
}

func (nobody) CreateAccount(_ context.Context, _ geo.Authority, a geo.Account, _ []geo.Grant, _ geo.NewLink, _ time.Time) (geo.Account, error) {
	return geo.Account{}, a.Validate()
}

func (nobody) ReplaceAccount(context.Context, geo.Authority, geo.Account, time.Time) (geo.Account, error) {
	return geo.Account{}, noAccount()
}

func (nobody) RenameSelf(context.Context, geo.ID, string, geo.Day) (geo.Account, error) {
	return geo.Account{}, noAccount()
}

func (nobody) CreateRecovery(context.Context, geo.Authority, geo.ID, geo.NewLink, time.Time) error {
	return noAccount()
}

func (nobody) HandOver(context.Context, geo.Authority, geo.ID, geo.ID, time.Time) error {
	return noAccount()
}

func (nobody) EndAccess(context.Context, geo.Authority, geo.ID, time.Time) error { return noAccount() }

func (nobody) HeldGrants(context.Context, geo.Day, ...geo.ID) ([]geo.HeldGrant, error) {
	return nil, nil
}

func (nobody) Grant(context.Context, geo.Authority, geo.Grant, time.Time) (geo.HeldGrant, error) {
	return geo.HeldGrant{}, noAccount()
}

func (nobody) EndGrant(context.Context, geo.Authority, geo.ID, geo.ID, time.Time) error {
	return noAccount()
}

// plain stores passwords in a form that costs nothing to make, and counts the work.
type plain struct {
	hashed, verified int
	busy             error // when set, every call fails with it
	hashBusy         error // when set, Hash fails with it
}

const plainForm = "$argon2id$plain$"

func (p *plain) Hash(_ context.Context, password string) (string, error) {
	p.hashed++
	return plainForm + password, cmp.Or(p.hashBusy, p.busy)
}

func (p *plain) Verify(_ context.Context, phc, password string) (bool, error) {
	p.verified++
	return phc != "" && phc == plainForm+password, p.busy
}

// checkPassword takes passwords of 10 characters without any of the names.
func checkPassword(password string, names ...string) error {
	if len(password) < geo.LeastPasswordLength {
		return geo.Invalid("password", "a password has at least %d characters", geo.LeastPasswordLength)
	}
	for _, n := range names {
		if n != "" && strings.Contains(password, n) {
			return geo.Invalid("password", "the password contains the name")
		}
	}
	return nil
}

func (nobody) AskOrganizations(context.Context, geo.Scope, geo.Ask, string, bool, time.Time) (geo.AskOutcome, error) {
	return geo.AskOutcome{}, nil
}

func (nobody) Asks(context.Context, geo.Scope, geo.ID, int, geo.Day) ([]geo.AskProgress, error) {
	return nil, nil
}

func (nobody) WithdrawAsk(context.Context, geo.Scope, geo.Scope, geo.ID, time.Time) error { return nil }

func (nobody) Tasks(context.Context, geo.Scope, geo.TaskQuery, geo.Day) ([]geo.Task, error) {
	return nil, nil
}

func (nobody) AnswerTask(context.Context, geo.Scope, geo.Scope, geo.ID, string, string, string, time.Time) (geo.Task, error) {
	return geo.Task{}, nil
}

func (nobody) MonthBurden(context.Context, geo.Scope, geo.ID, geo.Day, geo.Day) (geo.MonthBurden, error) {
	return geo.MonthBurden{}, nil
}

// withoutAccounts fills a configuration with stores of accounts that are empty.
func withoutAccounts(c *api.Config) {
	var none nobody
	c.Sessions, c.SignIns, c.OwnSessions, c.Tokens, c.Links, c.Accounts, c.Grants, c.Tasks = none, none, none, none, none, none, none, none
	c.Passwords, c.CheckPassword = &plain{}, checkPassword
}
