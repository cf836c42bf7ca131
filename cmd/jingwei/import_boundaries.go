package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"jingwei/geo"
	"jingwei/geo/boundary"
	"jingwei/geo/crs"
	"jingwei/geo/postgis"
	"jingwei/geo/topology"
)

type importBoundariesCommand struct {
	where
	File         string `arg:"" help:"GeoJSON file, plain or gzip." type:"existingfile"`
	Level        string `help:"Level of the polygons; not needed for lines." enum:"province,prefecture,county,township,village," default:"" env:"JINGWEI_LEVEL"`
	Name         string `help:"Name of the boundary set; another file of the same name adds to it." required:"" env:"JINGWEI_NAME"`
	Source       string `help:"Where the boundaries come from, as maps show it." required:"" env:"JINGWEI_SOURCE"`
	ReviewNumber string `name:"review-number" help:"审图号, as maps show it; empty when there is none." required:"" env:"JINGWEI_REVIEW_NUMBER"`
	Edition      string `help:"Edition or date of the boundaries." required:"" env:"JINGWEI_EDITION"`
	CRS          string `name:"crs" help:"System of the coordinates: EPSG:4490 (CGCS2000), EPSG:4326, gcj02, bd09; the last two are converted." required:"" env:"JINGWEI_CRS"`
	Licence      string `help:"Terms of use." required:"" env:"JINGWEI_LICENCE"`
	Default      bool   `help:"Draw this set on maps from now on." env:"JINGWEI_DEFAULT"`
	Illustrative bool   `help:"示意: the shapes depict no real boundaries." env:"JINGWEI_ILLUSTRATIVE"`
	CodeProperty string `name:"code-property" help:"Property that holds the code of the division." env:"JINGWEI_CODE_PROPERTY" placeholder:"NAME"`
	DryRun       bool   `name:"dry-run" help:"Write nothing, say what would be done." env:"JINGWEI_DRY_RUN"`
}

// Run reads the file before it opens the database, so that a wrong file costs nothing.
func (i *importBoundariesCommand) Run(ctx context.Context, c *console) error {
	began := time.Now()
	file, err := i.read()
	if err != nil {
		return err
	}
	d, err := joinDatabase(ctx, i.where, c.log)
	if err != nil {
		return err
	}
	report := &boundaryReport{Set: i.Name, Level: i.Level, DryRun: i.DryRun, Read: file.Read, Refusals: file.Refused}
	if err := errors.Join(i.load(ctx, d, c, file, report), d.Close()); err != nil {
		return err
	}
	report.Seconds = time.Since(began).Seconds()
	if err := report.write(c); err != nil {
		return err
	}
	if report.Refused > 0 {
		return fmt.Errorf("%d of %d features were refused: %w", report.Refused, report.Read, errPartlyRefused)
	}
	return nil
}

func (i *importBoundariesCommand) read() (*boundary.File, error) {
	system, err := crs.Parse("crs", i.CRS)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(i.File)
	if err != nil {
		return nil, fmt.Errorf("boundaries: %w", err)
	}
	defer f.Close()
	file, err := boundary.Read(f, boundary.Options{Level: levelNamed(i.Level), System: system, CodeProperty: i.CodeProperty})
	if err != nil {
		return nil, fmt.Errorf("boundaries: %w", err)
	}
	if len(file.Units) == 0 && len(file.Lines) == 0 {
		reason := "it has no features"
		if len(file.Refused) > 0 {
			reason = file.Refused[0].String()
		}
		return nil, geo.Invalid("file", "nothing in it can be taken: %s", reason)
	}
	return file, nil
}

// levelNamed returns 0 for no level.
func levelNamed(name string) geo.DivisionLevel {
	for l := geo.Province; l <= geo.Village; l++ {
		if l.String() == name {
			return l
		}
	}
	return 0
}

func (i *importBoundariesCommand) set() geo.BoundarySet {
	return geo.BoundarySet{Name: i.Name, Source: i.Source, ReviewNumber: i.ReviewNumber, Edition: i.Edition, CRS: i.CRS,
		Licence: i.Licence, Illustrative: i.Illustrative, Default: i.Default}
}

// load repairs, checks, simplifies and writes.
func (i *importBoundariesCommand) load(ctx context.Context, d *database, c *console, file *boundary.File, report *boundaryReport) error {
	level := levelNamed(i.Level)
	units, err := repaired(ctx, d, file.Units, report)
	if err != nil {
		return err
	}
	if err := i.checkShift(ctx, d, level, units); err != nil {
		return err
	}
	if err := findUnmatched(ctx, d, level, units, report); err != nil {
		return err
	}
	shapes, overlaps := bandedShapes(level, units)
	report.Overlapping = overlaps
	p := newProgress(c, "boundaries")
	tally, err := d.LoadBoundaries(ctx, postgis.Boundaries{Set: i.set(), Shapes: shapes, Lines: file.Lines, DryRun: i.DryRun}, p.update)
	if err != nil {
		return err
	}
	p.done()
	report.take(tally)
	return i.warn(ctx, d, file, report)
}

