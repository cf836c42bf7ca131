package bench

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Percentile returns the least of the values that at least that share of them, from 0 to 1, does not exceed (nearest rank); 0
// without values. The values are in ascending order.
func Percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	// Without the little less, 0.99 of 100 would be the 100th: the product is a hair above 99.
	rank := int(math.Ceil(share*float64(len(sorted)) - 1e-9))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median returns the middle value, of an even number the mean of the middle two; 0 without values.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(values), cmp.Compare[float64])
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// Due returns when request n, from 0, of an open loop is to be sent, as time since its beginning: evenly spaced at that rate per
// second, whatever became of the requests before.
func Due(n int, rate float64) time.Duration {
	return time.Duration(math.Round(float64(n) / rate * float64(time.Second)))
}
