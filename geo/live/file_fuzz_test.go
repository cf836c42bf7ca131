package live_test

import (
	"bytes"
	"iter"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// FuzzFile reads any bytes as a file, as they are and with checksums that are made right: it is refused, or every question
// to it has an answer.
func FuzzFile(f *testing.F) {
	l := fuzzLayer()
	f.Add([]byte("JWLIVE\r\n"))
	for _, n := range []int{0, 3, 40} {
		f.Add(fuzzPair(f, n).bytes(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tryFile(t, l, data)
		if sealed, ok := live.Sealed(data); ok {
			tryFile(t, l, sealed)
		}
	})
}

func tryFile(t failer, l geo.PointLayer, data []byte) {
	p := newPair(l)
	r, err := live.Read(data, "here", p.all...)
	if err != nil {
		return
	}
	at := r.Position
	at.Xmax++
	for _, load := range r.Loads {
		load.Publish()
	}
	p.answers(t)
	for id := range geo.ID(4) {
		for _, x := range p.all {
			if _, err := x.Apply([]geo.ID{id}, nil, at); err != nil {
				t.Fatal(err)
			}
			x.Compact()
		}
	}
	p.answers(t)
}

// fuzzLayer has a column of each role.
func fuzzLayer() geo.PointLayer {
	return geo.PointLayer{Name: "things", Columns: []geo.Column{
		{Name: "name", Role: geo.ColumnText, Public: true}, {Name: "kind", Role: geo.ColumnCategory, Public: true, Counted: true},
		{Name: "size", Role: geo.ColumnNumber, Public: true}, {Name: "path", Role: geo.ColumnTree},
	}}
}

// fuzzPair holds n points, and when they are many a delta and tombstones.
func fuzzPair(t failer, n int) pair {
	p, points := newPair(fuzzLayer()), spread(n)
	for i := range points {
		points[i].Values = []string{[]string{"", "柳塘"}[i%2], []string{"a", "b", "c"}[i%3], "5", []string{"", "1.2", "1"}[i%3]}
	}
	for _, x := range p.all {
		if err := x.Load(eachOf(points), geo.FeedPosition{Epoch: "e"}); err != nil {
			t.Fatal(err)
		}
	}
	if n > 3 {
		moved := points[:2]
		moved[0].Valid.To = 9
		p.apply(t, []geo.ID{moved[0].ID, moved[1].ID, 3}, moved, geo.FeedPosition{Epoch: "e"})
	}
	return p
}

func eachOf(points []geo.Point) iter.Seq2[geo.Point, error] {
	return func(yield func(geo.Point, error) bool) {
		for _, p := range points {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// TestFileMadeUp: bytes that somebody altered and gave checksums that are right do not stop the program.
func TestFileMadeUp(t *testing.T) {
	whole := fuzzPair(t, 40).bytes(t)
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Clone(whole)
		for range rapid.IntRange(1, 3).Draw(t, "altered") {
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		if sealed, ok := live.Sealed(data); ok {
			tryFile(t, fuzzLayer(), sealed)
		}
	})
}
