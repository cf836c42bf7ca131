package postgis

import (
	"strconv"
	"strings"
)

// searchTier is one way of matching divisions: a condition, a constant of this file, whose arguments begin at $3 ($1 is the
// day, $2 the number of hits), and the column that its hits are sorted by.
type searchTier struct {
	condition string // on jingwei.division d
	sortedBy  string // an index on it and the id lets a search of many matches end early
	args      []any
}

// divisionSQL finds divisions only, all or those of a level, the last argument.
func (t searchTier) divisionSQL() string {
	level := `$` + strconv.Itoa(len(t.args)+3)
	order := `
order by d.level, ` + t.sortedBy + `, d.code`
	return `
select` + divisionColumns + `
from (select * from jingwei.division d
      where d.valid @> jingwei.day($1) and d.parent is distinct from d.code and (` + level + `::int = 0 or d.level = ` + level + `) and ` + t.condition + order + `
      limit $2) d` + divisionExtent + order
}

// tiersFor returns the ways of matching that make sense for text, best first.
func tiersFor(text string) []searchTier {
	tiers := []searchTier{{`d.name = $3`, `d.name`, []any{text}}}
	if isASCII(text) && !strings.Contains(text, " ") {
		lo, hi := codeRange(text)
		tiers = append(tiers, searchTier{`d.code >= $3 and d.code < $4`, `''::text collate "C"`, []any{lo, hi}})
	}
	tiers = append(tiers,
		searchTier{`d.name like $3`, `d.name`, []any{likeEscape(text) + "%"}},
		searchTier{`d.grams @> $4::text[] and d.name ilike $3`, `d.name`, []any{"%" + likeEscape(text) + "%", needles(text)}})
	if letters := latinLetters(text); letters != "" {
		tiers = append(tiers, latinTiers(letters)...)
	}
	return tiers
}

// latinTiers are the ways of matching what is typed in latin letters: pinyin, also as Shaanxi is written, and initials.
func latinTiers(letters string) []searchTier {
	tiers := []searchTier{{`d.letters like $3`, `d.letters`, []any{letters + "%"}}}
	if typed := strings.ReplaceAll(letters, writtenShaan, typedShaan); typed != letters {
		tiers = append(tiers, searchTier{`d.letters like $3 and d.name like '%陕西%'`, `d.letters`, []any{typed + "%"}})
	}
	return append(tiers, searchTier{`d.initials like $3`, `d.initials`, []any{letters + "%"}})
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
