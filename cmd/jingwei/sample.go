package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"jingwei/geo"
	"jingwei/geo/boundary"
	"jingwei/geo/postgis"
	"jingwei/testdata/sample"
)

type sampleCommands struct {
	Load sampleLoadCommand `cmd:"" help:"Load the sample. Loading it again changes nothing, but for organizations of the Zhejiang sample that were edited: they get its content back, as a new version. A load that was interrupted goes on where it was."`
}

type sampleLoadCommand struct {
	where
	Scale         string  `help:"zhejiang: real committees on illustrative cells. national: the real divisions of China with organizations, grids and reports that are made up." env:"JINGWEI_SCALE" enum:"zhejiang,national" default:"zhejiang"`
	Organizations *int    `help:"National scale: how many organizations (5250000)." env:"JINGWEI_ORGANIZATIONS" placeholder:"N"`
	Reports       *int    `help:"National scale: how many reports of a year (20000000)." env:"JINGWEI_REPORTS" placeholder:"M"`
	Seed          *uint32 `help:"National scale: what everything that is made up follows from (1)." env:"JINGWEI_SEED" placeholder:"S"`
}

// Run loads the sample into any database.
func (l *sampleLoadCommand) Run(ctx context.Context, c *console) error {
	if l.Scale == "national" {
		return l.loadNational(ctx, c)
	}
	if l.Organizations != nil || l.Reports != nil || l.Seed != nil {
		return geo.Invalid("scale", "--organizations, --reports and --seed are for --scale national: the sample of Zhejiang has one size")
	}
	d, err := joinDatabase(ctx, l.where, c.log)
	if err != nil {
		return err
	}
	return errors.Join(loadSample(ctx, d, c), d.Close())
}

// ensureSample loads the sample into a private database without divisions, so that the first look at the map is not
// at an empty one. A load that was interrupted, which a marker file tells, is taken up again; nobody can have edited
// anything in between, because the server answers only after it.
func (s *serveCommand) ensureSample(ctx context.Context, d *database, c *console) error {
	if d.cluster == nil || !s.Sample {
		return nil
	}
	marker := filepath.Join(s.DataDir, "sample-loading")
	_, err := os.Stat(marker)
	interrupted := err == nil
	provinces, err := d.DivisionChildren(ctx, 0, geo.DayOf(time.Now()))
	if err != nil || len(provinces) > 0 && !interrupted {
		return err
	}
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	if err := loadSample(ctx, d, c); err != nil {
		return err
	}
	return os.Remove(marker)
}

// loadSample writes divisions, their cells and the organizations.
func loadSample(ctx context.Context, d *database, c *console) error {
	began := time.Now()
	divisions, err := sample.Divisions()
	if err != nil {
		return err
	}
	cells, err := sample.Shapes()
	if err != nil {
		return err
	}
	shapes, err := storedShapes(cells)
	if err != nil {
		return err
	}
	organizations, err := sample.Organizations()
	if err != nil {
		return err
	}
	valid := geo.DayRange{From: divisions[0].Valid.From, To: geo.MaxDay}
	for _, part := range []struct {
		name string
		load func(postgis.Progress) (int, error)
	}{
		{"divisions", func(p postgis.Progress) (int, error) { return d.LoadDivisions(ctx, divisions, p) }},
		{"cells", func(p postgis.Progress) (int, error) {
			return d.LoadShapes(ctx, sample.BoundarySet(), shapes, p)
		}},
		{"organizations", func(p postgis.Progress) (int, error) {
			return d.LoadOrganizations(ctx, organizations, valid, "sample", p)
		}},
	} {
		p := newProgress(c, "sample: "+part.name)
		changed, err := part.load(p.update)
		if err != nil {
			return fmt.Errorf("sample: %s: %w", part.name, err)
		}
		p.done()
		c.log.Info("sample: "+part.name, "changed", changed)
	}
	c.log.Info("sample loaded", "after", time.Since(began).Round(time.Millisecond))
	return nil
}

// storedShapes simplifies the cells level by level, as an import of boundaries does.
func storedShapes(shapes []sample.Shape) ([]postgis.Shape, error) {
	levels := map[geo.DivisionLevel][]boundary.Unit{}
	for _, s := range shapes {
		polygons, err := geo.ParseMultiPolygon(s.GeoJSON)
		if err != nil {
			return nil, fmt.Errorf("cell of %s: %w", s.Code, err)
		}
		level := s.Code.Level()
		levels[level] = append(levels[level], boundary.Unit{Code: s.Code, Name: s.Name, Shape: polygons})
	}
	var stored []postgis.Shape
	for level := geo.Province; level <= geo.Village; level++ {
		banded, _ := bandedShapes(level, levels[level])
		stored = append(stored, banded...)
	}
	return stored, nil
}
