package mvt

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Dump writes the tile as text that is made to be compared: layers and features in their order, geometry as commands
// with absolute positions, properties by key. Floats end in f, unsigned integers in u, and doubles have a point or an
// exponent, so that the type of a value shows.
func Dump(w io.Writer, t Tile) error {
	var b strings.Builder
	for _, l := range t.Layers {
		fmt.Fprintf(&b, "layer %q version %d extent %d features %d\n", l.Name, l.Version, l.Extent, len(l.Features))
		for _, f := range l.Features {
			if err := dumpFeature(&b, f); err != nil {
				return fmt.Errorf("mvt: layer %q: %w", l.Name, err)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Text decodes a tile and returns what Dump writes of it.
func Text(tile []byte) (string, error) {
	t, err := Decode(tile)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = Dump(&b, t)
	return b.String(), err
}

func dumpFeature(b *strings.Builder, f Feature) error {
	b.WriteString("  " + f.Type.String())
	if f.HasID {
		fmt.Fprintf(b, " id %d", f.ID)
	}
	b.WriteByte('\n')
	cs, err := readCommands(f.Geometry)
	if err != nil {
		return err
	}
	b.WriteString("   ")
	for _, c := range cs {
		dumpCommand(b, c)
	}
	b.WriteByte('\n')
	properties := slices.Clone(f.Properties)
	slices.SortStableFunc(properties, func(p, q Property) int { return cmp.Compare(p.Key, q.Key) })
	for _, p := range properties {
		fmt.Fprintf(b, "    %s = %s\n", quoteKey(p.Key), valueText(p.Value))
	}
	return nil
}

func dumpCommand(b *strings.Builder, c command) {
	switch c.id {
	case moveTo:
		b.WriteString(" MoveTo")
	case lineTo:
		b.WriteString(" LineTo")
	default:
		b.WriteString(" ClosePath")
	}
	for i, v := range c.vertices {
		sep := " "
		if i > 0 {
			sep = ", "
		}
		fmt.Fprintf(b, "%s%d %d", sep, v.X, v.Y)
	}
}

// quoteKey leaves names like those of columns as they are and quotes the others, so that no two keys print alike.
func quoteKey(key string) string {
	for i, r := range key {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return strconv.Quote(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32) + "f"
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if strings.Trim(s, "-0123456789") == "" {
			s += ".0"
		}
		return s
	case uint64:
		return strconv.FormatUint(v, 10) + "u"
	}
	return fmt.Sprint(v)
}
