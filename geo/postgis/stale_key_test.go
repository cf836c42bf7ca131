package postgis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// TestGramsInSQL: both makers of grams agree.
func TestGramsInSQL(t *testing.T) {
	s := newEmptySetup(t)
	for _, name := range []string{"", "村", "柳市镇柳东村", "ABC 公司", "第一、第二", "𠮷野家"} {
		_, _, want := postgis.Keys(name)
		got := queryOne[[]string](t, s, `select jingwei.grams($1)`, name)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-Go +SQL):\n%s", name, diff)
		}
	}
}

// TestNamesAlteredByHand: who alters a name past this program finds the object by the new one, and not by the old.
func TestNamesAlteredByHand(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东村村民委员会"))
	s.exec(t, `update jingwei.organization_version set name = '新塘村' where organization_id = $1`, org.ID)
	s.exec(t, `update jingwei.division set name = '北白象镇' where code = $1`, liushi)
	for query, want := range map[string]int{"新塘": 1, "塘村": 1, "柳东村村民": 0, "liudongcuncun": 0, "北白象": 1, "白象": 1, "柳市": 0, "liushi": 0} {
		hits, err := s.search(t.Context(), geo.Scope{}, query, 9, s.today)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) != want {
			t.Errorf("%s: %d found, want %d: %+v", query, len(hits), want, hits)
		}
	}
	s.exec(t, `update jingwei.organization_version set name = name, status = 'draft' where organization_id = $1`, org.ID)
	s.exec(t, `update jingwei.division set name = '柳市', pinyin = 'liu shi', letters = 'liushi' where code = $1`, liushi)
	if got := queryOne[string](t, s, `select letters from jingwei.division where code = $1`, liushi); got != "liushi" {
		t.Errorf("keys that come with the name are lost: %q", got)
	}
}
