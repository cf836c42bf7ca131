package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"jingwei/geo"
)

// maxSubject is the longest subject in bytes (OpenID Connect Core 1.0 §2).
const maxSubject = 255

// Identity is who signed in. Issuer and Subject identify them; nothing else does.
type Identity struct {
	Issuer, Subject string
	Account         *geo.Account // to make when they have none; nil when they are to get none
	Grants          []geo.Grant  // all that the provider's claims give them now
}

// Finish exchanges the code in the provider's answer for a token, and checks it: signature, issuer, audience, authorized
// party, time and nonce. st is from Resume, callback is that of Begin. ErrDenied and geo.ErrUnavailable are as they say;
// any other error means that the provider or its answer is not to be trusted. Errors are for the log; none is long, or
// holds what was sent to the provider in secret.
func (p *Provider) Finish(ctx context.Context, st State, callback string, answer url.Values) (Identity, error) {
	fail := func(err error) (Identity, error) { return Identity{}, fmt.Errorf("finish sign-in: %w", err) }
	code, err := p.checkAnswer(answer)
	if err != nil {
		return fail(err)
	}
	m, err := p.discovery.metadata(ctx)
	if err != nil {
		return fail(err)
	}
	ctx = gooidc.ClientContext(ctx, p.discovery.client)
	token, err := p.client(m, callback).Exchange(ctx, code, oauth2.VerifierOption(st.Verifier))
	if err != nil {
		return fail(explainExchange(err))
	}
	claims, err := p.verify(ctx, m, token, st.Nonce)
	if err != nil {
		return fail(err)
	}
	if err := p.complete(ctx, m, token, claims); err != nil {
		return fail(err)
	}
	return p.identity(claims), nil
}

func (p *Provider) identity(claims Claims) Identity {
	id := Identity{Issuer: p.config.Issuer, Subject: claims.text("sub"), Grants: p.config.Grants(claims)}
	if p.config.Create {
		account := p.config.Account(claims)
		id.Account = &account
	}
	return id
}

// verify checks the id token (OpenID Connect Core 1.0 §3.1.3.7) and returns its claims.
func (p *Provider) verify(ctx context.Context, m *metadata, token *oauth2.Token, nonce string) (Claims, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the provider sent no id token")
	}
	id, err := m.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("id token: %w", clip(err))
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return nil, errors.New("id token: it belongs to another access token")
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return nil, errors.New("id token: the nonce is that of another sign-in")
	}
	claims := Claims{}
	if err := id.Claims(&claims); err != nil {
		return nil, fmt.Errorf("id token: %w", err)
	}
	if party, named := claims["azp"]; named && party != p.config.ClientID || !named && len(id.Audience) > 1 {
		return nil, errors.New("id token: it was issued to another client")
	}
	if id.Subject == "" || len(id.Subject) > maxSubject {
		return nil, fmt.Errorf("id token: a subject has 1 to %d characters", maxSubject)
	}
	return claims, nil
}

// complete asks the provider for the claims that the configuration names and the id token lacks: many providers keep names
// and groups out of it. What the token says stays.
func (p *Provider) complete(ctx context.Context, m *metadata, token *oauth2.Token, claims Claims) error {
	if m.provider.UserInfoEndpoint() == "" || !p.lacking(claims) {
		return nil
	}
	info, err := m.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return explainExchange(err)
	}
	if info.Subject != claims.text("sub") { // OpenID Connect Core 1.0 §5.3.2: else it is about somebody else
		return errors.New("user info: it is about another subject")
	}
	more := Claims{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("user info: %w", err)
	}
	for name, value := range more {
		if _, said := claims[name]; !said {
			claims[name] = value
		}
	}
	return nil
}

func (p *Provider) lacking(claims Claims) bool {
	var names []string
	if p.config.Create {
		names = append(names, p.config.NameClaim, p.config.DisplayNameClaim)
	}
	for _, r := range p.config.Rules {
		names = append(names, r.Claim)
	}
	for _, name := range names {
		if _, said := claims[name]; !said {
			return true
		}
	}
	return false
}

// explainExchange turns a failed request into an error without the texts in the answer, which may repeat what was sent.
func explainExchange(err error) error {
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) {
		return refused(answered.Response.StatusCode, answered.ErrorCode)
	}
	var unreachable *url.Error
	if errors.As(err, &unreachable) {
		return fmt.Errorf("%w: %w", geo.ErrUnavailable, unreachable.Err)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("the answer is not JSON: %w", syntax)
	}
	return errors.New("the answer cannot be used")
}

// refused is an error of the provider: one that may pass is geo.ErrUnavailable. Of its code no more is kept than RFC 6749
// §5.2 allows to be in it.
func refused(status int, code string) error {
	if !scopeToken.MatchString(code) {
		code = "no code"
	}
	if status >= http.StatusInternalServerError || code == "temporarily_unavailable" || code == "server_error" {
		return fmt.Errorf("%w: the provider has a fault of its own (status %d, %s)", geo.ErrUnavailable, status, code)
	}
	return fmt.Errorf("the provider refused (status %d, %s)", status, code)
}

// clip keeps the beginning of an error's text: some of go-oidc's repeat whole answers.
func clip(err error) error {
	const most = 300
	text := strings.ToValidUTF8(err.Error(), "?")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return errors.New(text)
}
