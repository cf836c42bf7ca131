package api

import (
	"slices"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
)

// How many addresses a search answers at most, and how sure they must be.
const (
	mostAddressHits = 3
	leastConfidence = .1
)

// addressHit is the JSON of an address that the search box found.
type addressHit struct {
	Type         string             `json:"type"`
	Name         string             `json:"name"`
	Rest         string             `json:"rest"`
	Code         string             `json:"code"`
	Level        geo.DivisionLevel  `json:"level"`
	CertainLevel geo.DivisionLevel  `json:"certain_level"`
	Location     *coordinates       `json:"location"`
	PlacedLevel  *geo.DivisionLevel `json:"placed_level"`
	AccuracyM    *float64           `json:"accuracy_m"`
	Confidence   float64            `json:"confidence"`
	Warnings     []string           `json:"warnings"`
	Match        string             `json:"match"`
}

// addressHits reads a text as an address. One that is only the name of a division is no address, nor is what has the very
// name of something; while the names are being read there are none.
func (s *Server) addressHits(text string, day geo.Day, others []geo.SearchHit) []addressHit {
	g := s.config.Gazetteer.Gazetteer()
	if g == nil || day != s.today() || slices.ContainsFunc(others, func(h geo.SearchHit) bool { return h.Match == geo.MatchExact }) {
		return nil
	}
	found, err := g.Find(text, mostAddressHits)
	if err != nil {
		return nil // a text without letters, which may still be a code
	}
	var hits []addressHit
	for _, c := range found {
		if c.Confidence >= leastConfidence && isAddress(c) {
			hits = append(hits, addressHitOf(addressCandidateOf(g, c)))
		}
	}
	return hits
}

func isAddress(c gazetteer.Candidate) bool {
	return len(c.Parts) > 1 || c.Rest != "" || c.Parts[0].How != gazetteer.Full && c.Parts[0].How != gazetteer.Short
}

func addressHitOf(c addressCandidate) addressHit {
	last := c.Divisions[len(c.Divisions)-1]
	return addressHit{
		Type: "address", Name: c.Address, Rest: c.Rest, Code: last.Code, Level: last.Level, CertainLevel: c.CertainLevel, Location: c.Location,
		PlacedLevel: c.PlacedLevel, AccuracyM: c.AccuracyM, Confidence: c.Confidence, Match: "address",
		Warnings: items(c.Warnings, func(w addressWarning) string { return w.Kind }),
	}
}
