package geo_test

import (
	"testing"

	"jingwei/geo"
)

func TestNamesAlike(t *testing.T) {
	tests := []struct {
		a, b        string
		least, most float64
	}{
		{"柳塘村村民委员会", "柳塘村村委会", 1, 1},
		{"柳塘村村民委员会", "柳塘村村民委员会", 1, 1},
		{"柳塘村村民委员会", "柳溏村村民委员会", 0.0, 0.6},
		{"柳塘村村民委员会", "龙井村村民委员会", 0, 0.3},
		{"清波门社区居民委员会", "清波门社区居委会", 1, 1},
		{"中共柳市镇柳东村支部委员会", "柳东村党支部", geo.LeastAlike, 1},
		{"柳东村村民委员会", "柳市镇柳东村村民委员会", 0.7, 1},
		{"居委会", "居委会", 1, 1},
		{"居委会", "村委会", 0, 0.5},
		{"A", "b", 0, 0},
		{"", "", 1, 1},
	}
	for _, x := range tests {
		if got := geo.NamesAlike(x.a, x.b); got < x.least || got > x.most || got != geo.NamesAlike(x.b, x.a) {
			t.Errorf("%s and %s: %g, want %g to %g", x.a, x.b, got, x.least, x.most)
		}
	}
}
