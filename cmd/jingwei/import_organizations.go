package main

import (
	"context"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// importAuthor is who imported rows say that they are written by.
const importAuthor = "import"

// codesAtOnce bounds how many codes one question to the database holds.
const codesAtOnce = 50_000

type importOrganizationsCommand struct {
	importFile
	importSheet
	where
	Edition       string `help:"Day from which the organizations exist: the cut-off day of the table." env:"JINGWEI_EDITION" default:"2023-06-30"`
	FromDivisions bool   `name:"from-divisions" help:"The file is a table of divisions: its village and residents' committees are the organizations."`
}

// Run imports organizations of a table, or the committees of a table of divisions.
func (i *importOrganizationsCommand) Run(ctx context.Context, c *console) error {
	if !i.FromDivisions {
		return i.sheet(ctx, c)
	}
	edition, err := parseEdition(i.Edition)
	if err != nil {
		return err
	}
	file, err := i.open()
	if err != nil {
		return err
	}
	defer file.Close()
	return i.work(ctx, i.where, c, func(d *database, o *outcome) error {
		table, err := intake.ReadDivisions(ctx, file, o.refusals.add)
		if err != nil {
			return err
		}
		o.Read = table.Read()
		unknown, err := unknownDivisions(ctx, d, table.CommitteeCodes(), edition)
		if err != nil {
			return err
		}
		places, err := d.DivisionPlaces(ctx, edition)
		if err != nil {
			return err
		}
		committees, others := table.Committees(unknown, places, o.refusals.add)
		o.Skipped = others
		p := newProgress(c, "organizations")
		valid := geo.DayRange{From: edition, To: geo.MaxDay}
		tally, err := d.ImportOrganizations(ctx, committees, valid, importAuthor, o.DryRun, p.update)
		if err != nil {
			return err
		}
		p.done()
		o.take(tally)
		return nil
	})
}

func unknownDivisions(ctx context.Context, d *database, codes []geo.DivisionCode, day geo.Day) ([]geo.DivisionCode, error) {
	var unknown []geo.DivisionCode
	for len(codes) > 0 {
		n := min(codesAtOnce, len(codes))
		some, err := d.UnknownDivisions(ctx, codes[:n], day)
		if err != nil {
			return nil, err
		}
		unknown, codes = append(unknown, some...), codes[n:]
	}
	return unknown, nil
}
