package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
)

// xlsxSheet is one sheet of a workbook. Rows are read one by one.
type xlsxSheet struct {
	book  *workbook
	part  *xmlPart
	begun bool
	row   int // the last one that began
	cells int
	texts int64 // bytes of the cells in all
	day   int   // the column of days numbered from 1904, counted from 0; -1 for none

	text   []byte // of the row
	places [geo.MaxImportColumns][2]int
	filled int // how many cells the row has, up to the last one that is not empty
	column int // of the last cell, counted from 1
	wrong  error
	value  []byte
	out    []string
}

// Next reads a row. Numbers are as they are stored, without their format; truth is TRUE or FALSE. A formula that no program has
// calculated is itself, behind uncalculated.
func (s *xlsxSheet) Next() (int, []string, error) {
	for {
		err := s.next()
		var said *geo.Error
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return 0, nil, s.end()
		case errors.As(err, &said), errors.Is(err, errUnusual), s.book.ctx.Err() != nil:
			return 0, nil, s.book.fault(err)
		default:
			return 0, nil, geo.Invalid("file", "the workbook is damaged at row %d: open it in the spreadsheet program and save it again", max(s.row, 1))
		}
		if s.wrong != nil {
			return s.row, s.strings(), &RowError{Row: s.row, Err: s.wrong}
		}
		if s.filled > 0 {
			return s.row, s.strings(), nil
		}
	}
}

// end is io.EOF when what follows the rows is not damaged either.
func (s *xlsxSheet) end() error {
	if err := s.part.end(); err != nil {
		return s.book.fault(err)
	}
	return io.EOF
}

// next reads to the end of the next row; io.EOF comes after the last.
func (s *xlsxSheet) next() error {
	for {
		token, err := s.part.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "sheetData":
				s.begun = true
			case s.begun && t.Name.Local == "row":
				return s.readRow(t)
			case s.begun:
				if err := s.part.skip(len(s.part.open) - 1); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if s.begun && t.Name.Local == "sheetData" {
				return io.EOF
			}
		}
	}
}

func (s *xlsxSheet) readRow(e xml.StartElement) error {
	row := s.row + 1
	if r := attribute(e, "r"); r != "" {
		var err error
		if row, err = strconv.Atoi(r); err != nil || row <= s.row {
			return fmt.Errorf("row %q after row %d", r, s.row)
		}
	}
	if row > lastSheetRow {
		return fmt.Errorf("row %d", row)
	}
	s.row, s.text, s.filled, s.column, s.wrong = row, s.text[:0], 0, 0, nil
	clear(s.places[:])
	err := s.part.each(func(e xml.StartElement) error {
		if e.Name.Local != "c" {
			return nil
		}
		return s.readCell(e)
	})
	if s.texts += int64(len(s.text)); err == nil && s.texts > mostTextInAll {
		err = tooLarge("the sheet has more than %d MB of text: save it anew, as CSV, in several files", mostTextInAll>>20)
	}
	return err
}

// readCell reads a cell into the text of the row.
func (s *xlsxSheet) readCell(e xml.StartElement) error {
	if s.cells++; s.cells > mostCells {
		return tooLarge("the sheet has more than %d cells: save what is to come in alone", mostCells)
	}
	s.column++
	if r := attribute(e, "r"); r != "" {
		if s.column = columnOf(r); s.column == 0 {
			return fmt.Errorf("cell %q", r)
		}
	}
	if s.column > geo.MaxImportColumns {
		return nil
	}
	before := len(s.text)
	if err := s.appendCell(attribute(e, "t")); err != nil {
		return err
	}
	switch size := len(s.text) - before; {
	case size == 0:
		return nil
	case size > mostText:
		s.wrong, s.text = fmt.Errorf("cell %d is too long", s.column), s.text[:before]
	case len(s.text) > mostRow:
		s.wrong, s.text = errLongRow, s.text[:before]
	default:
		s.places[s.column-1] = [2]int{before, len(s.text)}
	}
	s.filled = max(s.filled, s.column)
	return nil
}

