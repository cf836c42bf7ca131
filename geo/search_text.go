package geo

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSearchText is how many characters can be searched for.
const MaxSearchText = 100

// SearchText is what was typed into the search box, ready to be compared.
type SearchText struct {
	Folded  string // with single spaces, as FoldSearch makes it
	Letters string // as pinyin is stored: lower case without spaces and apostrophes; "" when it cannot be pinyin
	Code    bool   // it may be the beginning of a code
}

// NewSearchText reads what was typed. A text of nothing but spaces, one that is not UTF-8, or one of more than MaxSearchText
// characters is ErrInvalid with the field "q".
func NewSearchText(q string) (SearchText, error) {
	if !utf8.ValidString(q) || strings.ContainsRune(q, 0) {
		return SearchText{}, Invalid("q", "the text is not UTF-8")
	}
	folded := strings.Join(strings.Fields(FoldSearch(q)), " ")
	if folded == "" {
		return SearchText{}, Invalid("q", "a text to search for is needed")
	}
	if utf8.RuneCountInString(folded) > MaxSearchText {
		return SearchText{}, Invalid("q", "at most %d characters can be searched for", MaxSearchText)
	}
	return SearchText{Folded: folded, Letters: latinLetters(folded), Code: isCode(folded)}, nil
}

// latinLetters returns a folded text as pinyin is stored; "" when it has anything but letters and digits, or no letter.
func latinLetters(text string) string {
	text = strings.NewReplacer(" ", "", "'", "", "’", "", "ü", "v").Replace(text)
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || strings.Trim(text, "0123456789") == "" {
		return ""
	}
	return text
}

func isCode(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// FoldSearch makes of a text what search compares: letters are lower case, and characters of full width those of half width.
// The number of characters stays the same.
func FoldSearch(s string) string {
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case b < utf8.RuneSelf && (b < 'A' || b > 'Z'):
			i++
		case 0xe4 <= b && b <= 0xe9: // most Chinese characters
			i += 3
		default:
			return s[:i] + strings.Map(foldRune, s[i:])
		}
	}
	return s
}

func foldRune(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case '\uff01' <= r && r <= '\uff5e':
		r -= 0xfee0
	}
	return unicode.ToLower(r)
}

// SearchKeys is what search looks into beside name and code.
type SearchKeys struct{ ShortName, Pinyin, Initials, USCC, Address string }

// keySeparator stands in no text: control characters are refused everywhere.
const keySeparator = "\x1f"

// AppendText appends the keys as one text to b; nothing when there are none.
func (k SearchKeys) AppendText(b []byte) []byte {
	all := [...]string{k.ShortName, k.Pinyin, k.Initials, k.USCC, k.Address}
	last := len(all) - 1
	for last >= 0 && all[last] == "" {
		last--
	}
	for i := 0; i <= last; i++ {
		if i > 0 {
			b = append(b, keySeparator...)
		}
		b = append(b, all[i]...)
	}
	return b
}

// Text is AppendText as a text.
func (k SearchKeys) Text() string { return string(k.AppendText(nil)) }

// ReadSearchKeys reads a text that AppendText made.
func ReadSearchKeys(text string) SearchKeys {
	var k SearchKeys
	for _, field := range [...]*string{&k.ShortName, &k.Pinyin, &k.Initials, &k.USCC, &k.Address} {
		*field, text, _ = strings.Cut(text, keySeparator)
	}
	return k
}

// ReadPinyin is the Pinyin that ReadSearchKeys reads.
func ReadPinyin(text string) string {
	_, text, _ = strings.Cut(text, keySeparator)
	pinyin, _, _ := strings.Cut(text, keySeparator)
	return pinyin
}

// Names of Party organizations begin with 中共, which nobody types: what follows is found as if the name began with it.
const (
	party         = "中共"
	partyPinyin   = "zhonggong"
	partyInitials = "zg"
)

// Rest returns pinyin and initials of what follows 中共 at the beginning of the name; "" for other names.
func (k SearchKeys) Rest(name string) (pinyin, initials string) {
	if !strings.HasPrefix(name, party) || !strings.HasPrefix(k.Pinyin, partyPinyin) || !strings.HasPrefix(k.Initials, partyInitials) {
		return "", ""
	}
	return k.Pinyin[len(partyPinyin):], k.Initials[len(partyInitials):]
}
