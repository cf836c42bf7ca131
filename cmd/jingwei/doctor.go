package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"jingwei/geo"
	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

type doctorCommand struct {
	where
	front
	fileFlags
	Head string `help:"Head of the audit's chain that was noted elsewhere. Without it the one in the data folder counts." env:"JINGWEI_HEAD" placeholder:"NUMBER:HASH"`
}

// state is how a check ended.
type state string

const (
	stateOK   state = "ok"
	stateWarn state = "warn" // works, but is not as it should be
	stateFail state = "fail"
)

// finding is what a check says: a state, and a sentence that a person can act on.
type finding struct {
	Name     string `json:"name"`
	State    state  `json:"state"`
	Sentence string `json:"sentence"`
}

func found(name string, s state, format string, args ...any) []finding {
	return []finding{{name, s, fmt.Sprintf(format, args...)}}
}

// patient is what is checked. Without a database that could be opened, database is nil.
type patient struct {
	*doctorCommand
	console  *console
	database *database
	opening  error // why there is no database
	expected geo.AuditHead
}

// checks are all that doctor looks at, in the order in which it is told. A check that has nothing to look at finds
// nothing.
func checks() []func(context.Context, *patient) []finding {
	return []func(context.Context, *patient) []finding{
		checkDatabase, checkDefences, checkAudit,
		checkDataDir, checkToken, checkListen, checkProxies, checkPublicURL, checkBaseMaps, checkProviders,
	}
}

// errUnsound ends a doctor that found a fault.
var errUnsound = errors.New("not everything is as it should be")

// Run checks everything and reports. Nothing is changed, the schema of the database neither.
func (d *doctorCommand) Run(ctx context.Context, c *console) error {
	p := &patient{doctorCommand: d, console: c}
	if err := d.check(); err != nil {
		return err
	}
	var err error
	if d.Head != "" {
		if p.expected, err = geo.ParseAuditHead(d.Head); err != nil {
			return err
		}
	}
	p.database, p.opening = d.examine(ctx, c)
	var all []finding
	for _, check := range checks() {
		all = append(all, check(ctx, p)...)
	}
	if p.database != nil {
		err = p.database.Close()
	}
	return errors.Join(report(c, all), err)
}

// errNoDatabase is for a data folder in which nothing was started yet.
var errNoDatabase = errors.New("there is no database yet; the first start of serve makes it")

// examine opens the database as it is: a private one that runs already, else it is started for the time.
func (d *doctorCommand) examine(ctx context.Context, c *console) (*database, error) {
	b := &database{url: d.Database, log: c.log, config: private.Config{Dir: d.DataDir, Log: c.log}}
	if b.url == "" {
		if _, err := os.Lstat(filepath.Join(d.DataDir, "postgres")); err != nil {
			return nil, errNoDatabase
		}
		var err error
		if b.url, _, err = private.Running(ctx, d.DataDir, databaseName); errors.Is(err, private.ErrNotRunning) {
			if b.cluster, err = private.Start(ctx, b.config); err == nil {
				b.url = b.cluster.URL(databaseName)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	var err error
	if b.Store, err = postgis.Open(ctx, b.url, c.log); err != nil {
		return nil, b.closeAfter(err)
	}
	return b, nil
}

// report writes the table, or JSON for machines; a fault is an error.
func report(c *console, all []finding) error {
	faults, width := 0, 0
	for _, f := range all {
		width = max(width, utf8.RuneCountInString(f.Name))
		if f.State == stateFail {
			faults++
		}
	}
	if err := writeFindings(c, all, width); err != nil {
		return err
	}
	if faults > 0 {
		return fmt.Errorf("doctor: %d of %d checks failed: %w", faults, len(all), errUnsound)
	}
	return nil
}

func writeFindings(c *console, all []finding, width int) error {
	if c.json {
		return json.NewEncoder(c.out).Encode(struct {
			Checks []finding `json:"checks"`
		}{all})
	}
	for _, f := range all {
		if _, err := io.WriteString(c.out, fmt.Sprintf("%-4s  %-*s  %s\n", f.State, width, f.Name, f.Sentence)); err != nil {
			return err
		}
	}
	return nil
}
