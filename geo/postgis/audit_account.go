package postgis

import (
	"context"
	"time"

	"jingwei/geo"
)

// Whatever happens to an account has the account as its object, so that one question finds all of it: its content, what
// is granted to it, links, sessions and tokens.
func auditAccount(ctx context.Context, tx executor, action string, account geo.ID, path []geo.ID, before, after any) error {
	return audit(ctx, tx, action, geo.AuditObject{Kind: "account", ID: account}, path, before, after)
}

// auditedAccount is the content of an account as the audit tells it.
type auditedAccount struct {
	Version      int32  `json:"version"`
	Name         string `json:"name"`
	DisplayName  string `json:"display_name"`
	Organization geo.ID `json:"organization,omitempty"`
	Disabled     bool   `json:"disabled"`
	MustChange   bool   `json:"must_change"`
	HasPassword  bool   `json:"has_password"`
	Issuer       string `json:"issuer,omitempty"` // of the identity that it was opened for
}

func auditedAccountOf(a geo.Account) *auditedAccount {
	return &auditedAccount{Version: a.Version, Name: a.Name, DisplayName: a.DisplayName, Organization: a.Organization,
		Disabled: a.Disabled, MustChange: a.MustChange, HasPassword: a.HasPassword}
}

// auditedGrant is a grant as the audit tells it.
type auditedGrant struct {
	Grant        geo.ID   `json:"grant,omitempty"`
	Role         geo.Role `json:"role"`
	Organization geo.ID   `json:"organization,omitempty"` // none for all
	ValidFrom    *string  `json:"valid_from"`
	ValidTo      *string  `json:"valid_to"`
	Source       string   `json:"source"`
}

func auditedGrantOf(g geo.Grant, source string) *auditedGrant {
	return &auditedGrant{Grant: g.ID, Role: g.Role, Organization: g.Organization, ValidFrom: auditedDay(g.Valid.From),
		ValidTo: auditedDay(g.Valid.To), Source: source}
}

// auditedGrants lists the grants of a source, of all when it is "".
func auditedGrants(held []geo.HeldGrant, source string) []auditedGrant {
	list := []auditedGrant{}
	for _, g := range held {
		if source == "" || g.Source == source {
			list = append(list, *auditedGrantOf(g.Grant, g.Source))
		}
	}
	return list
}

// auditedAccess is a one-time link or a token as the audit tells it: never what opens it.
type auditedAccess struct {
	Purpose   geo.LinkPurpose `json:"purpose,omitempty"`
	ID        geo.ID          `json:"id,omitempty"`
	Name      string          `json:"name,omitempty"`
	ReadOnly  bool            `json:"read_only,omitempty"`
	Grants    []geo.ID        `json:"grants,omitempty"`
	ExpiresAt *time.Time      `json:"expires_at,omitempty"`
}

func auditedTokenOf(t geo.Token) *auditedAccess {
	return &auditedAccess{ID: t.ID, Name: t.Name, ReadOnly: t.ReadOnly, Grants: t.Grants, ExpiresAt: &t.ExpiresAt}
}

// asAccount returns a context in which the account acts: who signs in is nobody until then.
func asAccount(ctx context.Context, id geo.ID, name string) context.Context {
	a := geo.ActorOf(ctx)
	if a.Account == 0 && a.Name == geo.NobodyName {
		a.Account, a.Name = id, name
	}
	return geo.WithActor(ctx, a)
}
