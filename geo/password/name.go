package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// namesOne reports whether the password, in lower case, contains one of the names.
func namesOne(folded string, names []string) bool {
	bare := letters(folded)
	for _, name := range names {
		name = fold(strings.TrimSpace(name))
		if holds(folded, name) || holds(bare, letters(name)) || holds(bare, reading(name)) {
			return true
		}
	}
	return false
}

// holds reports whether the text contains a name that is long enough not to be there by chance.
func holds(text, name string) bool {
	least := 2
	if len(name) == utf8.RuneCountInString(name) { // ASCII
		least = 3
	}
	return utf8.RuneCountInString(name) >= least && strings.Contains(text, name)
}

// letters returns the letters and digits of the text: what is left of "zhang.wei" is what is left of "zhang wei".
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
}

// reading returns the syllables of the Chinese characters of a name, "zhangwei" of 张伟; "" when it has none. Of several
// readings it is the most frequent.
func reading(name string) string {
	return strings.Join(pinyin.LazyConvert(name, nil), "")
}
