package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"jingwei/geo"
)

// How long what a provider says of itself is believed, and how long one that does not answer is left alone.
const (
	believeFor = time.Hour
	retryAfter = 3 * time.Second
)

// metadata is what a provider says of itself (OpenID Connect Discovery 1.0 §3), and its keys.
type metadata struct {
	provider *gooidc.Provider
	verifier *gooidc.IDTokenVerifier
	endpoint oauth2.Endpoint
	at       time.Time
}

// discovery finds the metadata of a provider when somebody first needs them, and again from time to time. Everybody who
// needs them meanwhile waits for the same request. Safe for concurrent use.
type discovery struct {
	config  Config
	client  *http.Client
	now     func() time.Time
	flights singleflight.Group

	mu     sync.Mutex
	found  *metadata // nil until the provider answered for the first time
	failed time.Time // when it last did not answer
	err    error     // how
}

// metadata returns what is believed, asking the provider if need be. Old metadata hold on while it does not answer; without
// any the error is geo.ErrUnavailable.
func (d *discovery) metadata(ctx context.Context) (*metadata, error) {
	if found, settled, err := d.known(); settled {
		return found, err
	}
	// Who waits may leave, which must not end it for the others; the client has a time limit of its own.
	flight := d.flights.DoChan("", func() (any, error) { return d.ask(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: waiting for the provider: %w", geo.ErrUnavailable, ctx.Err())
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*metadata), nil
	}
}

// known reports false when the provider is to be asked.
func (d *discovery) known() (found *metadata, settled bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	resting := now.Sub(d.failed) < retryAfter
	switch {
	case d.found != nil && (resting || now.Sub(d.found.at) < believeFor):
		return d.found, true, nil
	case d.found == nil && resting:
		return nil, true, d.err
	}
	return nil, false, nil
}

func (d *discovery) ask(ctx context.Context) (*metadata, error) {
	found, err := d.fetch(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.found = found
		return found, nil
	}
	d.failed, d.err = d.now(), fmt.Errorf("%w: discovery: %w", geo.ErrUnavailable, err)
	if d.found != nil {
		return d.found, nil
	}
	return nil, d.err
}

func (d *discovery) fetch(ctx context.Context) (*metadata, error) {
	provider, err := gooidc.NewProvider(gooidc.ClientContext(ctx, d.client), d.config.Issuer)
	if err != nil {
		return nil, clip(err)
	}
	var more struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	endpoint := provider.Endpoint()
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, more.Keys} {
		if u, err := url.Parse(address); err != nil || !isPrivateTo(u) {
			return nil, errors.New("the provider names an endpoint that is no https URL")
		}
	}
	endpoint.AuthStyle = authStyle(more.Methods)
	return &metadata{
		provider: provider, endpoint: endpoint, at: d.now(),
		verifier: provider.Verifier(&gooidc.Config{ClientID: d.config.ClientID, Now: d.now}),
	}, nil
}

// authStyle is how the client shows its secret: in the header, which is what all providers take that do not say otherwise
// (OpenID Connect Discovery 1.0 §3), else in the body. Trying both would send a code twice.
func authStyle(methods []string) oauth2.AuthStyle {
	if len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}
