package intake

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"jingwei/geo"
)

// Refusal says why a row was not taken.
type Refusal struct {
	Line   int    // counted from 1, the header is line 1
	Code   string // the code as the row gives it; "" when it has none that can be shown
	Field  string // the column at fault; "" when it is the row as a whole
	Reason string // a sentence that says what is wrong, and what to do when that is not plain
}

// String returns "line 7, parent_code: reason".
func (r Refusal) String() string {
	if r.Field == "" {
		return fmt.Sprintf("line %d: %s", r.Line, r.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", r.Line, r.Field, r.Reason)
}

// refusal makes the refusal of a line of an error; an error of package geo names the field.
func refusal(line int, code string, err error) Refusal {
	r := Refusal{Line: line, Code: printable(code), Reason: err.Error()}
	var fault *geo.Error
	if errors.As(err, &fault) {
		r.Field, r.Reason = fault.Field, fault.Message
	}
	return r
}

// longestShown is how many characters of a wrong value a reason repeats.
const longestShown = 40

// printable shortens a text of the file for a report, and leaves out what a terminal would obey.
func printable(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	out := make([]rune, 0, longestShown)
	for _, r := range s {
		if r < ' ' || 0x7f <= r && r < 0xa0 {
			r = '�'
		}
		if len(out) == longestShown {
			return string(out) + "…"
		}
		out = append(out, r)
	}
	return string(out)
}
