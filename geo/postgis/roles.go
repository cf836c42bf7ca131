package postgis

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Roles that the store asks under; roles.sql says what each may touch.
const (
	rolePublic = "jingwei_public" // what everyone may see, and nothing else
	roleApp    = "jingwei_app"    // rows that are public or lie in the scope of the transaction
	roleIndex  = "jingwei_index"  // every row, for the live indexes; writes nothing
)

// roles are those that the one who connects may take on.
type roles map[string]bool

// missing returns the roles that cannot be taken on.
func (r roles) missing() []string {
	return slices.DeleteFunc([]string{rolePublic, roleApp, roleIndex}, func(role string) bool { return r[role] })
}

const sqlMayUseSchema = `select has_schema_privilege('jingwei', 'usage')`

// assumableRoles tries which roles there are and may be taken on. One that has no right to the schema, as after a restore
// into another cluster before Migrate has run, is none.
func assumableRoles(ctx context.Context, config *pgx.ConnConfig) (roles, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	found := roles{}
	for _, role := range []string{rolePublic, roleApp, roleIndex} {
		_, err := conn.Exec(ctx, "set role "+pgx.Identifier{role}.Sanitize())
		var refused *pgconn.PgError
		if errors.As(err, &refused) && (refused.Code == "22023" || refused.Code == "42501") {
			continue // there is none, or it is not ours to take
		}
		if err != nil {
			return nil, err
		}
		var ok bool
		if err := conn.QueryRow(ctx, sqlMayUseSchema).Scan(&ok); err != nil {
			return nil, err
		}
		found[role] = ok
	}
	return found, nil
}
