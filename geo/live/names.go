package live

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"jingwei/geo"
)

// sought says in which slots the texts stand that search looks into.
type sought struct {
	name, code, keys int
	any              bool // the layer has such texts
}

func (c *columns) findSought() sought {
	s := sought{name: -1, code: -1, keys: -1}
	for i, col := range c.layer.Columns {
		switch {
		case col.Sought:
			s.keys = c.slots[i]
		case col.Name == "name" && col.Role == geo.ColumnText:
			s.name = c.slots[i]
		case col.Name == "code" && col.Role == geo.ColumnText:
			s.code = c.slots[i]
		}
	}
	s.any = s.name >= 0 && s.code >= 0 && s.keys >= 0
	return s
}

// naming is all texts of a row that search looks into, as they are stored.
type naming struct {
	name, code string
	geo.SearchKeys
}

// namingOf returns the texts of row i of a chunk, which hold as long as the chunk.
func (s sought) namingOf(k *chunk, i int) naming {
	return naming{k.texts[s.name].view(i), k.texts[s.code].view(i), geo.ReadSearchKeys(k.texts[s.keys].view(i))}
}

func (s sought) namingOfRow(r *row) naming {
	return naming{r.texts[s.name], r.texts[s.code], geo.ReadSearchKeys(r.texts[s.keys])}
}

// Fields of a naming by which rows are ordered.
const (
	byName = iota
	byShort
	byCode
	byUSCC
	byPinyin
	byInitials
	byPinyinRest // of what follows 中共
	byInitialsRest
	sortedFields
)

// field returns a text of row i; the keys are cut no further than they must be.
func (s sought) field(k *chunk, field, i int) string {
	switch field {
	case byName:
		return k.texts[s.name].view(i)
	case byCode:
		return k.texts[s.code].view(i)
	}
	keys := geo.ReadSearchKeys(k.texts[s.keys].view(i))
	switch field {
	case byShort:
		return keys.ShortName
	case byUSCC:
		return keys.USCC
	case byPinyin:
		return keys.Pinyin
	case byInitials:
		return keys.Initials
	}
	pinyin, initials := keys.Rest(k.texts[s.name].view(i))
	if field == byPinyinRest {
		return pinyin
	}
	return initials
}

// names is what finds the rows of a chunk by their texts. It is made after the chunk, by whoever has the time; without it every
// row is looked at.
type names struct {
	orders [sortedFields][]uint16 // rows with a text in the field, in the order of the folded text
	// By place in the orders of pinyin: how many letters it has in common with the one before, 255 at most.
	shared, sharedRest []uint8
	pieces             grams // of the name
	shorts             grams // of the short name
	places             grams // of the address
	ranks              []uint8
}

// newNames reads all texts of a chunk; values are those of the category columns.
func newNames(k *chunk, c *columns, values [][]string) *names {
	n, rows := &names{ranks: ranksOf(k, c, values)}, k.len()
	texts := make([]string, rows)
	pieces, shorts, places := newGramBuilder(rows), newGramBuilder(rows), newGramBuilder(rows)
	for field := range sortedFields {
		for i := range rows {
			texts[i] = geo.FoldSearch(c.sought.field(k, field, i))
			switch field {
			case byName:
				pieces.add(texts[i], uint16(i))
			case byShort:
				shorts.add(texts[i], uint16(i))
			}
		}
		n.orders[field] = orderOf(texts)
		switch field {
		case byPinyin:
			n.shared = sharedLetters(texts, n.orders[field])
		case byPinyinRest:
			n.sharedRest = sharedLetters(texts, n.orders[field])
		}
	}
	for i := range rows {
		places.add(geo.FoldSearch(geo.ReadSearchKeys(k.texts[c.sought.keys].view(i)).Address), uint16(i))
	}
	n.pieces, n.shorts, n.places = pieces.finish(), shorts.finish(), places.finish()
	return n
}

// orderOf returns the numbers of the texts that are not empty, in their order.
func orderOf(texts []string) []uint16 {
	order := make([]uint16, 0, len(texts))
	for i, text := range texts {
		if text != "" {
			order = append(order, uint16(i))
		}
	}
	slices.SortFunc(order, func(a, b uint16) int { return cmp.Or(strings.Compare(texts[a], texts[b]), cmp.Compare(a, b)) })
	return slices.Clip(order)
}

func sharedLetters(texts []string, order []uint16) []uint8 {
	shared := make([]uint8, len(order))
	for at := 1; at < len(order); at++ {
		a, b := texts[order[at-1]], texts[order[at]]
		n := 0
		for n < min(len(a), len(b), 255) && a[n] == b[n] {
			n++
		}
		shared[at] = uint8(n)
	}
	return shared
}

// ranksOf returns the place of each row among those that match equally well.
func ranksOf(k *chunk, c *columns, values [][]string) []uint8 {
	ranks := make([]uint8, k.len())
	known := map[[2]uint16]uint8{}
	slots := c.rankSlots()
	for i := range ranks {
		var codes [2]uint16
		for n, slot := range slots {
			codes[n] = k.code(slot, i)
		}
		rank, ok := known[codes]
		if !ok {
			rank = c.rank(values, func(slot int) uint16 { return k.code(slot, i) })
			known[codes] = rank
		}
		ranks[i] = rank
	}
	return ranks
}

// rankSlots are the slots of the columns that ranks may depend on: level and kind.
func (c *columns) rankSlots() []int {
	var slots []int
	for i, col := range c.layer.Columns {
		if col.Role == geo.ColumnCategory && (col.Name == "level" || col.Name == "kind") {
			slots = append(slots, c.slots[i])
		}
	}
	return slots
}

// rank returns the place of a row with these codes.
func (c *columns) rank(values [][]string, code func(slot int) uint16) uint8 {
	if c.layer.Rank == nil {
		return 0
	}
	return c.layer.Rank(func(column string) string {
		i := c.find(column)
		if i < 0 || c.layer.Columns[i].Role != geo.ColumnCategory {
			return ""
		}
		return values[c.slots[i]][code(c.slots[i])]
	})
}

// beginning returns the rows whose text in the field begins with a folded text, in the order of the texts, and how many of
// them, the first, are that text.
func (n *names) beginning(k *chunk, s sought, field int, text string) (rows []uint16, equal int) {
	order := n.orders[field]
	at := func(i int) string { return geo.FoldSearch(s.field(k, field, int(order[i]))) }
	lo := sort.Search(len(order), func(i int) bool { return at(i) >= text })
	hi := lo + sort.Search(len(order)-lo, func(i int) bool { return !strings.HasPrefix(at(lo+i), text) })
	equal = sort.Search(hi-lo, func(i int) bool { return len(at(lo+i)) > len(text) })
	return order[lo:hi], equal
}

// bytes returns the memory held.
func (n *names) bytes() int {
	size := len(n.shared) + len(n.sharedRest) + len(n.ranks) + n.pieces.bytes() + n.shorts.bytes() + n.places.bytes()
	for _, order := range n.orders {
		size += 2 * len(order)
	}
	return size
}

// PrepareSearch makes what search needs of one chunk that has it not yet, and reports whether there was one. Searches before
// that look at every row of the chunk. A layer without names needs nothing.
func (x *Index) PrepareSearch() bool {
	s := x.Snapshot()
	if s == nil || !s.columns.sought.any {
		return false
	}
	for _, k := range s.chunks {
		if k.names.Load() == nil {
			k.names.Store(newNames(k, s.columns, s.values))
			return true
		}
	}
	return false
}
