package intake

import (
	"context"
	"io"
	"strings"

	"jingwei/geo"
)

// Pinyin are readings of names by code.
type Pinyin struct {
	byCode map[geo.DivisionCode]reading
}

type reading struct{ name, syllables string }

// ReadPinyin reads the table of AreaCity (columns id, name, pinyin, ext_id, ext_name). It gives readings for the short
// names only ("东城" for 东城区). Rows that make no sense are left out: a reading that is missing is
// made from the name.
func ReadPinyin(ctx context.Context, r io.Reader) (*Pinyin, error) {
	t, err := openTable(ctx, r, []column{{names: []string{"ext_id"}}, {names: []string{"name"}}, {names: []string{"pinyin"}}})
	if err != nil {
		return nil, err
	}
	p := &Pinyin{byCode: map[geo.DivisionCode]reading{}}
	_, err = t.each(0, func(values []string, _ int) error {
		code, err := geo.ParseDivisionCode("ext_id", values[0])
		if err == nil && len(strings.Fields(values[2])) == len([]rune(values[1])) {
			p.byCode[code] = reading{name: values[1], syllables: strings.Join(strings.Fields(strings.ToLower(values[2])), " ")}
		}
		return nil
	}, func(Refusal) {})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Len returns how many readings there are.
func (p *Pinyin) Len() int { return len(p.byCode) }

// Of returns the syllables of the first characters of the name, one for each, separated by spaces; "" when the table has
// no reading for the code, or one of another name: codes of two tables need not mean the same. No table has none.
func (p *Pinyin) Of(code geo.DivisionCode, name string) string {
	if p == nil {
		return ""
	}
	if found := p.byCode[code]; strings.HasPrefix(name, found.name) {
		return found.syllables
	}
	return ""
}