// columnOf is the column of a reference such as AB12, counted from 1; 0 when it is none.
func columnOf(reference string) int {
	n := 0
	for _, c := range []byte(reference) {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || 'Z' < c {
			break
		}
		if n = 26*n + int(c-'A'+1); n > lastColumn {
			return 0
		}
	}
	return n
}

// uncalculated stands before a formula without a value. No cell has it: XML knows no zeros.
const uncalculated = "\x00="

// appendCell appends what the cell that has just begun says to the text of the row.
func (s *xlsxSheet) appendCell(kind string) error {
	before, formula, valued := len(s.text), []byte(nil), false
	err := s.part.each(func(e xml.StartElement) (err error) {
		switch what := e.Name.Local; {
		case what == "f" && formula == nil:
			formula, err = s.part.text([]byte(uncalculated), utf8.UTFMax*longestShown)
		case valued: // a cell has one value
		case what == "v" && kind != "inlineStr":
			valued = true
			if s.value, err = s.part.text(s.value[:0], mostToken); err == nil {
				err = s.appendValue(kind)
			}
		case what == "is":
			valued = true
			s.value, err = s.part.rich(s.value[:0], mostToken)
			s.text = append(s.text, unescaped(s.value)...)
		}
		return err
	})
	if err == nil && formula != nil && len(s.text) == before && (!valued || kind != "str") {
		s.text = append(s.text, bytes.ToValidUTF8(formula, nil)...)
	}
	return err
}

// appendValue appends the value of a cell of a kind (ECMA-376 part 1, 18.18.11).
func (s *xlsxSheet) appendValue(kind string) (err error) {
	if kind == "str" {
		s.text = append(s.text, unescaped(s.value)...)
		return nil
	}
	value := bytes.TrimSpace(s.value)
	if len(value) == 0 {
		return nil
	}
	switch kind {
	case "s":
		number, known := strconv.Atoi(string(value))
		if known == nil {
			s.text, err = s.book.texts.append(s.text, number)
		}
		if known != nil || errors.Is(err, errNoText) {
			s.wrong, err = fmt.Errorf("cell %d refers to a text that is not there", s.column), nil
		}
		return err
	case "b":
		s.text = append(s.text, truth(value)...)
	case "e":
		if !isErrorValue(string(value)) {
			value = []byte(someError)
		}
		s.text = append(s.text, value...)
	default:
		s.text = append(s.text, value...)
	}
	return nil
}

// Stored is what stands for a cell in another file: an error for a formula that no program has calculated, so that it is refused there
// as well; any other cell is itself.
func Stored(cell string) string {
	if strings.HasPrefix(cell, uncalculated) {
		return someError
	}
	return cell
}

func truth(value []byte) string {
	if string(value) == "0" || strings.EqualFold(string(value), "false") {
		return "FALSE"
	}
	return "TRUE"
}

// someError stands for errors of cells that have no known name.
const someError = "#ERROR!"

// isErrorValue reports whether a cell is what spreadsheets show where a formula fails, or where a column is too narrow for it.
func isErrorValue(cell string) bool {
	if cell == "" || cell[0] != '#' {
		return false
	}
	known := []string{"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!",
		"#PYTHON!", "#EXTERNAL!", "#GETTING_DATA", someError}
	return slices.Contains(known, strings.ToUpper(cell)) || len(cell) >= 3 && strings.Trim(cell, "#") == ""
}

// strings are the cells of the row.
func (s *xlsxSheet) strings() []string {
	all := string(s.text)
	s.out = s.out[:0]
	for _, at := range s.places[:s.filled] {
		s.out = append(s.out, all[at[0]:at[1]])
	}
	if 0 <= s.day && s.day < len(s.out) {
		s.out[s.day] = from1900(s.out[s.day])
	}
	return s.out
}

// between is how many days lie between the first days of both numberings.
const between = 1462

// from1900 numbers a day from 1900 that is numbered from 1904. What is no number of a day stays.
func from1900(cell string) string {
	serial, err := strconv.ParseFloat(cell, 64)
	if err != nil || len(cell) < 5 || len(cell) == len("20260131") {
		return cell
	}
	return strconv.FormatFloat(serial+between, 'f', -1, 64)
}

// Close ends the reading of the sheet.
func (s *xlsxSheet) Close() error { return s.part.Close() }
