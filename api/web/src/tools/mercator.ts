import type { Position } from './drawing';

/** The ordinate of a web-mercator map at a latitude in degrees, in radians as the longitude is. */
export function ordinate(lat: number): number {
  return Math.asinh(Math.tan((lat * Math.PI) / 180));
}

function latitude(y: number): number {
  return (Math.atan(Math.sinh(y)) * 180) / Math.PI;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Pixels of the largest screen that an area may fill: an edge is at most half of one off. */
const screen = 4096;

/** How far a side may be off, in radians of the map, for an area of this extent: half a pixel where it fills the screen. */
export function toleranceOf(points: readonly Position[]): number {
  const xs = points.map(([lng]) => radians(lng));
  const ys = points.map(([, lat]) => ordinate(lat));
  const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  return extent / screen / 2;
}

/**
 * The closed ring of corners with so many vertices that its sides, straight in longitude and latitude as the server has
 * them, do not leave the lines that are straight on the map by more than half a pixel.
 */
export function denseRing(corners: readonly Position[]): Position[] {
  const tolerance = toleranceOf(corners);
  const ring: Position[] = [];
  for (const [i, a] of corners.entries()) {
    ring.push(a);
    if (tolerance > 0) addBetween(ring, a, corners[(i + 1) % corners.length] ?? a, tolerance, mostHalvings);
  }
  const [first] = ring;
  return first ? [...ring, first] : [];
}

/** A side becomes at most 2¹² parts. */
const mostHalvings = 12;

/** Adds what a side needs between its ends: it is halved, on the map, as long as it is off. */
function addBetween(ring: Position[], a: Position, b: Position, tolerance: number, halvings: number): void {
  if (halvings === 0 || off(a, b) <= tolerance) return;
  const middle: Position = [(a[0] + b[0]) / 2, latitude((ordinate(a[1]) + ordinate(b[1])) / 2)];
  addBetween(ring, a, middle, tolerance, halvings - 1);
  ring.push(middle);
  addBetween(ring, middle, b, tolerance, halvings - 1);
}

/** How far the two lines between positions are apart on the map, at right angles to it. On both sides of the equator they cross. */
function off([lng1, lat1]: Position, [lng2, lat2]: Position): number {
  const dx = radians(lng2 - lng1);
  const [y1, y2] = [ordinate(lat1), ordinate(lat2)];
  const length = Math.hypot(dx, y2 - y1);
  if (length === 0) return 0;
  const along = [0.25, 0.5, 0.75].map((part) =>
    Math.abs(ordinate(lat1 + (lat2 - lat1) * part) - y1 - (y2 - y1) * part),
  );
  return (Math.max(...along) * Math.abs(dx)) / length;
}

/** A line with fewer vertices that stays within a tolerance, in radians of the map, of all of them (Douglas and Peucker). */
export function simplify(points: readonly Position[], tolerance: number): Position[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    const far = farthest(points, from, to);
    if (far.off <= tolerance) continue;
    kept.add(far.at);
    open.push([from, far.at], [far.at, to]);
  }
  return points.filter((_, i) => kept.has(i));
}

function farthest(points: readonly Position[], from: number, to: number): { at: number; off: number } {
  const [a, b] = [flat(points[from]), flat(points[to])];
  let best = { at: from, off: 0 };
  for (let i = from + 1; i < to; i++) {
    const off = offSegment(flat(points[i]), a, b);
    if (off > best.off) best = { at: i, off };
  }
  return best;
}

function flat([lng, lat]: Position = [0, 0]): [number, number] {
  return [radians(lng), ordinate(lat)];
}

function offSegment(
  [x, y]: [number, number],
  [ax, ay]: [number, number],
  [bx, by]: [number, number],
): number {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const part = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}
