package geo

import (
	"reflect"
	"slices"
	"time"
)

// Kinds of writes to an organization.
const (
	WriteCreate  = "create"
	WriteReplace = "replace"
	WriteRetire  = "retire"
	WriteRestore = "restore"
	WriteMerge   = "merge"
	WriteSplit   = "split"
	WriteBulk    = "bulk" // the same members of many were changed together
	WriteUndo    = "undo"
	WriteCancel  = "cancel" // what was planned for a day is not to come
	WriteVerify  = "verify" // a step in the verification of the location
)

// WriteNote is what is known of a write beside the rows that it left. Imports leave none.
type WriteNote struct {
	Version    int32
	Operation  ID // the same for all that was written together
	Action     string
	At         time.Time
	Author     string
	CodeBefore string
	CodeAfter  string
}

// OrganizationWrite is one write to an organization, with what it changed.
type OrganizationWrite struct {
	Version   int32 // 0 when the reader cannot know it
	Operation ID    // 0 for an import, and for readers to whom it is not told
	Action    string
	Recorded  time.Time
	Author    string
	// Valid is the days of which it says something else than was said before.
	Valid DayRange
	// Before and After are what was said, and is said since, of the first of these days: nil for nothing. Of an organization
	// that comes back Before is what it was last.
	Before, After *Organization
	// Fields are the names of the members that differ, as in the HTTP interface. Among them valid_from and valid_to stand for
	// the first day of the organization and the day after its last.
	Fields []string
	// Existed and Exists are the days from the first to the last of which anything was said; empty for none.
	Existed, Exists DayRange
	// CodeBefore and CodeAfter are the own code, when Fields has it.
	CodeBefore, CodeAfter string
}

// OrganizationHistory is a page of the writes to an organization, newest first, with the names of the superiors in it that
// the reader may see.
type OrganizationHistory struct {
	Writes []OrganizationWrite
	More   bool // there are older ones
	Names  map[ID]string
}

