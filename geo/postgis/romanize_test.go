package postgis_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo/postgis"
)

func TestKeys(t *testing.T) {
	tests := []struct{ name, letters, initials string }{
		{"杭州市", "hangzhoushi", "hzs"},
		{"乐清市", "yueqingshi", "yqs"},
		{"乐山路", "leshanlu", "lsl"},
		{"重庆路", "chongqinglu", "cql"},
		{"长兴县", "changxingxian", "cxx"},
		{"绿城", "lvcheng", "lc"},
		{"A座2单元（东）", "azuo2danyuandong", "az2dyd"},
		{"", "", ""}, {"()", "", ""},
	}
	for _, test := range tests {
		letters, initials, _ := postgis.Keys(test.name)
		if diff := cmp.Diff([]string{test.letters, test.initials}, []string{letters, initials}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestGrams(t *testing.T) {
	_, _, grams := postgis.Keys("柳东柳")
	if diff := cmp.Diff([]string{"东", "东柳", "柳", "柳东"}, grams); diff != "" {
		t.Errorf("grams (-want +got):\n%s", diff)
	}
}

// TestReadingsOfPlaces: names of divisions are read as their people read them, not as their characters are read elsewhere.
func TestReadingsOfPlaces(t *testing.T) {
	tests := []struct{ name, letters, initials string }{
		{"西藏自治区", "xizangzizhiqu", "xzzzq"}, {"甘孜藏族自治州", "ganzizangzuzizhizhou", "gzzzzzz"},
		{"长治市", "changzhishi", "czs"}, {"长子县", "zhangzixian", "zzx"}, {"子长市", "zichangshi", "zcs"}, {"天长市", "tianchangshi", "tcs"},
		{"长沙市", "changshashi", "css"}, {"长春市", "changchunshi", "ccs"}, {"长老山村", "zhanglaoshancun", "zlsc"},
		{"重庆市", "chongqingshi", "cqs"}, {"厦门市", "xiamenshi", "xms"}, {"六安市", "luanshi", "las"}, {"六盘水市", "liupanshuishi", "lpss"},
		{"蚌埠市", "bengbushi", "bbs"}, {"蚌山区", "bengshanqu", "bsq"}, {"丽水市", "lishuishi", "lss"}, {"台州市", "taizhoushi", "tzs"},
		{"东阿县", "dongexian", "dex"}, {"阿坝县", "abaxian", "abx"}, {"尉犁县", "yulixian", "ylx"}, {"尉氏县", "weishixian", "wsx"},
		{"番禺区", "panyuqu", "pyq"}, {"吐鲁番市", "tulufanshi", "tlfs"}, {"铅山县", "yanshanxian", "ysx"}, {"单县", "shanxian", "sx"},
		{"解州镇", "xiezhouzhen", "xzz"}, {"解放区", "jiefangqu", "jfq"}, {"乐亭县", "laotingxian", "ltx"}, {"乐陵市", "laolingshi", "lls"},
		{"乐清市", "yueqingshi", "yqs"}, {"乐山市", "leshanshi", "lss"}, {"荥阳市", "xingyangshi", "xys"}, {"荥经县", "yingjingxian", "yjx"},
		{"浚县", "xunxian", "xx"}, {"盱眙县", "xuyixian", "xyx"}, {"亳州市", "bozhoushi", "bzs"}, {"泌阳县", "biyangxian", "byx"},
		{"枞阳县", "zongyangxian", "zyx"}, {"歙县", "shexian", "sx"}, {"黟县", "yixian", "yx"}, {"涡阳县", "guoyangxian", "gyx"},
		{"莘县", "shenxian", "sx"}, {"莘庄镇", "xinzhuangzhen", "xzz"}, {"郯城县", "tanchengxian", "tcx"}, {"鄄城县", "juanchengxian", "jcx"},
		{"渑池县", "mianchixian", "mcx"}, {"井陉县", "jingxingxian", "jxx"}, {"蔚县", "yuxian", "yx"}, {"洪洞县", "hongtongxian", "htx"},
		{"繁峙县", "fanshixian", "fsx"}, {"隰县", "xixian", "xx"}, {"吕梁市", "lvliangshi", "lls"}, {"婺源县", "wuyuanxian", "wyx"},
		{"筠连县", "junlianxian", "jlx"}, {"犍为县", "qianweixian", "qwx"}, {"汤阴县", "tangyinxian", "tyx"}, {"宕昌县", "tanchangxian", "tcx"},
		{"成都市", "chengdushi", "cds"}, {"武都区", "wuduqu", "wdq"}, {"曾都区", "zengduqu", "zdq"}, {"三都水族自治县", "sandushuizuzizhixian", "sdszzzx"},
		{"佛山市", "foshanshi", "fss"}, {"喀什地区", "kashidiqu", "ksdq"}, {"什邡市", "shifangshi", "sfs"}, {"康巴什区", "kangbashiqu", "kbsq"},
		{"阿勒泰地区", "aletaidiqu", "altdq"}, {"锡林郭勒盟", "xilinguolemeng", "xlglm"}, {"茄子河区", "qiezihequ", "qzhq"},
		{"宝坻区", "baodiqu", "bdq"}, {"泊头市", "botoushi", "bts"}, {"珲春市", "hunchunshi", "hcs"}, {"穆棱市", "mulingshi", "mls"},
		{"闵行区", "minhangqu", "mhq"}, {"行唐县", "xingtangxian", "xtx"}, {"牟平区", "mupingqu", "mpq"}, {"中牟县", "zhongmuxian", "zmx"},
		{"召陵区", "shaolingqu", "slq"}, {"黄陂区", "huangpiqu", "hpq"}, {"龙圩区", "longxuqu", "lxq"}, {"大埔县", "dabuxian", "dbx"},
		{"吴堡县", "wubuxian", "wbx"}, {"红寺堡区", "hongsibuqu", "hsbq"}, {"崆峒区", "kongtongqu", "ktq"}, {"伽师县", "jiashixian", "jsx"},
		{"大城县", "daichengxian", "dcx"}, {"覃塘区", "qintangqu", "qtq"}, {"鸭绿江街道", "yalujiangjiedao", "yljjd"},
		{"什刹海街道", "shichahaijiedao", "schjd"}, {"畜牧场", "xumuchang", "xmc"}, {"萝卜村", "luobocun", "lbc"}, {"卜家村", "bujiacun", "bjc"},
		// Written Shaanxi to tell it from Shanxi, and typed as it is read.
		{"陕西省", "shanxisheng", "sxs"}, {"山西省", "shanxisheng", "sxs"},
		// In the middle of a name, behind the place above.
		{"四川省乐山市犍为县", "sichuanshengleshanshiqianweixian", "scslssqwx"},
	}
	for _, test := range tests {
		letters, initials, _ := postgis.Keys(test.name)
		if diff := cmp.Diff([]string{test.letters, test.initials}, []string{letters, initials}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestReadingPerCharacter: a place of which a character has no reading, or two, would shift the initials of what follows.
func TestReadingPerCharacter(t *testing.T) {
	for place, reading := range postgis.PlaceReadings() {
		syllables := strings.Fields(reading)
		if n := utf8.RuneCountInString(place); n < 2 || n > postgis.LongestPlace || n != len(syllables) {
			t.Errorf("%s is read %q", place, reading)
		}
		if strings.Trim(reading, "abcdefghijklmnopqrstuvwxyz ") != "" || strings.Join(syllables, " ") != reading {
			t.Errorf("%s: %q is not written as pinyin is stored", place, reading)
		}
	}
}

// TestNeedlesAreGrams: a text that contains a word has all its needles, else the index would hide it.
func TestNeedlesAreGrams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 12, -1).Draw(t, "text")
		runes := []rune(text)
		from := rapid.IntRange(0, len(runes)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(runes)).Draw(t, "to")
		word := string(runes[from:to])
		if !utf8.ValidString(text) {
			t.Skip("not a text")
		}
		_, _, grams := postgis.Keys(text)
		have := "\x00" + strings.Join(grams, "\x00") + "\x00"
		for _, needle := range postgis.Needles(word) {
			if !strings.Contains(have, "\x00"+needle+"\x00") {
				t.Fatalf("%s is not among %s", fmt.Sprintf("%q", needle), fmt.Sprintf("%q", grams))
			}
		}
	})
}
