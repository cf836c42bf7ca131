package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

	"jingwei/api/internal/picture"
	"jingwei/geo"
)

// striped is a picture whose top left quarter is red, on blue.
func striped(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{B: 255, A: 255})
			if x < w/2 && y < h/2 {
				img.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// taken puts Exif behind the beginning of a JPEG: how it is turned, and where it was taken.
func taken(plain []byte, turn uint16) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, 0x0112)
	tiff = append(tiff, 0, 3, 0, 0, 0, 1)
	tiff = binary.BigEndian.AppendUint16(tiff, turn)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), append(tiff, "GPSLatitude 28.0213"...)...)
	out := append([]byte{}, plain[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), plain[2:]...)
}

func TestNothingButThePictureStays(t *testing.T) {
	body := append(taken(asJPEG(t, striped(120, 60)), 1), "hidden behind the end"...)
	p, err := picture.Read(t.Context(), body, 1600)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Exif", "GPS", "hidden"} {
		if bytes.Contains(p.JPEG, []byte(text)) {
			t.Errorf("%q is still there", text)
		}
	}
	if p.Width != 120 || p.Height != 60 {
		t.Errorf("%d x %d", p.Width, p.Height)
	}
}

// TestUpright: wherever the camera says that up is, the red quarter comes where it is looked at, and no side is too long.
func TestUpright(t *testing.T) {
	for turn, red := range map[uint16][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		p, err := picture.Read(t.Context(), taken(asJPEG(t, striped(300, 150)), turn), 160)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		want := image.Pt(160, 80)
		if turn >= 5 {
			want = image.Pt(80, 160)
		}
		if size := img.Bounds().Size(); size != want || p.Width != size.X || p.Height != size.Y {
			t.Errorf("turn %d: %v, want %v", turn, size, want)
		}
		r, _, b, _ := img.At(want.X/4+red[0]*want.X/2, want.Y/4+red[1]*want.Y/2).RGBA()
		if r < 0xc000 || b > 0x4000 {
			t.Errorf("turn %d: the quarter %v is not red", turn, red)
		}
	}
}

func TestWhatShinesThroughIsWhite(t *testing.T) {
	p, err := picture.Read(t.Context(), asPNG(t, image.NewNRGBA(image.Rect(0, 0, 20, 20))), 1600)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := img.At(10, 10).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
		t.Errorf("%x %x %x", r, g, b)
	}
}

func TestRefused(t *testing.T) {
	huge := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(huge[16:], 5000) // 20 million pixels, says its header
	binary.BigEndian.PutUint32(huge[20:], 4000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	cut := asJPEG(t, striped(120, 60))
	for name, x := range map[string]struct {
		body []byte
		kind error
	}{
		"nothing": {nil, geo.ErrInvalid}, "text": {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), geo.ErrInvalid},
		"a bomb": {huge, geo.ErrTooLarge}, "one that is cut": {cut[:len(cut)/2], geo.ErrInvalid},
		"a GIF": {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), geo.ErrInvalid},
	} {
		if _, err := picture.Read(t.Context(), x.body, 1600); !errors.Is(err, x.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEndsWithItsContext: a JPEG may come in as many steps as fit into it, each over all of the picture.
func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := picture.Read(ctx, manySteps(4000, 4000, 200_000), 1600)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// manySteps is a progressive JPEG of one grey colour with so many scans of a bit each.
func manySteps(w, h uint16, scans int) []byte {
	out := []byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}
	for range 64 {
		out = append(out, 1)
	}
	out = append(out, 0xff, 0xc2, 0, 11, 8)
	out = binary.BigEndian.AppendUint16(out, h)
	out = binary.BigEndian.AppendUint16(out, w)
	out = append(out, 1, 1, 0x11, 0)
	// One code of a bit, which ends the most blocks at once (EOB14 of the AC table), and no difference (DC table).
	out = append(out, 0xff, 0xc4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	out = append(out, 0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe0)
	for range scans {
		out = append(out, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0x01)
		for range 32 { // runs of 2 ** 14 blocks: 250,000 of them
			out = append(out, 0x00, 0x00)
		}
	}
	return append(out, 0xff, 0xd9)
}

func FuzzRead(f *testing.F) {
	f.Add(taken(asJPEG(f, striped(40, 20)), 6))
	f.Add(asPNG(f, striped(10, 10)))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := picture.Read(t.Context(), body, 100)
		if err == nil && (p.Width > 100 || p.Height > 100) {
			t.Errorf("%d x %d", p.Width, p.Height)
		}
	})
}
