package main

import (
	"context"
	"fmt"
	"maps"

	"jingwei/testdata/bench"
	"jingwei/tiles/mvt"
)

// sameTiles returns those of the tiles in which both servers answer the same features with the same properties, at the same places
// but for the rounding of a unit.
func sameTiles(ctx context.Context, a, b *server, tiles []bench.Tile) (same []bench.Tile, features int, err error) {
	for _, t := range tiles {
		first, err := described(ctx, a, t)
		if err != nil {
			return nil, 0, err
		}
		second, err := described(ctx, b, t)
		if err != nil {
			return nil, 0, err
		}
		if maps.EqualFunc(first, second, feature.like) {
			same, features = append(same, t), features+len(first)
		}
	}
	return same, features, nil
}

// feature is a point of a tile without its id.
type feature struct {
	x, y       int32
	properties map[string]string
}

func (f feature) like(g feature) bool {
	near := func(a, b int32) bool { return a-b <= 1 && b-a <= 1 }
	return near(f.x, g.x) && near(f.y, g.y) && maps.Equal(f.properties, g.properties)
}

func described(ctx context.Context, s *server, t bench.Tile) (map[uint64]feature, error) {
	body, err := get(ctx, s.base+s.pathOf(t))
	if err != nil {
		return nil, err
	}
	tile, err := mvt.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", t, s.name, err)
	}
	all := map[uint64]feature{}
	for _, layer := range tile.Layers {
		for _, f := range layer.Features {
			all[f.ID] = featureOf(f)
		}
	}
	return all, nil
}

func featureOf(f mvt.Feature) feature {
	is := feature{properties: map[string]string{}}
	for _, path := range f.Paths() {
		for _, v := range path {
			is.x, is.y = v.X, v.Y
		}
	}
	for _, property := range f.Properties {
		is.properties[property.Key] = fmt.Sprint(property.Value)
	}
	return is
}
