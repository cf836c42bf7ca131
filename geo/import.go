package geo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ImportField is what a column of a table of organizations says.
type ImportField string

// Fields that a column may have.
const (
	ImportCode       ImportField = "code"
	ImportName       ImportField = "name"
	ImportShortName  ImportField = "short_name"
	ImportKind       ImportField = "kind"
	ImportLevel      ImportField = "level"
	ImportSuperior   ImportField = "superior"   // an own code, or a name
	ImportDivision   ImportField = "division"   // a code, or names from the province down
	ImportLng        ImportField = "lng"        // longitude, or easting
	ImportLat        ImportField = "lat"        // latitude, or northing
	ImportCoordinate ImportField = "coordinate" // both in one cell, in any notation
	ImportCRS        ImportField = "crs"        // the system of the row's coordinates
	ImportAccuracy   ImportField = "accuracy"   // to how many metres the row's place is known
	ImportAddress    ImportField = "address"
	ImportPhone      ImportField = "phone"
	ImportUSCC       ImportField = "uscc"
	ImportFrom       ImportField = "valid_from" // the day from which a new organization exists
)

// ImportFields are all fields, in the order in which people are shown them.
func ImportFields() []ImportField {
	return []ImportField{ImportCode, ImportName, ImportShortName, ImportKind, ImportLevel, ImportSuperior, ImportDivision, ImportLng, ImportLat,
		ImportCoordinate, ImportCRS, ImportAccuracy, ImportAddress, ImportPhone, ImportUSCC, ImportFrom}
}

// States of an import. From checking, running and undoing it goes on by itself.
const (
	ImportUploaded = "uploaded" // the file is there; it is not known which column is the name
	ImportMapped   = "mapped"   // it is known what the columns say
	ImportChecking = "checking"
	ImportChecked  = "checked"
	ImportRunning  = "running"
	ImportPaused   = "paused"
	ImportDone     = "done"
	ImportUndoing  = "undoing"
	ImportUndone   = "undone"
	// ImportPartlyUndone is an undo that did not come to its end, or that left what can be taken back later, by somebody else or when
	// nobody uses it any more: undone again, it goes on with that.
	ImportPartlyUndone = "partly-undone"
	ImportFailed       = "failed" // it cannot go on, and has written nothing
)

// Limits of files.
const (
	MaxImportFile    = 128 << 20 // bytes
	MaxImportRows    = 2_000_000
	MaxImportColumns = 100
)

// ImportSheet is a sheet of a workbook. A text file has one without a name.
type ImportSheet struct {
	Name string `json:"name"`
	Rows int    `json:"rows"` // about so many; 0 when the file does not say
}

// ImportRecognition is what a file was found to be, by its first rows.
type ImportRecognition struct {
	Format    string        `json:"format"`    // xlsx or csv
	Encoding  string        `json:"encoding"`  // utf-8, gb18030, utf-16le, utf-16be; "" for xlsx
	Delimiter string        `json:"delimiter"` // one of , ; and tab; "" for xlsx
	Sheets    []ImportSheet `json:"sheets"`
	Headers   []string      `json:"headers"` // of the chosen sheet, by column; "" for none
	Samples   [][]string    `json:"samples"` // first rows below the header
}

// ImportMapping says how a file is understood. Its JSON is kept with the import, and for the next file with the same headers.
type ImportMapping struct {
	Sheet         string        `json:"sheet"`
	HeaderRow     int           `json:"header_row"` // counted from 1; the first row of data is the one below
	Encoding      string        `json:"encoding"`
	Delimiter     string        `json:"delimiter"`
	Columns       []ImportField `json:"columns"`        // by column; "" for one that is left out
	CRS           string        `json:"crs"`            // of coordinates whose row names none; "" when nobody says
	AccuracyM     float64       `json:"accuracy_m"`     // metres, of coordinates whose row tells none; 0 when nobody says
	Superior      ID            `json:"superior"`       // of new organizations whose row names none; 0 for none
	Kind          string        `json:"kind"`           // of new organizations whose row names none
	Clear         bool          `json:"clear"`          // empty cells empty what is known
	AcceptOutside bool          `json:"accept_outside"` // coordinates outside of the division are taken all the same
}

