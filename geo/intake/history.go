package intake

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"jingwei/geo"
)

// History is the history of the codes of counties and above: the divisions of each code through the years, and which
// code followed which.
type History struct {
	Divisions   []geo.Division   // by code and first day
	Successions []geo.Succession // by old code, year and new code
	Read        int              // rows of the file, refused ones included
	Endless     int              // codes that ended without a successor in the source
}

// Columns of the table of history, in the order in which historyRow takes their values.
const (
	historyCode = iota
	historyProvince
	historyPrefecture
	historyName
	historyLevel
	historyState
	historyStart
	historyEnd
	historyHeirs
)

func historyTable() []column {
	return []column{
		historyCode:       {names: []string{"代码"}},
		historyProvince:   {names: []string{"一级行政区"}, optional: true},
		historyPrefecture: {names: []string{"二级行政区"}},
		historyName:       {names: []string{"名称"}},
		historyLevel:      {names: []string{"级别"}},
		historyState:      {names: []string{"状态"}},
		historyStart:      {names: []string{"启用时间"}},
		historyEnd:        {names: []string{"变更/弃用时间"}},
		historyHeirs:      {names: []string{"新代码"}},
	}
}

// Words of the table.
const (
	wordProvince   = "省级"
	wordPrefecture = "地级"
	wordCounty     = "县级"
	wordInUse      = "在用"
	wordChanged    = "变更" // the code stays
	wordDropped    = "弃用"
	wordDirect     = "直辖" // a county directly under its province
)

// historyRow is a row of the table.
type historyRow struct {
	geo.Division
	line       int
	start, end int // years; end 0 while in use
	state      string
	heirs      []heir
}

type heir struct {
	code geo.DivisionCode
	year int
}

// ReadHistory reads the table of areacodes (yescallop/areacodes, README: years as of 31 December; a code is in use from
// its first year up to, not including, the year of its change). Days are the first of those years. Rows that break a
// rule go to refuse; a file without the columns is geo.ErrInvalid.
func ReadHistory(ctx context.Context, r io.Reader, refuse func(Refusal)) (*History, error) {
	t, err := openTable(ctx, r, historyTable())
	if err != nil {
		return nil, err
	}
	h := &History{}
	var rows []historyRow
	h.Read, err = t.each(historyCode, func(values []string, line int) error {
		row, err := readHistoryRow(values)
		row.line = line
		if err == nil {
			rows = append(rows, row)
		}
		return err
	}, refuse)
	if err != nil {
		return nil, err
	}
	rows = refuseOverlaps(rows, refuse)
	h.connect(rows)
	return h, nil
}

func readHistoryRow(values []string) (historyRow, error) {
	var row historyRow
	code, err := shortCode(historyTable()[historyCode].names[0], values[historyCode])
	if err != nil {
		return row, err
	}
	name, err := checkName(values[historyName])
	if err != nil {
		return row, err
	}
	row.Division = geo.Division{Code: code, Name: name}
	if err := row.readLevel(values[historyLevel], values[historyPrefecture]); err != nil {
		return row, err
	}
	if err := row.readYears(values[historyState], values[historyStart], values[historyEnd]); err != nil {
		return row, err
	}
	return row, row.readHeirs(values[historyHeirs])
}

// shortCode reads a code of six digits.
func shortCode(field, s string) (geo.DivisionCode, error) {
	if len(s) != 6 {
		return 0, geo.Invalid(field, "%q is not a code of 6 digits", printable(s))
	}
	return geo.ParseDivisionCode(field, s)
}

func (r *historyRow) readLevel(level, prefecture string) error {
	switch level {
	case wordProvince:
		r.Level = geo.Province
	case wordPrefecture:
		r.Level, r.Parent = geo.Prefecture, r.Code/1e10*1e10
	case wordCounty:
		r.Level, r.Parent = geo.County, r.Code/1e8*1e8
		if prefecture == wordDirect {
			r.Parent = r.Code / 1e10 * 1e10
		}
	default:
		return geo.Invalid("级别", "%q is not 省级, 地级 or 县级", printable(level))
	}
	if r.Code.Level() != r.Level {
		return geo.Invalid("级别", "the code has the digits of level %d (%s), the row says %s", r.Code.Level(), r.Code.Level(), level)
	}
	r.Kind = r.Level.String()
	return nil
}

