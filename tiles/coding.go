package tiles

import (
	"strconv"
	"strings"
)

// Coding is a content coding (RFC 9110 §8.4.1), named as in the header Content-Encoding.
type Coding string

// The codings that are written, best first: at equal weight a client gets the first that it accepts.
const (
	Zstd     Coding = "zstd" // RFC 8878
	Brotli   Coding = "br"   // RFC 7932
	Gzip     Coding = "gzip" // RFC 1952
	Identity Coding = "identity"
)

// Choice is the coding for one client.
type Choice struct {
	Coding Coding
	// Always: the client refuses identity, so that short bodies are coded as well.
	Always bool
}

// Negotiate reads the header Accept-Encoding (RFC 9110 §12.5.3) and returns the accepted coding of the greatest weight.
// Without the header, or with an empty one, that is identity. ok is false when the client refuses all that we write,
// identity too; the choice is identity then, and 406 the strict answer. Elements that are not well-formed are passed
// over.
func Negotiate(acceptEncoding string) (choice Choice, ok bool) {
	weights := parseWeights(acceptEncoding)
	others, hasOthers := weights["*"] // of all that are not listed
	identity, listed := weights[Identity]
	refused := listed && identity == 0 || !listed && hasOthers && others == 0
	best, most := Identity, 0.0
	for _, c := range [...]Coding{Zstd, Brotli, Gzip} {
		w, listed := weights[c]
		if !listed {
			w = others
		}
		if w > most {
			best, most = c, w
		}
	}
	if listed && identity > most {
		best = Identity
	}
	return Choice{Coding: best, Always: refused && best != Identity}, best != Identity || !refused
}

// parseWeights returns the weight of each coding that the header lists, "*" among them.
func parseWeights(header string) map[Coding]float64 {
	weights := make(map[Coding]float64)
	for element := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(element, ";")
		name = strings.ToLower(strings.Trim(name, " \t"))
		weight, ok := parseWeight(params)
		if name == "" || !ok {
			continue
		}
		if name == "x-gzip" { // RFC 9110 §8.4.1.3
			name = string(Gzip)
		}
		weights[Coding(name)] = weight
	}
	return weights
}

// parseWeight reads "q=0.5"; nothing is 1 (RFC 9110 §12.4.2).
func parseWeight(params string) (float64, bool) {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 1, true
	}
	name, value, _ := strings.Cut(params, "=")
	q, err := strconv.ParseFloat(value, 64)
	if !strings.EqualFold(name, "q") || err != nil || !(q >= 0 && q <= 1) {
		return 0, false
	}
	return q, true
}
