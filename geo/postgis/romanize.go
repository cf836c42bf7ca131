package postgis

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// placeReadings are names of places whose characters are read otherwise than alone: syllables joined by spaces. The
// longest place that a text continues with wins.
func placeReadings() map[string]string {
	return map[string]string{
		"乐清": "yue qing", "乐亭": "lao ting", "长子县": "zhang zi xian", "重庆": "chong qing", "厦门": "xia men",
		"六安": "lu an", "六合": "lu he", "蚌埠": "beng bu", "番禺": "pan yu", "东莞": "dong guan", "单县": "shan xian",
		"洪洞": "hong tong", "浚县": "xun xian", "铅山": "yan shan", "尉犁": "yu li", "会稽": "kuai ji", "大埔": "da bu",
		"黄埔": "huang pu", "台州": "tai zhou", "天台": "tian tai", "丽水": "li shui", "柏乡": "bai xiang",
		"朝阳": "chao yang", "长兴": "chang xing", "长沙": "chang sha", "长春": "chang chun", "成都": "cheng du",
		"都江堰": "du jiang yan", "阿城": "a cheng", "东阿": "dong e", "大城县": "dai cheng xian", "覃塘": "qin tang",
		"荥经": "ying jing", "荥阳": "xing yang", "繁峙": "fan shi", "蔚县": "yu xian", "莘县": "shen xian",
		"莘庄": "xin zhuang", "邗江": "han jiang", "盱眙": "xu yi", "浒墅关": "xu shu guan", "浒山": "hu shan",
		"石碣": "shi jie", "枞阳": "zong yang", "砀山": "dang shan", "婺源": "wu yuan", "弋阳": "yi yang",
		"监利": "jian li", "宕昌": "tan chang", "吐鲁番": "tu lu fan", "万俟": "mo qi", "侯马": "hou ma",
		"中牟": "zhong mu", "内黄": "nei huang", "任丘": "ren qiu", "任县": "ren xian", "华容": "hua rong",
		"渑池": "mian chi", "曲阜": "qu fu", "曲江": "qu jiang", "葛洲坝": "ge zhou ba", "系山": "xi shan",
	}
}

// longestPlace is the number of characters of the longest key of placeReadings.
const longestPlace = 3

// romanizer writes names in pinyin, for search. It is not safe for concurrent use.
type romanizer struct {
	places map[string]string
	args   pinyin.Args
	known  map[rune]string // readings looked up before
}

func newRomanizer() *romanizer {
	args := pinyin.NewArgs()
	args.Fallback = latin
	return &romanizer{places: placeReadings(), args: args, known: map[rune]string{}}
}

// latin keeps ASCII letters and digits, in lower case, and drops the rest.
func latin(r rune, _ pinyin.Args) []string {
	if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return []string{string(unicode.ToLower(r))}
	}
	return nil
}

// syllables returns the readings of the characters that have one; latin letters and digits stand for themselves.
func (r *romanizer) syllables(name []rune) []string {
	var out []string
	for len(name) > 0 {
		n, reading := r.place(name)
		if n > 0 {
			out = append(out, strings.Fields(reading)...)
			name = name[n:]
			continue
		}
		if read := r.character(name[0]); read != "" {
			out = append(out, read)
		}
		name = name[1:]
	}
	return out
}

// character returns the most common reading of a character, "" when it has none.
func (r *romanizer) character(c rune) string {
	read, ok := r.known[c]
	if !ok {
		if all := pinyin.SinglePinyin(c, r.args); len(all) > 0 {
			read = all[0]
		}
		r.known[c] = read
	}
	return read
}

// place returns the longest place that name begins with, as the number of characters and its reading.
func (r *romanizer) place(name []rune) (int, string) {
	for n := min(longestPlace, len(name)); n > 1; n-- {
		if reading, ok := r.places[string(name[:n])]; ok {
			return n, reading
		}
	}
	return 0, ""
}

// searchKeys are the columns that search looks into.
type searchKeys struct {
	letters  string // pinyin without tones and spaces: "liushizhen"
	initials string // of its syllables: "lsz"
	grams    []string
}

// keys returns the search keys of a name; more texts count for the grams only.
func (r *romanizer) keys(name string, more ...string) searchKeys {
	return syllableKeys(r.syllables([]rune(name)), append(more, name)...)
}

func syllableKeys(syllables []string, texts ...string) searchKeys {
	var letters, initials strings.Builder
	for _, syllable := range syllables {
		syllable = strings.Map(plainLetter, syllable)
		if syllable == "" {
			continue
		}
		letters.WriteString(syllable)
		initials.WriteByte(syllable[0])
	}
	return searchKeys{letters: letters.String(), initials: initials.String(), grams: grams(texts...)}
}

// plainLetter keeps what a keyboard has: ü is typed as v. Sources leave punctuation of names in their pinyin.
func plainLetter(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	case r == 'ü':
		return 'v'
	}
	return -1
}
