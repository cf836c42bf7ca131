package postgis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

func TestAuthorityOfSession(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village, administrator(o.county, days("2026-01-01", "")), geo.Grant{Role: geo.RoleAnalyst, Valid: days("", "2025-01-01")})
	if err := o.endFirstGrant(t, operator(), a.ID); err != nil {
		t.Fatal(err)
	}
	n := newSession("s")
	n.Agent = strings.Repeat("界", 300)
	if err := o.OpenSession(t.Context(), a.ID, "", n); err != nil {
		t.Fatal(err)
	}
	u, session, csrf, mustChange, err := o.AuthorityOfSession(t.Context(), hash("s"), noon())
	if err != nil || csrf != "csrf of s" || !mustChange {
		t.Fatalf("csrf %q, must change %v, %v", csrf, mustChange, err)
	}
	want := geo.Authority{Account: a.ID, Name: "somebody", Grants: []geo.Grant{
		{ID: o.firstGrant(t, a.ID), Account: a.ID, Role: geo.RoleAnalyst, Valid: days("", "2025-01-01")}}}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("authority (-want +got):\n%s", diff)
	}
	if !session.ExpiresAt.Equal(noon().Add(7*24*time.Hour)) || session.Address != "192.0.2.1" || len([]rune(session.Agent)) != 200 || session.Account != a.ID {
		t.Errorf("%+v", session)
	}
	if after, _ := o.Account(t.Context(), a.ID, day("2026-06-15")); !after.SignedInAt.Equal(noon()) || after.Version != 1 {
		t.Errorf("%+v", after)
	}
	_, _, _, _, err = o.AuthorityOfSession(t.Context(), hash("another"), noon())
	wantError(t, err, geo.ErrNotFound, "")
}

// TestSessionsEnd by not being used for twelve hours, and after seven days whatever happens.
func TestSessionsEnd(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if err := o.OpenSession(t.Context(), a.ID, "", newSession("s")); err != nil {
		t.Fatal(err)
	}
	seen := func(at time.Time, alive bool) {
		t.Helper()
		_, _, _, _, err := o.AuthorityOfSession(t.Context(), hash("s"), at)
		if alive && err != nil || !alive && !errors.Is(err, geo.ErrNotFound) {
			t.Fatalf("%v after sign-in: %v", at.Sub(noon()), err)
		}
		listed, err := o.Sessions(t.Context(), a.ID, at)
		if err != nil || (len(listed) == 1) != alive {
			t.Fatalf("%v after sign-in the list has %+v, %v", at.Sub(noon()), listed, err)
		}
	}
	seen(noon().Add(12*time.Hour), false)
	at := noon()
	for at.Before(noon().Add(6*24*time.Hour + 13*time.Hour)) {
		at = at.Add(12*time.Hour - time.Second)
		seen(at, true)
	}
	seen(noon().Add(7*24*time.Hour-time.Second), true)
	seen(noon().Add(7*24*time.Hour), false)
}

// TestSeenIsWrittenEachMinute at most: reading who asks is not to write.
func TestSeenIsWrittenEachMinute(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if err := o.OpenSession(t.Context(), a.ID, "", newSession("s")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "t", ExpiresAt: noon().Add(time.Hour)}, hash("t"), noon()); err != nil {
		t.Fatal(err)
	}
	at := func(after time.Duration) (session, token string) {
		now := noon().Add(after)
		if _, _, _, _, err := o.AuthorityOfSession(t.Context(), hash("s"), now); err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.AuthorityOfToken(t.Context(), hash("t"), now); err != nil {
			t.Fatal(err)
		}
		return queryOne[string](t, o.setup, `select xmin::text from jingwei.session`), queryOne[string](t, o.setup, `select xmin::text from jingwei.token`)
	}
	session, token := at(0)
	for _, step := range []struct {
		after   time.Duration
		session bool // whether a row was written
		token   bool
	}{{59 * time.Second, false, false}, {time.Minute, true, true}, {119 * time.Second, false, false}, {2 * time.Minute, true, true}} {
		s, k := at(step.after)
		if (s != session) != step.session || (k != token) != step.token {
			t.Errorf("after %v: session written %v, token written %v", step.after, s != session, k != token)
		}
		session, token = s, k
	}
}

