package postgis_test

import "testing"

// BenchmarkLoadParts loads so many rows per round, each round under a name of its own.
func BenchmarkLoadParts(b *testing.B) {
	const size = 100_000
	b.Run("reports", func(b *testing.B) {
		s := newSetup(b)
		if _, err := s.LoadReports(b.Context(), "some", &reports{n: 5000}, nil); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			s.exec(b, `delete from jingwei.sample_part`)
			if _, err := s.LoadReports(b.Context(), "more", &reports{n: size}, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("organizations", func(b *testing.B) {
		s := newSetup(b)
		round := 'A'
		for b.Loop() {
			s.exec(b, `delete from jingwei.sample_part`)
			if _, err := s.LoadOrganizationTree(b.Context(), "more", tree{n: size, prefix: string(round)}, since("2023-06-30"), "bench", nil); err != nil {
				b.Fatal(err)
			}
			round++
		}
		b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("grids", func(b *testing.B) {
		s := newSetup(b)
		round := 'A'
		for b.Loop() {
			s.exec(b, `delete from jingwei.sample_part`)
			if _, err := s.LoadGrids(b.Context(), "more", grids{n: size, prefix: string(round)}, nil); err != nil {
				b.Fatal(err)
			}
			round++
		}
		b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
