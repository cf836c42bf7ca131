package main_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jingwei/api"
	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// TestRestartEqualsDatabase: a node that starts again from its files, after edits that it did not see, or reads everything
// because the change feed does not tell them any more, holds what the database does.
func TestRestartEqualsDatabase(t *testing.T) {
	x, dir := newIndexed(t, 24), t.TempDir()
	x.startAgain(t, dir, "live index loaded")
	for round := range 3 {
		for range 8 {
			x.editAny(t)
		}
		x.startAgain(t, dir, "resumed from its file")
		if round == 0 {
			x.startAgain(t, dir, "resumed from its file") // with nothing new
		}
	}
	x.exec(t, `delete from jingwei.feed_life`) // as a crash of the database does
	x.editAny(t)
	x.startAgain(t, dir, "it is of epoch")
	x.editAny(t)
	x.exec(t, `update jingwei.feed set horizon = pg_snapshot_xmax(pg_current_snapshot())`) // as if what came was dropped
	x.startAgain(t, dir, "does not tell all")
}

func (x *indexed) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := x.conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// editAny alters an organization, or what the public may see of a report.
func (x *indexed) editAny(t *testing.T) {
	t.Helper()
	if rand.IntN(2) == 0 {
		x.exec(t, `update jingwei.report set visibility = case visibility when 'public' then 'restricted' else 'public' end
			where id = (select r.id from jingwei.report r order by random(), r.id limit 1)`)
		return
	}
	x.exec(t, `update jingwei.organization_version set lon_e7 = lon_e7 + 1000, status = case status when 'active' then 'draft' else 'active' end
		where row_id = (select v.row_id from jingwei.organization_version v where upper_inf(v.recorded) order by random(), v.row_id limit 1)`)
}

// startAgain runs the followers of all layers on the files in dir until they are there, checks that they say how they came by
// their rows and that these are those of the database, and stops them when their files are written.
func (x *indexed) startAgain(t *testing.T, dir, how string) {
	t.Helper()
	feed, err := x.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range geo.PointLayers() {
		ctx, stop := context.WithCancel(t.Context())
		var log lockedBuffer
		path := filepath.Join(dir, "live", layer.Name+".snapshot")
		before, _ := os.ReadFile(path)
		var e editions
		var ended <-chan struct{}
		e.internal, e.public, ended = main.Follow(ctx, feed, layer, main.Keeping{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))}, make(chan struct{}), time.Now, func(api.Change) {})
		eventually(t, 20*time.Second, func() error {
			after, _ := os.ReadFile(path)
			if !strings.Contains(log.String(), how) || !strings.Contains(how, "resumed") && bytes.Equal(before, after) || e.public.Snapshot() == nil {
				return fmt.Errorf("%s: no file, or another log than %q:\n%s", layer.Name, how, log.String())
			}
			return nil
		})
		for _, index := range []*live.Index{e.internal, e.public} {
			x.equalsDatabase(t, feed, index)
		}
		stop()
		<-ended
	}
}

// equalsDatabase compares an index with one that is loaded now.
func (x *indexed) equalsDatabase(t *testing.T, feed *postgis.Feed, index *live.Index) {
	t.Helper()
	fresh := live.New(index.Layer(), index.Edition())
	load := fresh.NewLoad()
	part := load.NewPart()
	at, err := feed.Load(t.Context(), index.Layer().Name, part.Add)
	if err == nil {
		err = load.Build(t.Context(), at)
	}
	if err != nil {
		t.Fatal(err)
	}
	load.Publish()
	a, b := fresh.Snapshot(), index.Snapshot()
	q := live.Query{Days: geo.Always}
	want, _ := a.Tile(q, 0, 0, 0, 0)
	got, err := b.Tile(q, 0, 0, 0, 0)
	if err != nil || !bytes.Equal(want, got) || a.Fingerprint(0, 0, 0) != b.Fingerprint(0, 0, 0) || a.Rows() != b.Rows() {
		t.Fatalf("%s, %s edition: %d rows, loaded afresh %d, %v", index.Layer().Name, index.Edition(), b.Rows(), a.Rows(), err)
	}
}
