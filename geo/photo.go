package geo

import "time"

// Bounds of the photos of an organization.
const (
	MaxPhotoSide  = 1600 // pixels
	MaxPhotoBytes = 4 << 20
	MaxPhotos     = 20 // of one organization
)

// PhotoKeptFor is for how long a photo that was taken away can be brought back.
const PhotoKeptFor = 24 * time.Hour

// Photo is a picture of the place of an organization, without itself.
type Photo struct {
	ID            ID
	Organization  ID
	Width, Height int // pixels
	Bytes         int
	AddedAt       time.Time
	Author        string // "" where that is not told
}

// NewPhoto is one that is added: a JPEG of at most MaxPhotoSide pixels per side and MaxPhotoBytes.
type NewPhoto struct {
	Width, Height int
	JPEG          []byte
}