func (r *historyRow) readYears(state, start, end string) error {
	var err error
	if r.start, err = parseYear("启用时间", start); err != nil {
		return err
	}
	r.Valid = geo.DayRange{From: geo.FirstDay(r.start), To: geo.MaxDay}
	switch r.state = state; state {
	case wordInUse:
		if end != "" {
			return geo.Invalid("变更/弃用时间", "a code in use has no year of its end, the row says %s", printable(end))
		}
		return nil
	case wordChanged, wordDropped:
	default:
		return geo.Invalid("状态", "%q is not 在用, 变更 or 弃用", printable(state))
	}
	if r.end, err = parseYear("变更/弃用时间", end); err != nil {
		return err
	}
	if r.end <= r.start {
		return geo.Invalid("变更/弃用时间", "the code ends in %d, before or in the year %d of its start", r.end, r.start)
	}
	r.Valid.To = geo.FirstDay(r.end)
	return nil
}

func parseYear(field, s string) (int, error) {
	year, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 || year < 1949 || year > 2200 {
		return 0, geo.Invalid(field, "%q is not a year", printable(s))
	}
	return year, nil
}

// readHeirs reads "330102[1996];330102;330114": codes that hold what this one held, since its end or the year given.
func (r *historyRow) readHeirs(text string) error {
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ";") {
		digits, rest, dated := strings.Cut(part, "[")
		code, err := shortCode("新代码", digits)
		if err != nil {
			return err
		}
		h := heir{code: code, year: r.end}
		if dated {
			year, closed := strings.CutSuffix(rest, "]")
			if h.year, err = parseYear("新代码", year); err != nil || !closed {
				return geo.Invalid("新代码", "%q is not a code with a year such as 330102[1996]", printable(part))
			}
		}
		if h.year == 0 {
			return geo.Invalid("新代码", "%s has no year, and the code is still in use", code)
		}
		r.heirs = append(r.heirs, h)
	}
	return nil
}

// refuseOverlaps sorts the rows by code and start and takes out those that begin before the one before them ends.
func refuseOverlaps(rows []historyRow, refuse func(Refusal)) []historyRow {
	slices.SortFunc(rows, func(a, b historyRow) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.start, b.start), cmp.Compare(a.line, b.line))
	})
	last := historyRow{}
	return slices.DeleteFunc(rows, func(r historyRow) bool {
		if r.Code != last.Code || r.Valid.From >= last.Valid.To {
			last = r
			return false
		}
		refuse(refusal(r.line, r.Code.String(), geo.Invalid("启用时间", "line %d tells of this code in the same years", last.line)))
		return true
	})
}

// connect fills the divisions and successions from the rows.
func (h *History) connect(rows []historyRow) {
	starts := make(map[heir]bool, len(rows)) // codes with the year of their start
	named := make(map[heir]int, len(rows))   // by how many codes an heir is named
	for i, r := range rows {
		if i == 0 || rows[i-1].Code != r.Code || rows[i-1].end != r.start {
			starts[heir{r.Code, r.start}] = true
		}
		for _, to := range r.heirs {
			named[to]++
		}
	}
	prefectures := map[geo.DivisionCode]bool{}
	for _, r := range rows {
		if r.Level == geo.Prefecture {
			prefectures[r.Code] = true
		}
	}
	for _, r := range rows {
		if r.Level == geo.County && !prefectures[r.Parent] {
			r.Parent = r.Code / 1e10 * 1e10
		}
		h.Divisions = append(h.Divisions, r.Division)
		if r.state == wordDropped && len(r.heirs) == 0 {
			h.Endless++
		}
		for _, to := range r.heirs {
			s := geo.Succession{Old: r.Code, New: to.code, Year: to.year, Kind: r.succession(to, starts[to] && named[to] == 1)}
			h.Successions = append(h.Successions, s)
		}
	}
	slices.SortFunc(h.Successions, func(a, b geo.Succession) int {
		return cmp.Or(cmp.Compare(a.Old, b.Old), cmp.Compare(a.Year, b.Year), cmp.Compare(a.New, b.New))
	})
	h.Successions = slices.CompactFunc(h.Successions, func(a, b geo.Succession) bool {
		return a.Old == b.Old && a.New == b.New && a.Year == b.Year
	})
}

// succession names what happened towards an heir; alone says that the heir began that year and from this code only.
func (r historyRow) succession(to heir, alone bool) string {
	last := 0 // heirs at the end of the code
	for _, h := range r.heirs {
		if h.year == r.end {
			last++
		}
	}
	switch {
	case to.code == r.Code:
		return geo.SuccessionRename
	case r.state != wordDropped || to.year != r.end:
		return geo.SuccessionTransfer
	case last > 1:
		return geo.SuccessionSplit
	case alone:
		return geo.SuccessionRecode
	}
	return geo.SuccessionMerge
}
