package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jingwei/geo"
)

// longUnsealed is after how long an entry of the audit should have its seal, unless its transaction ended just now.
const longUnsealed = time.Minute

func checkDatabase(ctx context.Context, p *patient) []finding {
	const name = "database"
	if errors.Is(p.opening, errNoDatabase) {
		return found(name, stateWarn, "%v", p.opening)
	}
	if p.opening != nil {
		return found(name, stateFail, "cannot be used: %v", p.opening)
	}
	v, err := p.database.Versions(ctx)
	if err != nil {
		return found(name, stateFail, "does not answer: %v", err)
	}
	return found(name, stateOK, "PostgreSQL %s, PostGIS %s, a locale that finds Chinese, schema %d", v.PostgreSQL, v.PostGIS, v.Schema)
}

// checkDefences tells what the database itself does to keep what is hidden. Without it the program's own conditions hold,
// so that nothing fails.
func checkDefences(ctx context.Context, p *patient) []finding {
	if p.database == nil {
		return nil
	}
	lines, err := p.database.Defences(ctx)
	if err != nil {
		return found("defences", stateFail, "could not be looked at: %v", err)
	}
	var all []finding
	for _, d := range lines {
		f := finding{"defence " + d.Name, stateOK, d.What}
		if !d.Active {
			f.State = stateWarn
			f.Sentence = fmt.Sprintf("Not active: %s A superuser runs in the database: %s Then run jingwei migrate, and start anew.", d.What, d.Remedy)
		}
		all = append(all, f)
	}
	return all
}

// checkAudit verifies the whole chain.
func checkAudit(ctx context.Context, p *patient) []finding {
	if p.database == nil {
		return nil
	}
	expected, source := p.expected, "given"
	if expected == (geo.AuditHead{}) {
		var err error
		if expected, err = readHead(p.DataDir); err != nil {
			return found("audit", stateFail, "%v", err)
		}
		source = "noted in " + p.DataDir
	}
	shown := newProgress(p.console, "audit")
	r, err := p.database.VerifyAudit(ctx, expected, shown.update)
	if err != nil {
		return found("audit", stateFail, "could not be verified: %v", err)
	}
	shown.done()
	return append(chainFindings(r, expected, source), sealFinding(r, time.Now()))
}

// chainFindings tells each fault, or that there is none.
func chainFindings(r geo.AuditReport, expected geo.AuditHead, source string) []finding {
	const name = "audit"
	var all []finding
	for _, f := range r.Faults {
		all = append(all, finding{name, stateFail, f.Message})
	}
	if more := r.FaultCount - int64(len(r.Faults)); more > 0 {
		all = append(all, finding{name, stateFail, fmt.Sprintf("%d more faults", more)})
	}
	switch {
	case r.FaultCount > 0:
		return all
	case r.Seals == 0:
		return found(name, stateOK, "nothing was sealed yet")
	case expected == (geo.AuditHead{}):
		return found(name, stateOK, "%d entries in %d seals are as they were written; no head was noted before, so a missing end would not show; the head is %s",
			r.Entries, r.Seals, r.Head)
	}
	return found(name, stateOK, "%d entries in %d seals are as they were written, and seal %d, which was %s, is among them; the head is %s",
		r.Entries, r.Seals, expected.N, source, r.Head)
}

// sealFinding tells what could still be altered unnoticed.
func sealFinding(r geo.AuditReport, now time.Time) finding {
	const name = "audit seals"
	if r.Unsealed == 0 {
		return finding{name, stateOK, "every entry is sealed"}
	}
	age := now.Sub(r.OldestUnsealed).Round(time.Second)
	if age < longUnsealed {
		return finding{name, stateOK, fmt.Sprintf("%d entries wait for their seal, the oldest for %v", r.Unsealed, age)}
	}
	return finding{name, stateWarn, fmt.Sprintf("%d entries wait for their seal, the oldest since %s: a running serve seals them each second",
		r.Unsealed, r.OldestUnsealed.UTC().Format(time.RFC3339))}
}
