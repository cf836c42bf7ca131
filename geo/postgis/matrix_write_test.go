package postgis_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

const sqlOrganizationsHash = `
select md5((select coalesce(string_agg(v::text, '|' order by v.row_id), '') from jingwei.organization_version v)
        || (select coalesce(string_agg(o::text, '|' order by o.id), '') from jingwei.organization o))`

// attempt is a write and what the rule says of it: nil, or the kind of its error.
type attempt struct {
	name string
	do   func(s *postgis.Store, see, in geo.Scope) error
	want error
}

// TestWriteMatrix tries writes in every scope against each line of defence alone. The predicates tell why something is
// refused; the policies refuse.
func TestWriteMatrix(t *testing.T) {
	for _, line := range []string{"both", "database", "predicate"} {
		t.Run(line, func(t *testing.T) {
			w := newWorld(t)
			m := writeMatrix{w, w.connect(t), w.lines(t)[line], line == "database", map[string]geo.ID{}}
			for name, in := range w.scopes() {
				m.try(t, name, in, in)
			}
			m.try(t, "reader of A", w.scope("A"), geo.Scope{})
			m.try(t, "reader of A, writer of B", w.scope("A", "B"), w.scope("B"))
		})
	}
}

// TestWritesWithoutDefence sees the matrix fail: without either line everything is done.
func TestWritesWithoutDefence(t *testing.T) {
	w := newWorld(t)
	s := w.openAs(t, false, false)
	done := 0
	for _, a := range w.attempts(t, w.scope("B"), w.scope("B"), map[string]geo.ID{}) {
		if a.want != nil && a.do(s, w.scope("B"), w.scope("B")) == nil {
			done++
		}
	}
	if done < 10 {
		t.Errorf("%d writes that the rule forbids are done", done)
	}
}

// writeMatrix is a world whose writes are tried. Any refusal will do where the predicates do not speak.
type writeMatrix struct {
	world
	conn       *pgx.Conn
	store      *postgis.Store
	anyRefusal bool
	spare      map[string]geo.ID // organizations for an attempt, until it is done
}

