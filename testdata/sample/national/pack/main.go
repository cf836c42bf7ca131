// Command pack writes the table of divisions that package national embeds, from the public table of five levels (CSV
// with the columns code, name, level, kind, parent_code; gzip).
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

func main() {
	in := flag.String("divisions", "divisions-5level.csv.gz", "table of divisions, gzip")
	out := flag.String("out", "divisions.txt.gz", "file to write")
	flag.Parse()
	if err := pack(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func pack(in, out string) error {
	divisions, err := read(in)
	if err != nil {
		return err
	}
	text, err := national.Pack(divisions)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// read returns the divisions, superiors before inferiors.
func read(path string) ([]geo.Division, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return nil, err
	}
	var all []geo.Division
	for _, row := range rows[1:] {
		d, err := division(row)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b geo.Division) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Level, b.Level)) })
	return all, nil
}

func division(row []string) (d geo.Division, err error) {
	level, err := strconv.Atoi(row[2])
	if err != nil {
		return d, err
	}
	d = geo.Division{Name: row[1], Level: geo.DivisionLevel(level), Kind: row[3]}
	if d.Code, err = geo.ParseDivisionCode("code", row[0]); err != nil || row[4] == "" {
		return d, err
	}
	d.Parent, err = geo.ParseDivisionCode("parent_code", row[4])
	return d, err
}
