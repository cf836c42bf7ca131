package tiles_test

import (
	"testing"

	"jingwei/tiles"
)

func TestETag(t *testing.T) {
	seen := make(map[string][]string)
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"ab", ""}, {"a", "b", "zstd"}, {"a", "b", "br"}} {
		tag := tiles.ETag(parts...)
		if other, ok := seen[tag]; ok {
			t.Errorf("%q and %q have one tag", parts, other)
		}
		seen[tag] = parts
		if len(tag) != 24 || tag[0] != '"' || tag[23] != '"' {
			t.Errorf("%s is no quoted tag", tag)
		}
	}
	// The same on every node and after every start.
	if got, want := tiles.ETag("organizations", "17", "gzip"), `"_qeAyIJ-Mmy3HPR4zoc23g"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestMatches(t *testing.T) {
	const tag = `"abc"`
	for header, want := range map[string]bool{
		``:                         false,
		`*`:                        true,
		` * `:                      true,
		`"abc"`:                    true,
		`W/"abc"`:                  true,
		`"x", "abc"`:               true,
		`"x","y",W/"abc"`:          true,
		`, ,"x",, "abc" ,`:         true,
		"\"x\"\t,\t\"abc\"":        true,
		`"x"`:                      false,
		`"ABC"`:                    false,
		`abc`:                      false,
		`w/"abc"`:                  false,
		`W/`:                       false,
		`"abc`:                     false,
		`"`:                        false,
		`"x, \"abc\""`:             false,
		`"x" "abc"`:                false,
		`"x", *`:                   false,
		`"with,comma", "abc"`:      true,
		`"",  "abc"`:               true,
		`"x", broken, "abc"`:       false,
		`"x"; "abc"`:               false,
		`W/"x", W/"y", W/"abcabc"`: false,
	} {
		if got := tiles.Matches(header, tag); got != want {
			t.Errorf("If-None-Match: %s is %v", header, got)
		}
	}
	if !tiles.Matches(`"abc"`, `W/"abc"`) {
		t.Error("a weak tag is not compared weakly")
	}
	if tiles.Matches("*", "") || tiles.Matches(`""`, "") {
		t.Error("what has no tag matches")
	}
}
