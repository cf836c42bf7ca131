package main

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// romanizer writes names in pinyin without tones, syllables separated by spaces, ü as v.
type romanizer struct {
	places     map[string]string
	characters map[rune]string
	args       pinyin.Args
}

func newRomanizer() romanizer {
	return romanizer{places: readings(), characters: characters(), args: pinyin.NewArgs()}
}

// romanize returns the pinyin of a name. A character that is not Chinese stays as it is, in lower case. Places that are
// not read as their characters usually are go first.
func (r romanizer) romanize(name string) string {
	var out []string
	for name != "" {
		if n, reading := r.place(name); n > 0 {
			out = append(out, reading)
			name = name[n:]
			continue
		}
		char, size := utf8.DecodeRuneInString(name)
		name = name[size:]
		out = append(out, r.character(char))
	}
	return strings.Join(out, " ")
}

func (r romanizer) character(c rune) string {
	if s, ok := r.characters[c]; ok {
		return s
	}
	if s := pinyin.SinglePinyin(c, r.args); len(s) > 0 {
		return s[0]
	}
	return strings.ToLower(string(c))
}
