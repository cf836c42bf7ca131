package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Page sizes of asks and tasks.
const (
	taskPage  = 50
	mostTasks = 500
)

// TaskStore asks organizations for what they have not told yet.
type TaskStore interface {
	AskOrganizations(ctx context.Context, in geo.Scope, a geo.Ask, author string, dry bool, now time.Time) (geo.AskOutcome, error)
	Asks(ctx context.Context, see geo.Scope, before geo.ID, limit int, today geo.Day) ([]geo.AskProgress, error)
	WithdrawAsk(ctx context.Context, see, in geo.Scope, id geo.ID, now time.Time) error
	Tasks(ctx context.Context, see geo.Scope, q geo.TaskQuery, today geo.Day) ([]geo.Task, error)
	AnswerTask(ctx context.Context, see, in geo.Scope, id geo.ID, state, reason, author string, now time.Time) (geo.Task, error)
	MonthBurden(ctx context.Context, see geo.Scope, organization geo.ID, month, today geo.Day) (geo.MonthBurden, error)
}

// burden is the JSON of how much is asked for.
type burden struct {
	Fields  int     `json:"fields"`
	Minutes float64 `json:"minutes"`
}

// skipped is the JSON of what is not asked for.
type skipped struct {
	Reason        string `json:"reason"`
	Organizations int    `json:"organizations"`
	Fields        int    `json:"fields"`
}

// askOutcome is the JSON of what became of an ask.
type askOutcome struct {
	ID      *geo.ID   `json:"id"`
	Chosen  int       `json:"chosen"`
	Tasks   int       `json:"tasks"`
	Burden  burden    `json:"burden"`
	Skipped []skipped `json:"skipped"`
}

// ask is the JSON of an ask with its progress.
type ask struct {
	ID          geo.ID      `json:"id"`
	Title       string      `json:"title"`
	Note        string      `json:"note"`
	Fields      []geo.Field `json:"fields"`
	Confirm     bool        `json:"confirm"`
	Due         *string     `json:"due"`
	Author      string      `json:"author"`
	CreatedAt   time.Time   `json:"created_at"`
	WithdrawnAt *time.Time  `json:"withdrawn_at"`
	Open        int         `json:"open"`
	Done        int         `json:"done"`
	Declined    int         `json:"declined"`
	Withdrawn   int         `json:"withdrawn"`
}

func askOf(a geo.AskProgress) ask {
	return ask{a.ID, a.Title, a.Note, a.Fields, a.Confirm, dueDay(a.Due), a.Author, a.CreatedAt.UTC(), optionalTime(a.Ended), a.Open, a.Done, a.Declined, a.Withdrawn}
}

// dueDay is null for no day.
func dueDay(d geo.Day) *string {
	if d == 0 {
		return nil
	}
	return optionalDay(d)
}

// task is the JSON of a task.
type task struct {
	ID           geo.ID           `json:"id"`
	Ask          geo.ID           `json:"ask"`
	Organization organizationName `json:"organization"`
	Division     string           `json:"division"`
	Title        string           `json:"title"`
	Note         string           `json:"note"`
	Fields       []geo.Field      `json:"fields"`
	Known        []geo.Field      `json:"known"`
	Minutes      float64          `json:"minutes"`
	Due          *string          `json:"due"`
	State        string           `json:"state"`
	Reason       string           `json:"reason"`
	Author       string           `json:"author"`
	CreatedAt    time.Time        `json:"created_at"`
	AnsweredBy   string           `json:"answered_by"`
	AnsweredAt   *time.Time       `json:"answered_at"`
}

func taskOf(t geo.Task) task {
	return task{t.ID, t.Ask, organizationName{t.Organization, t.Name}, t.Division.String(), t.Title, t.Note, t.Fields, t.Known, t.Minutes,
		dueDay(t.Due), t.State, t.Reason, t.Author, t.CreatedAt.UTC(), t.AnsweredBy, optionalTime(t.AnsweredAt)}
}

// seesTasks lets whoever may read organizations pass with a view of what they are asked for.
func (s *Server) seesTasks(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if see, _ := s.reach(c); see.Empty() {
			return &geo.Error{Kind: geo.ErrForbidden, Message: "tasks are for those who look after organizations"}
		}
		if err := s.viewed(c, geo.ActionReadOrganization, geo.AuditObject{Kind: "task"}); err != nil {
			return err
		}
		return next(c)
	}
}

// asks returns where the caller may ask.
func (s *Server) asks(c echo.Context) geo.Scope { return s.caller(c).Scope(geo.ActionAsk, s.today()) }

