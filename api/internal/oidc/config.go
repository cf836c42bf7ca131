package oidc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"jingwei/geo"
)

// Bounds of a configuration.
const (
	maxConfig = 1 << 20 // bytes
	maxText   = 200     // characters of a title or the name of a claim
	// leastSecret is the shortest client secret in bytes. The key of the cookies comes from it (see newSealer), so a short
	// one could be found out from a cookie by trying.
	leastSecret = 16
)

// Config is a provider as the operator configured it. Read makes it.
type Config struct {
	Name             string   `json:"name"` // a-z, 0-9 and hyphens; part of URLs
	Title            Title    `json:"title"`
	Issuer           string   `json:"issuer"` // https, or http on this machine
	ClientID         string   `json:"client_id"`
	ClientSecretEnv  string   `json:"client_secret_env"`  // the environment variable that holds the client's secret
	Scopes           []string `json:"scopes"`             // beside openid; profile when missing
	NameClaim        string   `json:"name_claim"`         // what a new account is named after; preferred_username when missing
	DisplayNameClaim string   `json:"display_name_claim"` // name when missing
	Create           bool     `json:"create"`             // whether somebody without an account gets one
	Rules            []Rule   `json:"grants"`

	secret string
}

// Title is what people see on the button.
type Title struct {
	Zh string `json:"zh"` // the name of the provider when missing
	En string `json:"en"`
}

// Read reads a JSON list of providers and checks it; lookup finds the values of environment variables. The first fault is
// an error of kind geo.ErrInvalid that says which provider and member it is about. Two providers with one issuer are a
// fault: each would take away what the other grants.
func Read(r io.Reader, lookup func(string) (string, bool)) ([]Config, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("OpenID providers: %w", err)
	}
	if len(text) > maxConfig {
		return nil, geo.Invalid("oidc", "more than %d bytes are no list of providers", maxConfig)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, geo.Invalid("oidc", "a JSON list of providers is needed: %v", err)
	}
	if list == nil {
		return nil, geo.Invalid("oidc", "a JSON list of providers is needed, not null")
	}
	configs := make([]Config, len(list))
	names, issuers := map[string]bool{}, map[string]bool{}
	for i, raw := range list {
		c := &configs[i]
		if err := c.read(raw, lookup); err != nil {
			return nil, geo.Invalid("oidc", "provider %d (%q): %v", i+1, c.Name, err)
		}
		if names[c.Name] || issuers[c.Issuer] {
			return nil, geo.Invalid("oidc", "provider %d (%q): another one has the same name or issuer", i+1, c.Name)
		}
		names[c.Name], issuers[c.Issuer] = true, true
	}
	return configs, nil
}

func (c *Config) read(raw json.RawMessage, lookup func(string) (string, bool)) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return err
	}
	c.complete()
	if err := c.check(); err != nil {
		return err
	}
	secret, _ := lookup(c.ClientSecretEnv)
	secret = strings.TrimSpace(secret)
	if len(secret) < leastSecret {
		return fmt.Errorf("client_secret_env: the environment variable %s holds no secret of %d characters or more", c.ClientSecretEnv, leastSecret)
	}
	c.secret = secret
	return nil
}

// complete fills in what was left out.
func (c *Config) complete() {
	for _, d := range []struct {
		member  *string
		missing string
	}{
		{&c.Title.En, c.Name}, {&c.Title.Zh, c.Name}, {&c.NameClaim, "preferred_username"}, {&c.DisplayNameClaim, "name"},
	} {
		if *d.member == "" {
			*d.member = d.missing
		}
	}
	if c.Scopes == nil {
		c.Scopes = []string{"profile"}
	}
}

var (
	providerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	scopeToken   = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]{1,100}$`) // RFC 6749 §3.3
)

func (c *Config) check() error {
	if !providerName.MatchString(c.Name) {
		return errors.New("name: 1 to 40 lower-case letters, digits and hyphens are needed")
	}
	for _, t := range []struct{ member, text string }{
		{"title.zh", c.Title.Zh}, {"title.en", c.Title.En}, {"name_claim", c.NameClaim}, {"display_name_claim", c.DisplayNameClaim},
	} {
		if len([]rune(t.text)) > maxText {
			return fmt.Errorf("%s: at most %d characters are possible", t.member, maxText)
		}
	}
	if err := checkIssuer(c.Issuer); err != nil {
		return err
	}
	if c.ClientID == "" {
		return errors.New("client_id: it is missing")
	}
	if c.ClientSecretEnv == "" {
		return errors.New("client_secret_env: the name of the environment variable with the client's secret is missing")
	}
	for _, s := range c.Scopes {
		if !scopeToken.MatchString(s) {
			return fmt.Errorf("scopes: %q is not the name of a scope", s)
		}
	}
	for i, r := range c.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("grants: rule %d: %w", i+1, err)
		}
	}
	return nil
}

// checkIssuer holds an issuer against OpenID Connect Discovery 1.0 §3: https without query and fragment. What is sent to
// this machine itself does not travel, so there http will do.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(issuer, "?#") {
		return errors.New("issuer: an https URL without a user, ? and # is needed")
	}
	if !isPrivateTo(u) {
		return fmt.Errorf("issuer: %s is not possible, https is; http only for a provider on this machine", u.Scheme)
	}
	return nil
}

// isPrivateTo reports whether what is sent to the URL is read by its host only.
func isPrivateTo(u *url.URL) bool {
	if u.Scheme != "http" {
		return u.Scheme == "https" && u.Hostname() != ""
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// scopes are those that the provider is asked for: openid makes it OpenID Connect.
func (c Config) scopes() []string {
	return slices.Compact(append([]string{"openid"}, slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == "openid" })...))
}
