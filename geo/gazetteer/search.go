package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// leastConfidence is how sure an address must be to stand among the hits of a search.
const leastConfidence = .1

// Hits returns at most limit places that a text names as an address, for the search box, the best first. A text that is only
// the name of a division, or the beginning of one, is none, nor is one that cannot be read, or that begins with the name of a
// division of which nothing is known.
func (g *Gazetteer) Hits(address string, limit int) []geo.SearchHit {
	found, err := g.Find(address, limit)
	if err != nil {
		return nil // without letters, or too long
	}
	var hits []geo.SearchHit
	for _, c := range found {
		if c.Confidence >= leastConfidence && c.isAddress() && !c.mayBeElsewhere() {
			hits = append(hits, c.hit())
		}
	}
	return hits
}

func (c Candidate) isAddress() bool {
	return len(c.Parts) > 1 || c.Rest != "" || c.Parts[0].How != Full && c.Parts[0].How != Short
}

// mayBeElsewhere reports whether an unknown division stands in front of everything: nothing says that the place is even near.
func (c Candidate) mayBeElsewhere() bool {
	return c.Certain == 0 && slices.ContainsFunc(c.Warnings, func(w Warning) bool { return w.Kind == UnmatchedBefore })
}

func (c Candidate) hit() geo.SearchHit {
	last := c.Divisions[len(c.Divisions)-1]
	reading := geo.AddressReading{Rest: c.Rest, Certain: c.Certain, Confidence: c.Confidence, Warnings: []string{}}
	for _, w := range c.Warnings {
		reading.Warnings = append(reading.Warnings, w.Kind)
	}
	if c.HasPlace {
		reading.AccuracyM, reading.Placed = c.Place.AccuracyM, c.PlacedLevel()
	}
	return geo.SearchHit{
		Type: geo.HitAddress, Code: last.Code, Name: Address(c.Divisions), Level: last.Level, Division: last.Parent,
		Location: c.Place.At, HasLocation: c.HasPlace, Match: geo.MatchAddress, Address: &reading,
	}
}

// PlacedLevel returns the level of the division whose label is the place.
func (c Candidate) PlacedLevel() geo.DivisionLevel {
	for _, d := range c.Divisions {
		if d.Code == c.PlaceOf {
			return d.Level
		}
	}
	return c.PlaceOf.Level() // of one that only groups others
}
