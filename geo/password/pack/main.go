// Command pack writes the list of common passwords that package password embeds, from two public lists and the patterns
// beside it. README.md of package password says where the lists are from.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"unicode/utf8"

	"jingwei/geo/password"
)

// Lengths in characters of what is taken: everything from 8, and the most frequent ones of 3 to 7, which people make long
// enough with digits.
const (
	leastWord = 8
	leastCore = 3
)

func main() {
	words := flag.String("words", "passwords.txt.gz", "one password a line, gzip")
	frequent := flag.String("frequent", "passwords.json", "the most frequent passwords, an array of JSON")
	out := flag.String("out", "common.bin", "file to write")
	flag.Parse()
	if err := pack(*words, *frequent, *out); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func pack(words, frequent, out string) error {
	long, err := readWords(words)
	if err != nil {
		return err
	}
	short, err := readFrequent(frequent)
	if err != nil {
		return err
	}
	list := password.Pack(append(append(long, short...), patterns()...))
	return os.WriteFile(out, list, 0o644)
}

// readWords returns the passwords of a file that are long enough to be one.
func readWords(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var words []string
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		if word := lines.Text(); utf8.ValidString(word) && utf8.RuneCountInString(word) >= leastWord {
			words = append(words, word)
		}
	}
	return words, lines.Err()
}

// readFrequent returns the frequent passwords of a file, without the shortest.
func readFrequent(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all, words []string
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, word := range all {
		if utf8.RuneCountInString(word) >= leastCore {
			words = append(words, word)
		}
	}
	return words, nil
}
