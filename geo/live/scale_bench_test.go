package live_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
)

// BenchmarkScale measures an index of the nation's size: 5.25 million organizations and 20 million reports, or as many as
// JINGWEI_ORGANIZATIONS and JINGWEI_REPORTS say. Per filter it tells what the first tile of the whole world takes, from
// which nothing is cached, and what the next one takes, which is another tile of the same filter. No tile cache, no
// compression.
func BenchmarkScale(b *testing.B) {
	if testing.Short() {
		b.Skip("needs gigabytes")
	}
	b.Run("organizations", func(b *testing.B) {
		scale(b, geo.OrganizationLayer(), rows("JINGWEI_ORGANIZATIONS", 5_250_000), organization, map[string]geo.Filter{
			"none": {}, "category": geo.In("kind", "kind3"), "number": compared("<", "location_accuracy_m", geo.Number(150)),
			"tree": geo.Scope{Roots: []geo.ID{7}}.Filter(), "like": compared("like", "name", geo.Text("%小学%")),
			"all": geo.And(geo.In("kind", "kind1", "kind2"), geo.Within(330000000000), compared(">=", "location_accuracy_m", geo.Number(10))),
		})
	})
	b.Run("reports", func(b *testing.B) {
		scale(b, geo.ReportLayer(), rows("JINGWEI_REPORTS", 20_000_000), report, map[string]geo.Filter{
			"none": {}, "category": geo.In("category", "kind3"), "day": compared(">=", "valid_from", geo.Date(200)),
			"tree": geo.Scope{Roots: []geo.ID{7}}.Filter(), "division": geo.Within(330000000000),
			"all": geo.And(geo.In("category", "kind1", "kind2"), geo.In("status", "status1"), compared(">=", "valid_from", geo.Date(100))),
		})
	})
}

func compared(op, property string, value geo.Node) geo.Filter {
	return geo.Filter{Root: &geo.Operation{Op: op, Args: []geo.Node{geo.Property(property), value}}}
}

func rows(variable string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return usual
}

func scale(b *testing.B, layer geo.PointLayer, n int, draw func(*rand.Rand, geo.ID) geo.Point, filters map[string]geo.Filter) {
	before := heap()
	x := live.New(layer, live.Internal)
	if err := x.Load(drawn(n, draw), geo.FeedPosition{Epoch: "e"}); err != nil {
		b.Fatal(err)
	}
	s := x.Snapshot()
	perRow := float64(heap()-before) / float64(n)
	today := geo.On(365)
	for name, filter := range filters {
		b.Run(name, func(b *testing.B) {
			first, next, count, past := time.Duration(0), time.Duration(0), time.Duration(0), time.Duration(0)
			for b.Loop() {
				s.Forget()
				first += took(b, s, live.Query{Filter: filter, Days: today}, 0, 0, 0)
				next += took(b, s, live.Query{Filter: filter, Days: today}, 5, 26, 12)
				began := time.Now()
				if _, err := s.Summarize(live.Query{Filter: filter, Days: today}, geo.Extent{West: 110.1, South: 25.1, East: 120.1, North: 35.1}); err != nil {
					b.Fatal(err)
				}
				count += time.Since(began)
				past += took(b, s, live.Query{Filter: filter, Days: geo.On(180)}, 0, 0, 0)
			}
			b.ReportMetric(0, "ns/op")
			for unit, spent := range map[string]time.Duration{"first-ms": first, "next-ms": next, "count-ms": count, "past-ms": past} {
				b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), unit)
			}
			b.ReportMetric(perRow, "bytes/row")
			b.ReportMetric(float64(s.Bytes())/float64(n), "columns/row")
		})
	}
}

func took(b *testing.B, s *live.Snapshot, q live.Query, z, x, y uint32) time.Duration {
	b.Helper()
	began := time.Now()
	if _, err := s.Tile(q, z, x, y, 16); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// drawn yields points around the seats of 3,000 counties.
func drawn(n int, draw func(*rand.Rand, geo.ID) geo.Point) iter.Seq2[geo.Point, error] {
	return func(yield func(geo.Point, error) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for id := range geo.ID(n) {
			if !yield(draw(random, id+1), nil) {
				return
			}
		}
	}
}

func scattered(random *rand.Rand, id geo.ID) geo.Point {
	county := random.IntN(3000)
	seat := rand.New(rand.NewPCG(uint64(county), 3))
	lon, lat := 75+55*seat.Float64(), 20+28*seat.Float64()
	at, _ := geo.NewPosition(lon+0.2*random.NormFloat64(), lat+0.2*random.NormFloat64())
	return geo.Point{
		ID: id, Version: int64(id), At: at, Valid: geo.Always, Public: true,
		Division: geo.DivisionCode(110000000000 + int64(county/100)*10_000_000_000 + int64(county%100)*100_000_000 + int64(random.IntN(200))*1000),
	}
}

func organization(random *rand.Rand, id geo.ID) geo.Point {
	p := scattered(random, id)
	name := fmt.Sprintf("%s第%d%s支部委员会", []string{"柳塘", "上城", "东风", "红旗"}[random.IntN(4)], id%1000, []string{"村", "小学", "社区", "公司"}[random.IntN(4)])
	p.Values = []string{
		name, value(random, "kind", 12), value(random, "level", 5), "active", value(random, "state", 6), value(random, "source", 4),
		strconv.Itoa(random.IntN(1000)), fmt.Sprintf("%012d", id), treePath(id),
	}
	return p
}

func report(random *rand.Rand, id geo.ID) geo.Point {
	p := scattered(random, id)
	p.Valid.From = geo.Day(random.IntN(365))
	p.Values = []string{value(random, "kind", 12), value(random, "status", 2), value(random, "state", 6), treePath(id)}
	return p
}

// treePath is a place among 31 provinces, 3,000 counties and 60,000 townships.
func treePath(id geo.ID) string {
	return fmt.Sprintf("%d.%d.%d", 1+id%60_000%3000%31, 100+id%60_000%3000, 10_000+id%60_000)
}

func value(random *rand.Rand, of string, n int) string { return of + strconv.Itoa(random.IntN(n)) }
