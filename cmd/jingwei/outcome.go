package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"jingwei/geo"
	"jingwei/geo/intake"
	"jingwei/geo/postgis"
)

// listedRefusals is how many refused rows are shown; all of them are in the report file.
const listedRefusals = 20

// refusals counts refused rows, keeps the first and writes all to the report file.
type refusals struct {
	n     int
	first []intake.Refusal
	file  *os.File
	csv   *csv.Writer
}

func newRefusals(path string) (*refusals, error) {
	if path == "" {
		return &refusals{}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	r := &refusals{file: file, csv: csv.NewWriter(file)}
	return r, r.csv.Write([]string{"line", "code", "column", "reason"})
}

// add takes a refused row. Errors of the report file stay with the writer until close.
func (r *refusals) add(x intake.Refusal) {
	r.n++
	if len(r.first) < listedRefusals {
		r.first = append(r.first, x)
	}
	if r.csv != nil {
		_ = r.csv.Write([]string{strconv.Itoa(x.Line), x.Code, x.Field, x.Reason})
	}
}

// addFault takes what is wrong with a cell of a table of organizations.
func (r *refusals) addFault(f geo.ImportFault) {
	r.add(intake.Refusal{Line: f.Row, Code: f.Value, Field: string(f.Field), Reason: f.Sentence()})
}

func (r *refusals) close() error {
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	if err := errors.Join(r.csv.Error(), r.file.Close()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// outcome is what an import says at its end; its JSON is for machines.
type outcome struct {
	Read       int            `json:"read"`
	New        int            `json:"new"`
	Changed    int            `json:"changed"`
	Unchanged  int            `json:"unchanged"`
	Kept       int            `json:"kept"`    // altered by others since: left as they are
	Skipped    int            `json:"skipped"` // rows that are none of what is imported
	Refused    int            `json:"refused"`
	Refusals   []refusedRow   `json:"refusals"`
	ReportFile string         `json:"report,omitempty"`
	DryRun     bool           `json:"dry_run"`
	Seconds    float64        `json:"seconds"`
	Succession *successionSum `json:"successions,omitempty"`
	refusals   *refusals
}

// successionSum says what became of the successions of a history.
type successionSum struct {
	Read      int `json:"read"`
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Endless   int `json:"without_successor"`
}

type refusedRow struct {
	Line   int    `json:"line"`
	Code   string `json:"code,omitempty"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

func (o *outcome) take(t postgis.Tally) {
	o.New, o.Changed, o.Unchanged, o.Kept = t.New, t.Changed, t.Unchanged, t.Kept
}

// write reports to a person, or as one line of JSON to a machine.
func (o *outcome) write(c *console) error {
	o.Refused = o.refusals.n
	o.Refusals = make([]refusedRow, 0, len(o.refusals.first))
	for _, r := range o.refusals.first {
		o.Refusals = append(o.Refusals, refusedRow{r.Line, r.Code, r.Field, r.Reason})
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(o)
	}
	for _, r := range o.refusals.first {
		fmt.Fprintln(c.out, "refused:", r)
	}
	if more := o.Refused - len(o.refusals.first); more > 0 {
		fmt.Fprintf(c.out, "refused: %d more rows; --report FILE lists all of them\n", more)
	}
	would := ""
	if o.DryRun {
		would = " (dry run: nothing was written)"
	}
	fmt.Fprintf(c.out, "%d rows read: %d new, %d changed, %d unchanged, %d refused%s\n", o.Read, o.New, o.Changed, o.Unchanged, o.Refused, would)
	if o.Kept > 0 {
		fmt.Fprintf(c.out, "%d were altered here since and stay as they are\n", o.Kept)
	}
	if o.Skipped > 0 {
		fmt.Fprintf(c.out, "%d rows are no committees\n", o.Skipped)
	}
	if s := o.Succession; s != nil {
		fmt.Fprintf(c.out, "%d successions: %d new, %d changed, %d unchanged; %d codes ended without a successor\n", s.Read, s.New, s.Changed, s.Unchanged, s.Endless)
	}
	return nil
}
