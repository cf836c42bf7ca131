package main

import (
	"encoding/json"
	"fmt"

	"jingwei/geo/boundary"
	"jingwei/geo/postgis"
)

// listedItems is how many items of a list a person is shown; JSON has all of them.
const listedItems = 50

type namedUnit struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type repairedUnit struct {
	namedUnit
	Reason string `json:"reason"`
}

// boundaryReport is what an import of boundaries says at its end. New, Changed and Unchanged count divisions and lines.
type boundaryReport struct {
	Set         string             `json:"set"`
	Level       string             `json:"level,omitempty"`
	Read        int                `json:"read"`
	New         int                `json:"new"`
	Changed     int                `json:"changed"`
	Unchanged   int                `json:"unchanged"`
	Refused     int                `json:"refused"`
	Refusals    []boundary.Refusal `json:"refusals"`
	Repaired    []repairedUnit     `json:"repaired"`
	Unmatched   []namedUnit        `json:"unmatched"`
	Overlapping [][2]namedUnit     `json:"overlapping"`
	Incomplete  bool               `json:"incomplete"` // all of China without the line in the South China Sea
	Warnings    []string           `json:"warnings"`
	Rows        int                `json:"rows"` // of the database that differ from before
	DryRun      bool               `json:"dry_run"`
	Seconds     float64            `json:"seconds"`
}

func (r *boundaryReport) take(t postgis.BoundaryTally) {
	r.New, r.Changed, r.Unchanged, r.Rows = t.New, t.Changed, t.Unchanged, t.Rows
}

// write reports to a person, or as one line of JSON to a machine.
func (r *boundaryReport) write(c *console) error {
	r.Refused = len(r.Refusals)
	if c.json {
		// No list is null: clients need not ask.
		r.Refusals, r.Repaired, r.Unmatched = notNull(r.Refusals), notNull(r.Repaired), notNull(r.Unmatched)
		r.Overlapping, r.Warnings = notNull(r.Overlapping), notNull(r.Warnings)
		return json.NewEncoder(c.out).Encode(r)
	}
	list(c, "refused", r.Refusals, boundary.Refusal.String)
	list(c, "repaired", r.Repaired, func(u repairedUnit) string { return u.Code + " " + u.Name + ": " + u.Reason })
	list(c, "no such division", r.Unmatched, func(u namedUnit) string { return u.Code + " " + u.Name })
	list(c, "on common ground", r.Overlapping, func(p [2]namedUnit) string {
		return fmt.Sprintf("%s %s and %s %s", p[0].Code, p[0].Name, p[1].Code, p[1].Name)
	})
	for _, w := range r.Warnings {
		fmt.Fprintln(c.out, "warning:", w)
	}
	would := ""
	if r.DryRun {
		would = " (dry run: nothing was written)"
	}
	fmt.Fprintf(c.out, "%d features read: %d new, %d changed, %d unchanged, %d refused, %d repaired, %d without a division%s\n",
		r.Read, r.New, r.Changed, r.Unchanged, r.Refused, len(r.Repaired), len(r.Unmatched), would)
	return nil
}

func notNull[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func list[T any](c *console, what string, items []T, text func(T) string) {
	for i, item := range items {
		if i == listedItems {
			fmt.Fprintf(c.out, "%s: %d more; --json lists all of them\n", what, len(items)-i)
			return
		}
		fmt.Fprintf(c.out, "%s: %s\n", what, text(item))
	}
}
