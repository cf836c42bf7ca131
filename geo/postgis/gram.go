package postgis

import (
	"slices"
	"strings"
)

// grams returns the pieces of one and two characters of the texts, sorted, each once. A text contains a word of one
// or two characters exactly when the word is among them: Chinese is searched by such words, where trigrams fail. Latin
// letters count as lower case.
func grams(texts ...string) []string {
	out := []string{}
	for _, text := range texts {
		runes := []rune(strings.ToLower(text))
		for i := range runes {
			out = append(out, string(runes[i]))
			if i > 0 {
				out = append(out, string(runes[i-1:i+1]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// needles returns the grams that every text containing word has: the word itself when it has at most two characters,
// else its pairs.
func needles(word string) []string {
	word = strings.ToLower(word)
	runes := []rune(word)
	if len(runes) <= 2 {
		return []string{word}
	}
	out := make([]string, 0, len(runes)-1)
	for i := range runes[1:] {
		out = append(out, string(runes[i:i+2]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
