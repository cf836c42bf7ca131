import { metresBetween } from '../../tools/geodesy';
import { type Area, rounded } from './registration';

type Position = readonly [number, number];

/** A drawn corner goes to a corner or border of a neighbour that is within so many metres. */
export const snapMetres = 15;

/** One drawn ring as an area, its corners on those of neighbours where they are close; degrees, to 1e-7. */
export function areaOf(ring: readonly Position[], neighbours: readonly Area[]): Area {
  const edges = neighbours.flatMap(edgesOf);
  const corners = ring.map((corner) => snapped(corner, edges));
  const distinct = corners.filter((corner, i) => !same(corner, corners[(i + 1) % corners.length]));
  const [first = [0, 0]] = distinct;
  return {
    type: 'MultiPolygon',
    coordinates: [[[...distinct, first].map(([lng, lat]) => [lng, lat])]],
  } as Area;
}

interface Edge {
  a: Position;
  b: Position;
}

function edgesOf(area: Area): Edge[] {
  const rings = (area.coordinates as number[][][][]).flat();
  return rings.flatMap((ring) => ring.slice(1).map((b, i) => ({ a: pair(ring[i] ?? b), b: pair(b) })));
}

const pair = (position: readonly number[]): Position => [position[0] ?? 0, position[1] ?? 0];

function same(a: Position, b: Position | undefined): boolean {
  return b !== undefined && a[0] === b[0] && a[1] === b[1];
}

/** A corner of a neighbour comes before a point of its border: only common corners leave no gap. */
function snapped(corner: Position, edges: readonly Edge[]): Position {
  const near = edges.filter((edge) => mayBeNear(corner, edge));
  const onCorner = nearest(
    corner,
    near.flatMap(({ a, b }) => [a, b]),
  );
  if (onCorner) return onCorner;
  return (
    nearest(
      corner,
      near.map((edge) => foot(corner, edge)),
    ) ?? (corner.map(rounded) as unknown as Position)
  );
}

function nearest(to: Position, candidates: readonly Position[]): Position | null {
  let best: Position | null = null;
  let least = snapMetres;
  for (const one of candidates) {
    const metres = metresBetween(to, one);
    if (metres <= least) [best, least] = [one, metres];
  }
  return best;
}

/** Leaves out what is far away, without measuring it. */
function mayBeNear([lng, lat]: Position, { a, b }: Edge): boolean {
  const high = (snapMetres * 1.1) / 111_000;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  return (
    lng >= Math.min(a[0], b[0]) - wide &&
    lng <= Math.max(a[0], b[0]) + wide &&
    lat >= Math.min(a[1], b[1]) - high &&
    lat <= Math.max(a[1], b[1]) + high
  );
}

/** The point of an edge that is nearest to a position, on a plane round it. */
function foot([lng, lat]: Position, { a, b }: Edge): Position {
  const shrink = Math.cos((lat * Math.PI) / 180);
  const [dx, dy] = [(b[0] - a[0]) * shrink, b[1] - a[1]];
  const length = dx * dx + dy * dy;
  if (length === 0) return a;
  const along = ((lng - a[0]) * shrink * dx + (lat - a[1]) * dy) / length;
  const part = Math.min(1, Math.max(0, along));
  return [rounded(a[0] + part * (b[0] - a[0])), rounded(a[1] + part * (b[1] - a[1]))];
}

/** What is wrong with a drawn ring: two of its sides cross, each told by the numbers of its corners from 1, or it encloses nothing. */
export type RingFault = { is: 'crosses'; a: number; b: number; c: number; d: number } | { is: 'flat' };

/** A ring is looked at up to so many corners: longer ones nobody draws. */
const mostLooked = 500;

/** The first fault of the outer ring of an area; null for none, and for what is too long to be looked at. */
export function faultOf(area: Area): RingFault | null {
  const ring = ((area.coordinates as number[][][][])[0]?.[0] ?? []).slice(0, -1).map(pair);
  const n = ring.length;
  if (n > mostLooked) return null;
  const at = (i: number): Position => ring[i % n] ?? [0, 0];
  for (let i = 0; i < n; i++) {
    // Neighbouring sides have a corner in common.
    for (let k = i + 2; k < (i === 0 ? n - 1 : n); k++) {
      if (meet(at(i), at(i + 1), at(k), at(k + 1)))
        return { is: 'crosses', a: i + 1, b: i + 2, c: k + 1, d: k + 1 === n ? 1 : k + 2 };
    }
  }
  const [origin = [0, 0]] = ring;
  return ring.some((one, i) => side(origin, one, at(i + 1)) !== 0) ? null : { is: 'flat' };
}

/** On which side of the line from a to b a position is: 1, -1, or 0 for on it. */
function side([ax, ay]: Position, [bx, by]: Position, [px, py]: Position): number {
  return Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
}

/** Whether two sides have a position in common. */
function meet(a: Position, b: Position, c: Position, d: Position): boolean {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (abc !== abd && cda !== cdb) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

/** Whether a position of the line through a and b lies between them. */
function between(a: Position, b: Position, [x, y]: Position): boolean {
  return (x - a[0]) * (x - b[0]) <= 0 && (y - a[1]) * (y - b[1]) <= 0;
}

/** Whether an area holds a place, its border half; its holes are outside. */
export function holds(area: Area, { lng, lat }: { lng: number; lat: number }): boolean {
  // Holes lie within their polygon and polygons do not cross: the parity of all borders is that of the area.
  return edgesOf(area).filter((edge) => crosses(edge, lng, lat)).length % 2 === 1;
}

/** Whether an edge crosses the ray that goes east from a place. */
function crosses({ a: [x1, y1], b: [x2, y2] }: Edge, lng: number, lat: number): boolean {
  if (y1 > lat === y2 > lat) return false;
  return lng < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1);
}

/** The lines of a text that say corners, one in each. A ring that ends where it began says its first corner once. */
export function cornerLines(text: string): string[] {
  const lines = text.split(/[\n;；]/).map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  return said.length > 1 && said[0] === said.at(-1) ? said.slice(0, -1) : said;
}