// RememberedMapping is how a file with the headers was understood.
type RememberedMapping struct {
	ImportMapping
	Headers []string `json:"headers"` // by column; none when only files with the same headers are understood so
}

// For returns the fields of the columns of a file with headers, each that of the column with the same header, and whether the file is
// such a one: it has all columns that said something, and no other whose header alone says something, which found tells. What else it
// has does not matter: unnamed columns, remarks, reasons why rows were refused.
func (m RememberedMapping) For(headers []string, found []ImportField) ([]ImportField, bool) {
	if len(m.Headers) == 0 || len(m.Columns) != len(m.Headers) {
		return nil, false
	}
	known := map[string]ImportField{}
	for i, key := range headerKeys(m.Headers) {
		known[key] = m.Columns[i]
	}
	columns := make([]ImportField, len(headers))
	for i, key := range headerKeys(headers) {
		field, ok := known[key]
		if !ok && i < len(found) && found[i] != "" {
			return nil, false
		}
		columns[i] = field
		delete(known, key)
	}
	for _, field := range known {
		if field != "" {
			return nil, false
		}
	}
	return columns, true
}

// headerKeys tell columns apart: by header, those of the same by their order, unnamed ones by their place.
func headerKeys(headers []string) []string {
	times, keys := map[string]int{}, make([]string, len(headers))
	for i, h := range headers {
		keys[i] = fmt.Sprint(times[h], " ", h)
		if times[h]++; h == "" {
			keys[i] = fmt.Sprint(i)
		}
	}
	return keys
}

// Ready reports whether organizations can be read by the mapping: some column is the name or the code.
func (m ImportMapping) Ready() bool {
	return slices.Contains(m.Columns, ImportName) || slices.Contains(m.Columns, ImportCode)
}

// Has reports whether a column has the field.
func (m ImportMapping) Has(f ImportField) bool { return slices.Contains(m.Columns, f) }

// Validate checks what needs no file. The first fault is returned as *Error with the JSON name of the member.
func (m ImportMapping) Validate() error {
	if len(m.Columns) > MaxImportColumns {
		return Invalid("columns", "%d columns are too many: at most %d", len(m.Columns), MaxImportColumns)
	}
	seen := map[ImportField]bool{}
	for _, f := range m.Columns {
		if f == "" {
			continue
		}
		if !slices.Contains(ImportFields(), f) {
			return Invalid("columns", "%q is no field of organizations: %v are", f, ImportFields())
		}
		if seen[f] {
			return Invalid("columns", "two columns are %s", f)
		}
		seen[f] = true
	}
	if !m.Ready() {
		return Invalid("columns", "say which column is the name or the code")
	}
	if m.HeaderRow < 1 || m.HeaderRow > MaxImportRows {
		return Invalid("header_row", "the row of the headers is counted from 1")
	}
	if !(m.AccuracyM >= 0 && m.AccuracyM <= MaxAccuracyM) {
		return Invalid("accuracy_m", "the accuracy is a distance from 0 to %d m; 0 when it is not known", MaxAccuracyM)
	}
	return nil
}

// ImportRow is one row of a file, as far as it can be understood without the database. "" stands for an empty cell.
type ImportRow struct {
	Row                                         int // counted from 1
	Code, Name, ShortName, Kind, Level          string
	Superior, Division, Address, Phone, USCC    string // Division as it is written when DivisionCode is 0
	DivisionCode                                DivisionCode
	Location                                    Position // meaningful when HasLocation
	HasLocation                                 bool
	SourceCRS                                   string  // of Location
	AccuracyM                                   float64 // of the place, metres; meaningful when HasAccuracy
	HasAccuracy                                 bool
	From                                        Day // meaningful when HasFrom
	HasFrom                                     bool
	SuperiorColumn, DivisionColumn, PlaceColumn int // where they stand, counted from 1; 0 for nowhere
}

