package postgis_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// TestMatrix asks for organizations, their versions, what is below them and what search finds, in every scope: each line
// of defence alone gives what both give, which is what the rule says; without both of them, hidden rows come out.
func TestMatrix(t *testing.T) {
	w := newWorld(t)
	lines, none := w.lines(t), w.openAs(t, false, false)
	for name, see := range w.scopes() {
		want := w.expected(see)
		for line, s := range lines {
			t.Run(name+"/"+line, func(t *testing.T) {
				if diff := gocmp.Diff(want, w.answers(t, s, see)); diff != "" {
					t.Errorf("answers (-rule +store):\n%s", diff)
				}
			})
		}
		if bare := w.answers(t, none, see); see.All != slices.Equal(want, bare) {
			t.Errorf("%s: without any line the answers are\n%s", name, strings.Join(bare, "\n"))
		}
	}
}

// expected is what answers should be, by the rule alone.
func (w world) expected(see geo.Scope) []string {
	out := []string{}
	for _, m := range members() {
		out = append(out,
			fmt.Sprint("organization ", m.name, ": ", w.expectedOrganization(see, m.name)),
			fmt.Sprint("versions ", m.name, ": ", w.expectedVersions(see, m)))
		below, n := "hidden", 0
		if nodes := w.expectedNodes(see, m.name); w.exists(see, m.name) {
			below, n = fmt.Sprint(nodes), len(nodes)
		} else {
			n = len(nodes)
		}
		out = append(out, fmt.Sprint("below ", m.name, ": ", below), fmt.Sprint("number below ", m.name, ": ", n))
		area := "hidden"
		if w.exists(see, m.name) {
			area = "[[[[120 28] [120 28.25] [120.5 28.25] [120.5 28] [120 28]]]]"
		}
		out = append(out, fmt.Sprint("jurisdiction ", m.name, ": ", area))
	}
	out = append(out, fmt.Sprint("topmost: ", w.expectedNodes(see, "")))
	for _, q := range []struct {
		text   string
		match  geo.Match
		begins string
	}{
		{"组织", geo.MatchPrefix, ""}, {"C-", geo.MatchCode, ""}, {"组织 A", geo.MatchPrefix, "A"}, {"C-A2", geo.MatchCode, "A2"}, {"D", geo.MatchInfix, "D"},
		{"zuzhi", geo.MatchPinyin, ""}, {"zza", geo.MatchInitials, "A"},
	} {
		out = append(out, fmt.Sprint("search ", q.text, ": ", w.expectedHits(see, q.text, q.match, q.begins)))
	}
	return out
}

func (w world) exists(see geo.Scope, name string) bool {
	return w.status(name) != "" && w.sees(see, name, w.status(name))
}

func (w world) expectedOrganization(see geo.Scope, name string) string {
	if !w.exists(see, name) {
		return "hidden"
	}
	return "组织 " + name + " " + w.status(name)
}

// expectedVersions knows the histories of a world, newest first. Rows that are not in the scope have no author, and are
// told when they are active, unless the organization is hidden.
func (w world) expectedVersions(see geo.Scope, m member) string {
	rows := map[string][]string{"A3": {"draft", "active", "active", "draft", "draft"}, "R1": {"active", "active"}, "R2": {"draft", "draft"}}[m.name]
	if rows == nil {
		rows = []string{m.status}
	}
	present := w.status(m.name)
	if present == "" {
		present = m.status
	}
	if !w.sees(see, m.name, present) {
		return "hidden"
	}
	var out []string
	for i, status := range rows {
		author := "author"
		if i == len(rows)-1 {
			author = "tester"
		}
		switch {
		case see.Covers(w.path(m.name)):
			out = append(out, status+" by "+author)
		case status == geo.StatusActive:
			out = append(out, status+" by ")
		}
	}
	return fmt.Sprint(out)
}

func (w world) expectedNodes(see geo.Scope, parent string) []string {
	var out []string
	for _, m := range members() {
		if m.parent != parent || !w.exists(see, m.name) {
			continue
		}
		n := 0
		for _, c := range members() {
			if c.parent == m.name && w.exists(see, c.name) {
				n++
			}
		}
		out = append(out, fmt.Sprint("组织 ", m.name, " ", w.status(m.name), " ", n))
	}
	slices.Sort(out)
	return out
}

func (w world) expectedHits(see geo.Scope, q string, match geo.Match, begins string) []string {
	var out []string
	for _, m := range members() {
		if strings.HasPrefix(m.name, begins) && w.exists(see, m.name) {
			out = append(out, match.String()+" 组织 "+m.name)
		}
	}
	if strings.HasPrefix(q, "组织 A") {
		for i, hit := range out {
			if hit == "prefix 组织 A" {
				out[i] = "exact 组织 A"
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Compare(w.id[strings.Fields(a)[2]], w.id[strings.Fields(b)[2]])
	})
	return out
}
