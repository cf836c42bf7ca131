package intake

import (
	"slices"
	"strings"

	"jingwei/geo"
)

// headRows are how many rows of a sheet are looked at for its headers; shownSamples how many of those below are shown.
const (
	headRows     = 40
	shownSamples = 5
)

// Recognize tells what a file is and how it is to be understood: which sheet, which row has the headers, what columns say. With
// a mapping of the caller, whose zero members are found out, it tells the same of the sheet and row that it names.
func (f *File) Recognize(m geo.ImportMapping) (geo.ImportRecognition, geo.ImportMapping, error) {
	r := geo.ImportRecognition{Format: f.format, Sheets: f.sheets()}
	if f.format == formatText {
		encoding, delimiter, err := headOf(f.from, f.size)
		if err != nil {
			return r, m, err
		}
		m.Encoding, m.Delimiter = orElse(m.Encoding, encoding), orElse(m.Delimiter, delimiter)
		r.Encoding, r.Delimiter = encoding, delimiter
		if r.Sheets[0].Rows, err = f.lines(); err != nil {
			return r, m, err
		}
	}
	names := []string{m.Sheet}
	if m.Sheet == "" && f.book != nil {
		names = names[:0]
		for _, sheet := range r.Sheets[:min(len(r.Sheets), 10)] {
			names = append(names, sheet.Name)
		}
	}
	best := heading{score: -1}
	for _, name := range names {
		tried := m
		tried.Sheet = name
		first, last := 1, headRows
		if m.HeaderRow > 1 { // with the row above
			first, last = m.HeaderRow-1, m.HeaderRow+headRows
		}
		rows, err := f.head(tried, first, last)
		if err != nil {
			return r, m, err
		}
		h := headingOf(rows, max(0, m.HeaderRow-first+1))
		if h.row += first - 1; h.score > best.score {
			best, best.sheet = h, name
		}
	}
	m.Sheet, m.HeaderRow = best.sheet, best.row
	r.Headers, r.Samples = best.headers, best.samples
	if m.Columns == nil {
		m.Columns = best.fields
	}
	if m.CRS == "" {
		m.CRS = best.crs
	}
	return r, m, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// heading is a row of headers.
type heading struct {
	sheet   string
	row     int // counted from 1
	score   int // how many of its headers are known
	headers []string
	fields  []geo.ImportField
	crs     string
	samples [][]string
}

// headingOf finds the row of the headers among the first rows of a sheet: the one in which most are known. wanted is the row
// that somebody says, 0 when nobody does. Where none is known it is the first row with two cells or more.
func headingOf(rows [][]string, wanted int) heading {
	best, filled := heading{row: max(1, wanted)}, 0
	for i := range rows {
		if wanted > 0 && i != wanted-1 {
			continue
		}
		h := headingAt(rows, i)
		if h.score > best.score || best.headers == nil {
			best, filled = h, texts(rows[i])
		}
		if best.score == 0 && filled < 2 && texts(rows[i]) >= 2 {
			best, filled = h, texts(rows[i])
		}
	}
	for i := best.row; i < len(rows) && len(best.samples) < shownSamples; i++ {
		if texts(rows[i]) > 0 {
			best.samples = append(best.samples, rows[i])
		}
	}
	return best
}

func texts(row []string) int {
	n := 0
	for _, c := range row {
		if c != "" {
			n++
		}
	}
	return n
}

// headingAt reads the headers of a row. Where it has none, that of the row above holds: a header that goes over two rows, in
// merged cells, has its text in the upper one.
func headingAt(rows [][]string, i int) heading {
	alone, both := headersOf(rows[i], nil), heading{}
	if i > 0 && texts(rows[i-1]) > 1 {
		both = headersOf(rows[i], rows[i-1])
	}
	h := alone
	if both.score > alone.score && alone.score > 0 {
		h = both
	}
	h.row = i + 1
	return h
}

func headersOf(row, above []string) heading {
	h := heading{headers: make([]string, max(len(row), len(above))), fields: make([]geo.ImportField, max(len(row), len(above)))}
	for i := range h.headers {
		if i < len(row) {
			h.headers[i] = row[i]
		}
		if h.headers[i] == "" && i < len(above) {
			h.headers[i] = above[i]
		}
		field, crs := fieldOf(h.headers[i])
		if field == "" || slices.Contains(h.fields, field) {
			continue
		}
		h.fields[i], h.score = field, h.score+1
		if crs != "" {
			h.crs = crs
		}
	}
	mendLongitude(h)
	return h
}

// mendLongitude takes 精度 beside 纬度 for the slip of the pen that it is: 经度 sounds the same.
func mendLongitude(h heading) {
	i := slices.Index(h.fields, geo.ImportAccuracy)
	if i < 0 || !slices.Contains(h.fields, geo.ImportLat) || slices.Contains(h.fields, geo.ImportLng) {
		return
	}
	if plain, _ := plainHeader(h.headers[i]); plain == "精度" {
		h.fields[i] = geo.ImportLng
	}
}

// fieldOf tells what a column with the header says, and the coordinate system that the header names.
func fieldOf(header string) (geo.ImportField, string) {
	plain, inside := plainHeader(header)
	for _, known := range headerNames() {
		if slices.Contains(known.names, plain) {
			return known.field, systemIn(plain + " " + inside)
		}
	}
	for _, known := range headerNames() { // 组织名称（全称）, 所属行政区划代码
		for _, name := range known.names {
			if len(name) >= 6 && (strings.HasPrefix(plain, name) || strings.HasSuffix(plain, name)) {
				return known.field, systemIn(plain + " " + inside)
			}
		}
	}
	return "", ""
}

// plainHeader takes spaces, stars and what stands in brackets out of a header.
func plainHeader(header string) (plain, inside string) {
	var out, in strings.Builder
	depth := 0
	for _, r := range strings.ToLower(header) {
		if '！' <= r && r <= '～' {
			r += '!' - '！'
		}
		switch {
		case strings.ContainsRune("([【", r):
			depth++
		case strings.ContainsRune(")]】", r):
			depth = max(0, depth-1)
		case strings.ContainsRune(" *_-:/\u3000\u00a0", r):
		case depth > 0:
			in.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), in.String()
}

// systemIn finds the name of a coordinate system in a header.
func systemIn(text string) string {
	for _, known := range []struct{ part, system string }{
		{"gcj", "gcj02"}, {"火星", "gcj02"}, {"高德", "gcj02"}, {"腾讯", "gcj02"}, {"bd09", "bd09"}, {"百度", "bd09"},
		{"wgs84", "EPSG:4326"}, {"cgcs2000", "EPSG:4490"}, {"国家2000", "EPSG:4490"},
	} {
		if strings.Contains(text, known.part) {
			return known.system
		}
	}
	return ""
}

type knownHeader struct {
	field geo.ImportField
	names []string // as plainHeader writes them
}

// headerNames are what columns are called, in Chinese and in English. The more particular names come first.
func headerNames() []knownHeader {
	return []knownHeader{
		{geo.ImportAccuracy, []string{"精度", "定位精度", "坐标精度", "位置精度", "误差", "定位误差", "位置误差", "accuracy", "accuracym", "horizontalaccuracy", "locationaccuracym", "precision",
			"uncertainty", "coordinateuncertaintyinmeters"}},
		{geo.ImportUSCC, []string{"统一社会信用代码", "社会信用代码", "统一信用代码", "信用代码", "uscc", "unifiedsocialcreditcode", "socialcreditcode"}},
		{geo.ImportDivision, []string{"行政区划代码", "行政区划编码", "行政区划", "区划代码", "区划编码", "区划", "所在行政区划", "所属行政区划", "所属区划", "所在区划", "所在地区", "所在地", "统计用区划代码",
			"division", "divisioncode", "adcode", "regioncode", "region"}},
		{geo.ImportSuperior, []string{"上级组织", "上级组织名称", "上级组织编码", "上级组织代码", "上级", "上级编码", "上级代码", "上级名称", "上级单位", "隶属组织", "隶属", "superior", "superiorcode", "parent", "parentcode", "parentname"}},
		{geo.ImportShortName, []string{"组织简称", "简称", "短名", "shortname"}},
		{geo.ImportName, []string{"组织名称", "名称", "组织全称", "全称", "单位名称", "机构名称", "党组织名称", "name", "organizationname", "organization", "fullname", "title"}},
		{geo.ImportKind, []string{"组织类别", "类别", "组织类型", "类型", "种类", "kind", "type", "category", "organizationkind"}},
		{geo.ImportLevel, []string{"组织层级", "层级", "级别", "组织级别", "level", "organizationlevel"}},
		{geo.ImportCRS, []string{"坐标系", "坐标系统", "坐标系名称", "crs", "coordinatesystem", "srs"}},
		{geo.ImportLng, []string{"经度", "lng", "lon", "long", "longitude", "x", "x坐标", "横坐标", "东坐标", "easting"}},
		{geo.ImportLat, []string{"纬度", "lat", "latitude", "y", "y坐标", "纵坐标", "北坐标", "northing"}},
		{geo.ImportCoordinate, []string{"坐标", "经纬度", "位置坐标", "地理坐标", "点位", "coordinate", "coordinates", "location", "position", "lnglat", "latlng"}},
		{geo.ImportAddress, []string{"地址", "详细地址", "办公地址", "联系地址", "address"}},
		{geo.ImportPhone, []string{"电话", "联系电话", "办公电话", "公开电话", "座机", "phone", "telephone", "tel"}},
		{geo.ImportFrom, []string{"成立日期", "成立时间", "设立日期", "启用日期", "生效日期", "起始日期", "validfrom", "from", "founded", "established", "startdate"}},
		{geo.ImportCode, []string{"组织编码", "组织代码", "编码", "代码", "自有编码", "单位编码", "机构编码", "编号", "code", "owncode", "id", "organizationcode"}},
	}
}