func (s *Server) createAsk(c echo.Context) error {
	o, err := readBody(c, "title", "note", "fields", "confirm", "due", "organizations", "within", "kinds", "dry_run")
	if err != nil {
		return err
	}
	a := geo.Ask{
		Title: o.Text("title", ""), Note: o.Verbatim("note", geo.MaxAskNote), Confirm: o.Bool("confirm", false), Due: o.Day("due", 0),
		Organizations: o.IDs("organizations"), Within: o.ID("within"), Kinds: o.Texts("kinds"),
	}
	for _, f := range o.Texts("fields") {
		a.Fields = append(a.Fields, geo.Field(f))
	}
	dry := o.Bool("dry_run", false)
	if err := o.Err(); err != nil {
		return err
	}
	in := s.asks(c)
	if in.Empty() {
		return &geo.Error{Kind: geo.ErrForbidden, Message: "you may not ask organizations for anything"}
	}
	out, err := s.config.Tasks.AskOrganizations(c.Request().Context(), in, a, s.caller(c).Name, dry, s.config.Now())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if out.ID != 0 {
		status = http.StatusCreated
	}
	return writePrivate(c, status, askOutcome{optionalID(out.ID), out.Chosen, out.Tasks, burden(out.Burden), items(out.Skipped, func(k geo.Skipped) skipped { return skipped(k) })})
}

func (s *Server) listAsks(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "limit", "cursor")
	limit, before := q.Limit("limit", taskPage, mostTasks), q.ID("cursor")
	if err := q.Err(); err != nil {
		return err
	}
	see, _ := s.reach(c)
	found, err := s.config.Tasks.Asks(c.Request().Context(), see, before, limit+1, s.today())
	if err != nil {
		return err
	}
	return writePage(s, c, found, limit, func(a geo.AskProgress) string { return a.ID.String() }, askOf)
}

func (s *Server) withdrawAsk(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	see, _ := s.reach(c)
	if err := s.config.Tasks.WithdrawAsk(c.Request().Context(), see, s.asks(c), id, s.config.Now()); err != nil {
		return err
	}
	return noContent(c)
}

func (s *Server) listTasks(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "state", "ask", "organization", "limit", "cursor")
	states := []string{geo.TaskOpen, geo.TaskDone, geo.TaskDeclined, geo.TaskWithdrawn}
	limit := q.Limit("limit", taskPage, mostTasks)
	query := geo.TaskQuery{Ask: q.ID("ask"), Organization: q.ID("organization"), After: q.ID("cursor"), Limit: limit + 1}
	if q.Has("state") {
		query.State = states[q.Choice("state", states...)]
	}
	if err := q.Err(); err != nil {
		return err
	}
	see, _ := s.reach(c)
	found, err := s.config.Tasks.Tasks(c.Request().Context(), see, query, s.today())
	if err != nil {
		return err
	}
	return writePage(s, c, found, limit, func(t geo.Task) string { return t.ID.String() }, taskOf)
}

func (s *Server) answerTask(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	o := request.ReadObject(c.Request(), "state", "reason")
	state, reason := o.Text("state", ""), o.Verbatim("reason", geo.MaxAskNote)
	if err := o.Err(); err != nil {
		return err
	}
	switch {
	case state != geo.TaskOpen && state != geo.TaskDone && state != geo.TaskDeclined:
		return geo.Invalid("state", "%q is not what a task can be brought to: done, declined, or open again", state)
	case state == geo.TaskDeclined && reason == "":
		return geo.Invalid("reason", "say why it cannot be answered")
	case state != geo.TaskDeclined && reason != "":
		return geo.Invalid("reason", "a reason belongs to what is declined")
	}
	see, in := s.reach(c)
	t, err := s.config.Tasks.AnswerTask(c.Request().Context(), see, in, id, state, reason, s.caller(c).Name, s.config.Now())
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, taskOf(t))
}

func (s *Server) getBurden(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "organization", "month")
	organization, month := q.ID("organization"), q.Day("month", s.today())
	if err := q.Err(); err != nil {
		return err
	}
	see, _ := s.reach(c)
	b, err := s.config.Tasks.MonthBurden(c.Request().Context(), see, organization, month, s.today())
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, struct {
		Month    string `json:"month"`
		Asked    int    `json:"asked"`
		All      burden `json:"all"`
		Most     burden `json:"most"`
		Budget   burden `json:"budget"`
		Answered int    `json:"answered"`
		Open     int    `json:"open"`
	}{month.String()[:7], b.Asked, burden{b.Fields, b.Minutes}, burden{b.MostField, b.MostMin}, burden(geo.BurdenBudget()), b.Answered, b.Open})
}