func TestOldestSessionsGiveWay(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	for i := range 52 {
		n := newSession(fmt.Sprint(i))
		n.At = noon().Add(time.Duration(i) * time.Second)
		if err := o.OpenSession(t.Context(), a.ID, "", n); err != nil {
			t.Fatal(err)
		}
	}
	listed, err := o.Sessions(t.Context(), a.ID, noon().Add(time.Minute))
	if err != nil || len(listed) != 50 || !listed[0].CreatedAt.Equal(noon().Add(51*time.Second)) {
		t.Errorf("%d sessions, %v", len(listed), err)
	}
}

func TestEndSessionIsOnesOwn(t *testing.T) {
	o := newOffice(t)
	a, b := o.open(t, "somebody", o.village), o.open(t, "another", o.village)
	if err := o.OpenSession(t.Context(), a.ID, "", newSession("s")); err != nil {
		t.Fatal(err)
	}
	listed, err := o.Sessions(t.Context(), a.ID, noon())
	if err != nil || len(listed) != 1 {
		t.Fatal(listed, err)
	}
	wantError(t, o.EndSession(t.Context(), b.ID, listed[0].ID), geo.ErrNotFound, "")
	if err := o.EndSession(t.Context(), a.ID, listed[0].ID); err != nil {
		t.Error(err)
	}
	wantError(t, o.EndSession(t.Context(), a.ID, listed[0].ID), geo.ErrNotFound, "")
	_, _, _, _, err = o.AuthorityOfSession(t.Context(), hash("s"), noon())
	wantError(t, err, geo.ErrNotFound, "")
}

func TestTokens(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village, administrator(o.village, geo.Always), geo.Grant{Role: geo.RoleAnalyst, Organization: o.county, Valid: geo.Always})
	b := o.open(t, "another", o.village, geo.Grant{Role: geo.RoleAnalyst, Organization: o.county, Valid: geo.Always})
	held, err := o.HeldGrants(t.Context(), day("2026-06-15"), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	narrow := geo.Token{Account: a.ID, Name: "nightly", ReadOnly: true, Grants: []geo.ID{held[1].ID}, ExpiresAt: noon().Add(time.Hour)}
	made, err := o.CreateToken(t.Context(), narrow, hash("narrow"), noon())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "wide", ExpiresAt: noon().Add(time.Hour)}, hash("wide"), noon()); err != nil {
		t.Fatal(err)
	}
	u, token, err := o.AuthorityOfToken(t.Context(), hash("narrow"), noon())
	if err != nil || !u.ReadOnly || u.Account != a.ID || u.Name != "somebody" || len(u.Grants) != 1 || u.Grants[0].ID != held[1].ID || token.Name != "nightly" {
		t.Errorf("%+v %+v %v", u, token, err)
	}
	if u, _, err = o.AuthorityOfToken(t.Context(), hash("wide"), noon()); err != nil || u.ReadOnly || len(u.Grants) != 2 {
		t.Errorf("%+v, %v", u, err)
	}
	if err := o.EndGrant(t.Context(), operator(), a.ID, held[1].ID, noon()); err != nil {
		t.Fatal(err)
	}
	if u, _, err = o.AuthorityOfToken(t.Context(), hash("narrow"), noon()); err != nil || len(u.Grants) != 0 {
		t.Errorf("a token outlives its grant: %+v, %v", u, err)
	}
	_, _, err = o.AuthorityOfToken(t.Context(), hash("narrow"), noon().Add(time.Hour))
	wantError(t, err, geo.ErrNotFound, "")
	listed, err := o.Tokens(t.Context(), a.ID)
	if err != nil || len(listed) != 2 {
		t.Errorf("%+v, %v", listed, err)
	}
	narrow.Grants = []geo.ID{o.firstGrant(t, b.ID)}
	_, err = o.CreateToken(t.Context(), narrow, hash("foreign"), noon())
	wantError(t, err, geo.ErrInvalid, "grants")
	narrow.Name = ""
	_, err = o.CreateToken(t.Context(), narrow, hash("nameless"), noon())
	wantError(t, err, geo.ErrInvalid, "name")
	wantError(t, o.EndToken(t.Context(), b.ID, made.ID), geo.ErrNotFound, "")
	if err := o.EndToken(t.Context(), a.ID, made.ID); err != nil {
		t.Error(err)
	}
	_, _, err = o.AuthorityOfToken(t.Context(), hash("narrow"), noon())
	wantError(t, err, geo.ErrNotFound, "")
}

