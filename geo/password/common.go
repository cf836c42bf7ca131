package password

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"slices"
	"sort"
	"strings"
)

// common is the list of common passwords as Pack writes it; README.md says where it is from.
//
//go:embed common.bin
var common string

// sumLength is how many bytes of SHA-256 stand for a password in the list: with n passwords in it, another one is taken
// for one of them with the probability n / 2^32, 1 in 15,000 or so.
const sumLength = 4

// isCommon reports whether the text, normalized and in lower case, is on the list. The empty text is not.
func isCommon(folded string) bool {
	if folded == "" {
		return false
	}
	sum := string(sumOf(folded))
	n := len(common) / sumLength
	i := sort.Search(n, func(i int) bool { return entry(i) >= sum })
	return i < n && entry(i) == sum
}

func entry(i int) string { return common[i*sumLength : (i+1)*sumLength] }

func sumOf(folded string) []byte {
	sum := sha256.Sum256([]byte(folded))
	return sum[:sumLength]
}

// fold returns the form in which texts are compared with the list and with names.
func fold(text string) string { return strings.ToLower(normalize(text)) }

// Pack returns the list of the words as this package embeds it: the sums of their normalized forms in lower case, in
// ascending order, each once.
func Pack(words []string) []byte {
	sums := make([][]byte, 0, len(words))
	for _, word := range words {
		if folded := fold(word); folded != "" {
			sums = append(sums, sumOf(folded))
		}
	}
	slices.SortFunc(sums, bytes.Compare)
	return bytes.Join(slices.CompactFunc(sums, bytes.Equal), nil)
}
