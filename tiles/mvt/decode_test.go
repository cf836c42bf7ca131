package mvt_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"jingwei/tiles/mvt"
)

// field returns a field of wire type 2.
func field(number byte, content ...byte) []byte {
	return append([]byte{number<<3 | 2, byte(len(content))}, content...)
}

// layer returns a tile of one layer named "l" of version 2 with these fields.
func layer(fields ...[]byte) []byte {
	return field(3, slices.Concat(append([][]byte{field(1, 'l'), {0x78, 2}}, fields...)...)...)
}

// point is a feature of one point, with more fields.
func point(more ...byte) []byte {
	return field(2, append([]byte{0x18, 1, 0x22, 3, 9, 0, 0}, more...)...)
}

// shape is a feature of a type and a geometry.
func shape(t byte, geometry ...byte) []byte {
	return field(2, append([]byte{0x18, t}, field(4, geometry...)...)...)
}

func TestDecodeRefuses(t *testing.T) {
	key, text := field(3, 'k'), field(4, field(1, 'v')...)
	for name, c := range map[string]struct {
		tile []byte
		want string
	}{
		"cut varint":             {[]byte{0x80}, "ends within a field"},
		"endless varint":         {bytes.Repeat([]byte{0xff}, 20), "ends within a field"},
		"cut layer":              {[]byte{0x1a, 5, 0}, "ends within a field"},
		"enormous length":        {[]byte{0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "ends within a field"},
		"field number 0":         {[]byte{0x02, 0}, "field number 0"},
		"group":                  {[]byte{0x1b}, "wire type 3"},
		"layer as a number":      {[]byte{0x18, 1}, "wire type 0 instead of 2"},
		"no name":                {field(3, 0x78, 2), "no name"},
		"name is not UTF-8":      {field(3, field(1, 0xff)...), "not UTF-8"},
		"version 3":              {field(3, 0x0a, 1, 'l', 0x78, 3), "version 3"},
		"extent 0":               {layer([]byte{0x28, 0}), "extent 0"},
		"two layers of a name":   {slices.Concat(layer(), layer()), "two layers"},
		"no geometry":            {layer(field(2, 0x18, 1)), "no geometry"},
		"type 4":                 {layer(shape(4, 9, 0, 0)), "type 4"},
		"command 3":              {layer(shape(1, 11, 0, 0)), "command 3"},
		"count 0":                {layer(shape(1, 1)), "count 0"},
		"close twice":            {layer(shape(3, 9, 0, 0, 18, 0, 0, 0, 0, 23)), "command 7 with count 2"},
		"cut command":            {layer(shape(1, 9, 0)), "within a command"},
		"claims many points":     {layer(shape(1, 0xf9, 0xff, 0xff, 0xff, 0x0f, 0, 0)), "within a command"},
		"point and line":         {layer(shape(1, 9, 0, 0, 10, 1, 1)), "no point"},
		"line without a start":   {layer(shape(2, 10, 1, 1)), "no linestring"},
		"line with two starts":   {layer(shape(2, 17, 1, 1, 1, 1, 10, 1, 1)), "no linestring"},
		"line without an end":    {layer(shape(2, 9, 1, 1)), "no linestring"},
		"ring of two points":     {layer(shape(3, 9, 1, 1, 10, 1, 1, 15)), "no polygon"},
		"open ring":              {layer(shape(3, 9, 0, 0, 18, 1, 1, 2, 0)), "no polygon"},
		"coordinate beyond 2^31": {layer(shape(1, 17, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 2, 0)), "leave the range"},
		"odd tags":               {layer(point(0x12, 1, 0), key, text), "odd number"},
		"tag beyond the keys":    {layer(point(0x12, 2, 1, 0), key, text), "beyond"},
		"tag beyond the values":  {layer(point(0x12, 2, 0, 1), key, text), "beyond"},
		"more tags than keys":    {layer(point(0x12, 4, 0, 0, 0, 0), key, text), "more tags"},
		"a key twice":            {layer(point(0x12, 4, 0, 0, 0, 0), key, key, text), "occurs twice"},
		"a tag of 33 bits":       {layer(point(0x12, 5, 0x80, 0x80, 0x80, 0x80, 0x10)), "32 bits"},
		"value of nothing":       {layer(field(4)), "0 values"},
		"value of two":           {layer(field(4, 0x20, 1, 0x28, 1)), "2 values"},
		"value of a wrong type":  {layer(field(4, 0x0d, 0, 0, 0, 0)), "wire type"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mvt.Decode(c.tile)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestDecodeAccepts has what is unusual but allowed.
func TestDecodeAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		tile []byte
		want string
	}{
		"nothing":               {nil, ""},
		"fields of others":      {slices.Concat([]byte{0x78, 1, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8}, field(15, 1)), ""},
		"no version, no extent": {field(3, 0x0a, 1, 'l'), "layer \"l\" version 1 extent 4096 features 0\n"},
		"numbers not packed": {
			layer(field(2, 0x18, 1, 0x20, 9, 0x20, 2, 0x20, 4, 0x10, 0, 0x10, 0), field(3, 'k'), field(4, 0x38, 1)),
			"layer \"l\" version 2 extent 4096 features 1\n  point\n    MoveTo 1 2\n    k = true\n",
		},
		"unknown geometry": {layer(shape(0, 15)), "layer \"l\" version 2 extent 4096 features 1\n  unknown\n    ClosePath\n"},
		"two keys of a name": {
			layer(point(0x12, 4, 0, 0, 1, 1), field(3, 'k'), field(3, 'k'), field(4, 0x28, 1), field(4, 0x20, 1)),
			"layer \"l\" version 2 extent 4096 features 1\n  point\n    MoveTo 0 0\n    k = 1u\n    k = 1\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mvt.Text(c.tile)
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestDecodeLimit(t *testing.T) {
	if _, err := mvt.Decode(make([]byte, mvt.MaxTileSize+1)); err == nil {
		t.Error("a tile over the limit is read")
	}
}

// TestDecodeMemory reads the messages that grow most when decoded.
func TestDecodeMemory(t *testing.T) {
	const size = 1 << 20
	for name, content := range map[string][]byte{
		"empty features": bytes.Repeat([]byte{0x12, 0}, size/2),
		"points":         bytes.Repeat(point(), size/9),
		"keys":           bytes.Repeat([]byte{0x1a, 0}, size/2),
		"values":         bytes.Repeat([]byte{0x22, 2, 0x20, 1}, size/4),
	} {
		body := append([]byte{0x0a, 1, 'l'}, content...)
		n := len(body)
		tile := append([]byte{0x1a, byte(n) | 0x80, byte(n>>7) | 0x80, byte(n >> 14)}, body...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = mvt.Decode(tile)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 100*uint64(len(tile)) {
			t.Errorf("%s: %d bytes of tile took %d bytes of memory", name, len(tile), used)
		}
	}
}