// Difference returns the names of the members in which two contents differ, in the order of the HTTP interface.
func Difference(a, b OrganizationContent) []string {
	fields := []string{}
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"code", a.Code != b.Code}, {"parent", a.Parent != b.Parent}, {"kind", a.Kind != b.Kind}, {"level", a.Level != b.Level},
		{"name", a.Name != b.Name}, {"short_name", a.ShortName != b.ShortName}, {"division", a.Division != b.Division},
		{"location", a.Location != b.Location}, {"location_source", a.LocationSource != b.LocationSource},
		{"location_accuracy_m", a.LocationAccuracyM != b.LocationAccuracyM}, {"source_crs", a.SourceCRS != b.SourceCRS},
		{"location_state", a.LocationState != b.LocationState}, {"address", a.Address != b.Address}, {"phone", a.Phone != b.Phone},
		{"uscc", a.USCC != b.USCC}, {"status", a.Status != b.Status}, {"jurisdiction", !sameArea(a.Jurisdiction, b.Jurisdiction)},
	} {
		if f.differs {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// sameArea reports whether two areas are the same; none is one without polygons.
func sameArea(a, b *MultiPolygon) bool {
	none := func(m *MultiPolygon) bool { return m == nil || len(*m) == 0 }
	return none(a) && none(b) || !none(a) && !none(b) && reflect.DeepEqual(*a, *b)
}

// HistoryOf returns the writes that rows of an organization tell of, in any order of the rows: at most limit of those
// recorded before a moment (the zero time for all), newest first, and whether there are older ones. Rows that a reader does
// not see are left out by the caller; what they say counts as not said.
func HistoryOf(rows []OrganizationVersion, notes []WriteNote, before time.Time, limit int) ([]OrganizationWrite, bool) {
	var times []time.Time
	for _, r := range rows {
		times = append(times, r.RecordedFrom)
		if !r.RecordedTo.IsZero() {
			times = append(times, r.RecordedTo)
		}
	}
	times = slices.DeleteFunc(times, func(t time.Time) bool { return !before.IsZero() && !t.Before(before) })
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	times = slices.CompactFunc(times, time.Time.Equal)
	more := len(times) > limit
	writes := []OrganizationWrite{}
	for _, t := range times[:min(limit, len(times))] {
		writes = append(writes, writeAt(rows, notes, t))
	}
	return writes, more
}

func writeAt(rows []OrganizationVersion, notes []WriteNote, t time.Time) OrganizationWrite {
	was, is := known(rows, t, true), known(rows, t, false)
	w := OrganizationWrite{Recorded: t, Existed: hull(was), Exists: hull(is)}
	w.Valid, w.Before, w.After = compare(was, is)
	for _, r := range rows {
		switch {
		case r.RecordedFrom.Equal(t):
			w.Version, w.Author = r.Version, r.Author
			if w.Valid.Empty() { // it says what was said before
				o := r.Organization
				w.Valid, w.Before, w.After = r.Valid, &o, &o
			}
		case r.RecordedTo.Equal(t) && w.Version <= r.Version && r.Author != "":
			w.Version = r.Version + 1
		}
	}
	w.Action = w.kind()
	if w.Before != nil && w.After != nil {
		w.Fields = Difference(w.Before.OrganizationContent, w.After.OrganizationContent)
	}
	if i := slices.IndexFunc(notes, func(n WriteNote) bool { return n.At.Equal(t) }); i >= 0 {
		w.take(notes[i])
	}
	w.addDays()
	return w
}

// kind tells by what is said what kind of write it was.
func (w *OrganizationWrite) kind() string {
	switch {
	case w.Existed.Empty():
		return WriteCreate
	case w.After == nil:
		return WriteRetire
	case w.Exists.To > w.Existed.To:
		return WriteRestore
	}
	return WriteReplace
}

func (w *OrganizationWrite) take(n WriteNote) {
	w.Version, w.Author, w.Operation, w.Action = n.Version, n.Author, n.Operation, n.Action
	if n.CodeBefore != n.CodeAfter && !w.Existed.Empty() {
		w.Fields = slices.Insert(w.Fields, 0, "code")
		w.CodeBefore, w.CodeAfter = n.CodeBefore, n.CodeAfter
	}
}

// addDays adds the ends of what exists. One of which nothing is left ended before it began.
func (w *OrganizationWrite) addDays() {
	switch {
	case w.Existed.Empty():
	case w.Exists.Empty():
		w.Exists = DayRange{From: w.Existed.From, To: w.Existed.From}
		w.Fields = append(w.Fields, "valid_to")
	default:
		if w.Existed.From != w.Exists.From {
			w.Fields = append(w.Fields, "valid_from")
		}
		if w.Existed.To != w.Exists.To {
			w.Fields = append(w.Fields, "valid_to")
		}
	}
}

// known returns the rows that were held true at a moment, or just before it, by their days.
func known(rows []OrganizationVersion, t time.Time, before bool) []Organization {
	var out []Organization
	for _, r := range rows {
		begun := r.RecordedFrom.Before(t) || !before && r.RecordedFrom.Equal(t)
		over := !r.RecordedTo.IsZero() && (r.RecordedTo.Before(t) || !before && r.RecordedTo.Equal(t))
		if begun && !over {
			out = append(out, r.Organization)
		}
	}
	slices.SortFunc(out, func(a, b Organization) int { return int(int64(a.Valid.From) - int64(b.Valid.From)) })
	return out
}

// hull is the days from the first to the last of rows in their order.
func hull(rows []Organization) DayRange {
	if len(rows) == 0 {
		return DayRange{}
	}
	return DayRange{From: rows[0].Valid.From, To: rows[len(rows)-1].Valid.To}
}

// compare returns the days from the first to the last on which rows say something else than others did, and what both say
// of the first on which both say something, else of the first. When what is said follows on a time without anything, the
// last before that counts.
func compare(was, is []Organization) (days DayRange, before, after *Organization) {
	for _, part := range parts(was, is) {
		b, a := on(was, part.From), on(is, part.From)
		if b == nil && a == nil || b != nil && a != nil && len(Difference(b.OrganizationContent, a.OrganizationContent)) == 0 {
			continue
		}
		if days.Empty() {
			days, before, after = part, b, a
		}
		days.To = part.To
		if a != nil && b != nil && (before == nil || after == nil) {
			before, after = b, a
		}
	}
	if before == nil && after != nil {
		for i := range was {
			if was[i].Valid.To <= days.From {
				before = &was[i]
			}
		}
	}
	return days, before, after
}

// parts cuts the days of rows at all their ends.
func parts(was, is []Organization) []DayRange {
	var ends []Day
	for _, rows := range [][]Organization{was, is} {
		for _, r := range rows {
			ends = append(ends, r.Valid.From, r.Valid.To)
		}
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	var out []DayRange
	for i := range max(len(ends)-1, 0) {
		out = append(out, DayRange{From: ends[i], To: ends[i+1]})
	}
	return out
}

func on(rows []Organization, d Day) *Organization {
	for i := range rows {
		if rows[i].Valid.Contains(d) {
			return &rows[i]
		}
	}
	return nil
}

// ContentOfVersion returns what the write with a number said, of the first day that it changed; false when the rows do not
// tell. Of a retirement that is what held last.
func ContentOfVersion(rows []OrganizationVersion, version int32) (Organization, bool) {
	t, ok := momentOf(rows, version)
	if !ok {
		return Organization{}, false
	}
	is := known(rows, t, false)
	_, _, after := compare(known(rows, t, true), is)
	if after == nil {
		after = &is[len(is)-1]
	}
	return *after, true
}

// ContentAfter returns what was said of a day, else last, when the write with a number was the newest.
func ContentAfter(rows []OrganizationVersion, version int32, d Day) (Organization, bool) {
	t, ok := momentOf(rows, version)
	if !ok {
		return Organization{}, false
	}
	is := known(rows, t, false)
	if o := on(is, d); o != nil {
		return *o, true
	}
	return is[len(is)-1], true
}

// momentOf returns when the rows of a write were recorded.
func momentOf(rows []OrganizationVersion, version int32) (t time.Time, ok bool) {
	for _, r := range rows {
		if r.Version == version && (!ok || r.RecordedFrom.Before(t)) {
			t, ok = r.RecordedFrom, true
		}
	}
	return t, ok
}

// StaleError is what a writer is told whose version is out of date: what holds now, who wrote it, and what is another since.
type StaleError struct {
	Field string // the member of the request that names the version; "" for If-Match
	Base  int32  // the version that the writer holds
	// Present is what is said today, as the writer sees it.
	Present  Organization
	Author   string    // of the newest write
	Recorded time.Time // of the newest write
	// Was is what Base said of today; nil when that is not known.
	Was   *Organization
	Names map[ID]string // of superiors
}

// Error returns the sentence for people.
func (e *StaleError) Error() string { return e.fault().Error() }

// Unwrap returns an *Error of kind ErrStale.
func (e *StaleError) Unwrap() error { return e.fault() }

func (e *StaleError) fault() error {
	return &Error{Kind: ErrStale, Field: e.Field, Message: "version " + ID(e.Base).String() + " of organization " + e.Present.ID.String() +
		" is out of date: it is at version " + ID(e.Present.Version).String()}
}
