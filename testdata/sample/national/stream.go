package national

import (
	"math"
	"math/rand/v2"
)

// purpose keeps the random numbers of different questions about one item apart.
type purpose uint64

const (
	forWeight purpose = iota + 1
	forSite
	forTown
	forVillage
	forPlan
	forKind
	forPlace
	forState
	forName
	forShape
	forGrid
	forReport
	forText
)

// stream is the random numbers of one item.
type stream struct{ rand.PCG }

func newStream(seed uint64, p purpose, item int) (s stream) {
	s.Seed(seed, uint64(p)<<56|uint64(item))
	return s
}

// float is uniform in [0, 1).
func (s *stream) float() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// below is uniform in 0 <= x < n, 0 for no n; the bias is below 2^-40 for any n here.
func (s *stream) below(n int) int {
	if n < 1 {
		return 0
	}
	return int(s.float() * float64(n))
}

// chance is true with probability p.
func (s *stream) chance(p float64) bool { return s.float() < p }

// exponential has mean 1.
func (s *stream) exponential() float64 { return -math.Log(1 - s.float()) }

// normal is a standard normal number (Box and Muller 1958).
func (s *stream) normal() float64 {
	return math.Sqrt(2*s.exponential()) * math.Cos(2*math.Pi*s.float())
}

// pick returns an index with a probability proportional to its part of the cumulative shares; the last one is their sum.
func (s *stream) pick(cumulative []float64) int {
	x := s.float() * cumulative[len(cumulative)-1]
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		if mid := (lo + hi) / 2; cumulative[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// cumulate returns the running sums.
func cumulate(shares []float64) []float64 {
	out := make([]float64, len(shares))
	sum := 0.0
	for i, v := range shares {
		sum += v
		out[i] = sum
	}
	return out
}
