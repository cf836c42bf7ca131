package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"jingwei/geo"
)

type importCommands struct {
	Divisions     importDivisionsCommand     `cmd:"" help:"Read a table of the divisions of an edition, or with --history the history of their codes."`
	Boundaries    importBoundariesCommand    `cmd:"" help:"Read boundaries of divisions, or lines that belong to them, from GeoJSON."`
	Organizations importOrganizationsCommand `cmd:"" help:"Read organizations from a spreadsheet, or with --from-divisions village and residents' committees from a table of divisions."`
}

// importFile says what is read and how it is reported; every import has it.
type importFile struct {
	File   string `arg:"" optional:"" help:"CSV file, plain or gzip, or with organizations .xlsx; - for standard input."`
	DryRun bool   `name:"dry-run" help:"Write nothing, say what would be done." env:"JINGWEI_DRY_RUN"`
	Report string `help:"Write every refused row to this CSV file." env:"JINGWEI_REPORT" placeholder:"FILE" type:"path"`
}

// errPartlyRefused ends an import that left rows out; it is told by its own exit code.
var errPartlyRefused = errors.New("not everything could be taken")

// open returns the file.
func (f *importFile) open() (io.ReadCloser, error) {
	if f.File == "" {
		return nil, geo.Invalid("FILE", "a file is needed")
	}
	return openInput(f.File)
}

func openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, geo.Invalid("", "%v", err)
	}
	return file, nil
}

// work opens the database beside a server that may be running, does the import, and reports.
func (f *importFile) work(ctx context.Context, w where, c *console, do func(d *database, o *outcome) error) (err error) {
	began := time.Now()
	refused, err := newRefusals(f.Report)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, refused.close()) }()
	d, err := joinDatabase(ctx, w, c.log)
	if err != nil {
		return err
	}
	o := &outcome{refusals: refused, DryRun: f.DryRun, ReportFile: f.Report}
	if err := errors.Join(do(d, o), d.Close()); err != nil {
		return err
	}
	o.Seconds = time.Since(began).Seconds()
	if err := o.write(c); err != nil {
		return err
	}
	if o.Refused = refused.n; o.Refused > 0 {
		return fmt.Errorf("%d of %d rows: %w", o.Refused, o.Read, errPartlyRefused)
	}
	return nil
}

// parseEdition reads the day of an edition.
func parseEdition(s string) (geo.Day, error) { return geo.ParseDay("edition", s) }
