package geo_test

import (
	"testing"

	"jingwei/geo"
)

// TestTextsAreSeen: names and codes that differ look different.
func TestTextsAreSeen(t *testing.T) {
	for _, c := range []struct{ name, code, field string }{
		{"柳翠社区", "A-1", ""}, {"e\u0301", "", ""}, {"एक\u200dदो", "", ""}, {"😀", "é", ""},
		{"\U000e0041", "", "name"}, {"\u0301\u0301", "", "name"}, {"甲\ufffd", "", "name"}, {"甲\u2060乙", "", "name"}, {"　", "", "name"}, {"甲\u00ad", "", "name"},
		{"甲", "A\u200d1", "code"}, {"甲", "A\u200b", "code"}, {"甲", "\ufffd", "code"}, {"甲", "A\n", "code"},
	} {
		err := geo.OrganizationContent{Name: c.name, Code: c.code, Kind: "branch", Division: 330102000000}.Validate()
		field := ""
		if fault, ok := err.(*geo.Error); ok {
			field = fault.Field
		}
		if field != c.field {
			t.Errorf("%q, code %q: %v, want a fault of %q", c.name, c.code, err, c.field)
		}
	}
}
