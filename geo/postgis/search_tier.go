package postgis

import (
	"strconv"
	"strings"

	"jingwei/geo"
)

// searchTier is one way of matching: conditions and orders of its two halves, constants of this file, whose arguments
// begin at $3; $1 is the day, $2 the number of hits.
type searchTier struct {
	match                           string
	division, divisionOrder         string // of jingwei.division d
	organization, organizationOrder string // of jingwei.organization_version v
	args                            []any
}

const (
	divisionByName = `d.level, d.name, d.code`
	organizationBy = `v.name, v.organization_id`
)

// bothSQL looks among divisions and organizations. Each half is cut by itself, so that an index that yields its order
// ends early.
func (t searchTier) bothSQL() string {
	return `
with found as (
    (select 1 as place, d.id, 0::bigint as row_id from jingwei.division d
     where d.level < 5 and d.valid @> jingwei.day($1) and ` + t.division + `
     order by ` + t.divisionOrder + ` limit $2)
    union all
    (select 2, 0, v.row_id from jingwei.organization_version v
     where upper_inf(v.recorded) and v.valid @> jingwei.day($1) and v.status = 'active' and ` + t.organization + `
     order by ` + t.organizationOrder + ` limit $2)
    union all
    (select 3, d.id, 0 from jingwei.division d
     where d.level = 5 and d.valid @> jingwei.day($1) and ` + t.division + `
     order by ` + t.divisionOrder + ` limit $2)
)
select 'division', 0::bigint, d.code, d.name, d.kind, d.level, coalesce(d.parent, 0), st_x(d.label), st_y(d.label),
       st_xmin(s.box), st_ymin(s.box), st_xmax(s.box), st_ymax(s.box), f.place
from found f join jingwei.division d on d.id = f.id` + divisionExtent + `
where f.place <> 2
union all
select 'organization', v.organization_id, 0, v.name, v.kind, 0, v.division_code,
       v.lon_e7 / 1e7::float8, v.lat_e7 / 1e7::float8, null, null, null, null, f.place
from found f join jingwei.organization_version v on v.row_id = f.row_id
where f.place = 2
order by 14, 6, 4, 3, 2
limit $2`
}

// divisionSQL looks among divisions only, all or those of a level, the last argument.
func (t searchTier) divisionSQL() string {
	level := `$` + strconv.Itoa(len(t.args)+3)
	return `
select` + divisionColumns + `
from (select * from jingwei.division d
      where d.valid @> jingwei.day($1) and (` + level + `::int = 0 or d.level = ` + level + `) and ` + t.division + `
      order by ` + t.divisionOrder + ` limit $2) d` + divisionExtent + `
order by ` + t.divisionOrder
}

// tiersFor returns the ways of matching that make sense for text, best first.
func tiersFor(text string) []searchTier {
	tiers := []searchTier{{geo.MatchExact, `d.name = $3`, divisionByName, `v.name = $3`, organizationBy, []any{text}}}
	if isASCII(text) && !strings.Contains(text, " ") {
		tiers = append(tiers, codeTier(text))
	}
	tiers = append(tiers,
		searchTier{geo.MatchPrefix, `d.name like $3`, divisionByName, `v.name like $3`, organizationBy,
			[]any{likeEscape(text) + "%"}},
		searchTier{geo.MatchInfix, `d.grams @> $4::text[] and d.name like $3`, divisionByName,
			`v.grams @> $4::text[] and (v.name like $3 or v.short_name like $3)`, organizationBy,
			[]any{"%" + likeEscape(text) + "%", needles(text)}})
	if letters := latinLetters(text); letters != "" {
		tiers = append(tiers,
			searchTier{geo.MatchPinyin, `d.letters like $3`, `d.level, d.letters, d.code`,
				`v.pinyin like $3`, `v.pinyin, v.organization_id`, []any{letters + "%"}},
			searchTier{geo.MatchInitials, `d.initials like $3`, `d.level, d.initials, d.code`,
				`v.initials like $3`, `v.initials, v.organization_id`, []any{letters + "%"}})
	}
	return tiers
}

// codeTier matches codes that begin with text: codes of divisions by range when it is digits, the operators' own
// codes of organizations as text.
func codeTier(text string) searchTier {
	lo, hi := codeRange(text)
	return searchTier{geo.MatchCode,
		`$3::text is not null and d.code >= $4 and d.code < $5`, `d.level, d.code`,
		`v.organization_id in (select o.id from jingwei.organization o
                           where o.retired is null and o.code like $3 order by o.code, o.id limit $2)`,
		`v.organization_id, v.row_id`,
		[]any{likeEscape(text) + "%", lo, hi}}
}

// codeRange returns the division codes lo <= c < hi that begin with the digits of text; nothing when it is not 1 to 12
// digits.
func codeRange(text string) (lo, hi int64) {
	if len(text) > 12 || strings.Trim(text, "0123456789") != "" {
		return 0, 0
	}
	step := int64(1)
	for _, digit := range text {
		lo = lo*10 + int64(digit-'0')
	}
	for range 12 - len(text) {
		lo, step = lo*10, step*10
	}
	return lo, lo + step
}

// likeEscape takes their meaning from the characters that LIKE knows.
func likeEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// latinLetters returns text as pinyin is stored, lower case without spaces and apostrophes; "" when it has anything
// but ASCII letters and digits, or no letter.
func latinLetters(text string) string {
	text = strings.ToLower(strings.NewReplacer(" ", "", "'", "", "’", "").Replace(text))
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || strings.Trim(text, "0123456789") == "" {
		return ""
	}
	return text
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
