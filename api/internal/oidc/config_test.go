package oidc_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/api/internal/oidc"
	"jingwei/geo"
)

// complete is a configuration with all that one may say.
const complete = `[{"name":"corp","title":{"zh":"统一身份","en":"Single sign-on"},"issuer":"https://id.example.org/realms/corp","client_id":"jingwei",
"client_secret_env":"SECRET","scopes":["profile","groups"],"name_claim":"preferred_username","display_name_claim":"name","create":true,
"grants":[{"claim":"groups","value":"jw-admin","role":"administrator","organization":"all"},{"claim":"unit","value":"7","role":"analyst","organization":7}]}]`

func lookup(name string) (string, bool) {
	secret, ok := map[string]string{"SECRET": " 0123456789abcdef\n", "SHORT": "0123456789abcde"}[name]
	return secret, ok
}

func TestRead(t *testing.T) {
	got, err := oidc.Read(strings.NewReader(complete), lookup)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	c := got[0]
	if c.Name != "corp" || c.Title != (oidc.Title{Zh: "统一身份", En: "Single sign-on"}) || !c.Create || len(c.Rules) != 2 {
		t.Errorf("%+v", c)
	}
	got, err = oidc.Read(strings.NewReader(`[{"name":"a","issuer":"http://[::1]:5556/dex","client_id":"x","client_secret_env":"SECRET"}]`), lookup)
	if err != nil {
		t.Fatal(err)
	}
	if c := got[0]; c.Title != (oidc.Title{Zh: "a", En: "a"}) || c.NameClaim != "preferred_username" || c.DisplayNameClaim != "name" || c.Create || !cmp.Equal(c.Scopes, []string{"profile"}) {
		t.Errorf("what was left out: %+v", c)
	}
	if _, err := oidc.New(oidc.Config{Name: "a"}, oidc.Options{Now: time.Now}); err == nil {
		t.Error("a configuration that nobody read is taken")
	}
}

func TestReadRefuses(t *testing.T) {
	replaced := func(old, by string) string {
		if !strings.Contains(complete, old) {
			t.Fatalf("%s is not in the configuration", old)
		}
		return strings.Replace(complete, old, by, 1)
	}
	issuer := func(by string) string { return replaced("https://id.example.org/realms/corp", by) }
	tests := []struct{ name, text, want string }{
		{"no list", `{}`, "list"},
		{"nothing", ``, "list"},
		{"null", `null`, "null"},
		{"more behind it", complete + "x", "list"},
		{"too long", complete + strings.Repeat(" ", 1<<20), "bytes"},
		{"unknown member", replaced(`"create"`, `"creates"`), `unknown field "creates"`},
		{"unknown member of a rule", replaced(`"role"`, `"roles"`), `unknown field "roles"`},
		{"wrong type", replaced(`true`, `"yes"`), "create"},
		{"bad name", replaced(`"corp"`, `"Corp 1"`), "name: "},
		{"no name", replaced(`"name":"corp",`, ``), "name: "},
		{"http issuer", issuer("http://id.example.org"), "issuer: http"},
		{"http issuer with the look of this machine", issuer("http://localhost.example.org"), "issuer: http"},
		{"issuer without scheme", issuer("id.example.org"), "issuer: "},
		{"issuer with another scheme", issuer("ftp://id.example.org"), "issuer: ftp"},
		{"issuer with a query", issuer("https://id.example.org?a"), "issuer: "},
		{"issuer with a fragment", issuer("https://id.example.org#"), "issuer: "},
		{"issuer with a user", issuer("https://u:p@id.example.org"), "issuer: "},
		{"no client", replaced(`"jingwei"`, `""`), "client_id"},
		{"no name of the secret", replaced(`"SECRET"`, `""`), "client_secret_env"},
		{"no secret", replaced(`"SECRET"`, `"UNSET"`), "UNSET"},
		{"short secret", replaced(`"SECRET"`, `"SHORT"`), "16 characters"},
		{"bad scope", replaced(`"groups"]`, `"a b"]`), "scopes"},
		{"bad role", replaced(`administrator`, `admin`), `rule 1: role: there is no role "admin"`},
		{"no claim", replaced(`"claim":"groups",`, ``), "rule 1: claim"},
		{"no value", replaced(`"value":"7",`, ``), "rule 2: value"},
		{"no organization", replaced(`,"organization":"all"`, ``), "organization: it is missing"},
		{"null as organization", replaced(`"organization":"all"`, `"organization":null`), "organization: "},
		{"organization in words", replaced(`"all"`, `"everything"`), "organization: "},
		{"organization 0", replaced(`"organization":7`, `"organization":0`), "organization: "},
		{"organization beyond 2^53", replaced(`"organization":7`, `"organization":9007199254740992`), "organization: "},
		{"twice", strings.TrimSuffix(complete, "]") + "," + strings.TrimPrefix(complete, "["), "provider 2"},
		{"one issuer twice", strings.TrimSuffix(complete, "]") + "," + strings.TrimPrefix(replaced(`"corp"`, `"other"`), "["), "same name or issuer"},
	}
	for _, test := range tests {
		_, err := oidc.Read(strings.NewReader(test.text), lookup)
		if !errors.Is(err, geo.ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%s: error %v, want one about %q", test.name, err, test.want)
		}
	}
}

