package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// Work is an import that this process works on, and no other; postgis.ImportWork is one.
type Work interface {
	Authorize(ctx context.Context) error
	Begin(ctx context.Context) error
	Add(ctx context.Context, rows []geo.ImportRow, faults []geo.ImportFault, done int) error
	Check(ctx context.Context) error
	Run(ctx context.Context) error
	Undo(ctx context.Context) error
	Fail(ctx context.Context, sentence string) error
	Close(ctx context.Context)
}

// rowsAtOnce is how many rows go to the database together.
const rowsAtOnce = 10_000

// mostFaults is how many faults of cells an import keeps. A file with more is another one than was meant.
const mostFaults = 500_000

// Do does what an import is to have done in its state, and lets it go. What the file or the database has against it stands
// in the import then; an error is that of something that may be well again when it is tried again.
func (d *Desk) Do(ctx context.Context, w Work, j geo.ImportJob) error {
	defer w.Close(ctx)
	err := d.do(ctx, w, j)
	var fault *geo.Error
	if err == nil || ctx.Err() != nil || errors.Is(err, geo.ErrUnavailable) {
		return err
	}
	if errors.As(err, &fault) {
		return w.Fail(ctx, fault.Error())
	}
	if d.failures[j.ID]++; d.failures[j.ID] < mostFailures {
		return err
	}
	delete(d.failures, j.ID)
	return errors.Join(err, w.Fail(ctx, "it failed on the server several times, and the log tells why"))
}

// mostFailures is how often work is tried that fails for a reason that nobody is told.
const mostFailures = 5

func (d *Desk) do(ctx context.Context, w Work, j geo.ImportJob) error {
	if err := w.Authorize(ctx); err != nil {
		return err
	}
	switch j.State {
	case geo.ImportChecking:
		return d.check(ctx, w, j)
	case geo.ImportRunning:
		return w.Run(ctx)
	case geo.ImportUndoing:
		return w.Undo(ctx)
	}
	return fmt.Errorf("import %d is %s: nothing is to be done", j.ID, j.State)
}

func (d *Desk) check(ctx context.Context, w Work, j geo.ImportJob) error {
	opened, err := d.open(ctx, j.ID)
	if err != nil {
		return err
	}
	defer opened.Close()
	codes, err := d.codes(ctx)
	if err != nil {
		return err
	}
	reader, err := intake.NewOrganizations(j.Mapping, codes)
	if err != nil {
		return err
	}
	sheet, err := opened.Sheet(j.Mapping)
	if err != nil {
		return err
	}
	if err := errors.Join(w.Begin(ctx), add(ctx, w, sheet, reader, j.Mapping.HeaderRow), sheet.Close()); err != nil {
		return err
	}
	return w.Check(ctx)
}

// add reads all rows below the header.
func add(ctx context.Context, w Work, sheet intake.Sheet, reader *intake.Organizations, header int) error {
	rows := make([]geo.ImportRow, 0, rowsAtOnce)
	var faults []geo.ImportFault
	done, wrong := 0, 0
	flush := func() error {
		done, wrong = done+len(rows), wrong+len(faults)
		if wrong > mostFaults {
			return geo.Invalid("file", "more than %d cells are wrong: is this the right file, and do the columns say what is meant?", mostFaults)
		}
		err := w.Add(ctx, rows, faults, done)
		rows, faults = rows[:0], faults[:0]
		return err
	}
	for {
		n, cells, err := sheet.Next()
		var broken *intake.RowError
		switch {
		case errors.Is(err, io.EOF):
			return flush()
		case errors.As(err, &broken):
			if broken.Row > header {
				rows = append(rows, geo.ImportRow{Row: broken.Row})
				faults = append(faults, faultOf(broken))
			}
		case err != nil:
			return err
		case n > header:
			if row, found, ok := reader.Read(n, cells); ok {
				rows, faults = append(rows, row), append(faults, found...)
			}
		}
		if len(rows) == rowsAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// faultOf says what is wrong with a row as a whole.
func faultOf(broken *intake.RowError) geo.ImportFault {
	var quote *intake.QuoteError
	if errors.As(broken, &quote) {
		return geo.ImportFault{Row: broken.Row, Reason: geo.FaultQuote, Detail: strconv.Itoa(quote.Line)}
	}
	return geo.ImportFault{Row: broken.Row, Reason: geo.FaultRow}
}

// Claim takes an import that is to be worked on; nil when there is none.
type Claim func(ctx context.Context) (Work, geo.ImportJob, error)

// pause is how long a worker waits when there is nothing to do.
const pause = time.Second

// Serve works on imports, one after the other, until ctx is done. wake, which may be nil, tells that there may be one.
func (d *Desk) Serve(ctx context.Context, claim Claim, wake <-chan struct{}, log *slog.Logger) error {
	for ctx.Err() == nil {
		worked, err := d.next(ctx, claim)
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "an import was interrupted; it goes on in a moment", "error", err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(pause):
		}
	}
	return nil
}

func (d *Desk) next(ctx context.Context, claim Claim) (bool, error) {
	w, j, err := claim(ctx)
	if err != nil || w == nil {
		return false, err
	}
	return true, d.Do(ctx, w, j)
}
