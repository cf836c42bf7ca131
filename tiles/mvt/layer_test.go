package mvt_test

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/tiles/mvt"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update rewrites it:\n%s", path, diff)
	}
}

// organizations is a layer with a single organization and a cluster.
func organizations() *mvt.Layer {
	l := mvt.NewLayer("organizations", 4096)
	name, kind, cluster, count := l.Key("name"), l.Key("kind"), l.Key("cluster"), l.Key("point_count")
	l.Point(4398046511105, true, 2048, 1, []uint32{name, l.String("柳浪社区居民委员会"), kind, l.String("residents_committee")})
	l.Point(2, true, 0, 0, []uint32{name, l.String("龙井村村民委员会"), kind, l.String("village_committee")})
	l.Point(0, false, 4095, 4095, []uint32{cluster, l.Bool(true), count, l.Int(7283)})
	return l
}

// values is a layer with one value of each type.
func values() *mvt.Layer {
	l := mvt.NewLayer("values", 512)
	l.Point(0, true, -64, 575, []uint32{
		l.Key("text"), l.String("a\"b\n"), l.Key("empty"), l.String(""),
		l.Key("int"), l.Int(math.MaxInt64), l.Key("negative"), l.Int(math.MinInt64),
		l.Key("uint"), l.Uint(math.MaxUint64), l.Key("yes"), l.Bool(true), l.Key("no"), l.Bool(false),
		l.Key("double"), l.Double(3), l.Key("tiny"), l.Double(5e-324), l.Key("float"), l.Float(0.1),
		l.Key("nan"), l.Double(math.NaN()), l.Key("键"), l.String("值"),
	})
	return l
}

// shapes is a layer with the examples of §4.3.5.
func shapes() *mvt.Layer {
	l := mvt.NewLayer("shapes", 0)
	l.Feature(1, true, mvt.Point, []uint32{9, 50, 34}, nil)
	l.Feature(2, true, mvt.Point, []uint32{17, 10, 14, 3, 9}, nil)
	l.Feature(3, true, mvt.LineString, []uint32{9, 4, 4, 18, 0, 16, 16, 0}, nil)
	l.Feature(4, true, mvt.LineString, []uint32{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}, nil)
	l.Feature(5, true, mvt.Polygon, []uint32{9, 6, 12, 18, 10, 12, 24, 44, 15}, nil)
	l.Feature(6, true, mvt.Polygon, []uint32{
		9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15,
		9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15}, nil)
	return l
}

func TestGolden(t *testing.T) {
	var tile []byte
	for _, l := range []*mvt.Layer{organizations(), values(), shapes()} {
		tile = l.AppendTo(tile)
	}
	got, err := mvt.Text(tile)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "layers.txt", got)
}

// TestExample compares with the bytes that follow from §4.3.5 and vector_tile.proto.
func TestExample(t *testing.T) {
	l := mvt.NewLayer("p", 4096)
	l.Point(1, true, 25, 17, []uint32{l.Key("k"), l.Int(-1)})
	want := []byte{
		0x1a, 0x1e, // layers: 30 bytes
		0x0a, 1, 'p', // name
		0x12, 0x0d, 0x08, 1, 0x12, 2, 0, 0, 0x18, 1, 0x22, 3, 9, 50, 34, // feature
		0x1a, 1, 'k', // key
		0x22, 2, 0x30, 1, // value: sint_value -1
		0x28, 0x80, 0x20, // extent
		0x78, 2, // version
	}
	if diff := cmp.Diff(want, l.AppendTo(nil)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTables(t *testing.T) {
	l := mvt.NewLayer("l", 4096)
	for _, c := range []struct {
		what      string
		got, want uint32
	}{
		{"first key", l.Key("a"), 0}, {"second key", l.Key("b"), 1}, {"first key again", l.Key("a"), 0},
		{"text", l.String("a"), 0}, {"integer", l.Int(1), 1}, {"unsigned integer", l.Uint(1), 2},
		{"true", l.Bool(true), 3}, {"double", l.Double(1), 4}, {"float", l.Float(1), 5}, {"integer again", l.Int(1), 1},
		{"zero", l.Double(0), 6}, {"minus zero", l.Double(math.Copysign(0, -1)), 7}, {"broken text", l.String("\xff"), 8},
		{"its replacement", l.String("\uFFFD"), 8},
	} {
		if c.got != c.want {
			t.Errorf("%s: entry %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestEmptyLayer(t *testing.T) {
	l := mvt.NewLayer("empty", 4096)
	l.Key("k")
	l.Feature(1, true, mvt.Polygon, nil, nil)
	if got := l.AppendTo([]byte("x")); string(got) != "x" || l.Len() != 0 || l.Size() != 0 {
		t.Errorf("an empty layer appends %q", got[1:])
	}
}

// TestReset encodes layers in used memory, where nothing of the layers before may shine through.
func TestReset(t *testing.T) {
	l := mvt.NewLayer("before", 1)
	for round := range 50 {
		for i := range round * 40 {
			l.Point(uint64(i), true, 1, 2, []uint32{l.Key("k"), l.Int(int64(i * round))})
		}
		l.Reset("p", 4096)
		l.Expect(round % 7 * 60) // less memory than before, or more
		fresh := mvt.NewLayer("p", 4096)
		for i := range 30 {
			for _, x := range []*mvt.Layer{l, fresh} {
				x.Point(uint64(i), true, 1, 2, []uint32{x.Key("k"), x.Int(int64(i % 7))})
			}
		}
		if got, want := l.AppendTo(nil), fresh.AppendTo(nil); !bytes.Equal(got, want) || l.Size() != len(want) {
			t.Fatalf("round %d: a reset layer differs from a new one", round)
		}
		l.Reset("before", 1)
	}
}

// TestResetOfAnOldLayer passes the point where the count of all values that a layer ever held begins anew.
func TestResetOfAnOldLayer(t *testing.T) {
	rs := rows(60)
	want := encodeRows(mvt.NewLayer("", 0), nil, rs)
	l := mvt.NewLayer("", 0)
	l.Age()
	for round := range 10 {
		l.Expect(round % 3 * 500)
		if got := encodeRows(l, nil, rs); !bytes.Equal(got, want) {
			t.Fatalf("round %d: other bytes", round)
		}
	}
}
