import geodesic from 'geographiclib-geodesic';
import type { Position } from './drawing';

const { WGS84 } = geodesic.Geodesic;

/** The length in metres of the shortest way between two positions over the ellipsoid. */
export function metresBetween(a: Position, b: Position): number {
  return WGS84.Inverse(a[1], a[0], b[1], b[0]).s12 ?? 0;
}

/** So many corners that a circle of 3 km is nowhere more than 12 cm off. */
const corners = 360;

/** The ring of positions that are so many metres from a centre; longitudes go on beyond 180 rather than turn back. */
export function circleRing(centre: Position, radius: number): Position[] {
  const ring: Position[] = [];
  for (let i = 0; i < corners; i++) {
    const { lon2 = 0, lat2 = 0 } = WGS84.Direct(centre[1], centre[0], -(i * 360) / corners, radius);
    ring.push([centre[0] + turned(lon2 - centre[0]), lat2]);
  }
  const [first] = ring;
  return first ? [...ring, first] : [];
}

/** Degrees as a turn of at most half a circle. */
export function turned(degrees: number): number {
  return degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
}

/** Square metres within a closed ring, and the metres round it. */
export function measureRing(ring: readonly (readonly number[])[]): { area: number; perimeter: number } {
  const polygon = WGS84.Polygon(false);
  for (const [lng = 0, lat = 0] of ring.slice(1)) polygon.AddPoint(lat, lng);
  const { area = 0, perimeter = 0 } = polygon.Compute(false, true);
  return { area: Math.abs(area), perimeter };
}

/** The lengths in metres of the parts of a line. */
export function segmentLengths(points: readonly Position[]): number[] {
  return points.slice(1).map((b, i) => metresBetween(points[i] ?? b, b));
}

/** The length in metres of a line. */
export function lineLength(points: readonly Position[]): number {
  return segmentLengths(points).reduce((sum, length) => sum + length, 0);
}

/** A long part of a line is drawn in pieces of this many metres, at most 64: the shortest way is bent on the map. */
const piece = 50_000;

/** The shortest way along positions, as it is drawn. */
export function geodesicLine(points: readonly Position[]): Position[] {
  const line: Position[] = points.slice(0, 1);
  for (const [i, b] of points.slice(1).entries()) line.push(...wayTo(points[i] ?? b, b));
  return line;
}

function wayTo(a: Position, b: Position): Position[] {
  const { s12 = 0, azi1 = 0 } = WGS84.Inverse(a[1], a[0], b[1], b[0]);
  const pieces = Math.min(64, Math.max(1, Math.ceil(s12 / piece)));
  const way: Position[] = [];
  for (let k = 1; k < pieces; k++) {
    const { lon2 = 0, lat2 = 0 } = WGS84.Direct(a[1], a[0], azi1, (s12 * k) / pieces);
    way.push([a[0] + turned(lon2 - a[0]), lat2]);
  }
  return [...way, b];
}
