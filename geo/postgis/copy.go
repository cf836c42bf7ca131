package postgis

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// copyBuffer holds rows in the binary form of COPY (PostgreSQL documentation, COPY, "Binary Format"), written field by
// field in the order of the columns. The general encoder knows neither ltree nor geometry and costs several times as
// much, in loads of millions of rows.
type copyBuffer struct{ data []byte }

// copyHeader is the signature, no flags, and no extension.
const copyHeader = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func newCopyBuffer(size int) *copyBuffer {
	return &copyBuffer{data: append(make([]byte, 0, size), copyHeader...)}
}

// send ends the buffer and copies its rows; command is "copy TABLE (COLUMNS) from stdin (format binary)".
func (b *copyBuffer) send(ctx context.Context, tx pgx.Tx, command string) error {
	b.data = append(b.data, 0xff, 0xff)
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(b.data), command)
	return err
}

// row begins a row of so many fields.
func (b *copyBuffer) row(fields int) {
	b.data = binary.BigEndian.AppendUint16(b.data, uint16(fields))
}

func (b *copyBuffer) null() { b.length(-1) }

func (b *copyBuffer) length(n int) { b.data = binary.BigEndian.AppendUint32(b.data, uint32(n)) }

func (b *copyBuffer) integer(v int32) {
	b.length(4)
	b.data = binary.BigEndian.AppendUint32(b.data, uint32(v))
}

func (b *copyBuffer) bigint(v int64) {
	b.length(8)
	b.data = binary.BigEndian.AppendUint64(b.data, uint64(v))
}

func (b *copyBuffer) float(v float64) { b.bigint(int64(math.Float64bits(v))) }

func (b *copyBuffer) text(s string) {
	b.length(len(s))
	b.data = append(b.data, s...)
}

// textOrNull writes "" as null.
func (b *copyBuffer) textOrNull(s string) {
	if s == "" {
		b.null()
		return
	}
	b.text(s)
}

// idOrNull writes 0 as null.
func (b *copyBuffer) idOrNull(id geo.ID) {
	if id == 0 {
		b.null()
		return
	}
	b.bigint(int64(id))
}

// ltree writes the text form of a path.
func (b *copyBuffer) ltree(path string) {
	b.length(1 + len(path))
	b.data = append(b.data, 1) // version of the form
	b.data = append(b.data, path...)
}

// textOID is the type text.
const textOID = 25

// texts writes an array of texts.
func (b *copyBuffer) texts(list []string) {
	at := len(b.data)
	b.length(0)
	if len(list) == 0 {
		b.length(0) // no dimensions
		b.length(0)
		b.length(textOID)
	} else {
		b.length(1)
		b.length(0) // no nulls
		b.length(textOID)
		b.length(len(list))
		b.length(1) // lower bound
		for _, s := range list {
			b.text(s)
		}
	}
	b.settle(at)
}

// settle writes the length of the field that began at at.
func (b *copyBuffer) settle(at int) {
	binary.BigEndian.PutUint32(b.data[at:], uint32(len(b.data)-at-4))
}

// Flags of a range (rangetypes.h).
const (
	rangeLowerInclusive = 0x02
	rangeLowerInfinite  = 0x08
	rangeUpperInfinite  = 0x10
)

// dateEpoch is the epoch of PostgreSQL's dates, 2000-01-01.
const dateEpoch geo.Day = microsEpoch / 86400 / 1_000_000

// days writes a daterange. An empty range is not for it.
func (b *copyBuffer) days(r geo.DayRange) {
	at := len(b.data)
	b.length(0)
	flags := byte(0)
	from, to := nullDay(r.From), nullDay(r.To)
	if from == nil {
		flags |= rangeLowerInfinite
	} else {
		flags |= rangeLowerInclusive
	}
	if to == nil {
		flags |= rangeUpperInfinite
	}
	b.data = append(b.data, flags)
	for _, bound := range []*int32{from, to} {
		if bound != nil {
			b.integer(*bound - int32(dateEpoch))
		}
	}
	b.settle(at)
}

// instant writes a timestamptz; the zero time is null.
func (b *copyBuffer) instant(t time.Time) {
	if t.IsZero() {
		b.null()
		return
	}
	b.bigint(t.UnixMicro() - microsEpoch)
}

// Types of EWKB, little endian; the flag says that a reference system follows.
const (
	ewkbLittleEndian = 1
	ewkbPolygon      = 3
	ewkbMultiPolygon = 6
	ewkbSRID         = 0x20000000
)

// multiPolygon writes a geometry in degrees, EPSG:4326; no polygons are null.
func (b *copyBuffer) multiPolygon(m geo.MultiPolygon) {
	if len(m) == 0 {
		b.null()
		return
	}
	at := len(b.data)
	b.length(0)
	b.ewkb(ewkbMultiPolygon|ewkbSRID, srid, len(m))
	for _, polygon := range m {
		b.ewkb(ewkbPolygon, len(polygon))
		for _, ring := range polygon {
			b.ring(ring)
		}
	}
	b.settle(at)
}

func (b *copyBuffer) ewkb(kind uint32, numbers ...int) {
	b.data = append(b.data, ewkbLittleEndian)
	b.data = binary.LittleEndian.AppendUint32(b.data, kind)
	for _, n := range numbers {
		b.data = binary.LittleEndian.AppendUint32(b.data, uint32(n))
	}
}

// ring writes the vertices, the first once more at the end.
func (b *copyBuffer) ring(ring geo.Ring) {
	if len(ring) == 0 {
		b.data = binary.LittleEndian.AppendUint32(b.data, 0)
		return
	}
	b.data = binary.LittleEndian.AppendUint32(b.data, uint32(len(ring)+1))
	for i := range len(ring) + 1 {
		lon, lat := ring[i%len(ring)].Degrees()
		b.data = binary.LittleEndian.AppendUint64(b.data, math.Float64bits(lon))
		b.data = binary.LittleEndian.AppendUint64(b.data, math.Float64bits(lat))
	}
}
