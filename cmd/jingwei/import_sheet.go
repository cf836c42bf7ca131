package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"jingwei/geo"
	"jingwei/geo/imports"
)

// importSheet is what a table of organizations needs beside its file.
type importSheet struct {
	Mapping  map[string]string `help:"What a column says: FIELD=COLUMN, the column by its header, for example name=单位名称. Others are recognised." placeholder:"FIELD=COLUMN"`
	Sheet    string            `help:"The sheet of a workbook." placeholder:"NAME"`
	Header   int               `help:"The row of the headers, counted from 1." placeholder:"ROW"`
	CRS      string            `name:"crs" help:"System of coordinates whose row names none, for example gcj02, bd09, EPSG:4549." placeholder:"NAME"`
	Superior int64             `help:"Superior of new organizations whose row names none." placeholder:"ID"`
	Kind     string            `help:"Kind of new organizations whose row names none." placeholder:"CODE"`
	Clear    bool              `help:"Empty cells empty what is known."`
	Outside  bool              `name:"accept-outside" help:"Take places outside of their division."`
	Undo     int64             `help:"Take back what the import with this number wrote; no file is needed." placeholder:"JOB"`
}

// sheetImport is an import of a table from the command line.
type sheetImport struct {
	*importOrganizationsCommand
	d       *database
	desk    *imports.Desk
	console *console
	ask     geo.ImportAsk
}

