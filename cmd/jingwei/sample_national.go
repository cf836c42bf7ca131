package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jingwei/geo"
	"jingwei/geo/postgis"
	"jingwei/testdata/sample/national"
)

// Sizes of the national sample when nothing else is asked for.
const (
	nationalOrganizations = 5_250_000
	nationalReports       = 20_000_000
	nationalSeed          = 1
)

// nationalLoad is the loading of a national sample.
type nationalLoad struct {
	*database
	console       *console
	nation        *national.Nation
	organizations *national.Organizations
	seed          uint32
	reports       int
	edition       geo.Day
	result        nationalResult
}

// nationalResult is what a load says at its end; its JSON is for machines.
type nationalResult struct {
	Scale         string        `json:"scale"`
	Seed          uint32        `json:"seed"`
	Divisions     divisionsDone `json:"divisions"`
	Organizations partDone      `json:"organizations"`
	Grids         partDone      `json:"grids"`
	Reports       partDone      `json:"reports"`
	Seconds       float64       `json:"seconds"`
}

type divisionsDone struct {
	New       int     `json:"new"`
	Changed   int     `json:"changed"`
	Unchanged int     `json:"unchanged"`
	Labels    int     `json:"labels"` // given to divisions that had none
	Seconds   float64 `json:"seconds"`
}

type partDone struct {
	Total   int     `json:"total"`
	New     int     `json:"new"` // written now
	Seconds float64 `json:"seconds"`
}

func (l *sampleLoadCommand) loadNational(ctx context.Context, c *console) error {
	began := time.Now()
	load := nationalLoad{console: c, seed: valueOr(l.Seed, nationalSeed), reports: valueOr(l.Reports, nationalReports)}
	if err := load.plan(valueOr(l.Organizations, nationalOrganizations)); err != nil {
		return err
	}
	var err error
	if load.database, err = joinDatabase(ctx, l.where, c.log); err != nil {
		return err
	}
	if err := errors.Join(load.run(ctx), load.Close()); err != nil {
		return fmt.Errorf("national sample: %w", err)
	}
	load.result.Seconds = time.Since(began).Seconds()
	return load.result.write(c)
}

