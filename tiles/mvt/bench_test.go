package mvt_test

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"jingwei/tiles/mvt"
)

// row is what a raw point of a dense z10 tile carries.
type row struct {
	id         uint64
	x, y       int32
	name, code string
	kind       string
	accuracy   int64
}

func rows(n int) []row {
	out := make([]row, n)
	for i := range out {
		out[i] = row{
			id: uint64(1)<<42 + uint64(i), x: int32(i * 7919 % 4096), y: int32(i * 104729 % 4096),
			name: fmt.Sprintf("柳浪社区第%d居民委员会", i), code: fmt.Sprintf("%012d", 330102001000+i),
			kind: [...]string{"village_committee", "residents_committee"}[i%2], accuracy: 1000,
		}
	}
	return out
}

func encodeRows(l *mvt.Layer, dst []byte, rs []row) []byte {
	l.Reset("organizations", 4096)
	name, code, kind, accuracy := l.Key("name"), l.Key("code"), l.Key("kind"), l.Key("location_accuracy_m")
	var tags [8]uint32
	for i := range rs {
		r := &rs[i]
		tags = [8]uint32{name, l.String(r.name), code, l.String(r.code), kind, l.String(r.kind), accuracy, l.Int(r.accuracy)}
		l.Point(r.id, true, r.x, r.y, tags[:])
	}
	return l.AppendTo(dst)
}

// BenchmarkPoints encodes 7,000 points with four properties, as here and as orb does it.
func BenchmarkPoints(b *testing.B) {
	rs := rows(7000)
	b.Run("jingwei", func(b *testing.B) {
		l := mvt.NewLayer("", 0)
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf = encodeRows(l, buf[:0], rs)
		}
		b.SetBytes(int64(len(buf)))
	})
	b.Run("orb", func(b *testing.B) {
		fc := geojson.NewFeatureCollection()
		for _, r := range rs {
			f := geojson.NewFeature(orb.Point{float64(r.x), float64(r.y)})
			f.ID = r.id
			f.Properties = geojson.Properties{"name": r.name, "code": r.code, "kind": r.kind, "location_accuracy_m": r.accuracy}
			fc.Append(f)
		}
		layers := orbmvt.Layers{orbmvt.NewLayer("organizations", fc)}
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			var err error
			if buf, err = orbmvt.Marshal(layers); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(len(buf)))
	})
}

// BenchmarkClusters encodes 256 clusters, a tile of low zoom.
func BenchmarkClusters(b *testing.B) {
	l := mvt.NewLayer("", 0)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		l.Reset("organizations", 4096)
		cluster, count, yes := l.Key("cluster"), l.Key("point_count"), l.Bool(true)
		for i := range 256 {
			l.Point(0, false, int32(i), int32(i), []uint32{cluster, yes, count, l.Int(int64(i * i))})
		}
		buf = l.AppendTo(buf[:0])
	}
}

func BenchmarkDecode(b *testing.B) {
	tile := encodeRows(mvt.NewLayer("", 0), nil, rows(7000))
	b.SetBytes(int64(len(tile)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mvt.Decode(tile); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocations: a layer that is used again takes no memory.
func TestAllocations(t *testing.T) {
	rs := rows(7000)
	l := mvt.NewLayer("", 0)
	buf := encodeRows(l, nil, rs)
	buf = encodeRows(l, buf[:0], rs)
	if n := testing.AllocsPerRun(20, func() { buf = encodeRows(l, buf[:0], rs) }); n > 0 {
		t.Errorf("%v allocations for 7,000 points", n)
	}
}
