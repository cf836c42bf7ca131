package main

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// romanize returns the pinyin of a name without tones, syllables separated by spaces, ü as v; a character that is not
// Chinese stays as it is, in lower case. Places that are not read as their characters usually are go first.
func romanize(name string) string {
	args := pinyin.NewArgs()
	var out []string
	for name != "" {
		if n, reading := placeReading(name); n > 0 {
			out = append(out, reading)
			name = name[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(name)
		name = name[size:]
		if s, ok := characters[r]; ok {
			out = append(out, s)
		} else if s := pinyin.SinglePinyin(r, args); len(s) > 0 {
			out = append(out, s[0])
		} else {
			out = append(out, strings.ToLower(string(r)))
		}
	}
	return strings.Join(out, " ")
}
