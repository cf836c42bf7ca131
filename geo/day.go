package geo

import (
	"math"
	"strings"
	"time"
)

// Day is a civil day of China (UTC+8), counted from 1970-01-01 = 0.
type Day int32

// Ends of time, for ranges without a start or an end.
const (
	MinDay Day = math.MinInt32
	MaxDay Day = math.MaxInt32
)

// chinaOffset is the offset of China's civil time from UTC; China has one time zone and no summer time.
const chinaOffset = 8 * time.Hour

const dayLayout = "2006-01-02"

// DayOf returns the civil day of t in China.
func DayOf(t time.Time) Day {
	return Day(math.Floor(float64(t.Add(chinaOffset).Unix()) / 86400))
}

// ParseDay reads "2006-01-02". Wrong input is ErrInvalid with the given field.
func ParseDay(field, s string) (Day, error) {
	t, err := time.Parse(dayLayout, s)
	if err != nil {
		return 0, Invalid(field, "%q is not a day of the form 2026-01-31", s)
	}
	return Day(t.Unix() / 86400), nil
}

// ParseDays reads a day, or an interval of two with both ends included: "2024-01-01/2024-12-31", "2024-01-01/..", "../2024-12-31".
// Wrong input and an interval without days are ErrInvalid with the given field.
func ParseDays(field, s string) (DayRange, error) {
	from, to, interval := strings.Cut(s, "/")
	if !interval {
		d, err := ParseDay(field, s)
		return On(d), err
	}
	r := Always
	for i, end := range []string{from, to} {
		if end == ".." || end == "" {
			continue
		}
		d, err := ParseDay(field, end)
		if err != nil {
			return DayRange{}, err
		}
		if i == 0 {
			r.From = d
		} else {
			r.To = d + 1
		}
	}
	if r.Empty() {
		return DayRange{}, Invalid(field, "the interval %s/%s ends before it begins", from, to)
	}
	return r, nil
}

// Time returns midnight UTC of the day's date, the form in which PostgreSQL's date is exchanged.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Begin returns the moment at which the day begins in China. The ends of time have none: the result is meaningless.
func (d Day) Begin() time.Time { return d.Time().Add(-chinaOffset) }

// String returns "2006-01-02", or "" for MinDay and MaxDay.
func (d Day) String() string {
	if d == MinDay || d == MaxDay {
		return ""
	}
	return d.Time().Format(dayLayout)
}

// DayRange is the days From <= d < To. The zero value is empty.
type DayRange struct{ From, To Day }

// Always is every day.
var Always = DayRange{From: MinDay, To: MaxDay}

// On is the one day d.
func On(d Day) DayRange { return DayRange{From: d, To: d + 1} }

// Contains reports whether d lies in r.
func (r DayRange) Contains(d Day) bool { return r.From <= d && d < r.To }

// Meets reports whether a day lies in both.
func (r DayRange) Meets(o DayRange) bool {
	return max(r.From, o.From) < min(r.To, o.To)
}

// Last is the last day in r, which is not empty; MaxDay when it has no end.
func (r DayRange) Last() Day {
	if r.To == MaxDay {
		return MaxDay
	}
	return r.To - 1
}

// String writes r as an interval of RFC 3339 days, both ends included, with ".." for an end that is open: a single day is
// written as itself. It is what the parameter datetime reads.
func (r DayRange) String() string {
	end := func(d Day) string {
		if d == MinDay || d == MaxDay {
			return ".."
		}
		return d.String()
	}
	if r == On(r.From) {
		return r.From.String()
	}
	return end(r.From) + "/" + end(r.Last())
}

// Empty reports whether no day lies in r.
func (r DayRange) Empty() bool { return r.From >= r.To }
