package intake

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// Codes are the code lists that a table of organizations is read with.
type Codes struct{ Kinds, Levels []geo.Code }

// Organizations understands rows of organizations. It is not safe for concurrent use.
type Organizations struct {
	mapping geo.ImportMapping
	at      map[geo.ImportField]int // the column of each field, counted from 0
	kinds   map[string]string
	levels  map[string]string
	crs     crs.System
	told    string // the name of crs, "" when nobody says
	systems map[string]crs.System

	row    geo.ImportRow
	cells  []string
	faults []geo.ImportFault
}

// NewOrganizations returns what reads rows by the mapping. A coordinate system that is not known is geo.ErrInvalid.
func NewOrganizations(m geo.ImportMapping, codes Codes) (*Organizations, error) {
	o := &Organizations{mapping: m, at: map[geo.ImportField]int{}, kinds: labels(codes.Kinds, kindNames()), levels: labels(codes.Levels, levelNames()), systems: map[string]crs.System{}}
	for i, f := range m.Columns {
		if f != "" {
			o.at[f] = i
		}
	}
	if m.CRS != "" {
		system, err := systemOf(m.CRS)
		if err != nil {
			return nil, err
		}
		o.crs, o.told = system, system.String()
	}
	return o, nil
}

// labels are the words that stand for codes of a list: the codes, what they are called in both languages, and other words.
func labels(list []geo.Code, others map[string]string) map[string]string {
	known := make(map[string]string, 3*len(list)+len(others))
	for word, code := range others {
		known[word] = code
	}
	for _, c := range list {
		for _, word := range []string{c.Code, c.Zh, c.En} {
			known[strings.ToLower(word)] = c.Code
		}
	}
	return known
}

func kindNames() map[string]string {
	return map[string]string{
		"村委会": "village_committee", "村民委员会": "village_committee", "居委会": "residents_committee", "社区居委会": "residents_committee",
		"社区居民委员会": "residents_committee", "支部": "branch", "党支部委员会": "branch", "党委": "party_committee", "总支": "general_branch", "党总支部": "general_branch",
		"联合支部": "joint_branch", "工会": "trade_union", "团委": "youth_league", "妇联": "womens_federation",
	}
}

func levelNames() map[string]string {
	return map[string]string{
		"国家级": "national", "省": "province", "市": "prefecture", "市级": "prefecture", "地市级": "prefecture", "县": "county", "区": "county", "区级": "county", "区县级": "county", "县区级": "county",
		"乡": "township", "镇": "township", "街道": "township", "镇级": "township", "乡镇": "township", "乡镇级": "township", "街道级": "township", "村": "village", "社区": "village", "社区级": "village", "村社级": "village",
	}
}

// Read understands a row. What it returns is valid until the next call. A row without any text is none: ok is false.
func (o *Organizations) Read(row int, cells []string) (r geo.ImportRow, faults []geo.ImportFault, ok bool) {
	o.row, o.cells, o.faults = geo.ImportRow{Row: row}, cells, o.faults[:0]
	if !o.filled() {
		return o.row, nil, false
	}
	out := &o.row
	out.Code = o.number(geo.ImportCode, geo.MaxCodeLength)
	out.Name = o.text(geo.ImportName, geo.MaxNameLength)
	out.ShortName = o.text(geo.ImportShortName, geo.MaxNameLength)
	out.Kind = o.word(geo.ImportKind, o.kinds, geo.FaultUnknownKind)
	out.Level = o.word(geo.ImportLevel, o.levels, geo.FaultUnknownLevel)
	out.Superior = o.number(geo.ImportSuperior, geo.MaxNameLength)
	out.Address = o.text(geo.ImportAddress, geo.MaxAddressLength)
	out.Phone = o.number(geo.ImportPhone, geo.MaxPhoneLength)
	out.USCC = strings.ToUpper(o.number(geo.ImportUSCC, geo.MaxNameLength))
	o.division()
	o.day()
	o.place()
	o.accuracy()
	out.SuperiorColumn, out.DivisionColumn = o.column(geo.ImportSuperior), o.column(geo.ImportDivision)
	return o.row, o.faults, true
}

func (o *Organizations) filled() bool {
	for _, at := range o.at {
		if at < len(o.cells) && o.cells[at] != "" && cleaned(o.cells[at]) != "" {
			return true
		}
	}
	return false
}

// column is where a field stands, counted from 1; 0 for nowhere.
func (o *Organizations) column(f geo.ImportField) int {
	if at, ok := o.at[f]; ok {
		return at + 1
	}
	return 0
}

func (o *Organizations) cell(f geo.ImportField) string {
	at, ok := o.at[f]
	if !ok || at >= len(o.cells) {
		return ""
	}
	if f == geo.ImportLng || f == geo.ImportLat || f == geo.ImportCoordinate { // maps copy them along
		return cleaned(strings.Map(func(r rune) rune {
			if geo.Hidden(r) {
				return -1
			}
			return r
		}, o.cells[at]))
	}
	return cleaned(o.cells[at])
}

func (o *Organizations) fault(f geo.ImportField, value, reason, detail string) {
	o.faults = append(o.faults, geo.ImportFault{Row: o.row.Row, Column: o.column(f), Field: f, Value: printable(value), Reason: reason, Detail: detail})
}

