package gazetteer_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"jingwei/geo"
)

// FuzzFind holds whatever is found against what is promised of it, for any text.
func FuzzFind(f *testing.F) {
	for _, text := range []string{"杭州西湖区北山街道84号", "江干区(采荷)１号", "余杭市 临平镇", "柳市柳市柳市", "温州西湖区", "a\xff杭州\u200b市", "新村村村委会", "上海市普陀区长寿路", "收件人，江西南昌西湖区", "石家庄市 庄市镇"} {
		f.Add(text)
	}
	g := must(f, zhejiang)
	f.Fuzz(func(t *testing.T, address string) {
		found, err := g.Find(address, 5)
		if err != nil {
			return
		}
		if again, _ := g.Find(address, 5); !reflect.DeepEqual(found, again) {
			t.Fatal("the same text is read in two ways")
		}
		source := []rune(strings.ToValidUTF8(address, " "))
		for i, c := range found {
			if c.Confidence < 0 || c.Confidence > 1 || len(c.Divisions) == 0 || len(c.Parts) == 0 || !utf8.ValidString(c.Rest) {
				t.Fatalf("%+v", c)
			}
			if c.Certain > c.Divisions[len(c.Divisions)-1].Level || i > 0 && reflect.DeepEqual(c.Divisions, found[i-1].Divisions) {
				t.Fatalf("%+v", c)
			}
			var level geo.DivisionLevel
			for _, d := range c.Divisions {
				if d.Level <= level || d.Name == "" {
					t.Fatalf("%+v", c.Divisions)
				}
				level = d.Level
			}
			end := 0
			for _, p := range c.Parts {
				if p.Start < end || p.End <= p.Start || string(source[p.Start:p.End]) != p.Text {
					t.Fatalf("%+v of %q", p, address)
				}
				end = p.End
			}
		}
	})
}
