package geo

import "strconv"

// ID identifies an object: shard << 42 | sequence, always below 2^53, so that it is exact in JSON, MVT and ArcGIS. The
// zero value is no object.
type ID int64

// MaxID is the largest valid id, 2^53 - 1.
const MaxID ID = 1<<53 - 1

// ParseID reads a decimal id between 1 and MaxID; other input is ErrInvalid with the given field.
func ParseID(field, s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || ID(n) > MaxID {
		return 0, Invalid(field, "%q is not an id: a whole number from 1 to 9007199254740991", s)
	}
	return ID(n), nil
}

// Shard returns the shard that drew the id (design: 0 by default).
func (id ID) Shard() int { return int(id >> 42) }

// String returns the id in decimal.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }
