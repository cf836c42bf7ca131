package api

import "jingwei/geo"

// addressReading is the JSON of how a text was read as an address.
type addressReading struct {
	Rest         string             `json:"rest"`
	CertainLevel geo.DivisionLevel  `json:"certain_level"`
	PlacedLevel  *geo.DivisionLevel `json:"placed_level"`
	AccuracyM    *float64           `json:"accuracy_m"`
	Confidence   float64            `json:"confidence"`
	Warnings     []string           `json:"warnings"`
}

func addressReadingOf(r geo.AddressReading) *addressReading {
	out := &addressReading{Rest: r.Rest, CertainLevel: r.Certain, AccuracyM: optionalMetres(r.AccuracyM), Confidence: r.Confidence, Warnings: r.Warnings}
	if r.Placed != 0 {
		out.PlacedLevel = &r.Placed
	}
	return out
}
