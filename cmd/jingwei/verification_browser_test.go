package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// TestVerificationInTheBrowser lets three accounts take an organization through the six states of its location in a real Chromium
// (api/web/e2e/verification.test.ts), and holds what the database keeps of it against what they did.
func TestVerificationInTheBrowser(t *testing.T) {
	t.Parallel()
	c := newConsoleTest(t, desk{"desktop", "zh"})
	conn := c.conn
	top, below, lon, lat := registerAt(t, c.program, conn)
	for _, a := range []struct{ name, role string }{{"liutang.clerk", "registrar"}, {"first.reviewer", "reviewer"}, {"second.reviewer", "reviewer"}} {
		openWithRole(t, c.program, a.name, a.role, top)
	}
	c.browse(t, "verification", fmt.Sprintf("JINGWEI_PLACE=%d %g %g", below, lon, lat))
	rows, err := conn.Query(t.Context(), `
		select s.to_state || ' ' || s.cause || ' ' || s.author || case when s.evidence = '' then '' else ' ' || s.evidence end
		from jingwei.location_step s where s.organization_id = $1 order by s.version, s.id`, below)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	want := []string{"checked check technical check", "compared hand first.reviewer 与2025年村界图一致", "approved hand second.reviewer 已电话核实",
		"compared hand second.reviewer", "approved hand second.reviewer 已再次电话核实", "inspected hand second.reviewer 到过现场，门牌相符", "confirmed hand liutang.clerk"}
	if err != nil || !slices.Equal(steps, want) {
		t.Errorf("the database keeps %q, %v; want %q", steps, err, want)
	}
	var (
		state    string
		distance float64
		audited  int
	)
	err = conn.QueryRow(t.Context(), `
		select v.location_state, (select s.distance_m from jingwei.location_step s where s.organization_id = $1 order by s.version desc limit 1),
		       (select count(*) from jingwei.audit a where a.action = 'location.step' and a.object_id = $1)
		from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded)`, below).Scan(&state, &distance, &audited)
	if err != nil || state != geo.LocationConfirmed || distance > 100 || audited != len(want) {
		t.Errorf("in the end: %s, %g m, %d in the audit, %v", state, distance, audited, err)
	}
}

// registerAt registers an organization and one below it in the middle of its division, which is left unchecked as after an import.
func registerAt(t *testing.T, p *program, conn *pgx.Conn) (top, below geo.ID, lon, lat float64) {
	t.Helper()
	var division string
	// Its villages have no outlines: that of the township holds.
	err := conn.QueryRow(t.Context(), `
		select v.code::text, st_x(p.at), st_y(p.at)
		from (select min(division_code) as code from jingwei.organization_version) v
		join jingwei.division_shape g on g.code = v.code - v.code % 1000
		join jingwei.boundary_set b on b.id = g.set_id and b.is_default
		cross join st_pointonsurface(g.geometry) p (at)
		order by g.max_zoom desc limit 1`).Scan(&division, &lon, &lat)
	if err != nil {
		t.Fatal(err)
	}
	register := func(name string, parent any, lon float64) (made struct{ ID geo.ID }) {
		a := p.do(t, http.MethodPost, "/api/organizations", map[string]any{"kind": "village_committee", "level": "village", "name": name,
			"division": division, "location": []float64{lon, lat}, "location_source": "map", "parent": parent})
		if a.status != http.StatusCreated {
			t.Fatalf("registration of %s: %d %s", name, a.status, a.body)
		}
		a.decode(t, &made)
		return made
	}
	lon += 1e-5
	top = register("一一区社会工作部", nil, lon-1e-5).ID
	below = register("柳塘试点村民委员会", top, lon).ID
	const imported = `update jingwei.organization_version set location_accuracy_m = 12 where organization_id = $1`
	if _, err := conn.Exec(t.Context(), imported, below); err != nil {
		t.Fatal(err)
	}
	return top, below, lon, lat
}

// verifierPassword is that of the three accounts; the browser test has it too.
const verifierPassword = "seven old trees by the pond"

// openWithRole opens an account for an organization, with a role there and the password.
func openWithRole(t *testing.T, p *program, name, role string, of geo.ID) {
	t.Helper()
	var made struct{ Link struct{ URL string } }
	p.do(t, http.MethodPost, "/api/accounts", map[string]any{"name": name, "display_name": name, "organization": of,
		"grants": []any{map[string]any{"role": role, "organization": of}}}).decode(t, &made)
	_, secret, _ := strings.Cut(made.Link.URL, "#/link/")
	p.do(t, http.MethodPost, "/api/links/redeem", map[string]any{"link": secret, "password": verifierPassword}).decode(t, &struct{}{})
}
