package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"jingwei/geo"
)

// Encodings of text files.
const (
	encodingUTF8    = "utf-8"
	encodingGB18030 = "gb18030"
	encodingUTF16LE = "utf-16le"
	encodingUTF16BE = "utf-16be"
)

// encodingOf tells the encoding of a text by its beginning: by its byte order mark, else UTF-8 when it is that, else GB18030,
// as spreadsheets in China write it. cut says that the text goes on.
func encodingOf(head []byte, cut bool) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return encodingUTF8
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return encodingUTF16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return encodingUTF16BE
	}
	if cut {
		head = wholeRunes(head)
	}
	if mostlyUTF8(head) {
		return encodingUTF8
	}
	return encodingGB18030
}

// mostlyUTF8 reports whether more lines of a text are UTF-8 than are not, as far as they are no plain ASCII: a row that was pasted
// from elsewhere must not spoil all others.
func mostlyUTF8(head []byte) bool {
	if utf8.Valid(head) {
		return true
	}
	good, bad := 0, 0
	for line := range bytes.FieldsFuncSeq(head, func(r rune) bool { return r == '\n' || r == '\r' }) {
		switch {
		case !utf8.Valid(line):
			bad++
		case bytes.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }):
			good++
		}
	}
	return good > bad
}

// wholeRunes returns the beginning of a text in UTF-8 without a character that is cut at its end.
func wholeRunes(head []byte) []byte {
	for n := 1; n <= min(utf8.UTFMax, len(head)); n++ {
		if last := head[len(head)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return head[:len(head)-n]
			}
			break
		}
	}
	return head
}

// decoded reads a text in the encoding as UTF-8, without its byte order mark. What is no character becomes U+FFFD, but in UTF-8,
// where it stays as it is.
func decoded(r io.Reader, encoding string) (io.Reader, error) {
	switch encoding {
	case encodingUTF8, "":
		return r, nil
	case encodingGB18030:
		return simplifiedchinese.GB18030.NewDecoder().Reader(r), nil
	case encodingUTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r), nil
	case encodingUTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(r), nil
	}
	return nil, geo.Invalid("encoding", "there is no encoding %q: utf-8, gb18030, utf-16le and utf-16be are known", encoding)
}

// delimiters are those that a text may have between its fields, the likeliest first.
const delimiters = ",;\t"

// delimiterOf finds what stands between the fields: what most lines have, and as often as the others.
func delimiterOf(head string) string {
	lines := strings.FieldsFunc(head, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // the last one may go on
	}
	best, most := ",", 0
	for _, d := range delimiters {
		counts := map[int]int{}
		for _, line := range lines {
			if n := outsideQuotes(line, d); n > 0 {
				counts[n]++
			}
		}
		for fields, times := range counts {
			if score := fields * times; score > most {
				best, most = string(d), score
			}
		}
	}
	return best
}

func outsideQuotes(line string, d rune) int {
	n, quoted := 0, false
	for _, r := range line {
		switch r {
		case '"':
			quoted = !quoted
		case d:
			if !quoted {
				n++
			}
		}
	}
	return n
}
