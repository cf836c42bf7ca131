package postgis_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestFeedLoadsInParts: all parts together see each row once, as it was when the load began, whatever is committed while they
// read: here a row moves from the pages of one part to those of another, before that one begins as a rule.
func TestFeedLoadsInParts(t *testing.T) {
	s := newSetup(t)
	const rows = 500
	s.exec(t, `insert into jingwei.report (category, lon_e7, lat_e7, division_code, channel, visibility, received_at)
		select 'roads', 1201234567, 301234567, 330102001051, 'web', 'public', '2026-01-05' from generate_series(1, $1)`, rows)
	feed, err := s.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn := s.connect(t)
	var once sync.Once
	var mu sync.Mutex
	seen, public, busy := map[geo.ID]int{}, 0, 0
	parts := make([]func(geo.Point) error, 2)
	for i := range parts {
		first := true
		parts[i] = func(p geo.Point) error {
			once.Do(func() {
				if _, err := conn.Exec(t.Context(), `update jingwei.report set visibility = 'restricted' where id = $1`, p.ID); err != nil {
					t.Error(err)
				}
			})
			mu.Lock()
			defer mu.Unlock()
			seen[p.ID]++
			if p.Public {
				public++
			}
			if first {
				busy, first = busy+1, false
			}
			return nil
		}
	}
	at, err := feed.LoadParts(t.Context(), "reports", parts)
	if err != nil {
		t.Fatal(err)
	}
	twice := 0
	for _, n := range seen {
		if n > 1 {
			twice++
		}
	}
	if len(seen) != rows || twice > 0 || public != rows || busy != len(parts) {
		t.Errorf("%d rows, %d of them twice, %d as they were, by %d of %d parts; want %d", len(seen), twice, public, busy, len(parts), rows)
	}
	batch, err := feed.Next(t.Context(), "reports", at)
	if err != nil || len(batch.Changed["reports"]) != 1 {
		t.Errorf("after it %d changed, %v", len(batch.Changed["reports"]), err)
	}
}

// TestLoadJoinsCodes: the codes, which are read apart, reach their organizations, in whatever order they are stored.
func TestLoadJoinsCodes(t *testing.T) {
	s := newSetup(t)
	var want []string
	for i := range 9 {
		c := content(fmt.Sprint("村", i))
		if i%3 != 0 {
			c.Code = fmt.Sprint("C", i)
		}
		org := s.create(t, c)
		want = append(want, fmt.Sprint(org.ID, " ", c.Code))
	}
	// Their rows move behind those of the others.
	s.exec(t, `update jingwei.organization set version = version where code in ('C1', 'C4')`)
	feed, err := s.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if _, err := feed.Load(t.Context(), "organizations", func(p geo.Point) error {
		got = append(got, fmt.Sprint(p.ID, " ", p.Values[7]))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("codes (-want +got)\n%s", d)
	}
}

// TestOrigin: it is the same for as long as the rows of a layer may be, and differs between layers and databases.
func TestOrigin(t *testing.T) {
	s, other := newSetup(t), newSetup(t)
	origin := func(s setup, layer string) string {
		feed, err := s.Feed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		o, err := feed.Origin(t.Context(), layer)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	first := origin(s, "organizations")
	s.create(t, content("one"))
	if again := origin(s, "organizations"); again != first {
		t.Errorf("%q, then %q", first, again)
	}
	if origin(other, "organizations") == first {
		t.Error("another database has the same")
	}
	if origin(s, "reports") == first {
		t.Error("another layer has the same")
	}
	s.exec(t, `insert into jingwei.goose_db_version (version_id, is_applied) values (99999, true)`)
	if origin(s, "organizations") == first {
		t.Error("another schema has the same")
	}
}
