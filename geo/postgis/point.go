package postgis

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"
	"unsafe"

	"jingwei/geo"
)

// pointSource is where the rows of a point layer come from.
type pointSource struct {
	layer   geo.PointLayer
	columns int
	table   string // whose pages all divides
	all     string // every current row on the pages $1 to $2
	plan    string // settings under which all is run, for the transaction
	beside  string // ids with a text that completes the rows of all, and its rank among several; "" for none
	ids     string // the current rows of the objects $1, by id and first day
	decode  func(r *pointReader, raw [][]byte) geo.Point
}

func pointSourceOf(layer string) (pointSource, error) {
	for _, s := range []pointSource{organizationPoints(), reportPoints()} {
		if s.layer.Name == layer {
			return s, nil
		}
	}
	return pointSource{}, geo.NotFound("there is no layer of points %s", layer)
}

// some returns the points of the objects.
func (s pointSource) some(ctx context.Context, q querier, ids []geo.ID) ([]geo.Point, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	points := make([]geo.Point, 0, len(ids))
	err := s.each(ctx, q, newPointReader(nil), func(p geo.Point) error {
		points = append(points, p.Clone())
		return nil
	}, s.ids, ids)
	return points, err
}

// each yields points that are valid until yield returns.
func (s pointSource) each(ctx context.Context, q querier, reader *pointReader, yield func(geo.Point) error, sql string, args ...any) error {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		if len(raw) != s.columns {
			return fmt.Errorf("a point of %s has %d columns", s.layer.Name, len(raw))
		}
		if err := yield(s.decode(reader, raw)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// pointReader decodes rows from their binary form: a full load reads millions, and a general scan costs several times as
// much. Values of code lists are kept once; other texts, and the list of values, are those of the row until the next one
// is read.
type pointReader struct {
	known  map[string]string
	beside *textByID // nil: rows are complete
	near   int       // where in it the last text stood
	values []string
	keys   []byte
}

func newPointReader(beside *textByID) *pointReader {
	return &pointReader{known: map[string]string{}, beside: beside}
}

// of returns the values as a list that holds until the next row.
func (r *pointReader) of(values ...string) []string {
	r.values = append(r.values[:0], values...)
	return r.values
}

// textOf returns the bytes as a string without copying them.
func textOf(raw []byte) string { return unsafe.String(unsafe.SliceData(raw), len(raw)) }

// keep returns the text, allocated once per value.
func (r *pointReader) keep(raw []byte) string {
	if s, ok := r.known[string(raw)]; ok {
		return s
	}
	s := string(raw)
	r.known[s] = s
	return s
}

// metres writes a distance in whole metres, rounded up: nothing is said to be more accurate than it is. "" for unknown, which is stored as 0.
func (r *pointReader) metres(raw []byte) string {
	m := math.Float64frombits(binary.BigEndian.Uint64(raw))
	if m <= 0 {
		return ""
	}
	return r.keep(strconv.AppendInt(nil, int64(math.Ceil(m)), 10))
}

func bigint(raw []byte) int64  { return int64(binary.BigEndian.Uint64(raw)) }
func integer(raw []byte) int32 { return int32(binary.BigEndian.Uint32(raw)) }
func boolean(raw []byte) bool  { return raw[0] != 0 }

// instant decodes a timestamptz: microseconds since microsEpoch.
func instant(raw []byte) time.Time { return time.UnixMicro(bigint(raw) + microsEpoch) }

// microsEpoch is the epoch of PostgreSQL's times, 2000-01-01 UTC, in microseconds of Unix.
const microsEpoch = 946_684_800 * 1_000_000

func integerOrNull(raw []byte) *int32 {
	if raw == nil {
		return nil
	}
	n := integer(raw)
	return &n
}

func position(lon, lat []byte) geo.Position {
	return geo.Position{Lon: integer(lon), Lat: integer(lat)}
}
