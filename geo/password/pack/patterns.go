package main

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// source holds the patterns; its head says what its lines mean.
//
//go:embed patterns.txt
var source string

// leastStep is the length in characters of the shortest part of a walk over the keyboard that is a password.
const leastStep = 4

// patterns returns the passwords that the patterns stand for.
func patterns() []string {
	var out, surnames, given []string
	for line := range strings.Lines(source) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch words := strings.Fields(rest); kind {
		case "walk":
			out = append(out, steps(rest)...)
		case "word":
			out = append(out, withReadings(words)...)
		case "surname":
			surnames = append(surnames, words...)
		case "given":
			given = append(given, words...)
		}
	}
	return append(out, fullNames(surnames, given)...)
}

// steps returns all parts of a walk, forwards and backwards.
func steps(walk string) []string {
	back := []rune(walk)
	slices.Reverse(back)
	var out []string
	for _, way := range [][]rune{[]rune(walk), back} {
		for from := range way {
			for to := from + leastStep; to <= len(way); to++ {
				out = append(out, string(way[from:to]))
			}
		}
	}
	return out
}

// withReadings returns the words and the pinyin of those that are Chinese.
func withReadings(words []string) []string {
	out := slices.Clone(words)
	for _, word := range words {
		out = append(out, strings.Join(pinyin.LazyConvert(word, nil), ""))
	}
	return out
}

// fullNames returns surnames, with and without given names of one syllable, and what people are called for short.
func fullNames(surnames, given []string) []string {
	out := slices.Clone(surnames)
	for _, name := range given {
		out = append(out, name+name, "xiao"+name)
		for _, surname := range surnames {
			out = append(out, surname+name)
		}
	}
	return out
}
