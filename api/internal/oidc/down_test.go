package oidc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"jingwei/api/internal/oidc"
	"jingwei/api/internal/oidc/oidctest"
	"jingwei/geo"
)

// hangUp is what a provider does that is down.
func hangUp(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

func answerWith(status int, body []byte) oidctest.Before {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return true
	}
}

// TestProviderDownThenUp: nothing is asked before it is needed, one that does not answer is left alone for a moment, and
// what was found out once stays good while it is down.
func TestProviderDownThenUp(t *testing.T) {
	b := newBench(t)
	var asked atomic.Int32
	down := func(w http.ResponseWriter, r *http.Request) bool {
		asked.Add(1)
		return hangUp(w, r)
	}
	b.remote.Do(down)
	for range 3 {
		if _, _, err := b.Begin(t.Context(), callback, "/console"); !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("down: %v", err)
		}
	}
	b.remote.Do(nil)
	if _, _, err := b.Begin(t.Context(), callback, "/console"); !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("still left alone: %v", err)
	}
	// net/http itself repeats a GET once whose connection was closed.
	if n := asked.Load(); n < 1 || n > 2 {
		t.Errorf("a provider that is down was asked %d times at once", n)
	}
	b.at = b.at.Add(3 * time.Second)
	if _, err := b.signIn(t, jane(), nil); err != nil {
		t.Errorf("up again: %v", err)
	}
	asked.Store(0)
	b.remote.Do(down)
	b.at = b.at.Add(2 * time.Hour)
	for range 3 {
		if _, _, err := b.Begin(t.Context(), callback, "/console"); err != nil {
			t.Errorf("down after it was known: %v", err)
		}
	}
	if n := asked.Load(); n < 1 || n > 2 {
		t.Errorf("a provider that went down was asked %d times at once", n)
	}
}

// TestProviderDownAtTheEnd: the provider goes away while somebody is there.
func TestProviderDownAtTheEnd(t *testing.T) {
	b := newBench(t)
	for name, do := range map[string]oidctest.Before{"hangs up": hangUp, "fails": answerWith(http.StatusBadGateway, nil)} {
		b.remote.Do(at(mockoidc.TokenEndpoint, do))
		if _, err := b.signIn(t, jane(), nil); !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProviderThatHangs: neither the client's limit nor the caller's patience is outlasted.
func TestProviderThatHangs(t *testing.T) {
	b := newBench(t)
	release := make(chan struct{})
	b.remote.Do(func(http.ResponseWriter, *http.Request) bool { <-release; return false })
	defer close(release)
	configs, err := oidc.Read(strings.NewReader(b.remote.Configuration()), b.remote.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	hasty, err := oidc.New(configs[0], oidc.Options{Now: time.Now, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, _, err := hasty.Begin(t.Context(), callback, "/console"); !errors.Is(err, geo.ErrUnavailable) || time.Since(start) > 4*time.Second {
		t.Errorf("limit of the client: %v after %s", err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start = time.Now()
	if _, _, err := b.Begin(ctx, callback, "/console"); !errors.Is(err, geo.ErrUnavailable) || time.Since(start) > 4*time.Second {
		t.Errorf("patience of the caller: %v after %s", err, time.Since(start))
	}
}

// TestLeavingWaiter: who asked first and leaves takes nobody along who waits for the same.
func TestLeavingWaiter(t *testing.T) {
	b := newBench(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	b.remote.Do(func(http.ResponseWriter, *http.Request) bool {
		close(arrived)
		<-release
		return false
	})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, _, err := b.Begin(ctx, callback, "/console")
		left <- err
	}()
	<-arrived
	b.remote.Do(hangUp) // a second request would get nothing
	leave()
	if err := <-left; !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("who left: %v", err)
	}
	stayed := make(chan error)
	go func() {
		_, _, err := b.Begin(t.Context(), callback, "/console")
		stayed <- err
	}()
	close(release)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed: %v", err)
	}
}

func TestWrongDiscovery(t *testing.T) {
	b := newBench(t)
	document := func(issuer, token string) []byte {
		return fmt.Appendf(nil, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`,
			issuer, b.remote.AuthorizationEndpoint(), token, b.remote.JWKSEndpoint())
	}
	for name, do := range map[string]oidctest.Before{
		"other issuer":          answerWith(http.StatusOK, document("https://other.example", b.remote.TokenEndpoint())),
		"endpoint without TLS":  answerWith(http.StatusOK, document(b.remote.Issuer(), "http://other.example/token")),
		"endpoint of no server": answerWith(http.StatusOK, document(b.remote.Issuer(), "/token")),
		"no JSON":               answerWith(http.StatusOK, []byte("<html>")),
		"too long":              answerWith(http.StatusOK, append(document(b.remote.Issuer(), b.remote.TokenEndpoint()), bytes.Repeat([]byte(" "), 2<<20)...)),
		"redirect": func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.RawQuery == "again" {
				return false
			}
			http.Redirect(w, r, r.URL.Path+"?again", http.StatusFound)
			return true
		},
	} {
		b.remote.Do(at(mockoidc.DiscoveryEndpoint, do))
		b.at = b.at.Add(time.Minute)
		_, _, err := b.Begin(t.Context(), callback, "/console")
		if !errors.Is(err, geo.ErrUnavailable) || len(err.Error()) > 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.remote.Do(at(mockoidc.DiscoveryEndpoint, answerWith(http.StatusOK, document(b.remote.Issuer(), b.remote.TokenEndpoint()))))
	b.at = b.at.Add(time.Minute)
	if _, err := b.signIn(t, jane(), nil); err != nil {
		t.Errorf("the document without a fault: %v", err)
	}
}

// TestSecretInTheBody: a provider that wants the secret there gets it there.
func TestSecretInTheBody(t *testing.T) {
	b := newBench(t)
	b.remote.Do(func(w http.ResponseWriter, r *http.Request) bool {
		if _, _, header := r.BasicAuth(); header {
			return answerWith(http.StatusUnauthorized, nil)(w, r)
		}
		return r.URL.Path == mockoidc.DiscoveryEndpoint && answerWith(http.StatusOK, fmt.Appendf(nil,
			`{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q,"token_endpoint_auth_methods_supported":["client_secret_post"]}`,
			b.remote.Issuer(), b.remote.AuthorizationEndpoint(), b.remote.TokenEndpoint(), b.remote.JWKSEndpoint()))(w, r)
	})
	if _, err := b.signIn(t, jane(), nil); err != nil {
		t.Error(err)
	}
}
