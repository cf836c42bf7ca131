package postgis

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// romanizer writes names in pinyin, for search. It is not safe for concurrent use.
type romanizer struct {
	places map[string]string
	args   pinyin.Args
	known  map[rune]string // readings of characters: of names of places, and those looked up before
}

func newRomanizer() *romanizer {
	args := pinyin.NewArgs()
	args.Fallback = latin
	return &romanizer{places: placeReadings(), args: args, known: characterReadings()}
}

// latin keeps ASCII letters and digits, in lower case, and drops the rest.
func latin(r rune, _ pinyin.Args) []string {
	if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return []string{string(unicode.ToLower(r))}
	}
	return nil
}

// syllables returns the readings of the characters that have one; latin letters and digits stand for themselves.
func (r *romanizer) syllables(name []rune) []string {
	var out []string
	for len(name) > 0 {
		n, reading := r.place(name)
		if n > 0 {
			out = append(out, strings.Fields(reading)...)
			name = name[n:]
			continue
		}
		if read := r.character(name[0]); read != "" {
			out = append(out, read)
		}
		name = name[1:]
	}
	return out
}

// character returns the most common reading of a character, "" when it has none.
func (r *romanizer) character(c rune) string {
	read, ok := r.known[c]
	if !ok {
		if all := pinyin.SinglePinyin(c, r.args); len(all) > 0 {
			read = all[0]
		}
		r.known[c] = read
	}
	return read
}

// place returns the longest place that name begins with, as the number of characters and its reading.
func (r *romanizer) place(name []rune) (int, string) {
	for n := min(longestPlace, len(name)); n > 1; n-- {
		if reading, ok := r.places[string(name[:n])]; ok {
			return n, reading
		}
	}
	return 0, ""
}

// searchKeys are the columns that search looks into.
type searchKeys struct {
	letters  string // pinyin without tones and spaces: "liushizhen"
	initials string // of its syllables: "lsz"
	grams    []string
}

// keys returns the search keys of a name; more texts count for the grams only.
func (r *romanizer) keys(name string, more ...string) searchKeys {
	return syllableKeys(r.syllables([]rune(name)), append(more, name)...)
}

func syllableKeys(syllables []string, texts ...string) searchKeys {
	var letters, initials strings.Builder
	for _, syllable := range syllables {
		syllable = strings.Map(plainLetter, syllable)
		if syllable == "" {
			continue
		}
		if syllable == writtenShaan {
			syllable = typedShaan
		}
		letters.WriteString(syllable)
		initials.WriteByte(syllable[0])
	}
	return searchKeys{letters: letters.String(), initials: initials.String(), grams: grams(texts...)}
}

// The first syllable of 陕西 is written with two a, to tell Shaanxi from Shanxi; who types pinyin types one.
const writtenShaan, typedShaan = "shaan", "shan"

// plainLetter keeps what a keyboard has: ü is typed as v. Sources leave punctuation of names in their pinyin.
func plainLetter(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	case r == 'ü':
		return 'v'
	}
	return -1
}