// text reads a cell of so many characters at most.
func (o *Organizations) text(f geo.ImportField, most int) string {
	cell := o.cell(f)
	if cell == "" {
		return ""
	}
	if formula, ok := strings.CutPrefix(cell, uncalculated); ok {
		o.fault(f, "="+formula, geo.FaultFormula, "")
		return ""
	}
	if isErrorValue(cell) {
		o.fault(f, cell, geo.FaultErrorValue, "")
		return ""
	}
	if !sound(cell) {
		o.fault(f, cell, geo.FaultCharacters, "")
		return ""
	}
	if len(cell) > most && utf8.RuneCountInString(cell) > most {
		o.fault(f, cell, geo.FaultTooLong, strconv.Itoa(most))
		return ""
	}
	return cell
}

// sound reports whether a text has no character that an organization's may not have; U+FFFD stands for what no decoder knew.
func sound(s string) bool {
	return geo.Legible(s) && geo.Visible(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// number reads a cell that may be made of digits, which spreadsheets take for a number.
func (o *Organizations) number(f geo.ImportField, most int) string {
	cell := o.text(f, most)
	if cell == "" {
		return ""
	}
	if strings.ContainsFunc(cell, geo.Hidden) {
		o.fault(f, cell, geo.FaultCharacters, "")
		return ""
	}
	whole, ok := wholeNumber(cell)
	if !ok {
		o.fault(f, cell, geo.FaultNumber, "")
		return ""
	}
	return whole
}

// mostExact is how many digits a spreadsheet keeps of a number.
const mostExact = 15

// wholeNumber undoes what spreadsheets do to codes: 3.30102001051E+11 and 330102001051.0 are 330102001051. It is false when
// digits are lost.
func wholeNumber(cell string) (string, bool) {
	if cell[0] < '0' || cell[0] > '9' {
		return cell, true
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(cell), "e")
	if !scientific {
		if before, after, ok := strings.Cut(cell, "."); ok && after != "" && strings.Trim(after, "0") == "" && strings.Trim(before, "0123456789") == "" && len(before) >= 6 {
			return before, true
		}
		return cell, true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	whole, decimals, _ := strings.Cut(mantissa, ".")
	if err != nil || n < 0 || len(whole) != 1 || !strings.Contains(exponent, "+") && !strings.Contains(mantissa, ".") || strings.Trim(decimals, "0123456789") != "" {
		return cell, true // a code with an E in it
	}
	if len(decimals) < n-3 || n >= mostExact { // fewer digits than a code of this length has
		return "", false
	}
	v, ok := new(big.Float).SetPrec(200).SetString(mantissa + "e" + exponent)
	if !ok || !v.IsInt() {
		return "", false
	}
	return v.Text('f', 0), true
}

func (o *Organizations) word(f geo.ImportField, known map[string]string, reason string) string {
	cell := o.text(f, geo.MaxNameLength)
	if cell == "" {
		return ""
	}
	code, ok := known[cell]
	if !ok {
		code, ok = known[strings.ToLower(cell)]
	}
	if !ok {
		o.fault(f, cell, reason, "")
	}
	return code
}

// division reads a code, or leaves names to those who know them.
func (o *Organizations) division() {
	cell := o.number(geo.ImportDivision, geo.MaxNameLength)
	if cell == "" {
		return
	}
	if strings.Trim(cell, "0123456789") != "" {
		o.row.Division = cell
		return
	}
	code, err := geo.ParseDivisionCode("division", cell)
	if err != nil {
		o.fault(geo.ImportDivision, cell, geo.FaultUnknownDivision, "")
		return
	}
	o.row.DivisionCode = code
}

// Days that spreadsheets number, from 1899-12-30: those that dates of organizations lie in.
const (
	spreadsheetEpoch = -25569 // days of 1899-12-30 from 1970-01-01
	firstSerial      = 1
	lastSerial       = 2958465 // 9999-12-31
)

// day reads the day from which a new organization exists.
func (o *Organizations) day() {
	cell := o.text(geo.ImportFrom, geo.MaxNameLength)
	if cell == "" {
		return
	}
	day, ok := dayIn(cell)
	if !ok {
		o.fault(geo.ImportFrom, cell, geo.FaultDate, "")
		return
	}
	o.row.From, o.row.HasFrom = day, true
}

// dayIn reads a day as people and spreadsheets write it.
func dayIn(cell string) (geo.Day, bool) {
	if serial, err := strconv.ParseFloat(cell, 64); err == nil && len(cell) != 8 {
		if serial < firstSerial || serial > lastSerial || len(cell) < 5 { // a year alone is no day
			return 0, false
		}
		return checkedDay(geo.Day(math.Floor(serial) + spreadsheetEpoch))
	}
	cell, _, _ = strings.Cut(strings.TrimSpace(cell), " ")
	cell, _, _ = strings.Cut(cell, "T")
	plain := strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(cell)
	for _, layout := range []string{"2006-1-2", "20060102"} {
		if t, err := time.Parse(layout, plain); err == nil {
			return checkedDay(geo.Day(t.Unix() / 86400))
		}
	}
	return 0, false
}

// Years that organizations come from.
const (
	firstYear = 1900
	lastYear  = 2199
)

func checkedDay(d geo.Day) (geo.Day, bool) {
	year := d.Time().Year()
	return d, firstYear <= year && year <= lastYear
}
