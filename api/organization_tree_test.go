package api_test

import (
	"net/http"
	"testing"
)

// TestOrganizationChildrenAreRead page by page, each once, in order, and only what the caller sees.
func TestOrganizationChildrenAreRead(t *testing.T) {
	b := newBench(t, nil)
	type list struct {
		Items         []struct{ Name string }
		NumberMatched int
		Next          *string
	}
	for _, test := range []struct {
		header map[string]string
		want   []string
	}{
		{nil, []string{"柳塘村村民委员会", "清波社区居民委员会", "湖滨社区居民委员会"}},
		{bearer(), []string{"柳塘村村民委员会", "清波社区居民委员会", "湖滨社区居民委员会", "隐藏草稿"}},
	} {
		var got []string
		for cursor := ""; ; {
			w := b.ask(t, "GET", "/api/organizations/children?limit=1&cursor="+cursor, test.header, "")
			page := decode[list](t, w)
			if w.Code != http.StatusOK || page.NumberMatched != len(test.want) || len(page.Items) > 1 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			for _, o := range page.Items {
				got = append(got, o.Name)
			}
			if page.Next == nil {
				break
			}
			cursor = *page.Next
		}
		if len(got) != len(test.want) {
			t.Fatalf("%v, want %v", got, test.want)
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%v, want %v", got, test.want)
			}
		}
	}
	for _, cursor := range []string{"x", "MSBh=", "IA", "MCBh"} {
		if w := b.ask(t, "GET", "/api/organizations/children?cursor="+cursor, nil, ""); w.Code != http.StatusBadRequest {
			t.Errorf("cursor %s: %d %s", cursor, w.Code, w.Body)
		}
	}
}
