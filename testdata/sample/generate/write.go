package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// divisionsFile is the table of divisions with pinyin and label position; the parent follows from the code.
func divisionsFile(data *source, at map[geo.DivisionCode]geo.Position) (file, error) {
	return zipped("divisions.csv.gz", func(w io.Writer) error {
		table := csv.NewWriter(w)
		r := newRomanizer()
		if err := table.Write([]string{"code", "level", "kind", "name", "pinyin", "lon", "lat"}); err != nil {
			return err
		}
		for _, d := range data.divisions {
			p, ok := at[d.Code]
			if !ok {
				return fmt.Errorf("%s %s has no position", d.Code, d.Name)
			}
			if err := table.Write([]string{
				d.Code.String(), strconv.Itoa(int(d.Level)), d.Kind, d.Name, r.romanize(d.Name), degrees(p.Lon), degrees(p.Lat),
			}); err != nil {
				return err
			}
		}
		table.Flush()
		return table.Error()
	})
}

// cellsFile holds the townships as GeoJSON; the levels above are unions of them.
func cellsFile(data *source, cells []shape) (file, error) {
	return zipped("townships.geojson.gz", func(w io.Writer) error {
		text := []byte(`{"type":"FeatureCollection","features":[`)
		first := true
		for _, s := range cells {
			if s.code.Level() != geo.Township {
				continue
			}
			if !first {
				text = append(text, ',')
			}
			first = false
			text = fmt.Appendf(text, "\n"+`{"type":"Feature","id":"%s","properties":{},"geometry":`, s.code)
			text = append(outline.AppendMultiPolygon(text, s.polygons), '}')
		}
		_, err := w.Write(append(text, "\n]}\n"...))
		return err
	})
}

func degrees(units int32) string { return string(outline.AppendDegrees(nil, units)) }

// zipped compresses without a time stamp: the same content gives the same bytes.
func zipped(name string, write func(io.Writer) error) (file, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return file{}, fmt.Errorf("compress %s: %w", name, err)
	}
	if err := write(z); err != nil {
		return file{}, fmt.Errorf("write %s: %w", name, err)
	}
	if err := z.Close(); err != nil {
		return file{}, fmt.Errorf("compress %s: %w", name, err)
	}
	return file{name, b.Bytes()}, nil
}
