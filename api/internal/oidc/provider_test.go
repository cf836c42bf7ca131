package oidc_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/oauth2-proxy/mockoidc"

	"jingwei/api/internal/oidc"
	"jingwei/api/internal/oidc/oidctest"
	"jingwei/geo"
)

const callback = "http://127.0.0.1:8080/api/oidc/corp/callback"

// bench is our side and a provider that is not ours.
type bench struct {
	*oidc.Provider
	remote *oidctest.Provider
	at     time.Time // of our clock
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{remote: oidctest.Start(t), at: time.Now()}
	b.Provider = b.another(t)
	return b
}

// another is a second node with the same configuration.
func (b *bench) another(t testing.TB) *oidc.Provider {
	t.Helper()
	configs, err := oidc.Read(strings.NewReader(b.remote.Configuration()), b.remote.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	p, err := oidc.New(configs[0], oidc.Options{Now: func() time.Time { return b.at }, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bench) begin(t testing.TB) (address, sealed string) {
	t.Helper()
	address, sealed, err := b.Begin(t.Context(), callback, "/console")
	if err != nil {
		t.Fatal(err)
	}
	return address, sealed
}

// signIn goes all the way; change, when not nil, alters what the browser brings back.
func (b *bench) signIn(t testing.TB, who oidctest.Person, change func(url.Values)) (oidc.Identity, error) {
	t.Helper()
	address, sealed := b.begin(t)
	answer := b.remote.Visit(t, address, who)
	if change != nil {
		change(answer)
	}
	st, err := b.Resume(sealed, answer.Get("state"))
	if err != nil {
		return oidc.Identity{}, err
	}
	if st.Return != "/console" {
		t.Errorf("returns to %q", st.Return)
	}
	return b.Finish(t.Context(), st, callback, answer)
}

// jane has all claims that the configuration names in her token.
func jane() oidctest.Person {
	return oidctest.Person{Subject: "s-1", Said: map[string]any{
		"preferred_username": "Jane.Doe@corp.example", "name": "Jane Doe 简", "groups": []string{"staff", "jw-admin", "jw-7"},
	}}
}

func janeIdentity(issuer string) oidc.Identity {
	return oidc.Identity{
		Issuer: issuer, Subject: "s-1", Account: &geo.Account{Name: "jane.doe", DisplayName: "Jane Doe 简"},
		Grants: []geo.Grant{{Role: geo.RoleAdministrator, Valid: geo.Always}, {Role: geo.RoleRegistrar, Organization: 7, Valid: geo.Always}},
	}
}

func TestSignIn(t *testing.T) {
	b := newBench(t)
	address, _ := b.begin(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("scope") != "openid profile groups" || q.Get("redirect_uri") != callback ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 22 || len(q.Get("nonce")) < 22 {
		t.Errorf("the provider is asked for %v", q)
	}
	got, err := b.signIn(t, jane(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(janeIdentity(b.remote.Issuer()), got); diff != "" {
		t.Errorf("identity (-want +got):\n%s", diff)
	}
}

// TestClaimsFromUserInfo: what the token lacks is asked for, and what the token says is not overruled.
func TestClaimsFromUserInfo(t *testing.T) {
	b := newBench(t)
	who := jane()
	who.Info = map[string]any{"sub": "s-1", "name": "Jane Doe 简", "groups": []string{"jw-admin", "jw-7"}, "preferred_username": "admin"}
	delete(who.Said, "name")
	delete(who.Said, "groups")
	got, err := b.signIn(t, who, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(janeIdentity(b.remote.Issuer()), got); diff != "" {
		t.Errorf("identity (-want +got):\n%s", diff)
	}
	who.Info["sub"] = "s-2"
	if _, err := b.signIn(t, who, nil); !isUntrusted(err) {
		t.Errorf("user info of somebody else: %v", err)
	}
	who.Info = nil // "null": no subject
	if _, err := b.signIn(t, who, nil); !isUntrusted(err) {
		t.Errorf("no user info: %v", err)
	}
}

// isUntrusted reports whether the provider's answer was refused for what it is.
func isUntrusted(err error) bool {
	return err != nil && !errors.Is(err, oidc.ErrDenied) && !errors.Is(err, oidc.ErrExpired) && !errors.Is(err, geo.ErrUnavailable)
}

// TestWrongTokens: tokens that the provider signed and that do not hold.
func TestWrongTokens(t *testing.T) {
	b := newBench(t)
	client := b.remote.ClientID
	tests := []struct {
		name string
		said map[string]any
		why  string // "" for one that holds
	}{
		{"as it is", nil, ""},
		{"nonce of another sign-in", map[string]any{"nonce": "other"}, "nonce"},
		{"no nonce", map[string]any{"nonce": nil}, "nonce"},
		{"other audience", map[string]any{"aud": "other"}, "audience"},
		{"no audience", map[string]any{"aud": nil}, "audience"},
		{"other issuer", map[string]any{"iss": "https://other.example"}, "different provider"},
		{"issuer with a slash", map[string]any{"iss": b.remote.Issuer() + "/"}, "different provider"},
		{"expired", map[string]any{"exp": time.Now().Add(-time.Second).Unix()}, "expired"},
		{"no expiry", map[string]any{"exp": nil}, "expired"},
		{"not yet valid", map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}, "nbf"},
		{"several audiences and no party", map[string]any{"aud": []string{client, "other"}}, "another client"},
		{"several audiences and our party", map[string]any{"aud": []string{client, "other"}, "azp": client}, ""},
		{"other party", map[string]any{"azp": "other"}, "another client"},
		{"party that is no text", map[string]any{"azp": 5}, "another client"},
		{"no subject", map[string]any{"sub": nil}, "subject"},
		{"endless subject", map[string]any{"sub": strings.Repeat("x", 256)}, "subject"},
		{"another access token", map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "access token"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			who := jane()
			for name, value := range test.said {
				who.Said[name] = value
			}
			_, err := b.signIn(t, who, nil)
			if test.why == "" && err != nil || test.why != "" && (!isUntrusted(err) || !strings.Contains(err.Error(), test.why)) {
				t.Errorf("error %v, want one about %q", err, test.why)
			}
		})
	}
}

// TestForgedTokens: tokens that the provider did not sign.
func TestForgedTokens(t *testing.T) {
	b := newBench(t)
	foreign, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	kid, err := b.remote.Keypair.KeyID()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*jwt.Token) (string, error){
		"no algorithm": func(token *jwt.Token) (string, error) {
			token.Method, token.Header["alg"] = jwt.SigningMethodNone, "none"
			return token.SignedString(jwt.UnsafeAllowNoneSignatureType)
		},
		"the client's secret as the key": func(token *jwt.Token) (string, error) {
			token.Method, token.Header["alg"] = jwt.SigningMethodHS256, "HS256"
			return token.SignedString([]byte(b.remote.ClientSecret))
		},
		"a foreign key under the provider's name": func(token *jwt.Token) (string, error) {
			token.Header["kid"] = kid
			return token.SignedString(foreign.PrivateKey)
		},
		"a foreign key": func(token *jwt.Token) (string, error) {
			token.Header["kid"] = "foreign"
			return token.SignedString(foreign.PrivateKey)
		},
	}
	for name, sign := range tests {
		t.Run(name, func(t *testing.T) {
			address, sealed := b.begin(t)
			answer := b.remote.Visit(t, address, jane())
			st, err := b.Resume(sealed, answer.Get("state"))
			if err != nil {
				t.Fatal(err)
			}
			token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
				"iss": b.remote.Issuer(), "aud": b.remote.ClientID, "sub": "s-1", "nonce": st.Nonce, "exp": b.at.Add(time.Hour).Unix(),
			})
			text, err := sign(token)
			if err != nil {
				t.Fatal(err)
			}
			b.remote.Do(at(mockoidc.TokenEndpoint, func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"access_token":"a","token_type":"Bearer","expires_in":60,"id_token":%q}`, text)
				return true
			}))
			defer b.remote.Do(nil)
			if _, err := b.Finish(t.Context(), st, callback, answer); !isUntrusted(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// at lets f see only the requests of one endpoint.
func at(path string, f oidctest.Before) oidctest.Before {
	return func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Path == path && f(w, r) }
}

// TestRotatedKeys: a token of a key that is new is checked against the keys that the provider has now, one of a key that
// it gave up is refused.
func TestRotatedKeys(t *testing.T) {
	b := newBench(t)
	if _, err := b.signIn(t, jane(), nil); err != nil {
		t.Fatal(err)
	}
	old := b.remote.Keypair
	renewed, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	b.remote.Keypair = renewed
	if _, err := b.signIn(t, jane(), nil); err != nil {
		t.Errorf("signed with the new key: %v", err)
	}
	keys, err := renewed.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	b.remote.Do(at(mockoidc.JWKSEndpoint, func(w http.ResponseWriter, _ *http.Request) bool {
		_, err := w.Write(keys)
		return err == nil
	}))
	b.remote.Keypair = old
	if _, err := b.signIn(t, jane(), nil); !isUntrusted(err) {
		t.Errorf("signed with the key that was given up: %v", err)
	}
}

// TestVerifier: the provider hands out a token only to who began the sign-in.
func TestVerifier(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(url.Values){
		"missing": func(form url.Values) { form.Del("code_verifier") },
		"wrong":   func(form url.Values) { form.Set("code_verifier", strings.Repeat("v", 43)) },
	} {
		b.remote.Do(at(mockoidc.TokenEndpoint, func(_ http.ResponseWriter, r *http.Request) bool {
			change(r.Form)
			return false
		}))
		if _, err := b.signIn(t, jane(), nil); !isUntrusted(err) || !strings.Contains(err.Error(), "invalid_grant") {
			t.Errorf("verifier %s: %v", name, err)
		}
	}
	b.remote.Do(nil)
	// A code that was stolen on its way is of no use in another sign-in, whose verifier is another one.
	address, _ := b.begin(t)
	stolen := b.remote.Visit(t, address, jane()).Get("code")
	if _, err := b.signIn(t, jane(), func(answer url.Values) { answer.Set("code", stolen) }); !isUntrusted(err) || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("code of another sign-in: %v", err)
	}
}

// TestReplay: a state is good once. A node that has not seen it used takes it, but then the provider does not take the code.
func TestReplay(t *testing.T) {
	b := newBench(t)
	address, sealed := b.begin(t)
	answer := b.remote.Visit(t, address, jane())
	st, err := b.Resume(sealed, answer.Get("state"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Finish(t.Context(), st, callback, answer); err != nil {
		t.Fatal(err)
	}
	if err := resumed(b, sealed, answer); !errors.Is(err, oidc.ErrExpired) {
		t.Errorf("the state again: %v", err)
	}
	node := b.another(t)
	if st, err = node.Resume(sealed, answer.Get("state")); err != nil {
		t.Fatalf("any node finishes what another began: %v", err)
	}
	if _, err := node.Finish(t.Context(), st, callback, answer); !isUntrusted(err) || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("the code again: %v", err)
	}
	// The code in a sign-in of its own.
	if _, err := b.signIn(t, jane(), func(fresh url.Values) { fresh.Set("code", answer.Get("code")) }); !isUntrusted(err) {
		t.Errorf("the code in another sign-in: %v", err)
	}
}

func resumed(b *bench, sealed string, answer url.Values) error {
	_, err := b.Resume(sealed, answer.Get("state"))
	return err
}

func TestResumeRefuses(t *testing.T) {
	b := newBench(t)
	address, sealed := b.begin(t)
	answer := b.remote.Visit(t, address, jane())
	state := answer.Get("state")
	_, other := b.begin(t) // of another browser
	altered := []byte(sealed)
	altered[len(altered)/2] ^= 1
	configs, err := oidc.Read(strings.NewReader(strings.Replace(b.remote.Configuration(), `"corp"`, `"mirror"`, 1)), b.remote.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := oidc.New(configs[0], oidc.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func() error{
		"no cookie":                 func() error { return resumed(b, "", answer) },
		"no base64":                 func() error { return resumed(b, "%", answer) },
		"made up":                   func() error { return resumed(b, strings.Repeat("A", 200), answer) },
		"altered":                   func() error { return resumed(b, string(altered), answer) },
		"cookie of another browser": func() error { return resumed(b, other, answer) },
		"no state":                  func() error { return resumed(b, sealed, url.Values{}) },
		"at another provider":       func() error { _, err := mirror.Resume(sealed, state); return err },
		"too old": func() error {
			b.at = b.at.Add(oidc.StateLife)
			defer func() { b.at = b.at.Add(-oidc.StateLife) }()
			return resumed(b, sealed, answer)
		},
		"from the future": func() error {
			b.at = b.at.Add(-time.Hour)
			defer func() { b.at = b.at.Add(time.Hour) }()
			return resumed(b, sealed, answer)
		},
	}
	for name, try := range tests {
		if err := try(); !errors.Is(err, oidc.ErrExpired) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.at = b.at.Add(oidc.StateLife - 2*time.Second)
	if err := resumed(b, sealed, answer); err != nil {
		t.Errorf("all of this must leave the sign-in as it was: %v", err)
	}
}

func TestAnswersOfTheProvider(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name   string
		change func(url.Values)
		want   func(error) bool
	}{
		{"denied", func(a url.Values) { a.Set("error", "access_denied") }, func(err error) bool { return errors.Is(err, oidc.ErrDenied) }},
		{"overloaded", func(a url.Values) { a.Set("error", "temporarily_unavailable") }, func(err error) bool { return errors.Is(err, geo.ErrUnavailable) }},
		{"refused", func(a url.Values) { a.Set("error", "invalid_scope") }, isUntrusted},
		{"no code", func(a url.Values) { a.Del("code") }, isUntrusted},
		{"made-up code", func(a url.Values) { a.Set("code", "x") }, isUntrusted},
		{"answer of another issuer", func(a url.Values) { a.Set("iss", "https://other.example") }, isUntrusted},
		{"issuer in the answer", func(a url.Values) { a.Set("iss", b.remote.Issuer()) }, func(err error) bool { return err == nil }},
	}
	for _, test := range tests {
		if _, err := b.signIn(t, jane(), test.change); !test.want(err) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestErrorsKeepSecrets: mockoidc repeats the wrong secret in its answer.
func TestErrorsKeepSecrets(t *testing.T) {
	b := newBench(t)
	secret := b.remote.ClientSecret
	address, sealed := b.begin(t)
	answer := b.remote.Visit(t, address, jane())
	b.remote.ClientSecret = "another"
	st, err := b.Resume(sealed, answer.Get("state"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Finish(t.Context(), st, callback, answer)
	if !isUntrusted(err) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), answer.Get("code")) {
		t.Errorf("error %v", err)
	}
}
