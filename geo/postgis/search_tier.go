package postgis

import (
	"strconv"
	"strings"

	"jingwei/geo"
)

// searchTier is one way of matching: conditions of its two halves, constants of this file, whose arguments begin at $3
// ($1 is the day, $2 the number of hits), and the columns that its hits are sorted by.
type searchTier struct {
	match        string
	division     string // of jingwei.division d
	organization string // of jingwei.organization_version v; for {organizations} and {present x} see bothSQL
	sortedBy     sortKey
	args         []any
}

// sortKey is a text column of either half; an index on it and the id lets a search of many matches end early.
type sortKey struct{ division, organization string }

// bothSQL finds divisions (id) and organizations (row_id) that v may see, in the order of Search. The scope is the last
// argument. In the conditions of a tier {organizations} and {versions} are where to look, and {present x} is whether the
// version x holds on the day and may be seen.
func (t searchTier) bothSQL(v sight) string {
	divisions := func(place, level string) string {
		return `
    (select ` + place + ` as place, d.id, 0::bigint as row_id, d.level, ` + t.sortedBy.division + ` as text, d.code as key
     from jingwei.division d
     where d.valid @> jingwei.day($1) and d.parent is distinct from d.code and ` + level + ` and ` + t.division + `
     order by d.level, ` + t.sortedBy.division + `, d.code limit $2)`
	}
	present := func(alias string) string {
		return `upper_inf(` + alias + `.recorded) and ` + alias + `.valid @> jingwei.day($1) and ` + v.visible(alias, len(t.args)+3)
	}
	organization := strings.NewReplacer("{organizations}", v.searched("organization"), "{versions}", v.searched("organization_version"),
		"{present p}", present("p")).Replace(t.organization)
	return `
select f.id, f.row_id from (` + divisions("1", "d.level < 5") + `
    union all
    (select 2, 0, v.row_id, 0, ` + t.sortedBy.organization + `, v.organization_id
     from ` + v.searched("organization_version") + ` v
     where ` + present("v") + ` and ` + organization + `
     order by ` + t.sortedBy.organization + `, v.organization_id limit $2)
    union all` + divisions("3", "d.level = 5") + `) f
order by f.place, f.level, f.text, f.key
limit $2`
}

// divisionSQL finds divisions only, all or those of a level, the last argument.
func (t searchTier) divisionSQL() string {
	level := `$` + strconv.Itoa(len(t.args)+3)
	order := `
order by d.level, ` + t.sortedBy.division + `, d.code`
	return `
select` + divisionColumns + `
from (select * from jingwei.division d
      where d.valid @> jingwei.day($1) and d.parent is distinct from d.code and (` + level + `::int = 0 or d.level = ` + level + `) and ` + t.division + order + `
      limit $2) d` + divisionExtent + order
}

// tiersFor returns the ways of matching that make sense for text, best first.
func tiersFor(text string) []searchTier {
	byName := sortKey{`d.name`, `v.name`}
	tiers := []searchTier{{geo.MatchExact, `d.name = $3`, `v.name = $3`, byName, []any{text}}}
	if isASCII(text) && !strings.Contains(text, " ") {
		tiers = append(tiers, codeTier(text))
	}
	tiers = append(tiers,
		searchTier{geo.MatchPrefix, `d.name like $3`, `v.name like $3`, byName, []any{likeEscape(text) + "%"}},
		searchTier{geo.MatchInfix, `d.grams @> $4::text[] and d.name ilike $3`,
			`v.grams @> $4::text[] and (v.name ilike $3 or v.short_name ilike $3)`, byName,
			[]any{"%" + likeEscape(text) + "%", needles(text)}})
	if letters := latinLetters(text); letters != "" {
		tiers = append(tiers, latinTiers(letters)...)
	}
	return tiers
}

// latinTiers are the ways of matching what is typed in latin letters: pinyin, also as Shaanxi is written, and initials.
func latinTiers(letters string) []searchTier {
	byLetters := sortKey{`d.letters`, `v.pinyin`}
	tiers := []searchTier{{geo.MatchPinyin, `d.letters like $3`, `v.pinyin like $3`, byLetters, []any{letters + "%"}}}
	if typed := strings.ReplaceAll(letters, writtenShaan, typedShaan); typed != letters {
		tiers = append(tiers, searchTier{geo.MatchPinyin, `d.letters like $3 and d.name like '%陕西%'`,
			`v.pinyin like $3 and v.name like '%陕西%'`, byLetters, []any{typed + "%"}})
	}
	return append(tiers, searchTier{geo.MatchInitials, `d.initials like $3`, `v.initials like $3`,
		sortKey{`d.initials`, `v.initials`}, []any{letters + "%"}})
}

// codeTier matches codes that begin with text: codes of divisions by range when it is digits, the operators' own
// codes of organizations as text. What may not be seen takes no place among the first codes: a hidden code would be told
// by what it leaves out.
func codeTier(text string) searchTier {
	lo, hi := codeRange(text)
	return searchTier{geo.MatchCode,
		`$3::text is not null and d.code >= $4 and d.code < $5`,
		`v.organization_id in (select o.id from {organizations} o
                           where o.retired is null and o.code like $3
                             and exists (select from {versions} p where p.organization_id = o.id and {present p})
                           order by o.code limit $2)`,
		sortKey{`''::text collate "C"`, `''::text collate "C"`},
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
