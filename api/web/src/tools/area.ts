import type { MultiPolygon, Polygon } from 'geojson';
import { polygonsOf } from '../map/veil';
import { corridorOf } from './corridor';
import type { Drawing } from './drawing';
import { circleRing, measureRing } from './geodesy';
import { denseRing } from './mercator';

/** Where organizations are counted. */
export type Area = Polygon | MultiPolygon;

/**
 * The area of a drawing as it is counted: sides are straight in longitude and latitude. null for a measured line, and for a
 * corridor that the map cannot show.
 */
export function areaOf(drawing: Drawing): Area | null {
  if (drawing.what === 'line') return null;
  if (drawing.what === 'corridor') return areaOfPolygons(corridorOf([drawing.points], drawing.distance));
  const ring =
    drawing.what === 'circle' ? circleRing(drawing.centre, drawing.radius) : denseRing(drawing.points);
  return { type: 'Polygon', coordinates: [ring.map((at) => [...at])] };
}

/** Polygons as one area; null for none. */
export function areaOfPolygons(polygons: MultiPolygon['coordinates']): Area | null {
  const [first, ...more] = polygons;
  if (!first) return null;
  return more.length === 0
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates: polygons };
}

/** Square metres of an area, holes left out, and the metres round it. */
export function measureArea(area: Area): { area: number; perimeter: number } {
  const sum = { area: 0, perimeter: 0 };
  for (const rings of polygonsOf(area)) {
    for (const [i, ring] of rings.entries()) {
      const measured = measureRing(ring);
      sum.area += i === 0 ? measured.area : -measured.area;
      sum.perimeter += measured.perimeter;
    }
  }
  return sum;
}
