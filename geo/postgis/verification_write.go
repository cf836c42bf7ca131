package postgis

import (
	"context"

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
	if c.LocationState == geo.LocationReported && len(checked[0].findings) == 0 {
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
		return nil
	}
	if was == geo.LocationReported || c.Location == before.Location {
		return nil
	}
	at, accuracy, err := verifiedAt(ctx, tx, before)
	if err != nil {
		return err
	}
	metres, another := geo.Moved(at, accuracy, c.Location)
	if !another {
		return nil
	}
	c.LocationState = geo.LocationReported
	step.To, step.Cause, step.DistanceM = geo.LocationReported, geo.CauseMoved, metres
	o.steps = append(o.steps, step)
	return nil
}

func checkStep(c geo.OrganizationContent) geo.LocationStep {
	return geo.LocationStep{From: geo.LocationReported, To: geo.LocationChecked, Cause: geo.CauseCheck, Author: geo.TechnicalCheck,
		Location: c.Location, AccuracyM: c.LocationAccuracyM, DistanceM: -1}
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
