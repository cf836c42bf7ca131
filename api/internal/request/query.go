// Package request reads what clients send: query parameters, JSON bodies and headers. Whatever is wrong becomes a
// *geo.Error that names the parameter, field or header at fault, so that a person can correct it.
package request

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
	"jingwei/geo/cql2"
	"time"
)

// maxList is the largest number of values in a comma list; a longer one is no list that a person made.
const maxList = 100

// Query holds the parameters of a query string. Its methods read single ones; the first fault is kept and returned by
// Err, so that a handler asks once at the end. The zero value has no parameters.
type Query struct {
	values url.Values
	err    error
}

// ParseQuery reads a raw query string in which only the allowed names may occur, each at most once.
func ParseQuery(raw string, allowed ...string) *Query {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return &Query{err: geo.Invalid("", "the query string cannot be read: percent signs and semicolons must be encoded")}
	}
	q := &Query{values: values}
	for _, name := range sortedNames(values) {
		q.checkName(name, allowed)
	}
	return q
}

func sortedNames(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (q *Query) checkName(name string, allowed []string) {
	if !slices.Contains(allowed, name) {
		q.fail(geo.Invalid(printable(name), "there is no such parameter here; %s", listNames(allowed)))
		return
	}
	if n := len(q.values[name]); n > 1 {
		q.fail(geo.Invalid(name, "the parameter is given %d times; give it once, with commas where a list is allowed", n))
	}
	if !utf8.ValidString(q.values[name][0]) || strings.ContainsRune(q.values[name][0], 0) {
		q.fail(geo.Invalid(name, "the value is not UTF-8 text"))
	}
}

func listNames(allowed []string) string {
	if len(allowed) == 0 {
		return "none is allowed"
	}
	return "allowed are " + strings.Join(allowed, ", ")
}

// printable shortens a name that a client made up, so that it can be shown.
func printable(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (q *Query) fail(err error) {
	if q.err == nil {
		q.err = err
	}
}

// Fail tells a fault that the methods of q do not find.
func (q *Query) Fail(err error) { q.fail(err) }

// Err returns the first fault met so far, nil when there is none.
func (q *Query) Err() error { return q.err }

// Has reports whether the parameter is given, even when it is empty.
func (q *Query) Has(name string) bool { return q.values.Has(name) }

// Text returns the parameter without white space around it, "" when missing; more than most characters are a fault.
func (q *Query) Text(name string, most int) string {
	s := strings.TrimSpace(q.values.Get(name))
	if n := utf8.RuneCountInString(s); n > most {
		q.fail(geo.Invalid(name, "%d characters are too many: at most %d", n, most))
		return ""
	}
	return s
}

// List returns the values of a comma list, sorted and without doubles; nil when missing.
func (q *Query) List(name string) []string {
	if !q.Has(name) {
		return nil
	}
	list := strings.Split(q.values.Get(name), ",")
	if len(list) > maxList {
		q.fail(geo.Invalid(name, "%d values are too many: at most %d", len(list), maxList))
		return nil
	}
	for i, v := range list {
		list[i] = strings.TrimSpace(v)
		if list[i] == "" {
			q.fail(geo.Invalid(name, "a value of the list is empty"))
			return nil
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Limit returns the page size: missing when the parameter is, at least 1, and never more than most (limits clamp).
func (q *Query) Limit(name string, missing, most int) int {
	return q.items(name, missing, 1, most)
}

// Offset returns how many items come before the page: 0 when the parameter is missing, and never more than most.
func (q *Query) Offset(name string, most int) int {
	return q.items(name, 0, 0, most)
}

func (q *Query) items(name string, missing, least, most int) int {
	if !q.Has(name) {
		return missing
	}
	n, err := strconv.Atoi(q.values.Get(name))
	if err != nil || n < least {
		q.fail(geo.Invalid(name, "%q is not a number of items: a whole number from %d", printable(q.values.Get(name)), least))
		return missing
	}
	return min(n, most)
}

// OneOf returns the number given, which must be one of choices; missing when the parameter is.
func (q *Query) OneOf(name string, missing int, choices ...int) int {
	if !q.Has(name) {
		return missing
	}
	n, err := strconv.Atoi(q.values.Get(name))
	if err != nil || !slices.Contains(choices, n) {
		q.fail(geo.Invalid(name, "%q is not possible here: use one of %s", printable(q.values.Get(name)), joinNumbers(choices)))
		return missing
	}
	return n
}

func joinNumbers(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// Choice returns the place in choices of the word given; the parameter is required.
func (q *Query) Choice(name string, choices ...string) int {
	i := slices.Index(choices, q.values.Get(name))
	if i < 0 {
		q.fail(geo.Invalid(name, "%q is not possible here: use one of %s", printable(q.values.Get(name)), strings.Join(choices, ", ")))
		return 0
	}
	return i
}

// Place returns the position given as lon,lat in degrees; false when missing.
func (q *Query) Place(name string) (geo.Position, bool) {
	if !q.Has(name) {
		return geo.Position{}, false
	}
	p, err := parsePlace(name, q.values.Get(name))
	if err != nil {
		q.fail(err)
		return geo.Position{}, false
	}
	return p, true
}

func parsePlace(name, s string) (geo.Position, error) {
	var degrees []float64
	for part := range strings.SplitSeq(s, ",") {
		d, ok := geo.ParseDecimal(strings.TrimSpace(part))
		if !ok || len(degrees) == 2 {
			return geo.Position{}, geo.Invalid(name, "%q is not a place: two numbers, longitude and latitude, are needed", printable(s))
		}
		degrees = append(degrees, d)
	}
	if len(degrees) != 2 {
		return geo.Position{}, geo.Invalid(name, "%q is not a place: two numbers, longitude and latitude, are needed", printable(s))
	}
	p, err := geo.NewPosition(degrees[0], degrees[1])
	if fault := (*geo.Error)(nil); errors.As(err, &fault) {
		return p, &geo.Error{Kind: fault.Kind, Field: name, Message: fault.Message}
	}
	return p, err
}

// Day returns the day given, or missing.
func (q *Query) Day(name string, missing geo.Day) geo.Day {
	if !q.Has(name) {
		return missing
	}
	d, err := geo.ParseDay(name, q.values.Get(name))
	if err != nil {
		q.fail(geo.Invalid(name, "%q is not a day of the form 2026-01-31", printable(q.values.Get(name))))
		return missing
	}
	return d
}

// Time returns the moment given (RFC 3339), or the zero time.
func (q *Query) Time(name string) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, q.values.Get(name))
	if err != nil || t.IsZero() {
		q.fail(geo.Invalid(name, "%q is not a moment of the form 2026-01-31T08:00:00Z", printable(q.values.Get(name))))
		return time.Time{}
	}
	return t
}

// Days returns the day or the interval of days given, or missing.
func (q *Query) Days(name string, missing geo.Day) geo.DayRange {
	if !q.Has(name) {
		return geo.On(missing)
	}
	r, err := geo.ParseDays(name, q.values.Get(name))
	if fault := (*geo.Error)(nil); errors.As(err, &fault) {
		q.fail(geo.Invalid(name, "%q is not a day of the form 2026-01-31, nor an interval of two in order, 2026-01-01/2026-01-31; an open end is ..", printable(q.values.Get(name))))
		return geo.On(missing)
	}
	return r
}

// Filter returns the filter given in CQL2 JSON; the zero Filter when missing.
func (q *Query) Filter(name string) geo.Filter {
	if !q.Has(name) {
		return geo.Filter{}
	}
	f, err := cql2.ParseJSON([]byte(q.values.Get(name)))
	if err != nil {
		q.fail(err)
	}
	return f
}

// IDs returns the ids of a comma list, sorted and without doubles; nil when missing.
func (q *Query) IDs(name string) []geo.ID {
	var ids []geo.ID
	for _, s := range q.List(name) {
		id, err := geo.ParseID(name, printable(s))
		if err != nil {
			q.fail(err)
			return nil
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Extent returns the box given, or the world and false.
func (q *Query) Extent(name string) (geo.Extent, bool) {
	if !q.Has(name) {
		return geo.World, false
	}
	e, err := geo.ParseExtent(q.values.Get(name))
	if err != nil {
		q.fail(err)
		return geo.World, false
	}
	return e, true
}

// ID returns the id given, or 0.
func (q *Query) ID(name string) geo.ID {
	if !q.Has(name) {
		return 0
	}
	id, err := geo.ParseID(name, printable(q.values.Get(name)))
	if err != nil {
		q.fail(err)
	}
	return id
}

// Division returns the code given, or 0.
func (q *Query) Division(name string) geo.DivisionCode {
	if !q.Has(name) {
		return 0
	}
	code, err := geo.ParseDivisionCode(name, q.values.Get(name))
	if err != nil {
		q.fail(err)
	}
	return code
}

// Position returns the feed position given; false when missing.
func (q *Query) Position(name string) (geo.FeedPosition, bool) {
	if !q.Has(name) {
		return geo.FeedPosition{}, false
	}
	p, err := geo.ParseFeedPosition(q.values.Get(name))
	if err != nil {
		q.fail(err)
		return geo.FeedPosition{}, false
	}
	return p, true
}