// Reasons of faults: words for programs, which never change.
const (
	FaultMissingName       = "missing-name"
	FaultMissingKind       = "missing-kind"
	FaultMissingLevel      = "missing-level"
	FaultMissingDivision   = "missing-division"
	FaultMissingPlace      = "missing-place"
	FaultUnknownKind       = "unknown-kind"
	FaultUnknownLevel      = "unknown-level"
	FaultUnknownDivision   = "unknown-division"
	FaultAmbiguousDivision = "ambiguous-division"
	FaultCoordinates       = "coordinates-unreadable"
	FaultHalfCoordinates   = "coordinates-incomplete"
	FaultSwapped           = "coordinates-swapped"
	FaultOutside           = "coordinates-outside"
	FaultRepeated          = "coordinates-repeated"
	FaultUnknownCRS        = "unknown-crs"
	FaultAccuracy          = "bad-accuracy"
	FaultUSCC              = "uscc-check"
	FaultDuplicateCode     = "duplicate-code"
	FaultDuplicateRow      = "duplicate-row"
	FaultCodeTaken         = "code-taken"
	FaultOutOfScope        = "out-of-scope"
	FaultNoSuperior        = "missing-superior"
	FaultUnknownSuperior   = "unknown-superior"
	FaultAmbiguousSuperior = "ambiguous-superior"
	FaultAmbiguous         = "ambiguous-organization"
	FaultMadeSince         = "registered-since"
	FaultChangedSince      = "changed-since"
	FaultSuperiorRefused   = "superior-refused"
	FaultCycle             = "superior-cycle"
	FaultDate              = "bad-date"
	FaultTooLong           = "too-long"
	FaultCharacters        = "bad-characters"
	FaultNumber            = "number-shortened"
	FaultZeros             = "zeros-lost"
	FaultFormula           = "formula-uncalculated"
	FaultErrorValue        = "error-value"
	FaultQuote             = "quote-open"
	FaultRow               = "row-unreadable"
)

