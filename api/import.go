package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Imports brings organizations from files into the register.
type Imports interface {
	// Upload takes a file in and tells what it was found to be; confirm is called when all of it has come.
	Upload(ctx context.Context, ask geo.ImportAsk, name string, body io.Reader, given geo.ImportMapping, confirm func() error) (geo.ImportJob, error)
	Map(ctx context.Context, ask geo.ImportAsk, id geo.ID, m geo.ImportMapping) (geo.ImportJob, error)
	// Corrected writes a workbook with the rows that were refused.
	Corrected(ctx context.Context, j geo.ImportJob, words geo.CorrectedWords, w io.Writer) error

	Import(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error)
	Imports(ctx context.Context, ask geo.ImportAsk, before geo.ID, limit int) ([]geo.ImportJob, error)
	StartImport(ctx context.Context, ask geo.ImportAsk, id geo.ID, state string) (geo.ImportJob, error)
	PauseImport(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error)
	DeleteImport(ctx context.Context, ask geo.ImportAsk, id geo.ID) error
	ImportFaults(ctx context.Context, id geo.ID, q geo.ImportFaultQuery) ([]geo.ImportFault, error)
	ImportPoints(ctx context.Context, id geo.ID, limit int) ([]geo.ImportPoint, error)
	ImportKept(ctx context.Context, ask geo.ImportAsk, id geo.ID, limit int) ([]geo.ImportKept, error)
}

const (
	pathImports = "/api/imports"
	// longTime is how long a file may take to come or to go.
	longTime = 10 * time.Minute
	// mostUploads is how many files come in at once, one of each account; each takes a place on the disk.
	mostUploads = 4

	importPage  = 20
	mostImports = 100
	faultPage   = 100
	mostFaults  = 1000
	mostKept    = 1000
	mostPoints  = 5000
)

// importRoutes are about organizations from files.
func (s *Server) importRoutes() {
	e := s.echo
	s.get(pathImports, s.listImports, s.admit, s.known)
	e.POST(pathImports, s.createImport, s.limitUploads)
	s.get(pathImports+"/:id", s.getImport, s.admit, s.known)
	e.DELETE(pathImports+"/:id", s.deleteImport, s.admit, s.known)
	e.PUT(pathImports+"/:id/mapping", s.mapImport, s.admit, s.known)
	e.POST(pathImports+"/:id/check", s.startImport(geo.ImportChecking), s.admit, s.known)
	e.POST(pathImports+"/:id/run", s.startImport(geo.ImportRunning), s.admit, s.known)
	e.POST(pathImports+"/:id/resume", s.startImport(geo.ImportRunning), s.admit, s.known)
	e.POST(pathImports+"/:id/undo", s.startImport(geo.ImportUndoing), s.admit, s.known)
	e.POST(pathImports+"/:id/pause", s.pauseImport, s.admit, s.known)
	s.get(pathImports+"/:id/errors", s.listImportFaults, s.admit, s.known)
	s.get(pathImports+"/:id/kept", s.listImportKept, s.admit, s.known)
	s.get(pathImports+"/:id/preview", s.previewImport, s.admit, s.known)
	s.get(pathImports+"/:id/corrected.xlsx", s.correctImport, s.admit, s.known)
}

// isLong reports whether a request brings or fetches a file.
func isLong(c echo.Context) bool {
	return c.Path() == pathImports && c.Request().Method == http.MethodPost || c.Path() == pathImports+"/:id/corrected.xlsx"
}

// limitUploads lets so many files come in at once, of those who may bring some, and of each of them so many.
func (s *Server) limitUploads(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.caller(c).Known() {
			return request.ErrUnauthorized
		}
		if _, err := s.importWriter(c); err != nil {
			return err
		}
		who := s.keyOf(c)
		switch s.uploads.claim(who) {
		case full:
			return &geo.Error{Kind: geo.ErrUnavailable, Message: "several files are coming in at this moment; try again in a few seconds"}
		case shareTaken:
			c.Response().Header().Set("Retry-After", "5")
			return &geo.Error{Kind: errTooMany, Field: "file", Message: "another file of yours is coming in: wait until it is there"}
		}
		defer s.uploads.free(who)
		return next(c)
	}
}

// importColumn is what is known of a column of a file.
type importColumn struct {
	Header  string           `json:"header"`
	Field   *geo.ImportField `json:"field"`
	Samples []string         `json:"samples"`
}

