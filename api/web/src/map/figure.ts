import { corridorOf } from '../tools/corridor';
import type { Drawing, Position } from '../tools/drawing';
import { circleRing, geodesicLine, metresBetween } from '../tools/geodesy';

/** What a drawing looks like, wherever it is shown. Sides of an area are straight on the map. */
export interface Figure {
  /** The polygons of an area, each an outer ring and its holes; the first corner is not necessarily again at the end. */
  area: readonly (readonly (readonly Position[])[])[];
  lines: readonly (readonly Position[])[];
  /** Where a corner is marked. */
  corners: readonly Position[];
  /** Where a length in metres is written. */
  lengths: readonly { at: Position; metres: number }[];
}

/** From so many corners on they are of a free hand, and not marked. */
const freeHand = 21;

/** A polygon with its corners, a circle with its radius, a corridor with its line, or a line with the lengths of its parts. */
export function figureOf(drawing: Drawing): Figure {
  if (drawing.what === 'circle') return circleFigure(drawing.centre, drawing.radius);
  const { what, points } = drawing;
  const corners = points.length < freeHand ? points : [];
  if (what === 'polygon') return { area: [[points]], lines: [], corners, lengths: [] };
  if (what === 'corridor') {
    const area = corridorOf([points], drawing.distance) as unknown as Position[][][];
    return { area, lines: [geodesicLine(points)], corners, lengths: [] };
  }
  const lengths = points.slice(1).map((b, i) => {
    const a = points[i] ?? b;
    return { at: middle(a, b), metres: metresBetween(a, b) };
  });
  return { area: [], lines: [geodesicLine(points)], corners: points, lengths };
}

function circleFigure(centre: Position, radius: number): Figure {
  const ring = circleRing(centre, radius);
  const east = ring[Math.round((ring.length - 1) * 0.75)] ?? centre;
  const lengths = [{ at: middle(centre, east), metres: radius }];
  return { area: [[ring]], lines: [[centre, east]], corners: [centre], lengths };
}

function middle(a: Position, b: Position): Position {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