// sheet imports a table of organizations, or undoes such an import.
func (i *importOrganizationsCommand) sheet(ctx context.Context, c *console) (err error) {
	if i.File == "" && i.Undo == 0 {
		return geo.Invalid("FILE", "a file is needed, or --undo JOB")
	}
	d, err := joinDatabase(ctx, i.where, c.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s := &sheetImport{importOrganizationsCommand: i, d: d, desk: imports.New(d.Store), console: c,
		ask: geo.ImportAsk{Name: importAuthor, All: true, See: geo.Everywhere(), In: geo.Everywhere()}}
	if i.Undo != 0 {
		j, err := s.work(ctx, geo.ID(i.Undo), geo.ImportUndoing)
		if err != nil {
			return err
		}
		return s.tell(sheetOutcome{Job: j.ID, State: j.State, Counts: j.Counts})
	}
	return s.bring(ctx)
}

// bring uploads, checks and runs.
func (s *sheetImport) bring(ctx context.Context) error {
	began := time.Now()
	j, err := s.upload(ctx)
	if err != nil {
		return err
	}
	if j, err = s.work(ctx, j.ID, geo.ImportChecking); err != nil {
		return err
	}
	refused, err := newRefusals(s.Report)
	if err != nil {
		return err
	}
	if err := errors.Join(s.refuse(ctx, j, refused), refused.close()); err != nil {
		return err
	}
	out := sheetOutcome{Job: j.ID, DryRun: s.DryRun, ReportFile: s.Report, refusals: refused}
	if s.DryRun {
		err = s.d.DeleteImport(ctx, s.ask, j.ID)
	} else {
		j, err = s.work(ctx, j.ID, geo.ImportRunning)
	}
	if err != nil {
		return err
	}
	out.State, out.Counts, out.Seconds = j.State, j.Counts, time.Since(began).Seconds()
	if err := s.tell(out); err != nil {
		return err
	}
	if j.Counts.Refused > 0 {
		return fmt.Errorf("%d of %d rows: %w", j.Counts.Refused, j.Counts.Rows, errPartlyRefused)
	}
	return nil
}

func (s *sheetImport) upload(ctx context.Context) (geo.ImportJob, error) {
	file, err := s.open()
	if err != nil {
		return geo.ImportJob{}, err
	}
	defer file.Close()
	m := geo.ImportMapping{Sheet: s.Sheet, HeaderRow: s.Header, CRS: s.CRS, Superior: geo.ID(s.Superior)}
	j, err := s.desk.Upload(ctx, s.ask, s.File, file, m, func() error { return nil })
	if err != nil {
		return j, err
	}
	m = j.Mapping
	m.CRS, m.Kind, m.Clear, m.AcceptOutside = orElse(s.CRS, m.CRS), s.Kind, s.Clear, s.Outside
	if err := s.name(m.Columns, j.Recognition.Headers); err != nil {
		return j, err
	}
	return s.desk.Map(ctx, s.ask, j.ID, m)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// name says of columns what --mapping says of them.
func (s *sheetImport) name(columns []geo.ImportField, headers []string) error {
	for field, header := range s.Mapping {
		found := -1
		for i, h := range headers {
			if columns[i] == geo.ImportField(field) {
				columns[i] = ""
			}
			if strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(header)) {
				found = i
			}
		}
		if found < 0 {
			return geo.Invalid("mapping", "no column has the header %q; the file has: %s", header, strings.Join(headers, ", "))
		}
		columns[found] = geo.ImportField(field)
	}
	return nil
}

// work lets an import be done up to the end of the state, here or by a server that took it first.
func (s *sheetImport) work(ctx context.Context, id geo.ID, state string) (geo.ImportJob, error) {
	if _, err := s.d.StartImport(ctx, s.ask, id, state); err != nil {
		return geo.ImportJob{}, err
	}
	p := newProgress(s.console, state)
	for {
		w, j, err := claimImport(ctx, s.d.Store, id, p.update)
		if err != nil {
			return j, err
		}
		if w != nil {
			if err := s.desk.Do(ctx, w, j); err != nil {
				return j, err
			}
		}
		if j, err = s.d.Import(ctx, s.ask, id); err != nil || !j.Active() {
			p.done()
			if err == nil && j.Failure != "" {
				err = geo.Invalid("", "%s", j.Failure)
			}
			return j, err
		}
		p.update(j.Done, j.Total)
		select {
		case <-ctx.Done():
			return j, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// refuse hands on what is wrong with rows.
func (s *sheetImport) refuse(ctx context.Context, j geo.ImportJob, r *refusals) error {
	const page = 10_000
	for offset := 0; ; offset += page {
		faults, err := s.d.ImportFaults(ctx, j.ID, geo.ImportFaultQuery{Offset: offset, Limit: page})
		if err != nil {
			return err
		}
		for _, f := range faults {
			if !f.Warning {
				r.addFault(f)
			}
		}
		if len(faults) < page {
			return nil
		}
	}
}

// sheetOutcome is what an import of a table says at its end; its JSON is for machines.
type sheetOutcome struct {
	Job        geo.ID           `json:"job"`
	State      string           `json:"state"`
	Counts     geo.ImportCounts `json:"counts"`
	Refusals   []refusedRow     `json:"refusals"`
	ReportFile string           `json:"report,omitempty"`
	DryRun     bool             `json:"dry_run"`
	Seconds    float64          `json:"seconds"`
	refusals   *refusals
}

func (s *sheetImport) tell(o sheetOutcome) error {
	o.Refusals = []refusedRow{}
	if o.refusals != nil {
		for _, r := range o.refusals.first {
			o.Refusals = append(o.Refusals, refusedRow{r.Line, r.Code, r.Field, r.Reason})
		}
	}
	if s.console.json {
		return json.NewEncoder(s.console.out).Encode(o)
	}
	o.print(s.console.out)
	return nil
}

func (o sheetOutcome) print(w io.Writer) {
	c := o.Counts
	for _, r := range o.Refusals {
		fmt.Fprintf(w, "row %d, %s: %s\n", r.Line, r.Column, r.Reason)
	}
	if o.refusals != nil && o.refusals.n > len(o.Refusals) {
		fmt.Fprintf(w, "%d more; --report FILE lists all of them\n", o.refusals.n-len(o.Refusals))
	}
	switch {
	case o.State == geo.ImportUndone:
		fmt.Fprintf(w, "import %d is undone: %d taken back, %d stay since others changed them or rely on them\n", o.Job, c.Undone, c.Kept)
	case o.State == geo.ImportPartlyUndone:
		fmt.Fprintf(w, "import %d is undone in part: %d taken back, %d stay since others rely on them or changed them; --undo %d tries again\n", o.Job, c.Undone, c.Kept, o.Job)
	case o.DryRun:
		fmt.Fprintf(w, "%d rows read: %d new, %d changed, %d unchanged, %d refused; %d found by name, %d get another superior, %d cells emptied (dry run: nothing was written)\n",
			c.Rows, c.New, c.Changed, c.Unchanged, c.Refused, c.ByName, c.Moved, c.Emptied)
	default:
		fmt.Fprintf(w, "%d rows read: %d new, %d changed, %d unchanged, %d refused; jingwei import organizations --undo %d takes it back\n",
			c.Rows, c.Made, c.Altered, c.Unchanged+c.Left, c.Refused, o.Job)
	}
}
