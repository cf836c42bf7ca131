package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// Store keeps imports; postgis.Store is one.
type Store interface {
	CreateImport(ctx context.Context, ask geo.ImportAsk, j geo.ImportJob, remember bool, file io.Reader) (geo.ImportJob, error)
	Import(ctx context.Context, ask geo.ImportAsk, id geo.ID) (geo.ImportJob, error)
	WriteImportFile(ctx context.Context, id geo.ID, w io.Writer) error
	MapImport(ctx context.Context, ask geo.ImportAsk, j geo.ImportJob) (geo.ImportJob, error)
	RememberedMappings(ctx context.Context, account geo.ID, headers []string) ([]geo.RememberedMapping, error)
	ImportFaults(ctx context.Context, id geo.ID, q geo.ImportFaultQuery) ([]geo.ImportFault, error)
	Codes(ctx context.Context, list string) ([]geo.Code, error)
}

// Desk takes files in, from any number of people at once, and works on one import at a time.
type Desk struct {
	store    Store
	failures map[geo.ID]int // of work on imports, one after the other
}

// New returns a desk on a store.
func New(s Store) *Desk { return &Desk{store: s, failures: map[geo.ID]int{}} }

// spool is a file that is read in any order, and gone when it is closed.
type spool struct {
	*os.File
	size int64
}

