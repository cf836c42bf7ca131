package tiles_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/tiles"
)

func TestParseAddress(t *testing.T) {
	for name, c := range map[string]struct {
		z, x, y string
		want    tiles.Address
		field   string
		message string
	}{
		"world":           {z: "0", x: "0", y: "0"},
		"plain":           {z: "10", x: "857", y: "420", want: tiles.Address{Z: 10, X: 857, Y: 420}},
		"mvt":             {z: "10", x: "857", y: "420.mvt", want: tiles.Address{Z: 10, X: 857, Y: 420}},
		"pbf":             {z: "10", x: "857", y: "420.pbf", want: tiles.Address{Z: 10, X: 857, Y: 420}},
		"deepest":         {z: "22", x: "4194303", y: "4194303", want: tiles.Address{Z: 22, X: 4194303, Y: 4194303}},
		"too deep":        {z: "23", x: "0", y: "0", field: "z", message: "0 to 22"},
		"z=99":            {z: "99", x: "0", y: "0", field: "z", message: "99 is no zoom"},
		"enormous":        {z: "99999999999999999999", x: "0", y: "0", field: "z", message: "no zoom"},
		"negative zoom":   {z: "-1", x: "0", y: "0", field: "z", message: "not a whole number"},
		"x beyond":        {z: "2", x: "4", y: "0", field: "x", message: "outside the tiles of zoom 2: x goes from 0 to 3"},
		"x enormous":      {z: "22", x: "4294967296", y: "0", field: "x", message: "0 to 4194303"},
		"x is no number":  {z: "2", x: "1.5", y: "0", field: "x", message: `"1.5" is not`},
		"y beyond":        {z: "0", x: "0", y: "1.mvt", field: "y", message: "0 to 0"},
		"y empty":         {z: "0", x: "0", y: ".mvt", field: "y", message: "not a whole number"},
		"two suffixes":    {z: "0", x: "0", y: "0.pbf.mvt", field: "y", message: "not a whole number"},
		"other suffix":    {z: "0", x: "0", y: "0.png", field: "y", message: "not a whole number"},
		"suffix on x":     {z: "0", x: "0.mvt", y: "0", field: "x", message: "not a whole number"},
		"sign":            {z: "1", x: "+1", y: "0", field: "x", message: "not a whole number"},
		"empty":           {field: "z", message: "not a whole number"},
		"template unused": {z: "{z}", x: "{x}", y: "{y}", field: "z", message: "10/857/420"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tiles.ParseAddress(c.z, c.x, c.y)
			var e *geo.Error
			switch {
			case c.field == "" && err != nil:
				t.Error(err)
			case c.field == "" && got != c.want:
				t.Errorf("%v, want %v", got, c.want)
			case c.field != "" && (!errors.As(err, &e) || !errors.Is(err, geo.ErrInvalid)):
				t.Errorf("error %v, want ErrInvalid", err)
			case c.field != "" && (e.Field != c.field || !strings.Contains(e.Message, c.message)):
				t.Errorf("field %q, message %q", e.Field, e.Message)
			}
		})
	}
}

func anyAddress() *rapid.Generator[tiles.Address] {
	return rapid.Custom(func(t *rapid.T) tiles.Address {
		z := rapid.Uint32Range(0, tiles.MaxZoom).Draw(t, "z")
		part := rapid.Uint32Range(0, 1<<z-1)
		return tiles.Address{Z: z, X: part.Draw(t, "x"), Y: part.Draw(t, "y")}
	})
}

// TestAddressAgainstMaptile holds the arithmetic against orb/maptile.
func TestAddressAgainstMaptile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAddress().Draw(t, "address")
		o := maptile.New(a.X, a.Y, maptile.Zoom(a.Z))
		b := o.Bound()
		want := geo.Extent{West: b.Min[0], South: b.Min[1], East: b.Max[0], North: b.Max[1]}
		// 1e-12 degree, a tenth of a micrometre: both are exact but for the last bits of sinh and atan.
		if diff := cmp.Diff(want, a.Extent(), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Fatalf("extent, -want +got:\n%s", diff)
		}
		if p := o.Parent(); a.Parent() != (tiles.Address{Z: uint32(p.Z), X: p.X, Y: p.Y}) {
			t.Fatalf("parent %v, want %v", a.Parent(), p)
		}
		if !a.Valid() || !o.Valid() {
			t.Fatalf("%v is not valid", a)
		}
	})
}

// TestAddressTree: the quarters of a tile cover it and know it as their parent.
func TestAddressTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAddress().Draw(t, "address")
		e, q := a.Extent(), a.Children()
		nw, se := q[0].Extent(), q[3].Extent()
		if got := (geo.Extent{West: nw.West, South: se.South, East: se.East, North: nw.North}); got != e {
			t.Fatalf("quarters cover %v instead of %v", got, e)
		}
		if nw.East != se.West || nw.South != se.North || q[1].Extent().West != nw.East || q[2].Extent().North != nw.South {
			t.Fatal("quarters do not meet")
		}
		for _, child := range q {
			if child.Parent() != a || child.Valid() != (child.Z <= tiles.MaxZoom) {
				t.Fatalf("quarter %v of %v", child, a)
			}
		}
		parts := strings.Split(a.String(), "/")
		if back, err := tiles.ParseAddress(parts[0], parts[1], parts[2]); err != nil || back != a {
			t.Fatalf("%v is read as %v, %v", a, back, err)
		}
	})
}

func TestWorld(t *testing.T) {
	var world tiles.Address
	want := geo.Extent{West: -180, South: -85.0511287798066, East: 180, North: 85.0511287798066}
	if diff := cmp.Diff(want, world.Extent(), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if world.Parent() != world {
		t.Error("the world has a parent")
	}
	if (tiles.Address{Z: math.MaxUint32}).Valid() || (tiles.Address{Z: 1, X: 2}).Valid() || (tiles.Address{Z: 1, Y: 2}).Valid() {
		t.Error("an address outside the quad is valid")
	}
}
