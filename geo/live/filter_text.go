package live

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
)

// textTest is what decides a comparison for a text that is present.
type textTest struct {
	test   func(string) bool
	needle string // every text that passes the test holds it
}

func (l comparison) textTest() (textTest, error) {
	texts, ok := l.texts()
	if !ok {
		return textTest{}, geo.ErrNotIndexed
	}
	if l.op == "like" {
		pattern, err := newPattern(texts[0])
		return textTest{l.unfolded(pattern.matches), pattern.needle(l.folded)}, err
	}
	test := testOf(l.op, texts)
	if test == nil {
		return textTest{}, geo.ErrNotIndexed
	}
	is := textTest{test: l.unfolded(test)}
	if l.op == "=" && !l.folded {
		is.needle = texts[0]
	}
	return is, nil
}

// unfolded makes a test of folded texts one of texts as they are.
func (l comparison) unfolded(test func(string) bool) func(string) bool {
	if !l.folded {
		return test
	}
	return func(v string) bool { return test(fold(v)) }
}

// testOf returns the test of an operator beside like; nil when it is none of texts.
func testOf(op string, texts []string) func(string) bool {
	switch op {
	case "=", "in":
		if len(texts) == 1 {
			return func(v string) bool { return v == texts[0] }
		}
		slices.Sort(texts)
		return func(v string) bool { _, ok := slices.BinarySearch(texts, v); return ok }
	case "<>":
		return func(v string) bool { return v != texts[0] }
	case "<":
		return func(v string) bool { return v < texts[0] }
	case "<=":
		return func(v string) bool { return v <= texts[0] }
	case ">":
		return func(v string) bool { return v > texts[0] }
	case ">=":
		return func(v string) bool { return v >= texts[0] }
	case "between":
		return func(v string) bool { return texts[0] <= v && v <= texts[1] }
	}
	return nil
}

// pattern is one of LIKE (CQL2, 21-065r2 /req/advanced-comparison-operators, as PostgreSQL reads it): % stands for any text,
// _ for one character, \ takes what follows as it is.
type pattern struct{ parts []part }

// part is what stands between two %: characters, or 0 for any one.
type part []rune

const anyOne rune = 0 // no text in the database has it

func newPattern(text string) (pattern, error) {
	p := pattern{parts: []part{nil}}
	escaped := false
	for _, r := range text {
		last := &p.parts[len(p.parts)-1]
		switch {
		case escaped:
			*last, escaped = append(*last, r), false
		case r == '\\':
			escaped = true
		case r == '%':
			p.parts = append(p.parts, nil)
		case r == '_':
			*last = append(*last, anyOne)
		default:
			*last = append(*last, r)
		}
	}
	if escaped {
		return p, geo.ErrNotIndexed
	}
	return p, nil
}

// matches reports whether the pattern covers the whole text: its first part at the head, its last at the end, the others in
// order between them, each as early as it can be.
func (p pattern) matches(text string) bool {
	head, rest := p.parts[0], p.parts[1:]
	text, ok := head.cut(text)
	if !ok || len(rest) == 0 {
		return ok && text == ""
	}
	for _, middle := range rest[:len(rest)-1] {
		if text, ok = middle.find(text); !ok {
			return false
		}
	}
	return rest[len(rest)-1].ends(text)
}

// cut takes the part off the head of the text.
func (p part) cut(text string) (string, bool) {
	for _, want := range p {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || want != anyOne && r != want {
			return text, false
		}
		text = text[size:]
	}
	return text, true
}

// find returns what follows the first occurrence of the part.
func (p part) find(text string) (string, bool) {
	if !slices.Contains(p, anyOne) {
		_, rest, ok := strings.Cut(text, string(p))
		return rest, ok
	}
	for {
		if rest, ok := p.cut(text); ok {
			return rest, true
		}
		_, size := utf8.DecodeRuneInString(text)
		if size == 0 {
			return "", false
		}
		text = text[size:]
	}
}

// ends reports whether the text ends with the part.
func (p part) ends(text string) bool {
	from := len(text)
	for range p {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		if size == 0 {
			return false
		}
		from -= size
	}
	_, ok := p.cut(text[from:])
	return ok
}

// needle returns the longest run of characters that every match holds as they stand; "" when there is none.
func (p pattern) needle(folded bool) string {
	longest, run := "", []rune(nil)
	for _, part := range p.parts {
		for _, r := range append(slices.Clone(part), anyOne) {
			if r == anyOne || folded && unicode.SimpleFold(r) != r {
				run = nil
				continue
			}
			if run = append(run, r); len(string(run)) > len(longest) {
				longest = string(run)
			}
		}
		run = nil
	}
	return longest
}

// hasText holds when the text in slot fulfils the test, or is there and does not when negated.
type hasText struct {
	slot int
	textTest
	negated bool
}

// compareText compiles a comparison of a text column.
func compareText(l comparison, slot int, negated bool) (predicate, error) {
	if l.op == "isNull" {
		return textless{slot, negated}, nil
	}
	is, err := l.textTest()
	if err != nil {
		return nil, err
	}
	return hasText{slot, is, negated}, nil
}

func (p hasText) row(r *row) bool {
	text := r.texts[p.slot]
	return text != "" && p.test(text) != p.negated
}

func (p hasText) rows(k *chunk, out []uint64) {
	column := k.texts[p.slot]
	if p.needle == "" {
		eachWord(out, k.len(), func(i int) bool {
			text := column.view(i)
			return text != "" && p.test(text) != p.negated
		})
		return
	}
	clear(out)
	column.search(p.needle, func(i int) {
		if p.test(column.view(i)) {
			out[i>>6] |= 1 << (i & 63)
		}
	})
	if p.negated {
		for w := range out {
			out[w] = column.present(w) &^ out[w]
		}
	}
}

// search calls f for each row whose text holds the needle, once each, in order. The texts stand one after the other, so that
// one search runs over them all; what it finds across the end of one is none.
func (a arena) search(needle string, f func(row int)) {
	want := []byte(needle)
	for at, row := 0, 0; ; {
		i := bytes.Index(a.bytes[at:], want)
		if i < 0 {
			return
		}
		at += i
		for int(a.ends[row]) <= at {
			row++
		}
		if end := int(a.ends[row]); at+len(want) <= end {
			f(row)
			at = end
			continue
		}
		at++
	}
}

// present returns which of 64 rows have a text.
func (a arena) present(w int) uint64 {
	m := uint64(0)
	for i := w << 6; i < min(w<<6+64, len(a.ends)); i++ {
		if a.length(i) > 0 {
			m |= 1 << (i & 63)
		}
	}
	return m
}

// textless holds when there is no text, or when there is one.
type textless struct {
	slot    int
	negated bool
}

func (p textless) row(r *row) bool { return (r.texts[p.slot] == "") != p.negated }
func (p textless) rows(k *chunk, out []uint64) {
	column := k.texts[p.slot]
	for w := range out {
		if out[w] = column.present(w); !p.negated {
			out[w] = ^out[w]
		}
	}
}
