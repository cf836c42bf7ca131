package national

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"jingwei/geo"
)

//go:embed divisions.txt.gz
var divisionsFile []byte

// Edition is the cut-off day of the table of divisions.
const Edition = "2023-06-30"

// Divisions are the 665,276 divisions of the last public table: 31 provinces, 342 prefectures, 2,978 counties, 41,352
// townships and 620,573 villages, in the order of code and level, so that superiors come first.
type Divisions struct {
	text string // of the packed table; names are pieces of it
	rows []divisionRow
}

type divisionRow struct {
	code   geo.DivisionCode
	at     uint32 // of the name in the text
	size   uint8
	ending uint8
	level  uint8
}

// Len returns how many divisions there are.
func (d *Divisions) Len() int { return len(d.rows) }

// Division returns division i without validity, pinyin and label.
func (d *Divisions) Division(i int) geo.Division {
	r := d.rows[i]
	level := geo.DivisionLevel(r.level)
	return geo.Division{Code: r.code, Level: level, Kind: divisionKind(level, r.code), Parent: superior(level, r.code), Name: d.name(i)}
}

func (d *Divisions) name(i int) string { return d.stem(i) + endings[d.rows[i].ending] }

// stem is the name without the ending of a committee.
func (d *Divisions) stem(i int) string {
	r := d.rows[i]
	return d.text[r.at : r.at+uint32(r.size)]
}

func readDivisions() (*Divisions, error) {
	z, err := gzip.NewReader(bytes.NewReader(divisionsFile))
	if err != nil {
		return nil, fmt.Errorf("divisions of the nation: %w", err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("divisions of the nation: %w", err)
	}
	return unpack(string(text))
}

// unpack reads what Pack wrote.
func unpack(text string) (*Divisions, error) {
	d := &Divisions{text: text, rows: make([]divisionRow, 0, strings.Count(text, "\n"))}
	var above [geo.Village]geo.DivisionCode // the latest code of each level
	last := geo.DivisionCode(0)             // number of the latest village
	for at := 0; at < len(text); {
		end := at + strings.IndexByte(text[at:], '\n')
		if end < at {
			return nil, fmt.Errorf("divisions of the nation: the last line is broken off")
		}
		r := divisionRow{level: uint8(geo.Village), ending: uint8(len(endings) - 1)}
		if level := strings.IndexByte(levelMarks, text[at]); level > 0 {
			width := levelWidth[level]
			r.code = above[level-1] + number(text[at+1:at+1+width])*levelScale[level]
			r.level = uint8(level)
			above[level], last = r.code, 0
			at += 1 + width
		} else {
			digits := strings.IndexAny(text[at:end], endingMarks)
			if digits < 0 {
				return nil, fmt.Errorf("divisions of the nation: line %d is no division", len(d.rows)+1)
			}
			step := geo.DivisionCode(1)
			if digits > 0 {
				step = number(text[at : at+digits])
			}
			last += step
			r.code = above[geo.Township] + last
			r.ending = text[at+digits] - endingMarks[0]
			at += digits + 1
		}
		r.at, r.size = uint32(at), uint8(end-at)
		d.rows = append(d.rows, r)
		at = end + 1
	}
	return d, nil
}

func number(digits string) geo.DivisionCode {
	n := geo.DivisionCode(0)
	for _, c := range []byte(digits) {
		n = n*10 + geo.DivisionCode(c-'0')
	}
	return n
}