// importMapping is the JSON of how a file is understood.
type importMapping struct {
	Sheet         string             `json:"sheet"`
	HeaderRow     int                `json:"header_row"`
	Encoding      string             `json:"encoding"`
	Delimiter     string             `json:"delimiter"`
	Columns       []*geo.ImportField `json:"columns"`
	CRS           string             `json:"crs"`
	AccuracyM     float64            `json:"accuracy_m"`
	Superior      *geo.ID            `json:"superior"`
	Kind          string             `json:"kind"`
	Clear         bool               `json:"clear"`
	AcceptOutside bool               `json:"accept_outside"`
}

// importProgress tells how far the present step is.
type importProgress struct {
	Phase string `json:"phase"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// importJob is the JSON of an import.
type importJob struct {
	ID         geo.ID            `json:"id"`
	State      string            `json:"state"`
	Pausing    bool              `json:"pausing"`
	FileName   string            `json:"file_name"`
	FileSize   int64             `json:"file_size"`
	Author     string            `json:"author"`
	CreatedAt  time.Time         `json:"created_at"`
	UpdatedAt  time.Time         `json:"updated_at"`
	Format     string            `json:"format"`
	Sheets     []geo.ImportSheet `json:"sheets"`
	Columns    []importColumn    `json:"columns"`
	Mapping    importMapping     `json:"mapping"`
	Remembered bool              `json:"remembered"`
	Counts     geo.ImportCounts  `json:"counts"`
	Faults     map[string]int    `json:"faults"`
	Progress   importProgress    `json:"progress"`
	Undoable   bool              `json:"undoable"`
	Failure    string            `json:"failure"`
}

func optionalField(f geo.ImportField) *geo.ImportField {
	if f == "" {
		return nil
	}
	return &f
}

func importJobOf(j geo.ImportJob) importJob {
	m := j.Mapping
	out := importJob{
		ID: j.ID, State: j.State, Pausing: j.Pausing, FileName: j.FileName, FileSize: j.FileSize, Author: j.Author, CreatedAt: j.CreatedAt.UTC(), UpdatedAt: j.UpdatedAt.UTC(),
		Format: j.Recognition.Format, Sheets: items(j.Recognition.Sheets, func(s geo.ImportSheet) geo.ImportSheet { return s }), Columns: []importColumn{},
		Mapping: importMapping{Sheet: m.Sheet, HeaderRow: m.HeaderRow, Encoding: m.Encoding, Delimiter: m.Delimiter, Columns: items(m.Columns, optionalField),
			CRS: m.CRS, AccuracyM: m.AccuracyM, Superior: optionalID(m.Superior), Kind: m.Kind, Clear: m.Clear, AcceptOutside: m.AcceptOutside},
		Remembered: j.Remembered, Counts: j.Counts, Faults: j.Faults, Progress: importProgress{j.Phase, j.Done, j.Total},
		Undoable: j.Undoable(), Failure: j.Failure,
	}
	for i, header := range j.Recognition.Headers {
		column := importColumn{Header: header, Samples: []string{}}
		if i < len(m.Columns) {
			column.Field = optionalField(m.Columns[i])
		}
		for _, row := range j.Recognition.Samples {
			if i < len(row) {
				column.Samples = append(column.Samples, row[i])
			} else {
				column.Samples = append(column.Samples, "")
			}
		}
		out.Columns = append(out.Columns, column)
	}
	return out
}

// importAsk is who asks, and where they may write.
func (s *Server) importAsk(c echo.Context) geo.ImportAsk {
	u := s.caller(c)
	see, in := s.reach(c)
	offices := u.Scope(geo.ActionReadAccount, s.today())
	return geo.ImportAsk{Account: u.Account, Name: u.Name, All: offices.All, Offices: offices, See: see, In: in}
}

// importWriter is importAsk for a change, which somebody who may write nowhere does not make.
func (s *Server) importWriter(c echo.Context) (geo.ImportAsk, error) {
	ask := s.importAsk(c)
	if ask.In.Empty() {
		return ask, &geo.Error{Kind: geo.ErrForbidden, Message: "you may not register organizations"}
	}
	return ask, nil
}

// createImport takes a file. The request is looked at before its body comes, and once more when all of it has: see renew.
func (s *Server) createImport(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "filename", "crs", "superior")
	name, given := q.Text("filename", 300), geo.ImportMapping{CRS: q.Text("crs", 40), Superior: q.ID("superior")}
	if err := q.Err(); err != nil {
		return err
	}
	body, named, err := fileOf(c.Request())
	if err != nil {
		return err
	}
	if name == "" {
		name = named
	}
	confirm := func() error {
		u, err := s.identify(c.Request())
		if err != nil {
			return err
		}
		if err := setCaller(c, u); err != nil {
			return err
		}
		_, err = s.importWriter(c)
		return err
	}
	j, err := s.config.Imports.Upload(c.Request().Context(), s.importAsk(c), name, body, given, confirm)
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		err = &geo.Error{Kind: geo.ErrTooLarge, Field: "file", Message: fmt.Sprintf("the file is longer than %d MB", geo.MaxImportFile>>20)}
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.prefix+pathImports+"/"+j.ID.String())
	return writePrivate(c, http.StatusCreated, importJobOf(j))
}

// fileOf finds the file in a request: the part "file" of a form, or the body as it is.
func fileOf(r *http.Request) (io.Reader, string, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind == "application/json" {
		return nil, "", &geo.Error{Kind: request.ErrMediaType, Field: "Content-Type", Message: "send the file as multipart/form-data, or as application/octet-stream with its name in ?filename="}
	}
	if kind != "multipart/form-data" {
		return r.Body, "", nil
	}
	form := multipart.NewReader(r.Body, parameters["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, "", geo.Invalid("file", "the form has no part with the name file")
		}
		if part.FormName() == "file" {
			return io.MultiReader(part, rest{r.Body}), part.FileName(), nil
		}
	}
}

func (s *Server) listImports(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "limit", "cursor")
	limit, before := q.Limit("limit", importPage, mostImports), q.ID("cursor")
	if err := q.Err(); err != nil {
		return err
	}
	jobs, err := s.config.Imports.Imports(c.Request().Context(), s.importAsk(c), before, limit+1)
	if err != nil {
		return err
	}
	return writePage(s, c, jobs, limit, func(j geo.ImportJob) string { return j.ID.String() }, importJobOf)
}

// readImport reads which import a request is about. That somebody looks at another's is told in the audit.
func (s *Server) readImport(c echo.Context) (geo.ImportJob, error) {
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return geo.ImportJob{}, err
	}
	ask := s.importAsk(c)
	j, err := s.config.Imports.Import(c.Request().Context(), ask, id)
	if err != nil || ask.Account == j.Account {
		return j, err
	}
	return j, s.viewed(c, geo.ActionReadOrganization, geo.AuditObject{Kind: "import", ID: id})
}

func (s *Server) getImport(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	j, err := s.readImport(c)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, importJobOf(j))
}

// changedImport reads which import a change is about, lets change make it, and answers with the import.
func (s *Server) changedImport(c echo.Context, change func(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error)) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return err
	}
	ask := s.importAsk(c)
	if _, err := s.config.Imports.Import(c.Request().Context(), ask, id); err != nil { // what one does not see is not there
		return err
	}
	if ask, err = s.importWriter(c); err != nil {
		return err
	}
	j, err := change(c.Request().Context(), ask, id)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, importJobOf(j))
}

func (s *Server) startImport(state string) echo.HandlerFunc {
	return func(c echo.Context) error {
		return s.changedImport(c, func(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error) {
			return s.config.Imports.StartImport(ctx, ask, id, state)
		})
	}
}

func (s *Server) pauseImport(c echo.Context) error {
	return s.changedImport(c, s.config.Imports.PauseImport)
}

func (s *Server) deleteImport(c echo.Context) error {
	id, err := geo.ParseID("id", c.Param("id"))
	if err != nil {
		return err
	}
	ask := s.importAsk(c)
	if _, err := s.config.Imports.Import(c.Request().Context(), ask, id); err != nil {
		return err
	}
	if ask, err = s.importWriter(c); err != nil {
		return err
	}
	if err := s.config.Imports.DeleteImport(c.Request().Context(), ask, id); err != nil {
		return err
	}
	return noContent(c)
}

func (s *Server) mapImport(c echo.Context) error {
	o := request.ReadObject(c.Request(), "sheet", "header_row", "encoding", "delimiter", "columns", "crs", "accuracy_m", "superior", "kind", "clear", "accept_outside")
	m := geo.ImportMapping{
		Sheet: o.Text("sheet", ""), HeaderRow: o.Int("header_row", 0, 0, geo.MaxImportRows), Encoding: o.Text("encoding", ""), Delimiter: o.Verbatim("delimiter", 1),
		CRS: o.Text("crs", ""), AccuracyM: o.Number("accuracy_m", 0), Superior: o.ID("superior"), Kind: o.Text("kind", ""), Clear: o.Bool("clear", false), AcceptOutside: o.Bool("accept_outside", false),
	}
	for _, text := range o.OptionalTexts("columns") {
		m.Columns = append(m.Columns, geo.ImportField(text))
	}
	if err := o.Err(); err != nil {
		return err
	}
	return s.changedImport(c, func(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error) {
		return s.config.Imports.Map(ctx, ask, id, m)
	})
}

// importFault is the JSON of what is wrong with a cell.
type importFault struct {
	Row     int              `json:"row"`
	Column  *int             `json:"column"`
	Header  string           `json:"header"`
	Field   *geo.ImportField `json:"field"`
	Value   string           `json:"value"`
	Reason  string           `json:"reason"`
	Detail  string           `json:"detail"`
	Message string           `json:"message"`
	Warning bool             `json:"warning"`
}

func (s *Server) listImportFaults(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "reason", "offset", "limit")
	ask := geo.ImportFaultQuery{Reason: q.Text("reason", 40), Limit: q.Limit("limit", faultPage, mostFaults), Offset: q.Offset("offset", geo.MaxImportRows*10)}
	if err := q.Err(); err != nil {
		return err
	}
	j, err := s.readImport(c)
	if err != nil {
		return err
	}
	faults, err := s.config.Imports.ImportFaults(c.Request().Context(), j.ID, ask)
	if err != nil {
		return err
	}
	matched := 0
	for reason, n := range j.Faults {
		if ask.Reason == "" || ask.Reason == reason {
			matched += n
		}
	}
	return writePrivate(c, http.StatusOK, struct {
		Items         []importFault `json:"items"`
		NumberMatched int           `json:"numberMatched"`
	}{items(faults, func(f geo.ImportFault) importFault {
		out := importFault{Row: f.Row, Field: optionalField(f.Field), Value: f.Value, Reason: f.Reason, Detail: f.Detail, Message: f.Sentence(), Warning: f.Warning}
		if f.Column > 0 {
			out.Column = &f.Column
		}
		if 0 < f.Column && f.Column <= len(j.Recognition.Headers) {
			out.Header = j.Recognition.Headers[f.Column-1]
		}
		return out
	}), matched})
}

// importKept is the JSON of an organization that an undo left as it is.
type importKept struct {
	Organization reference `json:"organization"`
	Reason       string    `json:"reason"`
}

func (s *Server) listImportKept(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	j, err := s.readImport(c)
	if err != nil {
		return err
	}
	kept, err := s.config.Imports.ImportKept(c.Request().Context(), s.importAsk(c), j.ID, mostKept)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, itemList[importKept]{items(kept, func(k geo.ImportKept) importKept {
		return importKept{reference{k.Organization, k.Name}, k.Reason}
	})})
}

// importPoint is a row on the map.
type importPoint struct {
	Type     string `json:"type"`
	ID       int    `json:"id"` // the row
	Geometry struct {
		Type        string      `json:"type"`
		Coordinates coordinates `json:"coordinates"`
	} `json:"geometry"`
	Properties struct {
		Row   int    `json:"row"`
		Name  string `json:"name"`
		State string `json:"state"`
	} `json:"properties"`
}

func importPointOf(p geo.ImportPoint) importPoint {
	out := importPoint{Type: "Feature", ID: p.Row}
	out.Geometry.Type, out.Geometry.Coordinates = "Point", coordinatesOf(p.At)
	out.Properties.Row, out.Properties.Name, out.Properties.State = p.Row, p.Name, "good"
	switch {
	case p.Refused:
		out.Properties.State = "refused"
	case p.Warned:
		out.Properties.State = "warned"
	}
	return out
}

func (s *Server) previewImport(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "limit")
	limit := q.Limit("limit", mostPoints, mostPoints)
	if err := q.Err(); err != nil {
		return err
	}
	j, err := s.readImport(c)
	if err != nil {
		return err
	}
	points, err := s.config.Imports.ImportPoints(c.Request().Context(), j.ID, limit)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, struct {
		Type     string        `json:"type"`
		Features []importPoint `json:"features"`
	}{"FeatureCollection", items(points, importPointOf)})
}

// correctImport answers with the rows that were refused. It is written while it is read: a fault in the middle breaks it off.
func (s *Server) correctImport(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "lang")
	english := q.Has("lang") && q.Choice("lang", "zh", "en") == 1
	if err := q.Err(); err != nil {
		return err
	}
	j, err := s.readImport(c)
	if err != nil {
		return err
	}
	if j.Counts.Refused == 0 {
		return geo.NotFound("no row of this import was refused")
	}
	words := geo.CorrectedWords{Sheet: "退回的行", Row: "原行号", Reasons: "退回原因", Sentence: geo.ImportFault.Chinese}
	if english {
		words = geo.CorrectedWords{Sheet: "Refused rows", Row: "Row in the file", Reasons: "Reasons", Sentence: geo.ImportFault.Sentence}
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="import-%d-corrected.xlsx"`, j.ID))
	return s.config.Imports.Corrected(c.Request().Context(), j, words, c.Response())
}
