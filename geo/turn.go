package geo

import (
	"math"
	"math/big"
)

// TurnOf is the sign of the turn a, b, c in the plane, x and y in degrees: 1 to the left, -1 to the right, 0 straight on or
// back. It is exact for all finite numbers: what rounding could decide is computed again without it (J. R. Shewchuk,
// Adaptive Precision Floating-Point Arithmetic, 1997, §4.3, bound A).
func TurnOf(a, b, c [2]float64) int {
	left := (b[0] - a[0]) * (c[1] - a[1])
	right := (b[1] - a[1]) * (c[0] - a[0])
	turn := left - right
	const epsilon = 0x1p-53
	if bound := (3 + 16*epsilon) * epsilon * (math.Abs(left) + math.Abs(right)); turn > bound || -turn > bound {
		return sign(turn)
	}
	return exactTurn(a, b, c)
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

func exactTurn(a, b, c [2]float64) int {
	less := func(x, y float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y))
	}
	left := new(big.Rat).Mul(less(b[0], a[0]), less(c[1], a[1]))
	right := new(big.Rat).Mul(less(b[1], a[1]), less(c[0], a[0]))
	return left.Cmp(right)
}
