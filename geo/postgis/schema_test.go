package postgis_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

//go:embed testdata/schema.sql
var sqlSchema string

// TestSchema compares the schema that the migrations make with the golden listing: a reader sees the present schema
// there, and a review what a migration changes.
func TestSchema(t *testing.T) {
	s := newEmptySetup(t)
	conn := s.connect(t)
	rows, err := conn.Query(t.Context(), sqlSchema)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	geotest.Golden(t, "testdata/schema.txt", strings.Join(lines, "\n")+"\n")
}

func TestSchemaIsCommented(t *testing.T) {
	s := newEmptySetup(t)
	const bare = `
select coalesce(string_agg(c.relname, ', ' order by c.relname), '') from pg_class c
where c.relnamespace = 'jingwei'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'goose_db_version' and obj_description(c.oid) is null`
	if got := queryOne[string](t, s, bare); got != "" {
		t.Errorf("tables without a comment: %s", got)
	}
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	url := geotest.EmptyDatabase(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := postgis.Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	open(t, url)
}

func TestOpenRefuses(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	url := geotest.EmptyDatabase(t)
	if _, err := postgis.Open(t.Context(), url, log); err == nil {
		t.Error("an empty database is taken")
	}
	if _, err := postgis.Open(t.Context(), "postgres://nobody@/none?host=/nonexistent", log); err == nil {
		t.Error("a server that is not there is taken")
	} else {
		wantError(t, err, geo.ErrUnavailable, "")
	}
	s := newEmptySetup(t)
	s.exec(t, `delete from jingwei.goose_db_version where version_id = (select max(version_id) from jingwei.goose_db_version)`)
	if _, err := postgis.Open(t.Context(), s.url, log); err == nil || !strings.Contains(err.Error(), "jingwei migrate") {
		t.Errorf("an old schema: %v", err)
	}
}

func TestPing(t *testing.T) {
	s := newEmptySetup(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, s.Ping(ctx), geo.ErrUnavailable, "")
}

func TestIDsCarryTheShard(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `update jingwei.node set shard = 2047`)
	org := s.create(t, content("x"))
	if org.ID.Shard() != 2047 || org.ID > geo.MaxID {
		t.Errorf("id %d", org.ID)
	}
}

// TestUSCC: codes made by another program, and broken ones.
func TestUSCC(t *testing.T) {
	s := newEmptySetup(t)
	text, err := os.ReadFile("testdata/uscc-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Code  string
			Valid bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Vectors) < 30 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	codes := map[string]bool{
		"91350100M000100Y43": true, "91350100M000100Y4": false, "91350100M000100Y44": false, "91350100m000100y43": false,
		"9135O100M000100Y43": false, "": false,
	}
	for _, v := range file.Vectors {
		codes[v.Code] = v.Valid
	}
	for code, want := range codes {
		if got := queryOne[bool](t, s, `select jingwei.uscc_valid($1)`, code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}
