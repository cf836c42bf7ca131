package postgis

// Keys gives tests the search keys of a name.
func Keys(name string) (letters, initials string, grams []string) {
	k := newRomanizer().keys(name)
	return k.letters, k.initials, k.grams
}

// Needles gives tests what search looks for among the grams.
func Needles(word string) []string { return needles(word) }