// newSpool keeps what fill writes in a file that nobody else sees.
func newSpool(fill func(w io.Writer) error) (*spool, error) {
	f, err := os.CreateTemp("", "jingwei-import-*")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s := &spool{File: f}
	err = errors.Join(os.Remove(f.Name()), fill(f))
	if err == nil {
		s.size, err = f.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// Upload takes a file in and tells what it was found to be. Its mapping is that of the last file of the committee with such headers,
// else what the headers say; what given says of it holds, and is remembered. A file that is no table is geo.ErrInvalid, one beyond the limits geo.ErrTooLarge.
// confirm is called when all of the file has come, before it is kept.
func (d *Desk) Upload(ctx context.Context, ask geo.ImportAsk, name string, body io.Reader, given geo.ImportMapping, confirm func() error) (geo.ImportJob, error) {
	file, err := newSpool(func(w io.Writer) error {
		n, err := io.Copy(w, io.LimitReader(body, geo.MaxImportFile+1))
		if err == nil && n > geo.MaxImportFile {
			err = &geo.Error{Kind: geo.ErrTooLarge, Field: "file", Message: fmt.Sprintf("the file is longer than %d MB", geo.MaxImportFile>>20)}
		}
		return err
	})
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("upload: %w", err)
	}
	defer file.Close()
	opened, err := intake.OpenFile(ctx, file, file.size)
	if err != nil {
		return geo.ImportJob{}, fmt.Errorf("upload: %w", err)
	}
	defer opened.Close()
	j := geo.ImportJob{FileName: fileName(name), FileSize: file.size}
	if err := d.recognize(ctx, ask, opened, &j, given); err != nil {
		return geo.ImportJob{}, fmt.Errorf("upload: %w", err)
	}
	if err := confirm(); err != nil {
		return geo.ImportJob{}, err
	}
	said := given.CRS != "" || given.Superior != 0
	remember := said && j.Mapping.Validate() == nil && d.checkCodes(ctx, &j.Mapping) == nil
	return d.store.CreateImport(ctx, ask, j, remember, io.NewSectionReader(file, 0, file.size))
}

func (d *Desk) recognize(ctx context.Context, ask geo.ImportAsk, file *intake.File, j *geo.ImportJob, given geo.ImportMapping) (err error) {
	if j.Recognition, j.Mapping, err = file.Recognize(given); err != nil {
		return err
	}
	j.Total = j.Recognition.Sheets[0].Rows
	if given.Columns != nil {
		return nil
	}
	list, err := d.store.RememberedMappings(ctx, ask.Account, j.Recognition.Headers)
	if err != nil {
		return err
	}
	known, ok := remembered(list, j.Recognition.Headers, j.Mapping)
	if !ok {
		return nil
	}
	// What loses or lets through is said anew of each file: Clear and AcceptOutside.
	j.Mapping.Columns, j.Mapping.Kind = known.Columns, known.Kind
	if given.CRS == "" {
		j.Mapping.CRS = known.CRS
	}
	if given.AccuracyM == 0 {
		j.Mapping.AccuracyM = known.AccuracyM
	}
	if given.Superior == 0 {
		j.Mapping.Superior = known.Superior
	}
	j.Remembered = true
	return nil
}

// remembered finds the mapping of the list that fits a file: that of the same headers, which is the first, else the one that tells most.
func remembered(list []geo.RememberedMapping, headers []string, found geo.ImportMapping) (best geo.ImportMapping, ok bool) {
	most := 0
	for i, m := range list {
		columns, fits := m.For(headers, found.Columns)
		if !fits {
			continue
		}
		m.Columns = columns
		if i == 0 && slices.Equal(m.Headers, headers) {
			return m.ImportMapping, true
		}
		if n := fields(columns); n > most {
			best, most = m.ImportMapping, n
		}
	}
	return best, most > 0
}

func fields(columns []geo.ImportField) int {
	return len(slices.DeleteFunc(slices.Clone(columns), func(f geo.ImportField) bool { return f == "" }))
}

// Map says how the file of an import is understood. Members that are zero are found out, as for Upload.
func (d *Desk) Map(ctx context.Context, ask geo.ImportAsk, id geo.ID, m geo.ImportMapping) (geo.ImportJob, error) {
	j, err := d.store.Import(ctx, ask, id)
	if err != nil {
		return j, err
	}
	opened, err := d.open(ctx, id)
	if err != nil {
		return j, fmt.Errorf("map import %d: %w", id, err)
	}
	defer opened.Close()
	if j.Recognition, j.Mapping, err = opened.Recognize(m); err != nil {
		return j, fmt.Errorf("map import %d: %w", id, err)
	}
	if m.Columns != nil { // nobody means a system that only a header names
		j.Mapping.CRS = m.CRS
	}
	if err := j.Mapping.Validate(); err != nil {
		return j, fmt.Errorf("map import %d: %w", id, err)
	}
	if err := d.checkCodes(ctx, &j.Mapping); err != nil {
		return j, fmt.Errorf("map import %d: %w", id, err)
	}
	return d.store.MapImport(ctx, ask, j)
}

// checkCodes refuses a kind or a coordinate system that does not exist.
func (d *Desk) checkCodes(ctx context.Context, m *geo.ImportMapping) error {
	codes, err := d.codes(ctx)
	if err != nil {
		return err
	}
	if _, err := intake.NewOrganizations(*m, codes); err != nil {
		return err
	}
	if m.Kind == "" {
		return nil
	}
	for _, k := range codes.Kinds {
		if k.Code == m.Kind {
			return nil
		}
	}
	return geo.Invalid("kind", "there is no kind of organization %q", m.Kind)
}

func (d *Desk) codes(ctx context.Context) (c intake.Codes, err error) {
	if c.Kinds, err = d.store.Codes(ctx, "organization_kind"); err != nil {
		return c, err
	}
	c.Levels, err = d.store.Codes(ctx, "organization_level")
	return c, err
}

// fetched is the file of an import, on the disk until it is closed.
type fetched struct {
	*intake.File
	spool *spool
}

// Close removes it.
func (f *fetched) Close() error { return errors.Join(f.File.Close(), f.spool.Close()) }

// open reads the file of an import from the store.
func (d *Desk) open(ctx context.Context, id geo.ID) (*fetched, error) {
	file, err := newSpool(func(w io.Writer) error { return d.store.WriteImportFile(ctx, id, w) })
	if err != nil {
		return nil, err
	}
	opened, err := intake.OpenFile(ctx, file, file.size)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &fetched{opened, file}, nil
}

// mostFileName is how many characters of a file's name are kept.
const mostFileName = 200

// fileName is the last part of a path, as it may be shown.
func fileName(path string) string {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "")))
	if len(runes) == 0 {
		return "import"
	}
	return string(runes[:min(len(runes), mostFileName)])
}
