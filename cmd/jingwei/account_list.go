package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"jingwei/geo"
)

// listPage is how many accounts are read at once.
const listPage = 500

type accountListCommand struct{ where }

// listedAccount is an account in a list for machines.
type listedAccount struct {
	ID           geo.ID   `json:"id"`
	Name         string   `json:"name"`
	DisplayName  string   `json:"display_name"`
	Organization string   `json:"organization"`
	State        string   `json:"state"`
	Grants       []string `json:"grants"`
}

// Run lists all accounts by name: a table, or a line of JSON each.
func (l *accountListCommand) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *database) error {
		table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		if !c.json {
			fmt.Fprintln(table, "NAME\tDISPLAY NAME\tORGANIZATION\tSTATE\tGRANTS")
		}
		query := geo.AccountQuery{Scope: geo.Everywhere(), Limit: listPage}
		for {
			page, err := readAccounts(ctx, d, query)
			if err != nil {
				return err
			}
			for _, a := range page {
				if c.json {
					err = json.NewEncoder(c.out).Encode(a)
				} else {
					_, err = fmt.Fprintln(table, strings.Join([]string{a.Name, a.DisplayName, a.Organization, a.State, strings.Join(a.Grants, "; ")}, "\t"))
				}
				if err != nil {
					return err
				}
			}
			if len(page) < listPage {
				return table.Flush()
			}
			query.After = page[len(page)-1].Name
		}
	})
}

// readAccounts reads a page with what is granted to each.
func readAccounts(ctx context.Context, d *database, query geo.AccountQuery) ([]listedAccount, error) {
	today := geo.DayOf(time.Now())
	accounts, err := d.Accounts(ctx, query, today)
	if err != nil {
		return nil, err
	}
	ids := make([]geo.ID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	held, err := d.HeldGrants(ctx, today, ids...)
	if err != nil {
		return nil, err
	}
	grants := map[geo.ID][]string{}
	for _, g := range held {
		grants[g.Account] = append(grants[g.Account], describeGrant(g))
	}
	page := make([]listedAccount, len(accounts))
	for i, a := range accounts {
		page[i] = listedAccount{a.ID, a.Name, a.DisplayName, a.OrganizationName, stateOf(a), append([]string{}, grants[a.ID]...)}
	}
	return page, nil
}

// stateOf says in a word whether somebody can sign in.
func stateOf(a geo.Account) string {
	switch {
	case a.Disabled:
		return "disabled"
	case !a.HasPassword && a.SignedInAt.IsZero():
		return "invited"
	case a.MustChange:
		return "password to change"
	}
	return "active"
}
