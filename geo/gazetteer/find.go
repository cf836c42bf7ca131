package gazetteer

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"jingwei/geo"
)

// MostText is the longest text that is read, in characters.
const MostText = 200

// Candidate is a place that a text may name.
type Candidate struct {
	// Divisions are the deepest division and those above it, widest first, without those that only group others.
	Divisions []geo.Division
	// Certain is the deepest level about which there is no doubt; 0 when even the province is one of several.
	Certain geo.DivisionLevel
	Parts   []Part // what of the text was understood, in the order of the text
	Rest    string // what was not: mostly a road, a number, a building
	// Place is the label of the division, or, when it has none, of the deepest one above it, PlaceOf, that has. The accuracy
	// is how far that division reaches from its label, in metres; 0 for unknown. Meaningful when HasPlace.
	Place      geo.Place
	PlaceOf    geo.DivisionCode
	HasPlace   bool
	Confidence float64 // from 0 to 1: for comparison, not a probability
	Warnings   []Warning
}

// Part is a piece of the text that is the name of a division.
type Part struct {
	Start, End int // characters (code points) of the text; End is the first one behind it
	Text       string
	Division   geo.Division
	How        How
}

// Kinds of warnings.
const (
	ParentInferred = "parent_inferred" // Divisions stand above and are not named
	FormerName     = "former_name"     // Text is the name of a former division; Divisions hold its territory today
	Ambiguous      = "ambiguous"       // Divisions are meant as well as this one; Count of them
	Contradiction  = "contradiction"   // Text names Divisions, which lie elsewhere
	MisspeltName   = "misspelt"        // Text was read as the name of Divisions
	// Text stands in front of names that were understood, looks like that of a division, and is none of those above it: the
	// address may lie in a part of the country of which nothing is known.
	UnmatchedBefore = "unmatched_before"
)

// Warning is something that a reader of a candidate must know.
type Warning struct {
	Kind      string
	Text      string
	Divisions []geo.Division // at most mostNamed
	Count     int            // of divisions, those that are not listed included
}

// mostNamed is how many divisions a warning lists.
const mostNamed = 10

// How far behind the best another chain is as good, and how far it is worth being told. A name without its ending says
// less about the level than one with it.
const (
	tie   = .25
	worth = .6 // of the score of the best
)

// Find returns at most limit places that an address may name, the best first; none when it names no division. A text
// without letters, or longer than MostText, is geo.ErrInvalid with the field "q".
func (g *Gazetteer) Find(address string, limit int) ([]Candidate, error) {
	address = strings.ToValidUTF8(address, " ")
	f := finder{Gazetteer: g, text: fold(address), heads: map[int32]int32{}}
	switch {
	case len(f.source) > MostText:
		return nil, geo.Invalid("q", "at most %d characters can be read as an address", MostText)
	case len(f.runes) == 0:
		return nil, geo.Invalid("q", "an address is needed")
	case g.Len() == 0:
		return nil, nil
	}
	ranked := f.all()
	if len(ranked) == 0 {
		return nil, nil
	}
	return f.candidates(ranked, max(limit, 1)), nil
}

// all ranks everything that the text may name: villages without their ending only below what else is named, or when
// nothing else is.
func (f *finder) all() []chain {
	f.scan()
	ranked := f.chains()
	parents := []int32{}
	for _, c := range ranked[:min(len(ranked), mostParents)] {
		parents = append(parents, c.node)
	}
	before := len(f.hits)
	f.villages(parents)
	if len(parents) == 0 {
		f.spots = slices.DeleteFunc(f.spots, func(s spot) bool { return s.start > 0 }) // a building, not a village
		f.villages(f.provinces())
	}
	if len(f.hits) > before {
		ranked = f.chains()
	}
	if len(ranked) > 0 && f.misspell(ranked[0]) {
		ranked = f.chains()
	}
	return ranked
}

func (g *Gazetteer) provinces() (list []int32) {
	for n := int32(0); n < g.current; {
		list = append(list, n)
		_, n = g.below(n)
	}
	return list
}

// candidates turns the best chain, and those that are about as good, into answers. What lies above the best one is not
// another place, and what lies below and is less good was not meant.
func (f *finder) candidates(ranked []chain, limit int) []Candidate {
	best := ranked[0]
	var rivals []chain
	var ties []int32
	certain := best.node
	for _, c := range ranked {
		if c.node != best.node && (f.holds(c.node, best.node) || f.holds(best.node, c.node)) || c.score < worth*best.score {
			continue
		}
		rivals = append(rivals, c)
		switch {
		case c.node == best.node:
		case c.score >= best.score-tie:
			ties = append(ties, c.node)
			certain = f.shared(certain, c.node)
		case f.sameName(c, best):
			ties = append(ties, c.node)
		}
	}
	list := make([]Candidate, 0, min(limit, len(rivals)))
	for _, c := range rivals[:min(limit, len(rivals))] {
		one := f.candidate(c, certain)
		one.Confidence = math.Round(100*one.Confidence*confidence(f, c, rivals)) / 100
		if len(ties) > 0 {
			one.Warnings = append(one.Warnings, f.warning(Ambiguous, "", slices.DeleteFunc(append([]int32{best.node}, ties...), func(n int32) bool { return n == c.node })))
		}
		list = append(list, one)
	}
	return list
}

