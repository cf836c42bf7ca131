package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeToken returns the token that writes need. It is made at the first start and kept in dir/token, readable by the
// owner only; a file that others can read is refused.
func writeToken(dir string) (string, error) {
	path := filepath.Join(dir, "token")
	token, err := readToken(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newToken(path)
	}
	return token, err
}

// readToken returns the token of a file; fs.ErrNotExist when there is none yet.
func readToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("write token: others can read %s; run chmod 600 on it, or delete it for a new one", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if len(token) < 20 {
		return "", fmt.Errorf("write token: %s holds no token; delete it for a new one", path)
	}
	return token, nil
}

func newToken(path string) (string, error) {
	token := rand.Text()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	return token, nil
}
