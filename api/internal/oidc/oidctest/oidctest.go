// Package oidctest runs an OpenID provider that is not ours (mockoidc) for tests, which may make it lie.
package oidctest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// Provider is a running provider.
type Provider struct {
	*mockoidc.MockOIDC
	before atomic.Pointer[Before]
}

// Before sees a request before the provider does and reports whether it answered it.
type Before func(w http.ResponseWriter, r *http.Request) (done bool)

// Start runs a provider to the end of the test.
func Start(t testing.TB) *Provider {
	t.Helper()
	mock, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{MockOIDC: mock}
	p.Do(nil)
	if err := mock.AddMiddleware(p.intercept); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := mock.Start(listener, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mock.Server.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Do lets f see all requests from now on; nil lets nobody.
func (p *Provider) Do(f Before) { p.before.Store(&f) }

func (p *Provider) intercept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// mockoidc says that it takes the client's secret from the header (RFC 6749 §2.3.1), but looks into the body only.
		if id, secret, ok := r.BasicAuth(); ok && r.ParseForm() == nil {
			id, _ = url.QueryUnescape(id)
			secret, _ = url.QueryUnescape(secret)
			r.Form.Set("client_id", id)
			r.Form.Set("client_secret", secret)
		}
		if f := *p.before.Load(); f != nil && f(w, r) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Configuration is the operator's file for the provider, under the name corp; the secret is in the variable SECRET.
func (p *Provider) Configuration() string {
	return fmt.Sprintf(`[{"name":"corp","issuer":%q,"client_id":%q,"client_secret_env":"SECRET","scopes":["profile","groups"],"create":true,
"grants":[{"claim":"groups","value":"jw-admin","role":"administrator","organization":"all"},{"claim":"groups","value":"jw-7","role":"registrar","organization":7}]}]`,
		p.Issuer(), p.ClientID)
}

// Lookup finds the one environment variable of Configuration.
func (p *Provider) Lookup(name string) (string, bool) { return p.ClientSecret, name == "SECRET" }

// Person is who signs in at the provider.
type Person struct {
	Subject string
	Said    map[string]any // claims of the id token beside or in place of the provider's own; nil takes one out
	Info    map[string]any // claims of the user info
}

// ID is the subject.
func (p Person) ID() string { return p.Subject }

// Userinfo is what the provider's user info says.
func (p Person) Userinfo([]string) ([]byte, error) { return json.Marshal(p.Info) }

// Claims are those of the id token.
func (p Person) Claims(_ []string, own *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	text, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	claims := jwt.MapClaims{}
	if err := json.Unmarshal(text, &claims); err != nil {
		return nil, err
	}
	for name, value := range p.Said {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims, nil
}

// Visit lets somebody sign in at the address that the browser was sent to, and returns the parameters with which the
// provider sends it back.
func (p *Provider) Visit(t testing.TB, address string, who Person) url.Values {
	t.Helper()
	if !strings.HasPrefix(address, p.AuthorizationEndpoint()+"?") {
		t.Fatalf("the browser is sent to %s", address)
	}
	p.QueueUser(who)
	client := http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the provider answers %s: %v", response.Status, err)
	}
	return back.Query()
}
