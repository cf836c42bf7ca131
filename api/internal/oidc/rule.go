package oidc

import (
	"errors"
	"fmt"
	"slices"

	"jingwei/geo"
)

// Rule grants a role on an organization and all below it to those of whom the provider claims something.
type Rule struct {
	Claim        string   `json:"claim"` // a claim whose value is a text or a list of texts
	Value        string   `json:"value"` // the text, or one of the list
	Role         geo.Role `json:"role"`
	Organization Reach    `json:"organization"`
}

// Reach is "all" organizations, or the id of the topmost one. The zero value is neither.
type Reach struct {
	given bool
	id    geo.ID // 0 for all
}

// UnmarshalJSON reads the text "all" or a number.
func (r *Reach) UnmarshalJSON(b []byte) error {
	if string(b) == `"all"` {
		*r = Reach{given: true}
		return nil
	}
	id, err := geo.ParseID("organization", string(b))
	if err != nil {
		return errors.New(`organization: "all" or the id of an organization, a number, is needed`)
	}
	*r = Reach{given: true, id: id}
	return nil
}

func (r Rule) check() error {
	switch {
	case r.Claim == "" || len([]rune(r.Claim)) > maxText:
		return fmt.Errorf("claim: the name of a claim, at most %d characters, is needed", maxText)
	case r.Value == "" || len([]rune(r.Value)) > maxText:
		return fmt.Errorf("value: a text of at most %d characters is needed", maxText)
	case !r.Role.Valid():
		return fmt.Errorf("role: there is no role %q: %v are known", r.Role, geo.Roles())
	case !r.Organization.given:
		return errors.New(`organization: it is missing; "all" or the id of an organization is needed`)
	}
	return nil
}

// Grants returns what the rules grant to somebody with these claims: each once, in the order of the rules, without end
// and of no account yet. Nobody gets anything without a claim.
func (c Config) Grants(claims Claims) []geo.Grant {
	var grants []geo.Grant
	for _, r := range c.Rules {
		g := geo.Grant{Role: r.Role, Organization: r.Organization.id, Valid: geo.Always}
		if claims.hold(r.Claim, r.Value) && !slices.Contains(grants, g) {
			grants = append(grants, g)
		}
	}
	return grants
}
