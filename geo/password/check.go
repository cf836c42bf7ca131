package password

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
)

const (
	leastDifferent = 5 // different characters in a password
	leastCore      = 3 // characters between the digits and punctuation at its ends
)

// Check judges a new password. It must have geo.LeastPasswordLength to geo.MostPasswordLength characters (code points
// after normalization), of which it can be relied on that they can be written again; at least five different ones, and
// three between the digits and punctuation at its ends; it must not contain the names of its account, whatever their
// case and their dots, nor the pinyin of a Chinese name; and it must not be on the list of common passwords, neither as
// it is nor without the punctuation and the digits at its ends, nor be such a word several times. Case does not matter.
// Names shorter than three characters (two when they are not ASCII) are passed over. No mix of kinds of characters is
// asked for (NIST SP 800-63B section 3.1.1.2). The error is a *geo.Error of kind geo.ErrInvalid about the field
// "password" with a reason, and never repeats the password.
func Check(password string, names ...string) error {
	normal := normalize(password)
	length := utf8.RuneCountInString(normal)
	switch {
	case length < geo.LeastPasswordLength:
		return fault(geo.PasswordShort, "a password has %d to %d characters", geo.LeastPasswordLength, geo.MostPasswordLength)
	case length > geo.MostPasswordLength:
		return fault(geo.PasswordLong, "a password has %d to %d characters", geo.LeastPasswordLength, geo.MostPasswordLength)
	case !writable(normal):
		return fault(geo.PasswordCharacters, "the password has a character that cannot be relied on, such as a line break; use letters, digits, punctuation and spaces")
	}
	folded := fold(normal)
	switch core := strings.TrimFunc(folded, trivial); {
	case namesOne(folded, names):
		return fault(geo.PasswordName, "a password must not contain the name of its account")
	case utf8.RuneCountInString(core) < leastCore:
		return fault(geo.PasswordSimple, "a password needs more than digits and punctuation: numbers of telephones, documents and days are guessed first")
	case different(folded) < leastDifferent:
		return fault(geo.PasswordSimple, "a password needs at least %d different characters", leastDifferent)
	case isCommon(folded), isCommon(strings.TrimRightFunc(folded, trivial)), isCommon(unit(core)), isCommon(letters(core)):
		return fault(geo.PasswordCommon, "the password, or the word in it, is among those that are guessed first; put several words together that have nothing to do with each other")
	}
	return nil
}

func fault(reason, format string, args ...any) error {
	return &geo.Error{Kind: geo.ErrInvalid, Field: "password", Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// writable reports whether all of the text can be written again. A character that this version of Unicode does not know
// might be normalized otherwise by the next (UAX #15 section 12.1), and then nobody could sign in with it; a control
// character is in it by mistake.
func writable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r)
	})
}

// trivial reports whether a character at the end of a password adds nothing to it, since whoever guesses tries it:
// a digit, punctuation, a space or another character of ASCII that is no letter.
func trivial(r rune) bool {
	return r < utf8.RuneSelf && !unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) || unicode.IsSpace(r)
}

// different returns how many different characters the text has.
func different(text string) int {
	seen := map[rune]struct{}{}
	for _, r := range text {
		seen[r] = struct{}{}
	}
	return len(seen)
}

// unit returns the shortest text that, repeated, makes the whole: "woaini" of "woainiwoaini". Most texts are their own.
func unit(text string) string {
	if text == "" {
		return ""
	}
	return text[:1+strings.Index((text + text)[1:], text)]
}
