package live

import "slices"

// typoFilter tells which rows of a chunk can contain a word but for some errors, by the pieces of their names alone. It lets
// through every row that does, and of the others those whose pieces could be put together to the word.
type typoFilter struct {
	errors int
	pieces []gram // each once; none is first
	counts []int  // for each character of the word, which piece says that it is there so many times
	steps  []typoStep
}

// typoStep is a character of the word. Its members say which of the pieces are asked for; the first for none.
type typoStep struct {
	alone                 int // the character
	after, afterSwapped   int // it behind the one before, behind the one before that
	swapped               int // it behind the next one
	swapAfter, swapAround int // the next one behind the one before, behind the one before that
}

func newTypoFilter(word string, errors int) *typoFilter {
	f, runes := &typoFilter{errors: errors, pieces: []gram{0}}, []rune(word)
	pair := func(i, k int) int {
		if i < 0 || k >= len(runes) {
			return 0
		}
		return f.piece(gramOf(runes[i], runes[k]))
	}
	for i, r := range runes {
		times := 1
		for _, before := range runes[:i] {
			if before == r {
				times++
			}
		}
		f.counts = append(f.counts, f.piece(repeated(r, times)))
		f.steps = append(f.steps, typoStep{
			alone: f.piece(gramOf(r, 0)), after: pair(i-1, i), afterSwapped: pair(i-2, i),
			swapped: f.swap(runes, i), swapAfter: pair(i-1, i+1), swapAround: pair(i-2, i+1),
		})
	}
	return f
}

// swap is the piece of a character and the next one in the other order.
func (f *typoFilter) swap(runes []rune, i int) int {
	if i+1 == len(runes) || runes[i] == runes[i+1] {
		return 0
	}
	return f.piece(gramOf(runes[i+1], runes[i]))
}

func (f *typoFilter) piece(g gram) int {
	if at := slices.Index(f.pieces, g); at >= 0 {
		return at
	}
	f.pieces = append(f.pieces, g)
	return len(f.pieces) - 1
}

// rows adds to out the rows that the filter lets through, of a chunk whose rows with each piece are those of bits.
func (f *typoFilter) rows(bits [][]uint64, out []uint64) {
	for w := range out {
		out[w] |= f.assembled(bits, w, f.enough(bits, w))
	}
}

// enough returns, of the 64 rows of a word, those whose names lack no more characters than there may be errors: each takes one
// away at most. What is there twice in the word must be there twice.
func (f *typoFilter) enough(bits [][]uint64, w int) uint64 {
	var lack [mostErrors + 1]uint64 // one, two ... or more
	for _, piece := range f.counts {
		missing := ^bits[piece][w]
		for e := f.errors; e > 0; e-- {
			lack[e] |= lack[e-1] & missing
		}
		lack[0] |= missing
	}
	return ^lack[f.errors]
}

// assembled returns those of the rows from whose pieces the word can be put together, character by character, with as many errors as
// there may be: a match needs the pair with what was matched before, unless an error parts them.
func (f *typoFilter) assembled(bits [][]uint64, w int, rows uint64) uint64 {
	if rows == 0 {
		return 0
	}
	// By the number of errors: rows where the character before was matched, was an error, was swapped with the one before it, and is
	// swapped with the next one.
	type state [mostErrors + 1]uint64
	var linked, parted, swapped, swapping state
	parted[0] = rows
	for i := range f.steps {
		s := &f.steps[i]
		alone, after, afterSwapped := bits[s.alone][w], bits[s.after][w], bits[s.afterSwapped][w]
		swap, swapAfter, swapAround := bits[s.swapped][w], bits[s.swapAfter][w], bits[s.swapAround][w]
		var matched, wrong, next state
		for e := 0; e <= f.errors; e++ {
			matched[e] = linked[e]&after | parted[e]&alone | swapped[e]&afterSwapped
			if e < f.errors {
				wrong[e+1] = linked[e] | parted[e] | swapped[e] // or missing, or something additional in front of it
				next[e+1] = swap & (parted[e] | linked[e]&swapAfter | swapped[e]&swapAround)
			}
		}
		linked, parted, swapped, swapping = matched, wrong, swapping, next
	}
	rows = 0
	for e := range linked {
		rows |= linked[e] | parted[e] | swapped[e]
	}
	return rows
}
