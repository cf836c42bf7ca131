package main

import (
	"context"
	"fmt"
)

type migrateCommand struct{ where }

// Run brings the schema up to date, as every start of serve does.
func (m *migrateCommand) Run(ctx context.Context, c *console) error {
	d, err := openDatabase(ctx, m.where, c.log)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, "the schema is up to date")
	return d.Close()
}
