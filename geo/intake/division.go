package intake

import (
	"context"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
)

// Kinds of the village divisions that have a committee, and of the committee.
const (
	VillageCommittee   = "village_committee"
	ResidentsCommittee = "residents_committee"
)

// maxName is the most characters of a division's name.
const maxName = 200

// Columns of a table of divisions, in the order in which divisionReader takes their values.
const (
	divisionCode = iota
	divisionName
	divisionLevel
	divisionKind
	divisionParent
	divisionColumns
)

func divisionTable() []column {
	return []column{
		divisionCode:   {names: []string{"code", "区划代码", "代码"}},
		divisionName:   {names: []string{"name", "名称"}},
		divisionLevel:  {names: []string{"level", "级别", "层级"}},
		divisionKind:   {names: []string{"kind", "类型"}, optional: true},
		divisionParent: {names: []string{"parent_code", "parent", "上级代码"}},
	}
}

// row is a division of a table, in little memory: there are 665,276.
type row struct {
	code, parent geo.DivisionCode
	name, kind   string
	line         int32
	level        uint8
	refused      bool
}

// divisionReader reads rows of divisions. Kinds are kept once.
type divisionReader struct {
	kinds  map[string]string
	levels map[string]geo.DivisionLevel
	form   *regexp.Regexp
}

// ReadDivisions reads a table of the divisions of an edition, with the columns code, name, level, parent_code and
// optionally kind (Chinese names of the columns are known too). Rows that break a rule by themselves go to refuse; the
// others are in the answer, where Settle checks what they say of each other. A file without the columns is
// geo.ErrInvalid.
func ReadDivisions(ctx context.Context, r io.Reader, refuse func(Refusal)) (*Divisions, error) {
	t, err := openTable(ctx, r, divisionTable())
	if err != nil {
		return nil, err
	}
	reader := divisionReader{kinds: map[string]string{}, levels: kindLevels(), form: regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)}
	d := &Divisions{}
	d.read, err = t.each(divisionCode, func(values []string, line int) error {
		row, err := reader.row(values)
		row.line = int32(line)
		if err == nil {
			d.rows = append(d.rows, row)
		}
		return err
	}, refuse)
	if err != nil {
		return nil, err
	}
	d.sort(refuse)
	return d, nil
}

func (d *divisionReader) row(values []string) (row, error) {
	code, err := fullCode("code", values[divisionCode])
	if err != nil {
		return row{}, err
	}
	name, err := checkName(values[divisionName])
	if err != nil {
		return row{}, err
	}
	level, err := parseLevel(values[divisionLevel])
	if err != nil {
		return row{}, err
	}
	kind, err := d.kind(values[divisionKind], level)
	if err != nil {
		return row{}, err
	}
	r := row{code: code, name: name, level: uint8(level), kind: kind}
	if values[divisionParent] != "" {
		if r.parent, err = fullCode("parent_code", values[divisionParent]); err != nil {
			return row{}, err
		}
	}
	return r, r.checkTree()
}

// fullCode reads a code of exactly twelve digits.
func fullCode(field, s string) (geo.DivisionCode, error) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, geo.Invalid(field, "%q is not a code of 12 digits: are columns swapped?", printable(s))
		}
	}
	if len(s) != 12 {
		return 0, geo.Invalid(field, "%q has %d digits, 12 are needed", printable(s), len(s))
	}
	return geo.ParseDivisionCode(field, s)
}

// checkName returns the name without the blanks around it.
func checkName(s string) (string, error) {
	letters := false
	for _, r := range s {
		if unicode.Is(unicode.Cc, r) {
			return "", geo.Invalid("name", "the name has a control character (U+%04X)", r)
		}
		if r == utf8.RuneError {
			return "", geo.Invalid("name", "%q is damaged: U+FFFD stands where a character was lost", printable(s))
		}
		if unicode.In(r, unicode.Bidi_Control) || r == '\ufeff' || r == '\u200b' {
			return "", geo.Invalid("name", "the name has an invisible character (U+%04X)", r)
		}
		letters = letters || unicode.IsLetter(r)
	}
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", geo.Invalid("name", "the name is empty")
	case !letters:
		return "", geo.Invalid("name", "%q is not a name: are columns swapped?", printable(s))
	case n > maxName:
		return "", geo.Invalid("name", "the name has %d characters, at most %d are taken", n, maxName)
	}
	return s, nil
}

func parseLevel(s string) (geo.DivisionLevel, error) {
	if len(s) != 1 || s[0] < '1' || s[0] > '5' {
		return 0, geo.Invalid("level", "%q is not a level: 1 province, 2 prefecture, 3 county, 4 township, 5 village", printable(s))
	}
	return geo.DivisionLevel(s[0] - '0'), nil
}

// kindLevels returns the level of the kinds in the tables of the National Bureau of Statistics that have only one.
func kindLevels() map[string]geo.DivisionLevel {
	return map[string]geo.DivisionLevel{
		"province": geo.Province, "prefecture": geo.Prefecture, "county": geo.County, "street": geo.Township,
		"town": geo.Township, "township": geo.Township, VillageCommittee: geo.Village, ResidentsCommittee: geo.Village,
	}
}

func (d *divisionReader) kind(s string, level geo.DivisionLevel) (string, error) {
	if s == "" {
		return "", nil
	}
	kind, known := d.kinds[s]
	if !known {
		if !d.form.MatchString(s) {
			return "", geo.Invalid("kind", "%q is not a kind (a word of a-z, 0-9 and _): are columns swapped?", printable(s))
		}
		d.kinds[s], kind = s, s
	}
	if at, ok := d.levels[kind]; ok && at != level {
		return "", geo.Invalid("kind", "a %s has level %d, the row says %d", kind, at, level)
	}
	return kind, nil
}

// checkTree checks what a row says of its place in the tree: the code has the digits of its level and begins with the
// parent's. A division that repeats its superior where a level is left out (parent = code) has fewer digits.
func (r row) checkTree() error {
	level, own := geo.DivisionLevel(r.level), r.code.Level()
	switch {
	case level == geo.Province && r.parent != 0:
		return geo.Invalid("parent_code", "a province has no parent, the row names %s", r.parent)
	case level > geo.Province && r.parent == 0:
		return geo.Invalid("parent_code", "the parent is missing: only a province (level 1) has none")
	case own > level:
		return geo.Invalid("level", "the code has the digits of level %d (%s), the row says %d (%s)", own, own, level, level)
	case own < level && r.parent != r.code:
		return geo.Invalid("level", "the code has the digits of level %d (%s) only, the row says %d (%s)", own, own, level, level)
	case r.parent == 0 || r.parent == r.code && own < level:
		return nil
	case r.parent == r.code:
		return geo.Invalid("parent_code", "the division is its own parent")
	}
	if lo, hi := r.parent.Range(); r.code < lo || r.code >= hi {
		return geo.Invalid("parent_code", "the code does not begin with %s, the digits of its parent", r.parent.Prefix())
	}
	return nil
}