// hash is of all that is said of organizations.
func (m writeMatrix) hash(t *testing.T) (hash string) {
	t.Helper()
	if err := m.conn.QueryRow(t.Context(), sqlOrganizationsHash).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

// try makes the attempts of somebody.
func (m writeMatrix) try(t *testing.T, who string, see, in geo.Scope) {
	t.Helper()
	for _, a := range m.attempts(t, see, in, m.spare) {
		before := m.hash(t)
		err := a.do(m.store, see, in)
		if err == nil {
			delete(m.spare, a.name)
		}
		switch {
		case a.want == nil && err != nil:
			t.Errorf("%s: %s: %v", who, a.name, err)
		case a.want != nil && err == nil:
			t.Errorf("%s: %s: done, want %v", who, a.name, a.want)
		case a.want != nil && !m.anyRefusal && !errors.Is(err, a.want):
			t.Errorf("%s: %s: %v, want %v", who, a.name, err, a.want)
		}
		if (before == m.hash(t)) != (err != nil) {
			t.Errorf("%s: %s: error %v, which is not what it has done", who, a.name, err)
		}
	}
}

// attempts are writes to everything in a world, with what becomes of them. Members that are written to stay as they are
// but for their names and versions.
func (w world) attempts(t *testing.T, see, in geo.Scope, spare map[string]geo.ID) []attempt {
	t.Helper()
	var list []attempt
	take := func(attempt string, c geo.OrganizationContent) geo.ID {
		if spare[attempt] == 0 {
			spare[attempt] = w.create(t, c).ID
		}
		return spare[attempt]
	}
	for _, m := range append(members(), member{}) {
		if m.name != "" && w.status(m.name) == "" {
			continue // retired
		}
		below := content("below " + m.name)
		below.Parent = w.id[m.name]
		list = append(list, attempt{"create below " + m.name, func(s *postgis.Store, see, in geo.Scope) error {
			_, _, err := s.CreateOrganization(t.Context(), see, in, below, since("2023-06-30"), "a")
			return err
		}, w.refusal(see, in, m.name, geo.ErrConflict)})
		if m.name == "" {
			continue
		}
		list = append(list, attempt{"rename " + m.name, func(s *postgis.Store, see, in geo.Scope) error {
			c := w.content(m)
			c.Status, c.Name = w.status(m.name), c.Name+"'"
			_, _, err := s.ReplaceOrganization(t.Context(), see, in, w.id[m.name], w.version(t, m.name), c, w.today, w.today, "a")
			return err
		}, w.refusal(see, in, m.name, geo.ErrNotFound)})
		retire, move := "retire one below "+m.name, "move from A1 to "+m.name
		fresh := take(retire, below) // whoever may write to m may write to it
		list = append(list, attempt{retire, func(s *postgis.Store, see, in geo.Scope) error {
			_, err := s.RetireOrganization(t.Context(), see, in, fresh, 1, w.today, "a")
			return err
		}, w.refusalOf(see, in, append(w.path(m.name), fresh), true, geo.ErrNotFound)})
		mover := content("mover")
		mover.Parent = w.id["A1"]
		moving := take(move, mover)
		want := w.refusalOf(see, in, append(w.path("A1"), moving), true, geo.ErrNotFound)
		if want == nil {
			want = w.refusal(see, in, m.name, geo.ErrConflict)
		}
		list = append(list, attempt{move, func(s *postgis.Store, see, in geo.Scope) error {
			_, _, err := s.ReplaceOrganization(t.Context(), see, in, moving, 1, below, w.today, w.today, "a")
			return err
		}, want})
	}
	return list
}

// version is the number of the last write to a member.
func (w world) version(t *testing.T, name string) int32 {
	t.Helper()
	return int32(queryOne[int64](t, w.setup, `select version::bigint from jingwei.organization where id = $1`, w.id[name]))
}

// refusal is what the rule says of a write to, or below, a member.
func (w world) refusal(see, in geo.Scope, name string, hidden error) error {
	return w.refusalOf(see, in, w.path(name), name == "" || w.status(name) == geo.StatusActive, hidden)
}

func (w world) refusalOf(see, in geo.Scope, path []geo.ID, active bool, hidden error) error {
	switch {
	case in.Covers(path):
		return nil
	case active || see.Covers(path):
		return geo.ErrForbidden
	}
	return hidden
}

// TestRootStaysWhereItIs: whoever may write to an organization may not take it away from its superior, nor let it have
// none; altering it in its place is theirs to do.
func TestRootStaysWhereItIs(t *testing.T) {
	w := newWorld(t)
	own := w.scope("A1")
	c := w.content(member{"A1", "A", "active"})
	for _, parent := range []string{"B", ""} {
		c.Parent = w.id[parent]
		_, _, err := w.ReplaceOrganization(t.Context(), own, own, w.id["A1"], 1, c, w.today, w.today, "a")
		wantError(t, err, geo.ErrForbidden, "parent")
	}
	c.Parent = w.id["B1"] // which is hidden
	_, _, err := w.ReplaceOrganization(t.Context(), own, own, w.id["A1"], 1, c, w.today, w.today, "a")
	wantError(t, err, geo.ErrConflict, "parent")
	c.Parent, c.Address = w.id["A"], "柳市镇1号"
	if _, _, err := w.ReplaceOrganization(t.Context(), own, own, w.id["A1"], 1, c, w.today, w.today, "a"); err != nil {
		t.Error(err)
	}
}

// TestDaysElsewhere: an organization came from elsewhere, and is to go there; neither the days before nor those to come
// are for whoever looks after it now.
func TestDaysElsewhere(t *testing.T) {
	w := newWorld(t)
	all, own := geo.Everywhere(), w.scope("A")
	c := w.content(member{"moved", "B", "active"})
	org := w.create(t, c)
	for i, move := range []struct {
		to   string
		from geo.Day
	}{{"A", w.today - 10}, {"B", w.today + 10}} {
		c.Parent = w.id[move.to]
		if _, _, err := w.ReplaceOrganization(t.Context(), all, all, org.ID, int32(i+1), c, move.from, w.today, "a"); err != nil {
			t.Fatal(err)
		}
	}
	c.Parent = w.id["A"]
	for _, from := range []geo.Day{day("2023-06-30"), w.today - 11, w.today + 10, w.today + 99} {
		_, _, err := w.ReplaceOrganization(t.Context(), own, own, org.ID, 3, c, from, w.today, "a")
		wantError(t, err, geo.ErrForbidden, "valid_from")
	}
	_, err := w.RetireOrganization(t.Context(), own, own, org.ID, 3, w.today, "a")
	wantError(t, err, geo.ErrForbidden, "valid_from")
	_, _, err = w.ReplaceOrganization(t.Context(), w.scope("B"), w.scope("B"), org.ID, 3, c, w.today+10, w.today, "a")
	wantError(t, err, geo.ErrForbidden, "")
	if _, _, err := w.ReplaceOrganization(t.Context(), own, own, org.ID, 3, c, w.today, w.today, "a"); err != nil {
		t.Error(err)
	}
}

// TestPastDoesNotMoveThePresent: who alters where an organization stood moves nothing that is below it today.
func TestPastDoesNotMoveThePresent(t *testing.T) {
	w := newWorld(t)
	all := geo.Everywhere()
	c := w.content(member{"moved", "A", "active"})
	org := w.create(t, c)
	leaf := content("leaf")
	leaf.Parent = org.ID
	below := w.create(t, leaf)
	path := func() string {
		return queryOne[string](t, w.setup, `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded)`, below.ID)
	}
	move := func(version int32, to string, from geo.Day) {
		c.Parent = w.id[to]
		if _, _, err := w.ReplaceOrganization(t.Context(), all, all, org.ID, version, c, from, w.today, "a"); err != nil {
			t.Fatal(err)
		}
	}
	move(1, "B", w.today)
	if want := fmt.Sprintf("%d.%d.%d", w.id["B"], org.ID, below.ID); path() != want {
		t.Errorf("after a move: %s, want %s", path(), want)
	}
	move(2, "D", w.today-20) // until the move to B
	if want := fmt.Sprintf("%d.%d.%d", w.id["B"], org.ID, below.ID); path() != want {
		t.Errorf("after a change of the past: %s, want %s", path(), want)
	}
}

// TestMoveOfOneWhoWasBelow: two organizations changed places; either one may be moved on.
func TestMoveOfOneWhoWasBelow(t *testing.T) {
	s := newSetup(t)
	all := geo.Everywhere()
	ids := map[string]geo.ID{}
	for _, name := range []string{"a", "b", "top"} {
		ids[name] = s.create(t, content(name)).ID
	}
	versions := map[string]int32{}
	move := func(name, to string, from geo.Day) {
		t.Helper()
		c := content(name)
		c.Parent = ids[to]
		versions[name]++
		if _, _, err := s.ReplaceOrganization(t.Context(), all, all, ids[name], versions[name], c, from, s.today, "x"); err != nil {
			t.Fatal(err)
		}
	}
	move("b", "a", day("2024-01-01")) // b below a, until
	move("b", "", s.today)
	move("a", "b", s.today) // a is below b
	move("b", "top", s.today)
	move("a", "top", s.today)
	for name, id := range ids {
		want := fmt.Sprintf("%d.%d", ids["top"], id)
		if name == "top" {
			want = id.String()
		}
		const path = `select path::text from jingwei.organization_version where organization_id = $1 and upper_inf(recorded) and upper_inf(valid)`
		if got := queryOne[string](t, s, path, id); got != want {
			t.Errorf("%s: path %s, want %s", name, got, want)
		}
	}
}