// faultSentences are templates in English and Chinese; {detail} is that of the fault.
func faultSentences() map[string][2]string {
	return map[string][2]string{
		FaultMissingName:       {"a new organization needs a name", "新组织缺少名称"},
		FaultMissingKind:       {"a new organization needs a kind", "新组织缺少类别"},
		FaultMissingLevel:      {"a new organization needs a level", "新组织缺少层级"},
		FaultMissingDivision:   {"a new organization needs the division that it stands in", "新组织缺少所在行政区划"},
		FaultMissingPlace:      {"there are no coordinates, and the division has no point on the map", "没有坐标，所在区划在图上也没有代表点"},
		FaultUnknownKind:       {"this is no kind of organization", "没有这种组织类别"},
		FaultUnknownLevel:      {"this is no level of organizations", "没有这种组织层级"},
		FaultUnknownDivision:   {"there is no such division", "没有这个行政区划"},
		FaultAmbiguousDivision: {"several divisions have this name: write it from the province down, or its code", "有多个行政区划叫这个名称：请从省级写起，或写区划代码"},
		FaultCoordinates:       {"no coordinates can be read", "坐标无法识别"},
		FaultHalfCoordinates:   {"longitude and latitude belong together, and one of them is empty", "经度和纬度须同时填写，其中一个是空的"},
		FaultSwapped:           {"longitude and latitude are in each other's column; the other way round they are {detail}", "经度和纬度写反了，交换后为 {detail}"},
		FaultOutside:           {"the place lies {distance} outside of the division", "位置在所在区划之外 {distance}"},
		FaultRepeated:          {"{detail} rows have this very coordinate: is it the place of each of them?", "有 {detail} 行坐标完全相同：都在这一处吗？"},
		FaultUnknownCRS:        {"this is no coordinate system that can be converted", "不认识这个坐标系，或无法换算"},
		FaultAccuracy:          {"this is no distance in metres, from 0 to {detail}", "精度应为以米计的数字，0 至 {detail}"},
		FaultUSCC:              {"the unified social credit code is wrong: its check digit does not fit", "统一社会信用代码有误：校验位不符"},
		FaultDuplicateCode:     {"row {detail} has the same code", "第 {detail} 行已有相同编码"},
		FaultDuplicateRow:      {"row {detail} is the same organization: name, division and superior are the same, and there is no code", "与第 {detail} 行是同一组织：名称、区划和上级相同，又没有编码"},
		FaultCodeTaken:         {"an organization that is not yours to change has this code", "该编码属于不归您管理的组织"},
		FaultOutOfScope:        {"the organization, or its superior, is not one of those that you may change", "该组织或其上级不在您的管理范围内"},
		FaultNoSuperior:        {"you may not have an organization without a superior: name the one that it belongs to", "须写明上级组织：您不能登记没有上级的组织"},
		FaultUnknownSuperior:   {"there is no such superior, neither by code nor by name", "按编码和名称都找不到这个上级组织"},
		FaultAmbiguousSuperior: {"several organizations have this name: name the superior by its code", "有多个组织叫这个名称：请写上级的编码"},
		FaultAmbiguous:         {"known in the division by this name: {detail}; write the code of the one that is meant, or the superior", "该区划下已有 {detail} 个同名组织：请写明所指组织的编码，或写明上级"},
		FaultMadeSince:         {"since the check, one of this name was registered in the division below the same superior: check again", "检查之后，同一上级、同一区划下已登记了同名组织：请重新检查"},
		FaultChangedSince:      {"since the check, the organization that was found by its name got another name, division or superior: check again", "检查之后，按名称找到的组织已改名、改区划或改上级：请重新检查"},
		FaultSuperiorRefused:   {"the superior, on row {detail}, was refused", "其上级（第 {detail} 行）未通过"},
		FaultCycle:             {"the superiors form a circle", "上级关系成环"},
		FaultDate:              {"this is no day such as 2026-01-31", "日期无法识别，应如 2026-01-31"},
		FaultTooLong:           {"the text is too long: at most {detail} characters", "文字过长：最多 {detail} 个字符"},
		FaultCharacters:        {"the text has characters that are not allowed, or was read in the wrong encoding", "含有不允许的字符，或文件编码不对"},
		FaultNumber:            {"the spreadsheet has shortened this number: give the column the format text and enter it again", "数字被表格软件缩写：请把该列设为文本后重新填写"},
		FaultZeros:             {"the spreadsheet took the zeros in front for granted: the code is {detail}", "编码前面的零被表格软件去掉了，应为 {detail}"},
		FaultFormula:           {"the formula has no value: open the file in the spreadsheet program and save it, or paste the values", "公式没有计算结果：请用表格软件打开后保存，或粘贴为数值"},
		FaultErrorValue:        {"the cell shows an error of the spreadsheet instead of a value: write the value", "单元格是表格软件的错误值，不是内容：请改为正确的值"},
		FaultQuote:             {"the quotation mark at the beginning of a cell on line {detail} of the file is not closed where the cell ends: close it, or take it out", "文件第 {detail} 行有单元格以引号开头，但没有在单元格末尾闭合：请补上或删去引号"},
		FaultRow:               {"the row cannot be read", "该行无法读取"},
	}
}

// ImportFault is what is wrong with a cell. A row with a fault that is no warning is refused.
type ImportFault struct {
	Row     int         // counted from 1
	Column  int         // counted from 1; 0 when it is about the row
	Field   ImportField // "" when it is about the row
	Value   string      // of the cell, shortened
	Reason  string
	Detail  string // what the sentence says beside the reason
	Warning bool
}

// Sentence says in English what is wrong.
func (f ImportFault) Sentence() string { return f.say(0) }

// Chinese says in Chinese what is wrong.
func (f ImportFault) Chinese() string { return f.say(1) }

func (f ImportFault) say(language int) string {
	sentence := faultSentences()[f.Reason][language]
	if strings.Contains(sentence, "{distance}") {
		return strings.ReplaceAll(sentence, "{distance}", distanceIn(f.Detail, language))
	}
	return strings.ReplaceAll(sentence, "{detail}", f.Detail)
}

// distanceIn writes metres as people read them: from a kilometre on in kilometres.
func distanceIn(metres string, language int) string {
	units := [][2]string{{" m", " km"}, {" 米", " 公里"}}[language]
	n, err := strconv.Atoi(metres)
	if err != nil || n < 1000 {
		return metres + units[0]
	}
	return strconv.Itoa((n+500)/1000) + units[1]
}

// CorrectedWords are the texts of a file of refused rows in a language.
type CorrectedWords struct {
	Sheet, Row, Reasons string // names of the sheet, and of the columns with the number of the row and with what is wrong
	Sentence            func(ImportFault) string
}

