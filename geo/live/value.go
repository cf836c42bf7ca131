package live

import (
	"slices"

	"jingwei/geo"
)

// HasValue reports whether any row ever had the value in a category column that the edition shows, whatever its days; rows
// that are gone count too, also those that a load has replaced.
func (s *Snapshot) HasValue(column, value string) bool {
	i := s.columns.find(column)
	if i < 0 || value == "" || s.columns.layer.Columns[i].Role != geo.ColumnCategory {
		return false
	}
	return slices.Contains(s.values[s.columns.slots[i]], value)
}
