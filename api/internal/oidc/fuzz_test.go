package oidc_test

import (
	"encoding/json"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"jingwei/api/internal/oidc"
	"jingwei/geo"
)

// FuzzRead: whatever a file holds, what is taken can be used safely, and grants only what its text says.
func FuzzRead(f *testing.F) {
	f.Add(complete)
	f.Fuzz(func(t *testing.T, text string) {
		configs, err := oidc.Read(strings.NewReader(text), lookup)
		if err != nil {
			return
		}
		for _, c := range configs {
			if u, err := url.Parse(c.Issuer); err != nil || u.Scheme != "https" && u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback() {
				t.Errorf("issuer %q", c.Issuer)
			}
			if strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("name %q", c.Name)
			}
			for _, r := range c.Rules {
				for _, g := range c.Grants(oidc.Claims{r.Claim: r.Value}) {
					if err := g.Validate(); err != nil || g.Organization == 0 && !strings.Contains(text, `"all"`) {
						t.Errorf("grant %+v: %v", g, err)
					}
				}
			}
			if _, err := oidc.New(c, oidc.Options{Now: time.Now}); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzClaims: whatever a provider claims, the account can be stored, and a grant needs the text of its rule.
func FuzzClaims(f *testing.F) {
	f.Add(`{"preferred_username":"jane@corp.example","name":"Jane","groups":["jw-admin"],"unit":"7"}`)
	configs, err := oidc.Read(strings.NewReader(complete), lookup)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		claims := oidc.Claims{}
		if json.Unmarshal([]byte(text), &claims) != nil {
			return
		}
		account := configs[0].Account(claims)
		account.Name += "-10000"
		if err := account.Validate(); err != nil {
			t.Errorf("account %+v: %v", account, err)
		}
		for _, g := range configs[0].Grants(claims) {
			values, err := json.Marshal([]any{claims["groups"], claims["unit"]})
			want := map[geo.Role]string{geo.RoleAdministrator: `"jw-admin"`, geo.RoleAnalyst: `"7"`}[g.Role]
			if err != nil || !strings.Contains(string(values), want) {
				t.Errorf("%s grants %+v", text, g)
			}
		}
	})
}

// FuzzReturn: a path that passes leads to this server, also as browsers read it.
func FuzzReturn(f *testing.F) {
	f.Add("/console?a=b#c")
	base := &url.URL{Scheme: "https", Host: "jw.example.org", Path: "/api/oidc/corp/callback"}
	f.Fuzz(func(t *testing.T, path string) {
		if oidc.CheckReturn(path) != nil {
			return
		}
		asBrowsers := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(strings.TrimSpace(path))
		u, err := base.Parse(asBrowsers)
		if err != nil || u.Scheme != base.Scheme || u.Host != base.Host {
			t.Errorf("%q leads to %v, %v", path, u, err)
		}
	})
}
