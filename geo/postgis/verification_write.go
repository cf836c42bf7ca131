package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// errStateIsOutcome refuses a state that comes with the content.
var errStateIsOutcome = &geo.Error{Kind: geo.ErrInvalid, Field: "location_state",
	Message: "the state of a location is the outcome of its verification and is not written with the content: leave it out, and take a step with POST /api/organizations/{id}/verification"}

// outcome is what a write makes of the state of a location: the steps that it takes, and what the technical check found.
type outcome struct {
	steps   []geo.LocationStep
	checked []checkedLocation
}

// settle decides the state of the location that a write gives an organization: c.LocationState as the caller gave it, "" for what
// it is. before is nil for a new one. A location that became another one is reported anew; a reported one is checked.
func (w organizationWrite) settle(ctx context.Context, tx pgx.Tx, before *geo.Organization, c *geo.OrganizationContent, today geo.Day) (o outcome, err error) {
	free := geo.ActorOf(ctx).WritesLocationState()
	if before == nil {
		if c.LocationState != geo.LocationReported && !free {
			return o, errStateIsOutcome
		}
	} else if err := w.settleChange(ctx, tx, *before, c, free, &o); err != nil {
		return o, err
	}
	checked, err := checkLocations(ctx, tx, []checkedLocation{{id: w.id, content: *c}}, today)
	if err != nil {
		return o, err
	}
	o.checked = checked
	if checked[0].passes() {
		o.steps = append(o.steps, checkStep(*c))
		c.LocationState = geo.LocationChecked
	}
	return o, nil
}

// settleChange is settle for an organization that exists.
func (w organizationWrite) settleChange(ctx context.Context, tx pgx.Tx, before geo.Organization, c *geo.OrganizationContent, free bool, o *outcome) error {
	was := before.LocationState
	step := geo.LocationStep{From: was, Account: geo.ActorOf(ctx).Account, Author: w.author, Location: c.Location, AccuracyM: c.LocationAccuracyM, DistanceM: -1}
	switch {
	case c.LocationState == "":
		c.LocationState = was
	case c.LocationState != was && !free:
		return errStateIsOutcome
	case c.LocationState != was:
		step.To, step.Cause = c.LocationState, geo.CauseWritten
		o.steps = append(o.steps, step)
		return nil
	case free: // who says that the state is as it was means it
		if was != geo.LocationReported && another(before.OrganizationContent, *c) {
			step.To, step.Cause = was, geo.CauseWritten
			o.steps = append(o.steps, step)
		}
		return nil
	}
	if was == geo.LocationReported {
		return nil
	}
	at, accuracy, err := verifiedAt(ctx, tx, before, w.version)
	if err != nil {
		return err
	}
	if step.Cause, step.DistanceM = geo.Renewal(before.OrganizationContent, *c, at, accuracy); step.Cause == "" {
		return nil
	}
	c.LocationState, step.To = geo.LocationReported, geo.LocationReported
	o.steps = append(o.steps, step)
	return nil
}

// another reports whether a check of a location says nothing of another one.
func another(a, b geo.OrganizationContent) bool {
	return !geo.SameVerified(a, b) || a.LocationSource != b.LocationSource
}

func checkStep(c geo.OrganizationContent) geo.LocationStep {
	return geo.LocationStep{From: geo.LocationReported, To: geo.LocationChecked, Cause: geo.CauseCheck, Author: geo.TechnicalCheck,
		Location: c.Location, AccuracyM: c.LocationAccuracyM, DistanceM: -1}
}

const sqlLastStepOf = `
select s.to_state from jingwei.location_step s where s.organization_id = $1 and s.version = $2 order by s.id desc limit 1`

// verifyAgain lets hold what was verified before the write that is taken back, after that was: if the write took steps, one more leads
// back, to where the location was verified; what a check of another location found is found again of this one.
func (v *reversal) verifyAgain(ctx context.Context, tx pgx.Tx, existed bool, before geo.Organization, today geo.Day) error {
	after, _, err := v.contentFrom(ctx, tx, today)
	if errors.Is(err, geo.ErrNotFound) { // it never was, for a day
		return nil
	}
	if err != nil {
		return err
	}
	step := geo.LocationStep{To: after.LocationState, Cause: geo.CauseUndone, Account: geo.ActorOf(ctx).Account, Author: v.author, DistanceM: -1}
	undone := v.version - 1
	err = tx.QueryRow(ctx, sqlLastStepOf, v.id, undone).Scan(&step.From)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if err == nil {
		if step.Location, step.AccuracyM, err = verifiedAt(ctx, tx, after, undone); err != nil {
			return err
		}
		if err := v.keepStep(ctx, tx, step); err != nil {
			return err
		}
	}
	if v.retired != nil || !existed || !another(before.OrganizationContent, after.OrganizationContent) {
		return nil
	}
	checked, err := checkLocations(ctx, tx, []checkedLocation{{id: v.id, content: after.OrganizationContent}}, today)
	if err != nil || checked[0].passes() { // the step that follows is taken with the next check
		return err
	}
	return keepChecks(ctx, tx, checked)
}

// keep writes the outcome, after the version that it is about.
func (o outcome) keep(ctx context.Context, tx pgx.Tx, w organizationWrite) error {
	for _, s := range o.steps {
		if err := w.keepStep(ctx, tx, s); err != nil {
			return err
		}
	}
	return keepChecks(ctx, tx, o.checked)
}
