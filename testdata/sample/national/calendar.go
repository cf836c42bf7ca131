package national

import "time"

// Until is the last day that reports were received on; they begin a year earlier.
const Until = "2026-06-30"

// Days of the year of reports, in weeks of which the last is short.
const (
	yearDays = 365
	weekDays = 7
	weeks    = (yearDays + weekDays - 1) / weekDays
)

// china is the civil time of the reports.
func china() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// Shares of the hours of a day and of the days of a week (from Sunday) at which reports are received.
var (
	hourShares = [24]float64{
		0.5, 0.3, 0.2, 0.2, 0.2, 0.4, 1, 2.5, 6, 8.5, 9, 7.5, 4, 4.5, 7.5, 8.5, 8, 6.5, 5, 5.5, 5.5, 4.5, 2.8, 1.4,
	}
	weekdayShares = [7]float64{0.65, 1.18, 1.12, 1.08, 1.06, 1.1, 0.81}
	// monthShares are from January: summer brings storms and noise, the Spring Festival is quiet.
	monthShares = [12]float64{0.92, 0.72, 0.98, 1, 1.02, 1.08, 1.2, 1.15, 1.02, 0.96, 1, 0.95}
)

// calendar says when reports are received: they are numbered by week, in a week by place.
type calendar struct {
	first time.Time // 00:00 in China of the first day
	end   time.Time // 24:00 of the last
	from  []int     // number of the first report of each week; the last entry is the number of reports
	days  [weeks][]float64
	hours []float64
}

func newCalendar(reports int) (*calendar, error) {
	last, err := time.ParseInLocation("2006-01-02", Until, china())
	if err != nil {
		return nil, err
	}
	c := &calendar{first: last.AddDate(0, 0, 1-yearDays), end: last.AddDate(0, 0, 1), from: []int{0}, hours: cumulate(hourShares[:])}
	weights := make([]float64, weeks)
	for week := range weights {
		var days []float64
		for day := week * weekDays; day < min(yearDays, (week+1)*weekDays); day++ {
			at := c.first.AddDate(0, 0, day)
			days = append(days, weekdayShares[at.Weekday()]*monthShares[at.Month()-1])
		}
		c.days[week] = cumulate(days)
		weights[week] = c.days[week][len(days)-1]
	}
	for _, n := range quotas(reports, weights) {
		c.from = append(c.from, c.from[len(c.from)-1]+n)
	}
	return c, nil
}

// week returns the week of report i.
func (c *calendar) week(i int) int {
	return search(weeks, func(w int) int { return c.from[w] }, i)
}

// received draws a time of a week.
func (c *calendar) received(s *stream, week int) time.Time {
	day := week*weekDays + s.pick(c.days[week])
	seconds := s.pick(c.hours)*3600 + s.below(3600)
	return c.first.Add(time.Duration(day)*24*time.Hour + time.Duration(seconds)*time.Second).UTC()
}
