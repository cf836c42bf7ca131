package national

import (
	"math"
	"slices"
)

// quotas divides total in proportion to weights; the parts add up to total exactly (largest remainders, the first of
// equal ones). Weights that are not positive get nothing; when none is positive, nobody gets anything.
func quotas(total int, weights []float64) []int {
	parts := make([]int, len(weights))
	sum := 0.0
	for _, w := range weights {
		sum += max(w, 0)
	}
	if sum == 0 || total < 1 {
		return parts
	}
	rest := total
	remainders := make([]float64, len(weights))
	var order []int
	for i, w := range weights {
		if w <= 0 {
			continue
		}
		exact := float64(total) * w / sum
		parts[i] = int(math.Floor(exact))
		remainders[i] = exact - math.Floor(exact)
		rest -= parts[i]
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case remainders[a] > remainders[b]:
			return -1
		case remainders[a] < remainders[b]:
			return 1
		}
		return a - b
	})
	for i := 0; i < rest; i++ {
		parts[order[i%len(order)]]++
	}
	return parts
}
