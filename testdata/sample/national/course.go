package national

import (
	"math"
	"time"

	"jingwei/geo"
)

// outcome is a state that reports are in, with its share among the open or the closed ones.
type outcome struct {
	state string
	share float64
}

var (
	openStates   = [...]outcome{{"received", 0.14}, {"dispatched", 0.34}, {"investigating", 0.54}, {"in_progress", 0.89}, {"planned", 1}}
	closedStates = [...]outcome{{"fixed", 0.79}, {"no_action", 0.86}, {"not_responsible", 0.9}, {"referred", 0.97}, {"cancelled", 1}}
)

func pickState(s *stream, states []outcome) string {
	x := s.float()
	for _, o := range states {
		if x < o.share {
			return o.state
		}
	}
	return states[len(states)-1].state
}

// Parts of the reports that are open: of the latest four weeks, and of older ones. About a fifth of all is.
const (
	openLately = 0.6
	openBefore = 0.167
	lately     = 28 * 24 * time.Hour
)

// course lets the report go through its steps: state, status, times in order and none after the end of the year, how
// often it was done again and handed over.
func (r *Reports) course(s *stream, out *geo.Report, received time.Time, dueDays int, repeated bool) {
	end := r.calendar.end
	open := openBefore
	if end.Sub(received) < lately {
		open = openLately
	}
	out.Status = geo.ReportClosed
	switch {
	case repeated && s.chance(0.9):
		out.State = "duplicate"
	case s.chance(open):
		out.Status, out.State = geo.ReportOpen, pickState(s, openStates[:])
	default:
		out.State = pickState(s, closedStates[:])
	}
	steps := r.durations(s, dueDays, out)
	sum := 0.0
	for _, h := range steps {
		sum += h
	}
	if left := end.Sub(received).Hours(); sum > 0.98*left { // it went faster than others
		for i := range steps {
			steps[i] *= 0.98 * left / sum
		}
	}
	out.Times.Received = received
	out.Times.Due = received.AddDate(0, 0, dueDays)
	run(out, steps)
}

// steps of a report after receipt.
const (
	toDispatched = iota
	toAccepted
	toDone
	toReplied
	toCalledBack
	stepCount
)

// durations draws how many hours each step takes, and counts what took longer.
func (r *Reports) durations(s *stream, dueDays int, out *geo.Report) (steps [stepCount]float64) {
	steps[toDispatched] = 0.1 + 5*s.exponential()
	steps[toAccepted] = 0.1 + 7*s.exponential()
	// Half are done within 40 % of the time, one in eight too late.
	steps[toDone] = 24 * float64(dueDays) * 0.4 * math.Exp(0.8*s.normal())
	for s.chance(0.07) && out.Handover < 6 && out.State != "received" {
		out.Handover++
		steps[toAccepted] += 10 + 20*s.exponential()
	}
	if out.Status == geo.ReportClosed && out.State == "fixed" {
		for s.chance(0.05) && out.Redo < 5 {
			out.Redo++
			steps[toDone] += 24 * (1 + 4*s.exponential())
		}
	}
	steps[toReplied] = 0.2 + 10*s.exponential()
	if s.chance(0.6) {
		steps[toCalledBack] = 1 + 48*s.exponential()
	}
	return steps
}

// run sets the times of the steps that a report in its state has gone through.
func run(out *geo.Report, steps [stepCount]float64) {
	t := out.Times.Received
	next := func(step int) time.Time {
		t = t.Add(time.Duration(steps[step]*3600) * time.Second)
		return t
	}
	times := &out.Times
	switch out.State {
	case "received":
		return
	case "cancelled":
		times.Closed = next(toDispatched)
		return
	}
	times.Dispatched = next(toDispatched)
	if out.State == "dispatched" {
		return
	}
	times.Accepted = next(toAccepted)
	if out.Status == geo.ReportOpen {
		return
	}
	times.Done = next(toDone)
	times.Replied = next(toReplied)
	if steps[toCalledBack] > 0 {
		times.CalledBack = next(toCalledBack)
	}
	times.Closed = t
}