func TestTokensAreBounded(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	o.exec(t, `insert into jingwei.token (hash, account_id, name, read_only, expires_at)
		select sha256(n::text::bytea), $1, 'n', true, $2 from generate_series(1, 100) n`, a.ID, noon().Add(time.Hour))
	_, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "x", ExpiresAt: noon().Add(time.Hour)}, hash("t"), noon())
	wantError(t, err, geo.ErrConflict, "")
	if _, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "x", ExpiresAt: noon().Add(3 * time.Hour)}, hash("t"), noon().Add(2*time.Hour)); err != nil {
		t.Errorf("those that are over count: %v", err)
	}
}

// TestWhoAsksIsIndexed: every request of somebody known runs these.
func TestWhoAsksIsIndexed(t *testing.T) {
	o := newOffice(t)
	conn := o.connect(t)
	if _, err := conn.Exec(t.Context(), `set enable_seqscan = off`); err != nil { // the tables are empty
		t.Fatal(err)
	}
	for sql, index := range map[string]string{postgis.AuthorityOfSessionSQL: "session_hash_key", postgis.AuthorityOfTokenSQL: "token_hash_key"} {
		args := []any{make([]byte, 32), noon(), noon()}
		if !strings.Contains(sql, "$3") {
			args = args[:2]
		}
		rows, err := conn.Query(t.Context(), "explain "+sql, args...)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		for _, want := range []string{index, "account_pkey", "role_grant_key"} {
			if rows.Err() != nil || !strings.Contains(plan, want) || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s is not used, %v:\n%s", want, rows.Err(), plan)
			}
		}
	}
}

func TestMaintainAccounts(t *testing.T) {
	o := newOffice(t)
	a := o.open(t, "somebody", o.village)
	if err := o.OpenSession(t.Context(), a.ID, "", newSession("s")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.CreateToken(t.Context(), geo.Token{Account: a.ID, Name: "t", ExpiresAt: noon().Add(time.Hour)}, hash("t"), noon()); err != nil {
		t.Fatal(err)
	}
	if err := o.CreateRecovery(t.Context(), operator(), a.ID, geo.NewLink{Hash: hash("l"), ExpiresAt: noon().Add(time.Hour)}, noon()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.AttemptSignIn(t.Context(), "nobody", noon()); err != nil {
		t.Fatal(err)
	}
	const left = `select format('%s %s %s %s', (select count(*) from jingwei.session), (select count(*) from jingwei.token),
		(select count(*) from jingwei.one_time_link), (select count(*) from jingwei.sign_in_failure))`
	for _, step := range []struct {
		after time.Duration
		want  string // sessions, tokens, links, failures
	}{{11 * time.Hour, "1 1 1 1"}, {12 * time.Hour, "0 1 1 1"}, {24 * time.Hour, "0 1 1 0"}, {30 * 24 * time.Hour, "0 1 1 0"}, {30*24*time.Hour + time.Hour, "0 0 0 0"}} {
		if err := o.MaintainAccounts(t.Context(), noon().Add(step.after)); err != nil {
			t.Fatal(err)
		}
		if got := queryOne[string](t, o.setup, left); got != step.want {
			t.Errorf("after %v: %s, want %s", step.after, got, step.want)
		}
	}
}
