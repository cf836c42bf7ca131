package postgis

import (
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// parseURL reads a PostgreSQL connection string, a URL or keywords and values. Its error never repeats what may be part of a
// password. That of pgx does where a password is not written as it must be: the wrong half is then taken for a host.
func parseURL(url string) (*pgxpool.Config, error) {
	if !delimited(url) {
		return nil, geo.Invalid("database", "in a password, and in other parts of a PostgreSQL URL, @ is written %%40, : %%3A, / %%2F, ? %%3F, # %%23 and %% %%25")
	}
	config, err := pgxpool.ParseConfig(url)
	if err == nil {
		return config, nil
	}
	if strings.Contains(url, "@") || strings.Contains(strings.ToLower(url), "pass") || strings.Contains(url, "%") {
		return nil, geo.Invalid("database", "the PostgreSQL connection string cannot be read; it is not shown, since it may hold a password: postgres://user:password@host:5432/database")
	}
	return nil, geo.Invalid("database", "%v", err)
}

// delimited reports whether a URL has at most one @, and that in front of host and path: another one belongs to a password
// that is cut in the wrong place.
func delimited(url string) bool {
	_, rest, isURL := strings.Cut(url, "://")
	if !isURL {
		return true
	}
	at := strings.Index(rest, "@")
	return at < 0 || at == strings.LastIndex(rest, "@") && !strings.ContainsAny(rest[:at], "/?#")
}
