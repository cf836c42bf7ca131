import type { Feature, MultiPolygon, Polygon, Position } from 'geojson';

/** A ring round the part of the world that web mercator shows. */
const world: Position[] = [
  [-180, -85.06],
  [180, -85.06],
  [180, 85.06],
  [-180, 85.06],
  [-180, -85.06],
];

/** Everything but the shape: the world with the outer rings as holes, and the shape's own holes as islands. */
export function veilOf(shape: MultiPolygon): Feature<MultiPolygon> {
  const outers: Position[][] = [];
  const islands: Position[][][] = [];
  for (const [outer, ...holes] of shape.coordinates) {
    if (outer) outers.push(outer);
    for (const hole of holes) islands.push([hole]);
  }
  return {
    type: 'Feature',
    properties: {},
    geometry: { type: 'MultiPolygon', coordinates: [[world, ...outers], ...islands] },
  };
}

/** The polygons of a shape, each an outer ring and its holes. */
export function polygonsOf(shape: MultiPolygon | Polygon): Position[][][] {
  return shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates;
}

/** The box that encloses a shape, west, south, east, north; null when it is empty. */
export function extentOf(shape: MultiPolygon | Polygon): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const [x = 0, y = 0] of polygonsOf(shape).flat(2)) {
    box = box
      ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
      : [x, y, x, y];
  }
  return box;
}
