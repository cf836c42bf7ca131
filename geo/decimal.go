package geo

import (
	"strconv"
	"strings"
)

// ParseDecimal reads a number as people and JSON write it: digits with a sign, a point, a power of ten. ok is false for what only
// programs write, such as 0x10p4, 1_000, NaN and Inf, and for what is too large for a float64.
func ParseDecimal(text string) (f float64, ok bool) {
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
