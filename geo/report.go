package geo

import "time"

// Status of a report: whether anybody still has to do something about it.
const (
	ReportOpen   = "open"
	ReportClosed = "closed"
)

// Visibility of a report. What is restricted appears in no public layer, whatever its category.
const (
	VisibilityPublic     = "public"
	VisibilityRestricted = "restricted"
)

// Report is a social-condition report 社情民意: what somebody observed at a place. Who sent it is not part of it.
type Report struct {
	ID           ID
	Version      int32  // counts writes from 1
	Category     string // table report_category
	Text         string
	At           Position // where the matter is, exactly; the public sees Generalise(At)
	AccuracyM    float64  // metres; 0 for unknown
	Division     DivisionCode
	Grid         ID     // 0 for none
	Organization ID     // responsible for it; 0 for nobody yet
	State        string // code list report_state: the step it has reached
	Status       string // ReportOpen or ReportClosed
	Visibility   string
	Channel      string // code list report_channel: web, phone ...
	DuplicateOf  ID     // 0 for none
	Times        ReportTimes
	Redo         int32 // how often it was sent back to be done again
	Handover     int32 // how often it went from one organization to another
}

// ReportTimes are the times of the steps of a report; the zero time is a step not reached.
type ReportTimes struct {
	Received   time.Time // 受理
	Dispatched time.Time // 转办
	Accepted   time.Time // 签收
	Done       time.Time // 办结
	Replied    time.Time // 回复
	CalledBack time.Time // 回访
	Closed     time.Time
	Due        time.Time
}

// generalStep is the side of the cells that the public sees reports in: 0.005 degrees, about 500 m.
const generalStep = 50_000

// Generalise returns the centre of the cell of 0.005 degrees that p lies in (about 500 m from north to south, less from
// east to west): where the public sees a report. Equal cells give equal points, so that repeated questions tell no more.
func Generalise(p Position) Position {
	return Position{Lon: centre(p.Lon, 180), Lat: centre(p.Lat, 90)}
}

// centre returns the middle of the step that v lies in; the edge of the world at end degrees belongs to the last one.
func centre(v, end int32) int32 {
	v = min(v, end*1e7-1)
	low := v - ((v%generalStep)+generalStep)%generalStep
	return low + generalStep/2
}

// ReportCategory is a category of reports: data in the database, which operators may extend.
type ReportCategory struct {
	Code      string
	Zh, En    string // what people are shown
	Sensitive bool   // its reports appear in no public layer
	DueDays   int    // days from receipt until a report is due
}
