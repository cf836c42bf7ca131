package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// sqlPhotosOf is where photos of an organization $2 are, for a scope $1 in which it lies on the day $3.
const sqlPhotosOf = `
from jingwei.organization_photo p
join jingwei.organization_version v on v.row_id = jingwei.present_row(p.organization_id, jingwei.day($3))
where p.organization_id = $2 and p.removed_at is null and jingwei.within(v.path, $1)`

// photoColumns are what scanPhoto reads of p. Who added it is told, for a scope $1 on the day $3, where the account is of an
// organization that lies in the scope: the organization may have come from another committee with its photos.
const photoColumns = `
p.id, p.organization_id, p.width, p.height, octet_length(p.jpeg), p.added_at,
case when $1 = '*' or exists (
    select from jingwei.account a
    join jingwei.organization_version v on v.row_id = jingwei.present_row(a.organization_id, jingwei.day($3))
    where a.name = p.author and jingwei.within(v.path, $1)) then p.author else '' end`

// Photos returns the photos of an organization in the order in which they were added. One that does not lie in the scope
// today is geo.ErrNotFound, whatever everyone sees of it. Who added one is told to those in whose scope their account is.
func (s *Store) Photos(ctx context.Context, see geo.Scope, organization geo.ID) (photos []geo.Photo, err error) {
	err = s.read(ctx, see, func(v sight) error {
		if err := v.within(ctx, organization, s.today()); err != nil {
			return err
		}
		rows, err := v.Query(ctx, `select `+photoColumns+sqlPhotosOf+` order by p.id`, v.scope, organization, int32(s.today()))
		if err != nil {
			return err
		}
		photos, err = pgx.CollectRows(rows, scanPhoto)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("photos of organization %d: %w", organization, explain(err))
	}
	return photos, nil
}

// Photo returns one photo as JPEG; what Photos does not list is geo.ErrNotFound.
func (s *Store) Photo(ctx context.Context, see geo.Scope, organization, id geo.ID) (jpeg []byte, err error) {
	err = s.read(ctx, see, func(v sight) error {
		if err := v.within(ctx, organization, s.today()); err != nil {
			return err
		}
		return v.QueryRow(ctx, `select p.jpeg`+sqlPhotosOf+` and p.id = $4`, v.scope, organization, int32(s.today()), id).Scan(&jpeg)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = noPhoto(id)
	}
	if err != nil {
		return nil, fmt.Errorf("photo %d of organization %d: %w", id, organization, explain(err))
	}
	return jpeg, nil
}

func noPhoto(id geo.ID) error { return geo.NotFound("there is no photo %d", id) }

func scanPhoto(row pgx.CollectableRow) (geo.Photo, error) {
	var p geo.Photo
	return p, row.Scan(&p.ID, &p.Organization, &p.Width, &p.Height, &p.Bytes, &p.AddedAt, &p.Author)
}

const sqlWithin = `
select exists (select from jingwei.organization_version v
               join jingwei.organization o on o.id = v.organization_id and o.retired is null
               where v.row_id = jingwei.present_row($2, jingwei.day($3)) and jingwei.within(v.path, $1))`

// within refuses an organization that does not lie in the scope.
func (v sight) within(ctx context.Context, id geo.ID, day geo.Day) error {
	if v.public {
		return geo.NotFound("there is no organization %d", id)
	}
	var ok bool
	if err := v.QueryRow(ctx, sqlWithin, v.scope, id, int32(day)).Scan(&ok); err != nil {
		return err
	}
	if !ok {
		return geo.NotFound("there is no organization %d", id)
	}
	return nil
}

const (
	sqlLockPlace = `select true from jingwei.organization o where o.id = $1 and o.retired is null for update`
	sqlAddPhoto  = `
insert into jingwei.organization_photo (organization_id, author, width, height, jpeg)
values ($1, $2, $3, $4, $5)
returning id, organization_id, width, height, octet_length(jpeg), added_at, author`
)

// MayAddPhoto says what AddPhoto would, of any picture, before that is read: nil when it would add it.
func (s *Store) MayAddPhoto(ctx context.Context, see, in geo.Scope, organization geo.ID) error {
	err := s.writePhotos(ctx, see, in, organization, func(tx pgx.Tx, _ []geo.ID) error { return roomForPhoto(ctx, tx, organization) })
	if err != nil {
		return fmt.Errorf("add a photo to organization %d: %w", organization, err)
	}
	return nil
}

// AddPhoto adds a photo to an organization in the scope in. More than geo.MaxPhotos are geo.ErrConflict; who may not write to the
// organization gets what ReplaceOrganization says.
func (s *Store) AddPhoto(ctx context.Context, see, in geo.Scope, organization geo.ID, photo geo.NewPhoto, author string) (added geo.Photo, err error) {
	err = s.writePhotos(ctx, see, in, organization, func(tx pgx.Tx, path []geo.ID) error {
		if err := roomForPhoto(ctx, tx, organization); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, sqlAddPhoto, organization, author, photo.Width, photo.Height, photo.JPEG)
		if err != nil {
			return err
		}
		if added, err = pgx.CollectExactlyOneRow(rows, scanPhoto); err != nil {
			return err
		}
		return auditPhoto(ctx, tx, "organization.add-photo", path, added)
	})
	if err != nil {
		return geo.Photo{}, fmt.Errorf("add a photo to organization %d: %w", organization, err)
	}
	return added, nil
}

const (
	sqlRemovePhoto = `
update jingwei.organization_photo p set removed_at = $5 where p.organization_id = $2 and p.id = $4 and p.removed_at is null
returning ` + photoColumns
	sqlRestorePhoto = `
update jingwei.organization_photo p set removed_at = null where p.organization_id = $2 and p.id = $4 and p.removed_at > $5
returning ` + photoColumns
)

// RemovePhoto takes a photo away; for geo.PhotoKeptFor it can be brought back. One that is not there is geo.ErrNotFound.
func (s *Store) RemovePhoto(ctx context.Context, see, in geo.Scope, organization, id geo.ID, now time.Time) error {
	_, err := s.alterPhoto(ctx, see, in, organization, id, "organization.remove-photo", func(tx pgx.Tx) (pgx.Rows, error) {
		return tx.Query(ctx, sqlRemovePhoto, see.Key(), organization, int32(s.today()), id, now)
	})
	return err
}

const sqlPhotosFull = `select count(*) >= $2 from jingwei.organization_photo p where p.organization_id = $1 and p.removed_at is null`

// RestorePhoto brings back a photo that was taken away, which is as of Photos; too late it is geo.ErrNotFound, and beside geo.MaxPhotos others geo.ErrConflict.
func (s *Store) RestorePhoto(ctx context.Context, see, in geo.Scope, organization, id geo.ID, now time.Time) (geo.Photo, error) {
	return s.alterPhoto(ctx, see, in, organization, id, "organization.restore-photo", func(tx pgx.Tx) (pgx.Rows, error) {
		if err := roomForPhoto(ctx, tx, organization); err != nil {
			return nil, err
		}
		return tx.Query(ctx, sqlRestorePhoto, see.Key(), organization, int32(s.today()), id, now.Add(-geo.PhotoKeptFor))
	})
}

// roomForPhoto refuses a photo beside geo.MaxPhotos others. The organization must be locked.
func roomForPhoto(ctx context.Context, tx pgx.Tx, organization geo.ID) error {
	var full bool
	if err := tx.QueryRow(ctx, sqlPhotosFull, organization, geo.MaxPhotos).Scan(&full); err != nil {
		return err
	}
	if full {
		return tooManyPhotos()
	}
	return nil
}

func tooManyPhotos() error {
	return &geo.Error{Kind: geo.ErrConflict, Field: "photos", Message: fmt.Sprintf("there are %d photos already: remove one first", geo.MaxPhotos)}
}

// alterPhoto changes a photo, which the one row of what alter returns is.
func (s *Store) alterPhoto(ctx context.Context, see, in geo.Scope, organization, id geo.ID, action string, alter func(tx pgx.Tx) (pgx.Rows, error)) (photo geo.Photo, err error) {
	err = s.writePhotos(ctx, see, in, organization, func(tx pgx.Tx, path []geo.ID) error {
		rows, err := alter(tx)
		if err != nil {
			return err
		}
		photo, err = pgx.CollectExactlyOneRow(rows, scanPhoto)
		if errors.Is(err, pgx.ErrNoRows) {
			return noPhoto(id)
		}
		if err != nil {
			return err
		}
		return auditPhoto(ctx, tx, action, path, photo)
	})
	if err != nil {
		return geo.Photo{}, fmt.Errorf("photo %d of organization %d: %w", id, organization, err)
	}
	return photo, nil
}

// writePhotos runs f with the organization locked, when it may be written to, and with its path.
func (s *Store) writePhotos(ctx context.Context, see, in geo.Scope, organization geo.ID, f func(tx pgx.Tx, path []geo.ID) error) error {
	r := s.reach(see, in, s.today())
	return s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		var locked bool
		err := tx.QueryRow(ctx, sqlLockPlace, organization).Scan(&locked)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		known, err := standings(ctx, tx, organization, r.today)
		if err != nil {
			return err
		}
		if err := r.admit(organization, known); err != nil {
			return err
		}
		if !locked {
			return geo.NotFound("there is no organization %d", organization)
		}
		for _, x := range known {
			if x.present {
				return f(tx, x.path)
			}
		}
		return geo.NotFound("there is no organization %d", organization)
	})
}

// auditedPhoto is what the audit tells of a photo: which one, and never the picture.
type auditedPhoto struct {
	Photo  geo.ID `json:"photo"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  int    `json:"bytes"`
}

func auditPhoto(ctx context.Context, tx pgx.Tx, action string, path []geo.ID, p geo.Photo) error {
	return audit(ctx, tx, action, geo.AuditObject{Kind: "organization", ID: p.Organization}, path, nil, auditedPhoto{p.ID, p.Width, p.Height, p.Bytes})
}

const sqlForgetPhotos = `delete from jingwei.organization_photo where removed_at <= $1`

// MaintainPhotos deletes for good what was taken away longer ago than geo.PhotoKeptFor. Call it every hour or so; several nodes may.
func (s *Store) MaintainPhotos(ctx context.Context, now time.Time) error {
	if _, err := s.owner.Exec(ctx, sqlForgetPhotos, now.Add(-geo.PhotoKeptFor)); err != nil {
		return fmt.Errorf("maintenance of photos: %w", explain(err))
	}
	return nil
}