// ImportCounts tells what became of the rows.
type ImportCounts struct {
	Rows      int `json:"rows"`      // read, without empty ones
	Refused   int `json:"refused"`   // with a fault
	Warned    int `json:"warned"`    // taken, with a warning
	New       int `json:"new"`       // after the check: that would be made
	Changed   int `json:"changed"`   // that would be changed
	Unchanged int `json:"unchanged"` // that are so already
	ByName    int `json:"by_name"`   // of those changed and unchanged, that were found by name, division and superior, not by code
	Moved     int `json:"moved"`     // of those changed, that get another superior
	Emptied   int `json:"emptied"`   // cells of those changed that say something now, and would be empty
	Made      int `json:"made"`      // by the run: that were made
	Altered   int `json:"altered"`   // that were changed
	Left      int `json:"left"`      // left out by the run: unchanged, or not allowed any more
	Undone    int `json:"undone"`    // by the undo
	Kept      int `json:"kept"`      // of the undo: geo.ImportKept says why
}

// ImportJob is an import of organizations from a file.
type ImportJob struct {
	ID           ID
	State        string
	Pausing      bool // it was asked to pause
	FileName     string
	FileSize     int64
	Author       string
	Account      ID // 0 for the operator
	Organization ID // of the account; 0 for none
	Path         []ID
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Recognition  ImportRecognition
	Mapping      ImportMapping
	Remembered   bool // the mapping is that of an earlier file
	Counts       ImportCounts
	Faults       map[string]int // by reason
	Phase        string         // of checking: reading or comparing
	Done, Total  int            // rows of the present step; Total is 0 when it is not known
	Failure      string         // a sentence; "" for none
}

// Active reports whether the import goes on by itself.
func (j ImportJob) Active() bool {
	return j.State == ImportChecking || j.State == ImportRunning || j.State == ImportUndoing
}

// Written reports whether the import may have written something that can be undone.
func (j ImportJob) Written() bool {
	return j.Counts.Made+j.Counts.Altered > j.Counts.Undone+j.Counts.Kept
}

// Undoable reports whether the import can be undone in its state, from its beginning or from where an earlier undo came to.
func (j ImportJob) Undoable() bool {
	return j.State == ImportPartlyUndone || j.Written() && (j.State == ImportDone || j.State == ImportPaused)
}

// Reasons why an undo leaves an organization as it is: words for programs, which never change.
const (
	KeptEdited       = "edited"       // somebody else wrote to it since
	KeptSubordinates = "subordinates" // something that stays is below it
	KeptInUse        = "in-use"       // others rely on it: photos, accounts, grants, tasks, grids, reports, relations, steps of a verification
	KeptOutOfReach   = "out-of-reach" // it lies where whoever undoes may not write
)

// ImportKept is an organization that an undo left as it is.
type ImportKept struct {
	Organization ID
	Name         string
	Reason       string // KeptEdited and so on
}

// ImportFaultQuery asks for a page of the faults of an import, by row and column.
type ImportFaultQuery struct {
	Reason string // exactly; "" for all
	Offset int
	Limit  int
}

// ImportPoint is a row on the map.
type ImportPoint struct {
	Row     int
	Name    string
	At      Position
	Refused bool
	Warned  bool
}

// ImportAsk is who asks about imports, and where they may write.
type ImportAsk struct {
	Account ID
	Name    string
	All     bool  // sees every import
	Offices Scope // sees the imports of the accounts of these organizations
	See, In Scope // organizations that they see and may write
}

// Sees reports whether the import is theirs to see and to work on.
func (a ImportAsk) Sees(j ImportJob) bool {
	return a.All || a.Account != 0 && a.Account == j.Account || a.Offices.Covers(j.Path) && len(j.Path) > 0
}

// NoImport is the error of an import that does not exist or is not theirs.
func NoImport(id ID) error { return NotFound("there is no import %d", id) }

// WrongImportState is the error of an import that does not do what is asked in its state.
func WrongImportState(j ImportJob, what string) error {
	return &Error{Kind: ErrConflict, Field: "state", Message: fmt.Sprintf("the import is %s: it cannot be %s now", j.State, what)}
}