// sameName reports whether a division elsewhere, down to townships, has the name of a best one of which no name has its
// ending: who writes 文昌 means the city, mostly.
func (f *finder) sameName(c, best chain) bool {
	return c.end == best.end && f.level[c.node] <= uint8(geo.Township) &&
		!slices.ContainsFunc(best.hits, func(h *hit) bool { return h.how != Short })
}

// shared is common with none as a possible operand.
func (f *finder) shared(a, b int32) int32 {
	if a == none {
		return none
	}
	return f.common(a, b)
}

func (f *finder) candidate(c chain, certain int32) Candidate {
	nodes := f.chain(c.node)
	one := Candidate{Divisions: f.divisions(nodes), Rest: f.rest(c)}
	for _, n := range nodes {
		if certain != none && f.holds(n, certain) {
			one.Certain = geo.DivisionLevel(f.level[n])
		}
	}
	place, of, ok := f.place(c.node)
	if ok {
		one.Place, one.PlaceOf, one.HasPlace = place, f.code[of], true
	}
	for _, h := range slices.Backward(c.hits) {
		from, to := f.sourceRange(h.start, h.end)
		one.Parts = append(one.Parts, Part{from, to, f.slice(h.start, h.end), f.division(h.node), h.how})
	}
	slices.SortFunc(one.Parts, func(a, b Part) int { return a.Start - b.Start })
	one.Warnings = f.warnings(c, nodes)
	one.Confidence = f.beware(&one, c)
	return one
}

// What is left of the confidence when a stranger, or something else that says nothing, stands in front of a name.
const (
	strangerShare = .3
	junkShare     = .9
)

// beware warns of what was not understood in front of the names and may be those of other divisions, and returns what is left of
// the confidence. Certain is only what stands in front of that.
func (f *finder) beware(one *Candidate, c chain) float64 {
	strangers, junk := f.strangers(c)
	for _, s := range strangers {
		one.Warnings = append(one.Warnings, f.warning(UnmatchedBefore, f.slice(s.start, s.end), nil))
		one.Certain = min(one.Certain, f.certainBefore(s.start, c))
	}
	switch {
	case len(strangers) > 0:
		return strangerShare
	case junk:
		return junkShare
	}
	return 1
}

// frontOf returns the end of the deepest name that does not stand behind a road; 0 for none.
func (f *finder) frontOf(c chain) (end int) {
	for _, h := range c.hits {
		if h.start <= f.late {
			end = max(end, h.end)
		}
	}
	return end
}

// rest is what stands behind the deepest name, or, when that is in brackets behind a road, in front of it.
func (f *finder) rest(c chain) string {
	end := f.frontOf(c)
	var rest []rune
	for i := end; i < len(f.runes); i++ {
		if slices.ContainsFunc(c.hits, func(h *hit) bool { return h.start <= i && i < h.end }) {
			continue
		}
		from := f.text.at[i]
		if i > end {
			from = f.text.at[i-1] + 1 // with the punctuation before it
		}
		rest = append(rest, f.source[from:f.text.at[i]+1]...)
	}
	return strings.TrimFunc(string(rest), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

func (f *finder) warnings(c chain, nodes []int32) (list []Warning) {
	var inferred []int32
	for _, n := range nodes {
		if !slices.ContainsFunc(c.hits, func(h *hit) bool { return h.node == n }) {
			inferred = append(inferred, n)
		}
	}
	if len(inferred) > 0 {
		list = append(list, f.warning(ParentInferred, "", inferred))
	}
	for _, h := range c.hits {
		switch h.how {
		case Former:
			list = append(list, f.warning(FormerName, f.name(h.named), f.heirsOf(h.named)))
		case CededFrom:
			list = append(list, f.warning(FormerName, f.name(h.named), []int32{h.node}))
		case Misspelt:
			list = append(list, f.warning(MisspeltName, f.slice(h.start, h.end), []int32{h.node}))
		}
	}
	for _, h := range c.against {
		list = append(list, f.warning(Contradiction, f.slice(h.start, h.end), f.namesakesOf(h)))
	}
	return list
}

// namesakesOf returns all divisions that the characters of a hit name as it does.
func (f *finder) namesakesOf(h *hit) (nodes []int32) {
	for _, o := range f.hits {
		if o.start == h.start && o.end == h.end && o.how == h.how && !slices.Contains(nodes, o.node) {
			nodes = append(nodes, o.node)
		}
	}
	return nodes
}

func (f *finder) warning(kind, text string, nodes []int32) Warning {
	return Warning{kind, text, f.divisions(nodes[:min(len(nodes), mostNamed)]), len(nodes)}
}

// confidence is the share of a chain among its rivals, less for each thing that was made good: a missing ending, a former
// name, a wrong character, a contradiction.
func confidence(f *finder, c chain, rivals []chain) float64 {
	sum := 0.
	for _, r := range rivals {
		sum += math.Exp(4 * float64(r.score-c.score))
	}
	trust := 1.
	for _, h := range c.hits {
		switch h.how {
		case Short:
			trust *= .95
		case Variant, Former:
			trust *= .9
		case Misspelt, CededFrom:
			trust *= .8
		}
	}
	if len(c.against) > 0 {
		trust *= .5
	}
	return trust / sum
}
