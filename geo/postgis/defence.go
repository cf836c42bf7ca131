package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// What a role does when it asks for the rows of these is told by the server: whether it is who it should be, whether the
// policies hold for it, and whether it may look at the tables themselves.
const sqlRoleState = `
select current_user, session_user,
       (select bool_and(row_security_active(t)) from unnest($1::text[]) t),
       (select bool_or(has_table_privilege(t, 'select')) from unnest($2::text[]) t),
       (select bool_or(has_table_privilege(t, 'insert, update, delete, truncate')) from unnest($2::text[]) t)`

// guardedTables have policies.
func guardedTables() []string {
	return []string{"jingwei.organization", "jingwei.organization_version", "jingwei.organization_write", "jingwei.organization_link", "jingwei.report",
		"jingwei.location_step", "jingwei.location_check"}
}

// hiddenTables hold what the public never sees, in rows or columns.
func hiddenTables() []string {
	return append(guardedTables(), "jingwei.grid", "jingwei.account", "jingwei.account_identity", "jingwei.role_grant", "jingwei.session",
		"jingwei.token", "jingwei.one_time_link", "jingwei.sign_in_failure", "jingwei.audit", "jingwei.audit_seal", "jingwei.change",
		"jingwei.import_job", "jingwei.import_chunk", "jingwei.import_row", "jingwei.import_fault", "jingwei.import_write", "jingwei.import_mapping")
}

// roleState is what a connection may do.
type roleState struct {
	role, login           string
	guarded, reads, wrote bool
}

func stateOf(ctx context.Context, pool *pgxpool.Pool) (r roleState, err error) {
	err = pool.QueryRow(ctx, sqlRoleState, guardedTables(), hiddenTables()).Scan(&r.role, &r.login, &r.guarded, &r.reads, &r.wrote)
	return r, err
}

// The operator of a table of geometries may tell a policy's secrets, unless PostgreSQL is told that it does not.
const sqlOverlaps = `
select p.oid::regprocedure::text, p.proleakproof
from pg_proc p
join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
where e.extname = 'postgis' and p.proname = 'geometry_overlaps'
order by p.oid limit 1`

// The triggers that keep the audit as it is written must fire in every session, also in one that replays for replication;
// each is the table's name with _refuse behind it.
const sqlAuditGuarded = `
select bool_and(coalesce(g.tgenabled = 'A' and g.tgfoid = to_regproc('jingwei.audit_refuse'), false))
from unnest($1::text[]) t
left join pg_trigger g on g.tgrelid = to_regclass('jingwei.' || t) and g.tgname = t || '_refuse'`

// sealedTables are only ever added to.
func sealedTables() []string { return []string{"audit", "audit_seal"} }

// Defences tells which lines of defence are active in this database, beside the predicates of this package's statements,
// and what a superuser does to have those that are not.
func (s *Store) Defences(ctx context.Context) ([]geo.Defence, error) {
	var state [3]roleState
	for i, pool := range []*pgxpool.Pool{s.public.Pool, s.scoped.Pool, s.feed} {
		var err error
		if state[i], err = stateOf(ctx, pool); err != nil {
			return nil, fmt.Errorf("lines of defence: %w", explain(err))
		}
	}
	public, app, index := state[0], state[1], state[2]
	var (
		overlaps          string
		leakproof, sealed bool
	)
	if err := s.owner.QueryRow(ctx, sqlOverlaps).Scan(&overlaps, &leakproof); err != nil {
		return nil, fmt.Errorf("lines of defence: %w", explain(err))
	}
	if err := s.owner.QueryRow(ctx, sqlAuditGuarded, sealedTables()).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("lines of defence: %w", explain(err))
	}
	list := []geo.Defence{
		{Name: "public_role", What: "Requests of everyone run as jingwei_public, which may read nothing that holds a hidden row, and writes nothing.",
			Active: public.role == rolePublic && !public.reads && !public.wrote, Remedy: remedy(rolePublic, public.login)},
		{Name: "app_role", What: "Requests of somebody who is known, and writes, run as jingwei_app, which owns nothing.",
			Active: app.role == roleApp && app.reads, Remedy: remedy(roleApp, app.login)},
		{Name: "index_role", What: "The live indexes read everything as jingwei_index, which writes nothing.",
			Active: index.role == roleIndex && index.reads && !index.wrote, Remedy: remedy(roleIndex, index.login)},
		{Name: "row_security", What: "Policies show jingwei_app only rows that are public or in the scope of the transaction, and let it write only in that.",
			Active: app.role == roleApp && app.guarded, Remedy: guardRemedy(app)},
		{Name: "spatial_index", What: "Reads that policies guard use the spatial index.",
			Active: leakproof, Remedy: "alter function " + overlaps + " leakproof;"},
		{Name: "audit_triggers", What: "Triggers refuse every change of what is in the audit, also to the owner of the database.",
			Active: sealed, Remedy: sealRemedy()},
	}
	for i := range list {
		if list[i].Active {
			list[i].Remedy = ""
		}
	}
	return list, nil
}

// guardRemedy lets the policies hold, for a role that they hold for.
func guardRemedy(app roleState) string {
	if app.role != roleApp {
		return remedy(roleApp, app.login)
	}
	var sql []string
	for _, table := range guardedTables() {
		sql = append(sql, "alter table "+table+" enable row level security;")
	}
	return strings.Join(sql, " ")
}

// sealRemedy makes the triggers of the audit as they were.
func sealRemedy() string {
	var sql []string
	for _, table := range sealedTables() {
		sql = append(sql, strings.ReplaceAll("create or replace trigger TABLE_refuse before update or delete or truncate on jingwei.TABLE "+
			"for each statement execute function jingwei.audit_refuse(); alter table jingwei.TABLE enable always trigger TABLE_refuse;", "TABLE", table))
	}
	return strings.Join(sql, " ")
}

// remedy makes a role that has no right but what it is given, whether it exists or not, and lets login take it on.
func remedy(role, login string) string {
	attributes := "nosuperuser nologin nobypassrls"
	if role == roleIndex {
		attributes = "nosuperuser nologin bypassrls"
	}
	quoted := pgx.Identifier{login}.Sanitize()
	return strings.NewReplacer("ROLE", role, "ATTRIBUTES", attributes, "LOGIN", quoted).Replace(
		`do $$ begin if to_regrole('ROLE') is null then create role ROLE; end if; end $$; alter role ROLE ATTRIBUTES; grant ROLE to LOGIN;`)
}
