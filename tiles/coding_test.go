package tiles_test

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"jingwei/tiles"
)

func TestNegotiate(t *testing.T) {
	for header, c := range map[string]struct {
		want   tiles.Coding
		always bool
		refuse bool
	}{
		"":                                    {want: tiles.Identity},
		"identity":                            {want: tiles.Identity},
		"gzip":                                {want: tiles.Gzip},
		"x-gzip":                              {want: tiles.Gzip},
		"GZip ; q=1":                          {want: tiles.Gzip},
		"gzip, deflate, br, zstd":             {want: tiles.Zstd},
		"gzip, deflate, br":                   {want: tiles.Brotli},
		"gzip;q=1.0, br;q=0.9":                {want: tiles.Gzip},
		"gzip;q=0.5, identity":                {want: tiles.Identity},
		"gzip, identity":                      {want: tiles.Gzip},
		"gzip;q=0.1":                          {want: tiles.Gzip},
		"gzip;q=0":                            {want: tiles.Identity},
		"zstd;q=0, *":                         {want: tiles.Brotli},
		"*":                                   {want: tiles.Zstd},
		"*;q=0":                               {want: tiles.Identity, refuse: true},
		"identity;q=0":                        {want: tiles.Identity, refuse: true},
		"deflate, identity;q=0":               {want: tiles.Identity, refuse: true},
		"br, *;q=0":                           {want: tiles.Brotli, always: true},
		"gzip, identity;q=0":                  {want: tiles.Gzip, always: true},
		"*, identity;q=0":                     {want: tiles.Zstd, always: true},
		"*;q=0, identity":                     {want: tiles.Identity},
		"identity;q=0.5, *;q=0":               {want: tiles.Identity},
		"gzip;q=2, br;q=x, zstd;q=-1":         {want: tiles.Identity},
		"gzip;level=5, br;q=0.2":              {want: tiles.Brotli},
		",, gzip ,":                           {want: tiles.Gzip},
		"gzip;q=0.001, br;q=0.002, zstd;q=0 ": {want: tiles.Brotli},
		"gzip;q=NaN":                          {want: tiles.Identity},
	} {
		got, ok := tiles.Negotiate(header)
		if want := (tiles.Choice{Coding: c.want, Always: c.always}); got != want || ok == c.refuse {
			t.Errorf("Accept-Encoding: %s gives %v, %v", header, got, ok)
		}
	}
}

func decompress(t *testing.T, coding tiles.Coding, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch coding {
	case tiles.Gzip:
		r, err = gzip.NewReader(r)
	case tiles.Brotli:
		r = brotli.NewReader(r)
	case tiles.Zstd:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1)); err == nil {
			defer z.Close()
			r = z
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compressor(t testing.TB) *tiles.Compressor {
	t.Helper()
	c, err := tiles.NewCompressor()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// noise does not shrink.
func noise(n int) []byte {
	out, x := make([]byte, n), uint64(1)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x >> 32)
	}
	return out
}

func TestCompress(t *testing.T) {
	long := []byte(strings.Repeat("village_committee 柳浪社区 ", 500))
	c := compressor(t)
	for _, coding := range []tiles.Coding{tiles.Identity, tiles.Gzip, tiles.Brotli, tiles.Zstd} {
		for _, x := range []struct {
			name   string
			body   []byte
			always bool
			want   tiles.Coding
		}{
			{"long", long, false, coding},
			{"empty", nil, false, tiles.Identity},
			{"short", long[:599], false, tiles.Identity},
			{"just long enough", long[:600], false, coding},
			{"noise", noise(5000), false, tiles.Identity},
			{"short, always", []byte("x"), true, coding},
			{"empty, always", nil, true, coding},
			{"noise, always", noise(5000), true, coding},
		} {
			t.Run(string(coding)+" "+x.name, func(t *testing.T) {
				got, had, err := c.Compress(tiles.Choice{Coding: coding, Always: x.always}, x.body)
				if err != nil || had != x.want {
					t.Fatalf("coding %s, %v; want %s", had, err, x.want)
				}
				if !bytes.Equal(decompress(t, had, got), x.body) {
					t.Error("another body comes back")
				}
			})
		}
	}
	if _, _, err := c.Compress(tiles.Choice{Coding: "deflate"}, long); err == nil {
		t.Error("an unknown coding is no error")
	}
}

// TestCompressSameBytes: an encoder that was used before, also by several at once, gives the bytes that a new one gives.
// A strong entity tag promises it.
func TestCompressSameBytes(t *testing.T) {
	var bodies [][]byte
	for i := range 20 {
		bodies = append(bodies, append(bytes.Repeat(noise(200+i*17), 3+i), noise(i*100)...))
	}
	used := compressor(t)
	for _, coding := range []tiles.Coding{tiles.Gzip, tiles.Brotli, tiles.Zstd} {
		choice := tiles.Choice{Coding: coding, Always: true}
		var wg sync.WaitGroup
		for _, body := range bodies {
			want, _, err := compressor(t).Compress(choice, body)
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				wg.Go(func() {
					if got, _, err := used.Compress(choice, body); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s: other bytes, %v", coding, err)
					}
				})
			}
		}
		wg.Wait()
	}
}

func BenchmarkCompress(b *testing.B) {
	var body []byte
	for i, n := range noise(20000) {
		body = append(body, "village_committee"[:int(n)%17]...)
		body = append(body, byte(i), n)
	}
	c := compressor(b)
	for _, coding := range []tiles.Coding{tiles.Gzip, tiles.Brotli, tiles.Zstd} {
		b.Run(string(coding), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := c.Compress(tiles.Choice{Coding: coding}, body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