// repaired returns the units with valid shapes; what was not valid is listed, what has no area left is refused.
func repaired(ctx context.Context, d *database, units []boundary.Unit, report *boundaryReport) ([]boundary.Unit, error) {
	texts := make([][]byte, len(units))
	for i, u := range units {
		texts[i] = u.Shape.AppendGeoJSON(nil)
	}
	repairs, err := d.RepairShapes(ctx, texts)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(units)
	for _, r := range repairs {
		u := &out[r.Index]
		u.Shape = nil
		if r.GeoJSON == nil {
			report.Refusals = append(report.Refusals, boundary.Refusal{Feature: u.Feature, Code: u.Code.String(), Reason: "no area: " + r.Reason})
			continue
		}
		if u.Shape, err = geo.ParseMultiPolygon(r.GeoJSON); err != nil {
			return nil, fmt.Errorf("repaired shape of %s: %w", u.Code, err)
		}
		report.Repaired = append(report.Repaired, repairedUnit{namedUnit{u.Code.String(), u.Name}, r.Reason})
	}
	return slices.DeleteFunc(out, func(u boundary.Unit) bool { return u.Shape == nil }), nil
}

// checkShift refuses a set that stands in another system than it is said to: only real boundaries can tell.
func (i *importBoundariesCommand) checkShift(ctx context.Context, d *database, level geo.DivisionLevel, units []boundary.Unit) error {
	if i.Illustrative || len(units) == 0 {
		return nil
	}
	centres, err := d.BoundaryCentres(ctx, level)
	if err != nil {
		return err
	}
	if shift := boundary.FindShift(units, centres); shift != nil {
		return fmt.Errorf("boundaries of %s: %w", i.File, shift)
	}
	return nil
}

func findUnmatched(ctx context.Context, d *database, level geo.DivisionLevel, units []boundary.Unit, report *boundaryReport) error {
	names := make(map[geo.DivisionCode]string, len(units))
	codes := make([]geo.DivisionCode, len(units))
	for i, u := range units {
		codes[i], names[u.Code] = u.Code, u.Name
	}
	unmatched, err := d.UnmatchedBoundaries(ctx, level, codes, geo.DayOf(time.Now()))
	if err != nil {
		return err
	}
	for _, code := range unmatched {
		report.Unmatched = append(report.Unmatched, namedUnit{code.String(), names[code]})
	}
	return nil
}

// bandedShapes simplifies units of a level together, so that neighbours keep one border at every zoom. It returns also
// the pairs of units that claim the same ground.
func bandedShapes(level geo.DivisionLevel, units []boundary.Unit) ([]postgis.Shape, [][2]namedUnit) {
	polygons := make([]geo.MultiPolygon, len(units))
	for i, u := range units {
		polygons[i] = u.Shape
	}
	simplified, conflicts := topology.Simplified(polygons)
	var shapes []postgis.Shape
	for i, bands := range simplified {
		for _, s := range bands {
			shapes = append(shapes, postgis.Shape{Code: units[i].Code, Level: level, MinZoom: s.MinZoom, MaxZoom: s.MaxZoom,
				Name: units[i].Name, GeoJSON: s.Polygons.AppendGeoJSON(nil)})
		}
	}
	var overlaps [][2]namedUnit
	for _, pair := range conflicts {
		a, b := units[pair[0]], units[pair[1]]
		overlaps = append(overlaps, [2]namedUnit{{a.Code.String(), a.Name}, {b.Code.String(), b.Name}})
	}
	return shapes, overlaps
}

// wholeCountry is how many provinces a set must hold to count as a map of China.
const wholeCountry = 30

// warn says what is still missing for a map.
func (i *importBoundariesCommand) warn(ctx context.Context, d *database, file *boundary.File, report *boundaryReport) error {
	sets, err := d.BoundarySets(ctx)
	if err != nil {
		return err
	}
	own := slices.IndexFunc(sets, func(b geo.BoundarySet) bool { return b.Name == i.Name })
	incomplete := own >= 0 && sets[own].Incomplete
	if own < 0 { // a dry run of a new set
		provinces := map[geo.DivisionCode]bool{}
		for _, u := range file.Units {
			provinces[u.Code/1e10] = true
		}
		incomplete = !i.Illustrative && len(provinces) >= wholeCountry &&
			!slices.ContainsFunc(file.Lines, func(l geo.BoundaryLine) bool { return l.Kind == geo.LineSouthChinaSea })
	}
	if incomplete {
		report.Incomplete = true
		report.Warnings = append(report.Warnings, "a map of all of China needs the line in the South China Sea (南海断续线): import the file of lines into the set "+i.Name)
	}
	if !i.Default && !slices.ContainsFunc(sets, func(b geo.BoundarySet) bool { return b.Default }) {
		report.Warnings = append(report.Warnings, "no boundary set is the default, so maps draw none: import with --default")
	}
	return nil
}
