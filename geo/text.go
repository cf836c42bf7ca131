package geo

import (
	"unicode"
	"unicode/utf8"
)

// MaxCodeLength is the most characters of an organization's own code.
const MaxCodeLength = 100

// Hidden reports whether a character is not seen, but for what it does to others: joiners, marks of direction, tags.
func Hidden(r rune) bool { return unicode.Is(unicode.Cf, r) }

// Legible reports whether a text has no hidden characters, but for the joiners that some scripts are written with, and none
// that stands for one that could not be read.
func Legible(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || Hidden(r) && r != '\u200c' && r != '\u200d' {
			return false
		}
	}
	return utf8.ValidString(s)
}

// Visible reports whether something is seen of a text: marks alone are put on nothing.
func Visible(s string) bool {
	for _, r := range s {
		if unicode.IsGraphic(r) && !unicode.IsMark(r) && !unicode.IsSpace(r) {
			return true
		}
	}
	return false
}
