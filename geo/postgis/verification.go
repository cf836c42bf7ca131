package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// TakeLocationStep takes a step of the verification of an organization's location, as geo.LocationMove says, and returns the
// organization with its new state. The state is content: the step comes with a version of the organization, in one transaction. What it says
// holds for all days of the present content, since it is a step in what is known of the location and the location is the same, and so it
// does for planned days on which that is so.
//
// by must be granted one of the move's actions on the organization, else it is geo.ErrForbidden, or geo.ErrNotFound where the
// organization may not even be seen; otherwise as ReplaceOrganization and geo.LocationMove.Take.
func (s *Store) TakeLocationStep(ctx context.Context, by geo.Authority, id geo.ID, ifVersion int32, m geo.LocationMove) (geo.Organization, geo.FeedPosition, error) {
	today := s.today()
	in := by.Scope(geo.ActionVerifyLocation, today).Or(by.Scope(geo.ActionConfirmLocation, today))
	r := s.reach(by.Scope(geo.ActionReadOrganization, today), in, today)
	var org geo.Organization
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		w, known, err := r.lockOrganization(ctx, tx, id, ifVersion, &operation{action: geo.WriteVerify, author: by.Name})
		if err != nil {
			return err
		}
		if err := w.move(ctx, tx, r, known, by, m); err != nil {
			return err
		}
		org, err = sight{querier: tx, scope: geo.Everywhere().Key()}.organization(ctx, id, today)
		return err
	})
	if err != nil {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("verify the location of organization %d: %w", id, err)
	}
	return org, s.positionAfter(ctx), nil
}

func (w organizationWrite) move(ctx context.Context, tx pgx.Tx, r reach, known []standing, by geo.Authority, m geo.LocationMove) error {
	today := r.today
	before, path, err := w.contentFrom(ctx, tx, today)
	if err != nil {
		return err
	}
	if err := mayMove(by, m, before, path, today); err != nil {
		return err
	}
	from := geo.LocationStanding{State: before.LocationState, At: before.Location, AccuracyM: before.LocationAccuracyM}
	if from.ComparedBy, err = comparedBy(ctx, tx, w.id); err != nil {
		return err
	}
	actor := geo.ActorOf(ctx)
	actor.Account, actor.Name = by.Account, by.Name
	step, err := m.Take(from, actor)
	if err != nil {
		return err
	}
	return w.step(ctx, tx, r, known, before, step)
}

// mayMove refuses a step to those who may take others here. That they may take any was decided with the lock.
func mayMove(by geo.Authority, m geo.LocationMove, of geo.Organization, path []geo.ID, today geo.Day) error {
	if err := m.Validate(); err != nil {
		return err
	}
	for _, a := range m.Actions(of.LocationState) {
		if by.May(a, geo.Object{Path: path}, today) {
			return nil
		}
	}
	if m.To == geo.LocationConfirmed {
		return &geo.Error{Kind: geo.ErrForbidden, Reason: "registrar", Message: "a location is confirmed by those who are there: ask a registrar of the organization"}
	}
	return &geo.Error{Kind: geo.ErrForbidden, Reason: "reviewer", Message: "this step is for a reviewer of the organization, or of one above it"}
}

// step lets the state that a step leads to hold, for all days of the content before and those planned ones on which the place is
// the same, and keeps the step.
func (w organizationWrite) step(ctx context.Context, tx pgx.Tx, r reach, known []standing, before geo.Organization, step geo.LocationStep) error {
	if err := w.touch(ctx, tx, before.Code, nil); err != nil {
		return err
	}
	if err := w.carve(ctx, tx, before.Valid); err != nil {
		return err
	}
	after := before.OrganizationContent
	after.LocationState = step.To
	path, err := w.insert(ctx, tx, after, before.Valid)
	if err != nil {
		return err
	}
	if err := w.keepStep(ctx, tx, step); err != nil {
		return err
	}
	if _, err := w.carry(ctx, tx, r, known, before.OrganizationContent, after, before.Valid); err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	was := auditedStep{Version: before.Version, State: step.From}
	return audit(ctx, tx, geo.AuditLocationStep, geo.AuditObject{Kind: "organization", ID: w.id}, path, was,
		auditedStep{Version: w.version, State: step.To, Evidence: step.Evidence, Reason: step.Reason})
}

// auditedStep is a state of a location as the audit tells it.
type auditedStep struct {
	Version  int32  `json:"version"`
	State    string `json:"location_state"`
	Evidence string `json:"evidence,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

const sqlInsertStep = `
insert into jingwei.location_step (organization_id, version, from_state, to_state, cause, account_id, author, at, evidence, reason,
    lon_e7, lat_e7, accuracy_m, distance_m)
values ($1, $2, $3, $4, $5, nullif($6::bigint, 0), $7, $8, $9, $10, $11, $12, $13, $14)`

func (w organizationWrite) keepStep(ctx context.Context, tx pgx.Tx, s geo.LocationStep) error {
	var distance *float64
	if s.DistanceM >= 0 {
		distance = &s.DistanceM
	}
	_, err := tx.Exec(ctx, sqlInsertStep, w.id, w.version, s.From, s.To, s.Cause, s.Account, s.Author, w.at, s.Evidence, s.Reason,
		s.Location.Lon, s.Location.Lat, s.AccuracyM, distance)
	return err
}

const sqlComparedBy = `
select coalesce(s.account_id, 0), s.author from jingwei.location_step s
where s.organization_id = $1 and s.from_state = 'checked' and s.to_state = 'compared' order by s.version desc, s.id desc limit 1`

// comparedBy returns who compared last, which who sent back to compared did not; the zero value for nobody known.
func comparedBy(ctx context.Context, q querier, id geo.ID) (geo.Actor, error) {
	var a geo.Actor
	err := q.QueryRow(ctx, sqlComparedBy, id).Scan(&a.Account, &a.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Actor{}, nil
	}
	return a, err
}

// import_batch.sql and import_undo.go ask the same.
const sqlStepInto = `
select s.lon_e7, s.lat_e7, s.accuracy_m from jingwei.location_step s
where s.organization_id = $1 and s.to_state = $2 and s.version < $3 order by s.version desc, s.id desc limit 1`

// verifiedAt returns the location that the last step into the state that it is in was about, that of the content when there was none:
// writes that each move it by less than its accuracy must not carry it away. Steps of the write ahead, or of later ones, do not count;
// nor do those into other states, which are about what holds on other days, or did before a write was taken back.
func verifiedAt(ctx context.Context, q querier, of geo.Organization, ahead int32) (at geo.Position, accuracyM float64, err error) {
	err = q.QueryRow(ctx, sqlStepInto, of.ID, of.LocationState, ahead).Scan(&at.Lon, &at.Lat, &accuracyM)
	if errors.Is(err, pgx.ErrNoRows) {
		return of.Location, of.LocationAccuracyM, nil
	}
	return at, accuracyM, err
}
