package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrongUse: exit code 2 and a sentence, and nothing is started.
func TestWrongUse(t *testing.T) {
	dir := t.TempDir()
	providers := filepath.Join(dir, "oidc.json")
	if err := os.WriteFile(providers, []byte(`[{"name":"corp","issuer":"http://id.example.org"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, says string }{
		{"serve --listen foo", "listen"},
		{"serve --listen 127.0.0.1:99999", "listen"},
		{"serve --database foo", "PostgreSQL URL"},
		{"serve --database http://x", "PostgreSQL URL"},
		{"serve --trusted-proxy here", "trusted-proxy"},
		{"serve --rate-writes often", "rate-writes"},
		{"serve --colour red", "colour"},
		{"serve --oidc " + dir + "/none.json", "none.json"},
		{"serve --oidc " + providers, `provider 1 ("corp"): issuer: http is not possible`},
		{"sample load --seed 3", "scale"},
		{"sample load --scale zhejiang --organizations 5", "scale"},
		{"sample load --scale moon", "scale"},
		{"sample load --scale national --organizations 6000001", "6000000"},
		{"sample load --scale national --organizations 0 --reports 1", "organizations"},
		{"frobnicate", "frobnicate"},
		{"psql", "holds no private database"},
	} {
		args := strings.Fields(c.args)
		if args[0] == "serve" || args[0] == "psql" {
			args = append(args, "--data-dir", dir)
		}
		out, err := exec.Command(binary(t), args...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v, %s; want exit code 2 and %q", c.args, err, out, c.says)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"--version"}} {
		out, err := exec.Command(binary(t), args...).CombinedOutput()
		if err != nil || len(out) == 0 {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}
