package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// Markers of JPEG (ITU-T T.81 B.1).
const (
	markerStart = 0xd8
	markerScan  = 0xda
	markerAPP1  = 0xe1
)

// tagOrientation is the tag of Exif 2.3 that says how a picture is turned.
const tagOrientation = 0x0112

// orientation returns how the camera says that a JPEG is to be turned, 1 to 8 as in Exif; 1, as it is, where it says nothing that
// can be read.
func orientation(body []byte) int {
	if len(body) < 4 || body[0] != 0xff || body[1] != markerStart {
		return 1
	}
	for rest := body[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != markerScan; {
		n := int(binary.BigEndian.Uint16(rest[2:4]))
		if n < 2 || len(rest) < 2+n {
			return 1
		}
		segment := rest[4 : 2+n]
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && rest[1] == markerAPP1 {
			return exifOrientation(exif)
		}
		rest = rest[2+n:]
	}
	return 1
}

// exifOrientation reads the first directory of a TIFF.
func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < 8:
		return 1
	case bytes.HasPrefix(tiff, []byte("MM")):
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:8]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if value := int(order.Uint16(entries[8:10])); order.Uint16(entries) == tagOrientation && 1 <= value && value <= 8 {
			return value
		}
		entries = entries[12:]
	}
	return 1
}

// upright returns the picture as it is to be looked at, turned and mirrored as Exif numbers it.
func upright(img *image.RGBA, turn int) *image.RGBA {
	if turn == 1 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := image.Pt(w, h)
	if turn >= 5 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			from := img.PixOffset(source(turn, x, y, w, h))
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[from:from+4])
		}
	}
	return out
}

// source returns where a pixel at x, y of the upright picture is in one of w x h that is turned.
func source(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
