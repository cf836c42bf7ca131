// Package picture turns pictures that people send into JPEGs that hold nothing but what is to be seen: no place, no time, no
// camera, and nothing that was hidden behind the picture.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // one of the forms that are read
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // one of the forms that are read

	"jingwei/geo"
)

// Bounds of what is read, in pixels. Decoding takes at most about 16 bytes each: of a JPEG that comes in steps, all of its
// coefficients are kept until the end.
const (
	mostPixels      = 25_000_000
	mostPixelsPlain = 16_000_000 // of forms that compress without a loss, where few bytes can stand for many pixels
	mostSide        = 16_000
)

// quality of the JPEGs that are made: text on a plate stays readable.
const quality = 85

// Picture is a JPEG.
type Picture struct {
	Width, Height int
	JPEG          []byte
}

// Read decodes a JPEG, PNG or WebP and encodes it anew, turned as its camera said it is to be looked at, with no side longer
// than side pixels. Anything else is geo.ErrInvalid, and so is a picture that is broken or too large. It ends soon after ctx
// does; a picture may be made to take for ever.
func Read(ctx context.Context, body []byte, side int) (Picture, error) {
	config, form, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return Picture{}, geo.Invalid("", "this is no picture in JPEG, PNG or WebP that can be read")
	}
	if err := checkSize(config, form); err != nil {
		return Picture{}, err
	}
	img, _, err := image.Decode(&bounded{ctx, bytes.NewReader(body)})
	if ctx.Err() != nil {
		return Picture{}, fmt.Errorf("decode a picture: %w", ctx.Err())
	}
	if err != nil {
		return Picture{}, geo.Invalid("", "the picture is broken: it cannot be read to its end")
	}
	turn := 1
	if form == "jpeg" {
		turn = orientation(body)
	}
	return encode(upright(shrunk(img, side), turn))
}

func checkSize(c image.Config, form string) error {
	most := mostPixels
	if form != "jpeg" {
		most = mostPixelsPlain
	}
	if c.Width < 1 || c.Height < 1 || c.Width > mostSide || c.Height > mostSide || c.Width*c.Height > most {
		return &geo.Error{Kind: geo.ErrTooLarge, Message: fmt.Sprintf("the picture has %d x %d pixels: at most %d million can be read", c.Width, c.Height, most/1_000_000)}
	}
	return nil
}

// bounded reads until a context ends.
type bounded struct {
	ctx context.Context
	io.Reader
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p[:min(len(p), 4096)])
}

// shrunk returns the picture with no side longer than side, on white where one sees through it.
func shrunk(img image.Image, side int) *image.RGBA {
	size := img.Bounds().Size()
	if longest := max(size.X, size.Y); longest > side {
		size = image.Pt(max(1, size.X*side/longest), max(1, size.Y*side/longest))
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

func encode(img image.Image) (Picture, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return Picture{}, fmt.Errorf("encode a picture: %w", err)
	}
	size := img.Bounds().Size()
	return Picture{Width: size.X, Height: size.Y, JPEG: b.Bytes()}, nil
}