func TestGrants(t *testing.T) {
	configs, err := oidc.Read(strings.NewReader(complete), lookup)
	if err != nil {
		t.Fatal(err)
	}
	admin := geo.Grant{Role: geo.RoleAdministrator, Valid: geo.Always}
	analyst := geo.Grant{Role: geo.RoleAnalyst, Organization: 7, Valid: geo.Always}
	tests := []struct {
		name   string
		claims oidc.Claims
		want   []geo.Grant
	}{
		{"none", nil, nil},
		{"list", oidc.Claims{"groups": []any{"x", "jw-admin", "jw-admin"}}, []geo.Grant{admin}},
		{"text", oidc.Claims{"groups": "jw-admin", "unit": "7"}, []geo.Grant{admin, analyst}},
		{"part of a text", oidc.Claims{"groups": "jw-admin jw-x", "unit": "77"}, nil},
		{"other case", oidc.Claims{"groups": []any{"JW-ADMIN", " jw-admin"}}, nil},
		{"other claim", oidc.Claims{"group": []any{"jw-admin"}}, nil},
		{"number", oidc.Claims{"unit": 7.0}, nil},
		{"odd values", oidc.Claims{"groups": []any{map[string]any{"jw-admin": true}, []any{"jw-admin"}, nil}}, nil},
		{"object", oidc.Claims{"groups": map[string]any{"jw-admin": "jw-admin"}}, nil},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, configs[0].Grants(test.claims)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAccount(t *testing.T) {
	c := oidc.Config{NameClaim: "n", DisplayNameClaim: "d"}
	for _, test := range []struct {
		name, display         any
		wantName, wantDisplay string
	}{
		{"Jane.Doe@corp.example", "Jane\x00 Doe\n", "jane.doe", "Jane Doe"},
		{" ZhangSan ", nil, "zhangsan", "ZhangSan"},
		{"张三", "张三", "user", "张三"},
		{"100234", "", "user-100234", "100234"},
		{"li", "李", "user-li", "李"},
		{nil, nil, "user", "user"},
		{5.0, []any{"x"}, "user", "user"},
		{"a@b@c", "x", "user-a", "x"},
		{strings.Repeat("ab", 50), strings.Repeat("长", 300), strings.Repeat("ab", 28), strings.Repeat("长", 200)},
	} {
		got := c.Account(oidc.Claims{"n": test.name, "d": test.display})
		if got.Name != test.wantName || got.DisplayName != test.wantDisplay {
			t.Errorf("%v, %v: %+v", test.name, test.display, got)
		}
		if err := got.Validate(); err != nil {
			t.Errorf("%v: %v", test.name, err)
		}
	}
}

func TestCheckReturn(t *testing.T) {
	for path, ok := range map[string]bool{
		"/console": true, "/": true, "/console?a=b#/x": true, "/%2f%2felsewhere.example": true, "/a//b": true, "/@elsewhere.example": true,
		"": false, "console": false, "//elsewhere.example": false, "///elsewhere.example": false, "/\\elsewhere.example": false, "\\\\elsewhere.example": false,
		"https://elsewhere.example/": false, "/\t/elsewhere.example": false, "/\n/elsewhere.example": false, " /x": false, "/ x": false,
		"javascript:alert(1)": false, "/组织": false, "/\x00": false, "/%zz": false, "/" + strings.Repeat("x", 500): false,
	} {
		if err := oidc.CheckReturn(path); (err == nil) != ok || err != nil && !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%q: %v", path, err)
		}
	}
}
