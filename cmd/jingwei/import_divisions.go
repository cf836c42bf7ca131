package main

import (
	"context"

	"jingwei/geo"
	"jingwei/geo/intake"
)

type importDivisionsCommand struct {
	importFile
	where
	Edition string `help:"Day from which the table holds: its cut-off day." env:"JINGWEI_EDITION" default:"2023-06-30"`
	Pinyin  string `help:"AreaCity table with pinyin (CSV, plain or gzip); without it pinyin is made from the names." env:"JINGWEI_PINYIN" placeholder:"FILE" type:"existingfile"`
	History bool   `help:"The file is a history of codes (yescallop/areacodes): former divisions and what followed them."`
}

// Run imports a table of divisions, or a history of codes.
func (i *importDivisionsCommand) Run(ctx context.Context, c *console) error {
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
		if i.History {
			history, err := intake.ReadHistory(ctx, file, o.refusals.add)
			if err != nil {
				return err
			}
			return importHistory(ctx, d, c, o, history)
		}
		table, err := intake.ReadDivisions(ctx, file, o.refusals.add)
		if err != nil {
			return err
		}
		return i.importTable(ctx, d, c, o, table, edition)
	})
}

// importTable imports the rows of an edition whose parents are in the file or known on its day.
func (i *importDivisionsCommand) importTable(ctx context.Context, d *database, c *console, o *outcome, table *intake.Divisions, edition geo.Day) error {
	o.Read = table.Read()
	pinyin, err := readPinyin(ctx, i.Pinyin)
	if err != nil {
		return err
	}
	known, err := d.DivisionLevels(ctx, table.Outside(), edition)
	if err != nil {
		return err
	}
	table.Settle(known, o.refusals.add)
	p := newProgress(c, "divisions")
	tally, err := d.ImportDivisions(ctx, readable{table, pinyin}, edition, o.DryRun, p.update)
	if err != nil {
		return err
	}
	p.done()
	o.take(tally)
	return nil
}

// readable is a table of divisions with pinyin.
type readable struct {
	*intake.Divisions
	pinyin *intake.Pinyin
}

// Division returns division i with the syllables that are known.
func (r readable) Division(i int) geo.Division {
	d := r.Divisions.Division(i)
	d.Pinyin = r.pinyin.Of(d.Code, d.Name)
	return d
}

// readPinyin reads the operator's table of pinyin; nil when none is given.
func readPinyin(ctx context.Context, path string) (*intake.Pinyin, error) {
	if path == "" {
		return nil, nil
	}
	file, err := openInput(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return intake.ReadPinyin(ctx, file)
}

func importHistory(ctx context.Context, d *database, c *console, o *outcome, h *intake.History) error {
	o.Read = h.Read
	p := newProgress(c, "former divisions")
	tally, err := d.ImportHistory(ctx, h.Divisions, o.DryRun, p.update)
	if err != nil {
		return err
	}
	p.done()
	o.take(tally)
	p = newProgress(c, "successions")
	t, err := d.ImportSuccessions(ctx, h.Successions, o.DryRun, p.update)
	if err != nil {
		return err
	}
	p.done()
	o.Succession = &successionSum{Read: len(h.Successions), New: t.New, Changed: t.Changed, Unchanged: t.Unchanged, Endless: h.Endless}
	return nil
}
