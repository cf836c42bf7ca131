package postgis

import (
	"context"
	"slices"

	"jingwei/geo"
)

const sqlPresentAdministrator = `
select exists (
    select from jingwei.role_grant g join jingwei.account t on t.id = g.account_id
    where g.role = 'administrator' and g.organization_id is null and g.ended_at is null and not t.disabled
      and g.valid @> jingwei.day($1))`

// leavesSomebody refuses, after grants of an account were taken away or it was disabled with them, that nobody is an administrator of everything any
// more: only somebody at the machine could make one then. It comes last in a transaction, since it makes others wait.
func (a administration) leavesSomebody(ctx context.Context, of geo.Account, taken ...geo.HeldGrant) error {
	if of.Disabled || !slices.ContainsFunc(taken, a.isEverything) {
		return nil
	}
	if _, err := a.tx.Exec(ctx, sqlLockFirst); err != nil {
		return err
	}
	var any bool
	if err := a.tx.QueryRow(ctx, sqlPresentAdministrator, int32(a.on)).Scan(&any); err != nil || any {
		return err
	}
	return conflict("", "nobody would be an administrator of everything any more; let somebody else be one first")
}

// isEverything reports whether a grant makes an administrator of everything on the day.
func (a administration) isEverything(g geo.HeldGrant) bool {
	return g.Role == geo.RoleAdministrator && g.Organization == 0 && g.Valid.Contains(a.on)
}
