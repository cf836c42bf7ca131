package postgis_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

// TestMigrateRefusesTheLocaleC: before anything is made in a database in which search would find no Chinese.
func TestMigrateRefusesTheLocaleC(t *testing.T) {
	here := geotest.EmptyDatabase(t)
	conn, err := pgx.Connect(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `create database c_locale_test template template0 lc_collate 'C' lc_ctype 'C'`); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = conn.Exec(t.Context(), `drop database c_locale_test with (force)`) }()
	u, err := url.Parse(here)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/c_locale_test"
	if err := postgis.Migrate(t.Context(), u.String()); err == nil || !strings.Contains(err.Error(), "C.UTF-8") {
		t.Errorf("migrate: %v, want advice about the locale", err)
	}
	other, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	made := 0
	if err := other.QueryRow(t.Context(), `select count(*) from pg_namespace where nspname = 'jingwei'`).Scan(&made); err != nil || made != 0 {
		t.Errorf("schemas made: %d, %v", made, err)
	}
}
