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
