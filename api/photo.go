package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/picture"
	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/tiles"
)

// maxPhotoBody is the longest picture in bytes that is taken.
const maxPhotoBody = 10 << 20

// photoPatience is how long one picture may take to be read: usual ones take a second.
const photoPatience = 10 * time.Second

// photo is the JSON of a photo of an organization.
type photo struct {
	ID      geo.ID    `json:"id"`
	Width   int       `json:"width"`
	Height  int       `json:"height"`
	Bytes   int       `json:"bytes"`
	AddedAt time.Time `json:"added_at"`
	Author  string    `json:"author,omitempty"`
}

func photoOf(p geo.Photo) photo {
	return photo{ID: p.ID, Width: p.Width, Height: p.Height, Bytes: p.Bytes, AddedAt: p.AddedAt.UTC(), Author: p.Author}
}

// photoReader reads how an organization is named whose photos are looked at, and puts the view into the audit. Photos are seen
// by those only who see what is not public of the organization.
func (s *Server) photoReader(c echo.Context) (geo.ID, geo.Scope, error) {
	id, a, err := s.readTarget(c)
	if err != nil {
		return 0, geo.Scope{}, err
	}
	setSharing(c, a)
	return id, a.scope(geo.ActionReadOrganization), nil
}

func (s *Server) listPhotos(c echo.Context) error {
	id, see, err := s.photoReader(c)
	if err != nil {
		return err
	}
	photos, err := s.config.Photos.Photos(c.Request().Context(), see, id)
	if err != nil {
		return err
	}
	return s.writeJSON(c, http.StatusOK, struct {
		Items []photo `json:"items"`
	}{items(photos, photoOf)})
}

func (s *Server) getPhoto(c echo.Context) error {
	id, see, err := s.photoReader(c)
	if err != nil {
		return err
	}
	number, err := geo.ParseID("photo", c.Param("photo"))
	if err != nil {
		return err
	}
	body, err := s.config.Photos.Photo(c.Request().Context(), see, id, number)
	if err != nil {
		return err
	}
	tag := strconv.Quote("photo-" + number.String()) // it never changes
	c.Response().Header().Set("ETag", tag)
	if tiles.Matches(ifNoneMatch(c), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, "image/jpeg", body)
}

// photoTypes are the media types of pictures that are read. What a picture is, its first bytes say.
func photoTypes() []string { return []string{"image/jpeg", "image/png", "image/webp"} }

func (s *Server) addPhoto(c echo.Context) error {
	id, err := photoTarget(c)
	if err != nil {
		return err
	}
	if !slices.Contains(photoTypes(), c.Request().Header.Get("Content-Type")) {
		return &geo.Error{Kind: request.ErrMediaType, Field: "Content-Type", Message: "send the picture as image/jpeg, image/png or image/webp"}
	}
	body, err := readPhoto(c.Request().Body)
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	if err := s.config.Photos.MayAddPhoto(c.Request().Context(), see, in, id); err != nil { // to decode it takes far more
		return err
	}
	read, err := s.readPicture(c.Request().Context(), body)
	if err != nil {
		return err
	}
	added, err := s.config.Photos.AddPhoto(c.Request().Context(), see, in, id, geo.NewPhoto(read), s.caller(c).Name)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Location", fmt.Sprintf("%s/api/organizations/%d/photos/%d", s.prefix, id, added.ID))
	h.Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusCreated, photoOf(added))
}

func readPhoto(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &geo.Error{Kind: geo.ErrTooLarge, Message: fmt.Sprintf("the picture is longer than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return nil, geo.Invalid("", "the picture ended before it was complete")
	}
	return body, nil
}

// readPicture reads one picture at a time: each may take some hundred megabytes while it is decoded.
func (s *Server) readPicture(ctx context.Context, body []byte) (picture.Picture, error) {
	ctx, cancel := context.WithTimeout(ctx, photoPatience)
	defer cancel()
	select {
	case s.pictures <- struct{}{}:
		defer func() { <-s.pictures }()
	case <-ctx.Done():
		return picture.Picture{}, fmt.Errorf("wait for other pictures: %w", geo.ErrUnavailable)
	}
	return picture.Read(ctx, body, geo.MaxPhotoSide)
}

// photoTarget reads which organization a write is for.
func photoTarget(c echo.Context) (geo.ID, error) {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return 0, err
	}
	return geo.ParseID("id", c.Param("id"))
}

func photoTargets(c echo.Context) (organization, id geo.ID, err error) {
	if organization, err = photoTarget(c); err != nil {
		return 0, 0, err
	}
	id, err = geo.ParseID("photo", c.Param("photo"))
	return organization, id, err
}

func (s *Server) removePhoto(c echo.Context) error {
	organization, id, err := photoTargets(c)
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	if err := s.config.Photos.RemovePhoto(c.Request().Context(), see, in, organization, id, s.config.Now()); err != nil {
		return err
	}
	return noContent(c)
}

func (s *Server) restorePhoto(c echo.Context) error {
	organization, id, err := photoTargets(c)
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	p, err := s.config.Photos.RestorePhoto(c.Request().Context(), see, in, organization, id, s.config.Now())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, photoOf(p))
}
