package postgis_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// urlFaults opens a connection string in every way there is.
func urlFaults(t *testing.T, url string) map[string]error {
	t.Helper()
	_, open := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	return map[string]error{"open": open, "migrate": postgis.Migrate(t.Context(), url), "create": postgis.CreateDatabase(t.Context(), url, "x")}
}

// TestPasswordsAreInNoError, whatever is wrong with the connection string or the server that it names.
func TestPasswordsAreInNoError(t *testing.T) {
	const host = "127.0.0.1:1" // where nothing listens
	for _, url := range []string{
		"postgres://u:hunter2@" + host + "/db",
		"postgres://u:hunter%zz2@" + host + "/db",
		"postgres://u:hunter@2@" + host + "/db",
		"postgres://u:hunter/2@" + host + "/db",
		"postgres://u:1/hunter@" + host + "/db",
		"postgres://u:1?hunter@" + host + "/db",
		"postgres://u:1#hunter@" + host + "/db",
		"postgres://u:hun:ter@" + host + "/db",
		"postgres://" + host + "/db?password=hunter2&sslmode=never",
		"postgres://" + host + "/db?pass%77ord=hunter2&sslmode=never",
		"postgres://u:hunter2@" + host + "/db?sslmode=never",
		"postgres://u:hunter2@127.0.0.1:port/db",
		"host=127.0.0.1 port=1 user=u password=hunter2",
		"host=127.0.0.1 port=1 user=u password='hunter 2' sslmode=never",
		"host=127.0.0.1 port=1 user=u password=a hunter2",
		"host=127.0.0.1 port=1 user=u password = hunter2 sslmode=never",
		"host=127.0.0.1 port=1 user=u sslpassword=hunter2 sslmode=never",
		"user:hunter2@" + host,
	} {
		for what, err := range urlFaults(t, url) {
			if err == nil || strings.Contains(err.Error(), "hun") || strings.Contains(err.Error(), "ter") && strings.Contains(url, "hun:ter") {
				t.Errorf("%s %s: %v", what, url, err)
			}
		}
	}
}

// TestWrongConnectionStrings are faults of the input, and what is no secret helps to mend them.
func TestWrongConnectionStrings(t *testing.T) {
	for url, says := range map[string]string{
		"postgres://127.0.0.1/db?sslmode=never":   "sslmode",
		"host=127.0.0.1 port=none":                "port",
		"postgres://u:x@y@127.0.0.1/db":           "%40",
		"postgres://u:hunter2@127.0.0.1:port/db":  "postgres://user:password@host",
		"host=127.0.0.1 sslmode=never password=x": "not shown",
	} {
		for what, err := range urlFaults(t, url) {
			if !errors.Is(err, geo.ErrInvalid) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s %s: %v, want %q", what, url, err, says)
			}
		}
	}
}
