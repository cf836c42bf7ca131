package geo

import "slices"

// HeldGrant is a grant that was not taken away, with what is known of it.
type HeldGrant struct {
	Grant
	Path             []ID   // of the organization, from the topmost down; nil for all organizations
	OrganizationName string // in its newest content; "" for all organizations
	Public           bool   // everyone sees the organization
	Source           string // "grant", or "oidc" when it follows what a provider of identities claims
	CreatedBy        string
}

// Administers reports whether the account is the authority's to look after on the day: it lies within their scope, and
// nothing that it holds or will hold exceeds what is theirs. So nobody takes over a superior by sending them a new
// password.
func (u Authority) Administers(a Account, held []HeldGrant, on Day) bool {
	return u.May(ActionWriteAccount, Object{Path: a.Path}, on) && !slices.ContainsFunc(held, func(g HeldGrant) bool {
		return g.Valid.To > on && u.Exceeds(g.Grant, g.Path, on)
	})
}

// MayTake reports whether the grant is the authority's to take away on the day: it lies where they grant, and they could
// give it themselves.
func (u Authority) MayTake(g HeldGrant, on Day) bool {
	return u.May(ActionGrant, Object{Path: g.Path}, on) && !u.Exceeds(g.Grant, g.Path, on)
}
