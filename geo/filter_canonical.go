package geo

import (
	"slices"
	"strconv"
	"strings"
)

// Canonical returns a text that is equal for equal filters, and for filters that differ only in the order of the arguments
// of and, or, and of the members of sets, and for no others. It is the key of caches and part of ETags. The zero Filter
// gives "".
//
// What a node begins with tells what it is: a text with a quotation mark, a property with $, a number with a sign or a digit,
// a list with [, a literal of time or space with @, true and false with a letter and no bracket behind, an operation with its
// name and a bracket behind. A name that could be taken for something else is quoted.
func (f Filter) Canonical() string {
	if f.Root == nil {
		return ""
	}
	var b strings.Builder
	f.Root.canonical(&b)
	return b.String()
}

func (o *Operation) canonical(b *strings.Builder) {
	args := make([]string, len(o.Args))
	for i, a := range o.Args {
		if list, ok := a.(List); ok && o.takesSets() {
			args[i] = list.setText()
			continue
		}
		args[i] = nodeText(a)
	}
	if o.Op == "and" || o.Op == "or" {
		slices.Sort(args)
		args = slices.Compact(args)
	}
	writeCall(b, operationName(o.Op), args)
}

// takesSets reports whether neither order nor repetition in a list counts for the operation.
func (o *Operation) takesSets() bool {
	switch o.Op {
	case "in", "a_equals", "a_contains", "a_containedBy", "a_overlaps":
		return true
	}
	return false
}

func operationName(op string) string {
	plain := op != "" && strings.Trim(op, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
	if plain || op != "" && strings.Trim(op, "=<>*/^%") == "" {
		return op
	}
	return strconv.Quote(op) // "+" and "-" too, which a number may begin with
}

func (l List) canonical(b *strings.Builder) { b.WriteString(listText(l.texts())) }

// setText is the text of a list of which neither order nor repetition counts.
func (l List) setText() string {
	texts := l.texts()
	slices.Sort(texts)
	return listText(slices.Compact(texts))
}

func (l List) texts() []string {
	texts := make([]string, len(l))
	for i, n := range l {
		texts[i] = nodeText(n)
	}
	return texts
}

func listText(texts []string) string { return "[" + strings.Join(texts, ",") + "]" }

func (p Property) canonical(b *strings.Builder) { b.WriteString("$" + strconv.Quote(string(p))) }
func (t Text) canonical(b *strings.Builder)     { b.WriteString(strconv.Quote(string(t))) }
func (n Number) canonical(b *strings.Builder)   { b.Write(appendNumber(nil, float64(n))) }
func (v Bool) canonical(b *strings.Builder)     { b.WriteString(strconv.FormatBool(bool(v))) }

// A date is a number here: the ends of time have no name.
func (d Date) canonical(b *strings.Builder) { b.WriteString("@d" + strconv.Itoa(int(d))) }

func nodeText(n Node) string {
	var b strings.Builder
	n.canonical(&b)
	return b.String()
}

func writeCall(b *strings.Builder, name string, args []string) {
	b.WriteString(name + "(" + strings.Join(args, ",") + ")")
}