func valueOr[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// plan makes what the items follow from; sizes that cannot be are geo.ErrInvalid.
func (l *nationalLoad) plan(organizations int) (err error) {
	if l.edition, err = parseEdition(national.Edition); err != nil {
		return err
	}
	if l.nation, err = national.New(uint64(l.seed)); err != nil {
		return err
	}
	if l.organizations, err = l.nation.Organizations(organizations); err != nil {
		return err
	}
	_, err = l.organizations.Grids(0).Reports(l.reports, 0)
	return err
}

// run loads part after part.
func (l *nationalLoad) run(ctx context.Context) error {
	l.result = nationalResult{Scale: "national", Seed: l.seed}
	if err := l.checkParts(ctx); err != nil {
		return err
	}
	if err := l.loadDivisions(ctx); err != nil {
		return err
	}
	valid := geo.DayRange{From: l.edition, To: geo.MaxDay}
	err := l.part("organizations", l.organizations.Len(), &l.result.Organizations, func(p postgis.Progress) (int, error) {
		return l.LoadOrganizationTree(ctx, l.partName("organizations"), l.organizations, valid, "sample", p)
	})
	if err != nil {
		return err
	}
	base, _, _, err := l.SamplePart(ctx, l.partName("organizations"))
	if err != nil {
		return err
	}
	grids := l.organizations.Grids(base)
	err = l.part("grids", grids.Len(), &l.result.Grids, func(p postgis.Progress) (int, error) {
		return l.LoadGrids(ctx, l.partName("grids"), grids, p)
	})
	if err != nil {
		return err
	}
	if base, _, _, err = l.SamplePart(ctx, l.partName("grids")); err != nil {
		return err
	}
	reports, err := grids.Reports(l.reports, base)
	if err != nil {
		return err
	}
	return l.part("reports", reports.Len(), &l.result.Reports, func(p postgis.Progress) (int, error) {
		return l.LoadReports(ctx, l.partName("reports"), reports, p)
	})
}

// partName names a part of the load in the database, without its size: the same seed with another size is found by it.
func (l *nationalLoad) partName(part string) string {
	return fmt.Sprintf("national sample %d: %s of seed %d", national.Version, part, l.seed)
}

// checkParts refuses another size of a sample that was begun with the same seed, before anything is written: its items
// would be other ones.
func (l *nationalLoad) checkParts(ctx context.Context) error {
	for _, part := range []struct {
		name string
		size int
	}{{"organizations", l.organizations.Len()}, {"reports", l.reports}} {
		base, done, total, err := l.SamplePart(ctx, l.partName(part.name))
		if err != nil {
			return err
		}
		if base != 0 && total != part.size {
			return &geo.Error{Kind: geo.ErrConflict, Field: part.name, Message: fmt.Sprintf(
				"this database holds the sample of seed %d with %d %s (%d of them loaded), not %d: load it with --%s %d, use another seed, or an empty database",
				l.seed, total, part.name, done, part.size, part.name, total)}
		}
	}
	return nil
}

// loadDivisions imports the table, and gives label points to the divisions that have none.
func (l *nationalLoad) loadDivisions(ctx context.Context) error {
	began := time.Now()
	table := l.nation.Divisions()
	p := l.follow("divisions", table.Len())
	tally, err := l.ImportDivisions(ctx, table, l.edition, false, p)
	if err != nil {
		return err
	}
	known := l.nation.Labels()
	labels, err := l.LabelDivisions(ctx, known, l.edition, l.follow("label points", len(known)))
	if err != nil {
		return err
	}
	l.result.Divisions = divisionsDone{tally.New, tally.Changed, tally.Unchanged, labels, time.Since(began).Seconds()}
	l.console.log.Info("national sample: divisions", "new", tally.New, "changed", tally.Changed, "unchanged", tally.Unchanged,
		"labels", labels, "after", time.Since(began).Round(time.Millisecond))
	return nil
}

// part loads one part and notes what became of it.
func (l *nationalLoad) part(name string, total int, done *partDone, load func(postgis.Progress) (int, error)) error {
	began := time.Now()
	written, err := load(l.follow(name, total))
	took := time.Since(began)
	*done = partDone{Total: total, New: written, Seconds: took.Seconds()}
	if err != nil {
		return err
	}
	l.console.log.Info("national sample: "+name, "total", total, "new", written, "after", took.Round(time.Millisecond),
		"per_second", int(float64(written)/took.Seconds()))
	return nil
}

// followPause is how often the log hears of a long load.
const followPause = 15 * time.Second

// follow shows how far a part is: on a terminal by a line, and now and then in the log.
func (l *nationalLoad) follow(name string, total int) postgis.Progress {
	shown := newProgress(l.console, "national sample: "+name)
	said, before := time.Now(), -1
	return func(done, _ int) {
		shown.update(done, total)
		if before < 0 {
			before = done
		}
		if now := time.Now(); now.Sub(said) >= followPause && !shown.visible {
			l.console.log.Info("national sample: "+name, "done", done, "total", total,
				"per_second", int(float64(done-before)/now.Sub(said).Seconds()))
			said, before = now, done
		}
		if done >= total {
			shown.done()
		}
	}
}

// write reports to a person, or as one line of JSON to a machine.
func (r nationalResult) write(c *console) error {
	if c.json {
		return json.NewEncoder(c.out).Encode(r)
	}
	fmt.Fprintf(c.out, "divisions: %d new, %d changed, %d unchanged, %d label points given\n", r.Divisions.New, r.Divisions.Changed, r.Divisions.Unchanged, r.Divisions.Labels)
	for _, p := range []struct {
		name string
		partDone
	}{{"organizations", r.Organizations}, {"grids", r.Grids}, {"reports", r.Reports}} {
		fmt.Fprintf(c.out, "%s: %d, of which %d written now\n", p.name, p.Total, p.New)
	}
	fmt.Fprintf(c.out, "national sample of seed %d loaded in %.0f s\n", r.Seed, r.Seconds)
	return nil
}
