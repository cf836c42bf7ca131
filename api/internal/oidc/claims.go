package oidc

import (
	"slices"
	"strings"
	"unicode"

	"jingwei/geo"
)

// Claims are what a provider says of somebody, by name (OpenID Connect Core 1.0 §5), as encoding/json reads them.
type Claims map[string]any

// text returns a claim that is a text, "" for any other.
func (c Claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// hold reports whether a claim is the text value, or a list with it. There is no other equality: neither case nor
// white space is overlooked, and numbers are no texts.
func (c Claims) hold(name, value string) bool {
	if list, ok := c[name].([]any); ok {
		return slices.Contains(list, any(value))
	}
	text, ok := c[name].(string)
	return ok && text == value
}

// Account returns the account to make for somebody with these claims who has none. The store may have to add a number to
// its name, which is a wish and identifies nobody.
func (c Config) Account(claims Claims) geo.Account {
	name := accountName(claims.text(c.NameClaim))
	display := displayName(claims.text(c.DisplayNameClaim))
	if display == "" {
		display = displayName(claims.text(c.NameClaim))
	}
	if display == "" {
		display = name
	}
	return geo.Account{Name: name, DisplayName: display}
}

// longestName leaves room for a number behind it.
const longestName = 56

// accountName makes an account's name of what a provider calls somebody: of an e-mail address the part before the @, in
// lower case, without what a name cannot hold.
func accountName(claimed string) string {
	claimed, _, _ = strings.Cut(claimed, "@")
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, geo.CleanAccountName(claimed))
	switch {
	case name == "":
		return "user"
	case name[0] < 'a' || name[0] > 'z' || len(name) < 3:
		name = "user-" + name
	}
	return name[:min(len(name), longestName)]
}

// displayName drops what cannot be shown and cuts off what is too long; "" when nothing is left to be seen.
func displayName(claimed string) string {
	shown := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !geo.Legible(string(r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(claimed, "")))
	if !geo.Visible(shown) {
		return ""
	}
	runes := []rune(shown)
	return strings.TrimSpace(string(runes[:min(len(runes), geo.MaxNameLength)]))
}
