package live_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// pair is both editions of a layer.
type pair struct {
	layer geo.PointLayer
	all   []*live.Index
}

func newPair(l geo.PointLayer) pair {
	return pair{l, []*live.Index{live.NewSmall(l, live.Internal, 16, 4), live.NewSmall(l, live.Public, 16, 4)}}
}

func (p pair) bytes(t failer) []byte {
	var b bytes.Buffer
	if err := live.Write(context.Background(), &b, "here", p.all[0].Snapshot(), p.all[1].Snapshot()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p pair) answers(t failer) string {
	return answers(t, p.all[0], p.layer) + answers(t, p.all[1], p.layer)
}

func (p pair) apply(t failer, ids []geo.ID, points []geo.Point, at geo.FeedPosition) {
	for _, x := range p.all {
		if _, err := x.Apply(ids, points, at); err != nil {
			t.Fatal(err)
		}
	}
}

// drawPair draws a layer and both editions of it, with edits and compactions.
func drawPair(t *rapid.T) pair {
	p := newPair(drawLayer(t))
	var all []geo.Point
	objects := rapid.IntRange(0, 60).Draw(t, "objects")
	for id := range geo.ID(objects) {
		all = append(all, drawRows(t, p.layer, id+1)...)
	}
	for _, x := range p.all {
		loadAll(t, x, all)
	}
	for range rapid.IntRange(0, 8).Draw(t, "edits") {
		p.edit(t, p.apply)
		if rapid.Bool().Draw(t, "compact") {
			p.all[0].Compact()
			p.all[1].Compact()
		}
	}
	return p
}

// edit draws new rows of an object.
func (p pair) edit(t *rapid.T, apply func(t failer, ids []geo.ID, points []geo.Point, at geo.FeedPosition)) {
	id, at := geo.ID(rapid.IntRange(1, 70).Draw(t, "edited")), p.all[0].Snapshot().Position()
	at.Xmin, at.Xmax = at.Xmin+1, at.Xmax+1
	apply(t, []geo.ID{id}, drawRows(t, p.layer, id), at)
}

// TestFileRoundTrip: what a file gives back answers as what was written, byte by byte, of any schema, with delta and
// tombstones; and it goes on to answer so under the same edits and compactions.
func TestFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPair(t)
		back := newPair(p.layer)
		r, err := live.Read(p.bytes(t), "here", back.all...)
		if err != nil {
			t.Fatal(err)
		}
		if back.all[0].Snapshot() != nil {
			t.Fatal("it shows before it is published")
		}
		if r.Position.String() != p.all[0].Snapshot().Position().String() {
			t.Fatalf("position %s", r.Position)
		}
		missed := rapid.Bool().Draw(t, "missed")
		if missed { // between the reading and the publishing
			p.edit(t, func(t failer, ids []geo.ID, points []geo.Point, at geo.FeedPosition) {
				p.apply(t, ids, points, at)
				for _, l := range r.Loads {
					if err := l.Apply(ids, points, at); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
		for _, l := range r.Loads {
			l.Publish()
		}
		if d := gocmp.Diff(p.answers(t), back.answers(t)); d != "" {
			t.Fatalf("(-written +read)\n%s", d)
		}
		if again := back.bytes(t); !missed && !bytes.Equal(again, p.bytes(t)) {
			t.Fatal("written again it is another file")
		}
		for range rapid.IntRange(0, 4).Draw(t, "later") {
			p.edit(t, func(t failer, ids []geo.ID, points []geo.Point, at geo.FeedPosition) {
				p.apply(t, ids, points, at)
				back.apply(t, ids, points, at)
			})
			back.all[0].Compact()
			back.all[1].Compact()
		}
		if d := gocmp.Diff(p.answers(t), back.answers(t)); d != "" {
			t.Fatalf("after edits (-written +read)\n%s", d)
		}
	})
}

// TestFileDamaged: one byte that differs, wherever, or an end that is missing, is found.
func TestFileDamaged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPair(t)
		data := p.bytes(t)
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "cut") {
			data = data[:at]
		} else {
			data[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		}
		back := newPair(p.layer)
		if r, err := live.Read(data, "here", back.all...); err == nil || r.Loads != nil {
			t.Fatal("taken for whole")
		}
	})
}

// TestFileOfAnother: a file of other rows, another program or another database is refused, and the reason said.
func TestFileOfAnother(t *testing.T) {
	columns := []geo.Column{{Name: "kind", Role: geo.ColumnCategory, Public: true}}
	l := geo.PointLayer{Name: "things", Columns: columns}
	p := newPair(l)
	load(t, p.all[0], spreadOf("a"))
	load(t, p.all[1], spreadOf("a"))
	data := p.bytes(t)
	coarser := func(p geo.Point) geo.Point { p.At.Lat -= p.At.Lat % 100; return p }
	version := bytes.Clone(data)
	version[8]++
	swapped := newPair(l)
	swapped.all[0], swapped.all[1] = swapped.all[1], swapped.all[0]
	for _, c := range []struct {
		name, origin, want string
		data               []byte
		into               pair
	}{
		{"database", "there", `"there"`, data, newPair(l)},
		{"version", "here", "version 2", version, newPair(l)},
		{"name", "here", "schema", data, newPair(geo.PointLayer{Name: "others", Columns: columns})},
		{"hidden now", "here", "schema", data, newPair(geo.PointLayer{Name: "things", Columns: []geo.Column{{Name: "kind", Role: geo.ColumnCategory}}})},
		{"generalised now", "here", "schema", data, newPair(geo.PointLayer{Name: "things", Columns: columns, Generalise: coarser})},
		{"editions", "here", "schema", data, swapped},
		{"empty", "here", "damaged", nil, newPair(l)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := live.Read(c.data, c.origin, c.into.all...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q in it", err, c.want)
			}
		})
	}
	generalised := newPair(geo.PointLayer{Name: "things", Columns: columns, Generalise: coarser})
	load(t, generalised.all[0], spreadOf("a"))
	load(t, generalised.all[1], spreadOf("a"))
	other := newPair(geo.PointLayer{Name: "things", Columns: columns, Generalise: coarse})
	if _, err := live.Read(generalised.bytes(t), "here", other.all...); err == nil {
		t.Error("another way to generalise is not seen")
	}
}

func spreadOf(kind string) []geo.Point {
	points := spread(100)
	for i := range points {
		points[i].Values = []string{kind}
	}
	return points
}

// TestSave: the file comes whole or not at all, readable by its owner only, and nothing is left beside it.
func TestSave(t *testing.T) {
	p, dir := loadedPair(t, 100), t.TempDir()
	path := filepath.Join(dir, "things")
	for range 2 { // the second takes the place of the first, which is mapped
		if err := p.save(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		p.expectFile(t, path)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := p.save(t.Context(), filepath.Join(dir, "missing", "things")); err == nil {
		t.Error("a folder that is not there is no error")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left beside it: %v", entries)
	}
}
