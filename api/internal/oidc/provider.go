package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Kinds of errors beside those of geo. Errors of no kind mean that what the provider sent does not hold.
var (
	// ErrDenied: the provider, or the person there, refused.
	ErrDenied = errors.New("denied by the provider")
	// ErrExpired: no sign-in began in this browser, or too long ago, or it is over.
	ErrExpired = errors.New("there is no such sign-in any more")
)

// Options are what a Provider needs beside its configuration.
type Options struct {
	Now     func() time.Time
	Timeout time.Duration // of each request to the provider; 10 seconds when 0
}

// Provider signs people in at one provider. Make one with New; it is safe for concurrent use.
type Provider struct {
	config    Config
	now       func() time.Time
	discovery *discovery
	sealer    sealer
	used      *used
}

// New returns the provider of a configuration that Read made; any other is an error. It asks nothing of the provider yet.
func New(c Config, o Options) (*Provider, error) {
	if c.secret == "" {
		return nil, fmt.Errorf("OpenID provider %q: the configuration was not read from a file", c.Name)
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	s, err := newSealer(c)
	if err != nil {
		return nil, fmt.Errorf("OpenID provider %q: %w", c.Name, err)
	}
	return &Provider{
		config: c, now: o.Now, sealer: s, used: newUsed(),
		discovery: &discovery{config: c, now: o.Now, client: newClient(o.Timeout)},
	}, nil
}

// Begin starts a sign-in: it returns the address at the provider to send the browser to, and the sealed state that the
// browser is to keep for StateLife. callback is the absolute URL that the provider sends it back to, back a path that
// CheckReturn lets pass. geo.ErrUnavailable: the provider does not answer.
func (p *Provider) Begin(ctx context.Context, callback, back string) (address, sealed string, err error) {
	m, err := p.discovery.metadata(ctx)
	if err != nil {
		return "", "", fmt.Errorf("begin sign-in: %w", err)
	}
	st := State{Value: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back, Begun: p.now().Unix()}
	if sealed, err = p.sealer.seal(st); err != nil {
		return "", "", fmt.Errorf("begin sign-in: %w", err)
	}
	address = p.client(m, callback).AuthCodeURL(st.Value, gooidc.Nonce(st.Nonce), oauth2.S256ChallengeOption(st.Verifier))
	return address, sealed, nil
}

func (p *Provider) client(m *metadata, callback string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.config.ClientID, ClientSecret: p.config.secret, Endpoint: m.endpoint, RedirectURL: callback, Scopes: p.config.scopes()}
}

// Resume returns the state of a sign-in that the provider answers: sealed is what the browser kept, value the parameter
// state. It does so once; ErrExpired is for all that is not a sign-in of this browser that goes on.
func (p *Provider) Resume(sealed, value string) (State, error) {
	st, ok := p.sealer.open(sealed)
	now := p.now()
	if !ok || !st.fresh(now) || subtle.ConstantTimeCompare([]byte(st.Value), []byte(value)) != 1 || !p.used.take(st.Value, now) {
		return State{}, fmt.Errorf("resume sign-in: %w", ErrExpired)
	}
	return st, nil
}

// checkAnswer reads the parameters of the way back (RFC 6749 §4.1.2) and returns the code.
func (p *Provider) checkAnswer(answer url.Values) (string, error) {
	// Another provider must not get the code of this one, nor answer in its place (RFC 9207).
	if iss := answer.Get("iss"); iss != "" && iss != p.config.Issuer {
		return "", errors.New("another issuer answered")
	}
	switch failure := answer.Get("error"); failure {
	case "":
	case "access_denied":
		return "", ErrDenied
	default:
		return "", refused(0, failure)
	}
	code := answer.Get("code")
	if code == "" {
		return "", errors.New("the provider sent no code")
	}
	return code, nil
}
