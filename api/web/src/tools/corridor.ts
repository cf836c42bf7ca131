import geodesic from 'geographiclib-geodesic';
import type { Polygon } from 'geojson';
import { mostLatitude, type Position } from './drawing';
import { filled } from './filled';
import { metresBetween, turned } from './geodesy';
import { simplify } from './mercator';

const { WGS84 } = geodesic.Geodesic;

/**
 * Degrees from one vertex of an arc to the next. The chord between them stays within the arc by its sagitta,
 * r (1 − cos 1°): 0.015 % of the distance, 46 cm at 3 km.
 */
const arcStep = 2;

/**
 * How far a side that is straight in longitude and latitude may leave a geodesic, in metres: 0.01 % of the distance, or
 * 10 cm where that is more. As much again may come of bends of the line that are left out, and of what a short stretch of
 * it is bent. With the sagitta that is less than 0.1 % of the distance, or than 1 m where that is more.
 */
const toleranceFor = (distance: number) => Math.max(0.1, distance / 10_000);

const earth = 6_371_000;

/** A place on the line: which way the line comes there and goes on, in degrees from the north. */
interface Station {
  at: Position;
  from: number;
  on: number;
}

/**
 * All that lies within a distance in metres of lines of geodesics on WGS84, as polygons whose sides are straight in
 * longitude and latitude. Longitudes go on beyond 180 rather than turn back. Lines of fewer than two places have nothing
 * near to them; empty too where the corridor would reach beyond the latitudes of the map or all around the world.
 */
export function corridorOf(
  lines: readonly (readonly Position[])[],
  distance: number,
): Polygon['coordinates'][] {
  const [origin] = lines.flat();
  const ways = lines
    .map((line) => stationsOf(thinned(line, distance), distance, origin))
    .filter((stations) => stations.length > 1);
  const margin = mostLatitude - distance / 110_000;
  if (ways.flat().some(({ at }) => Math.abs(at[1]) > margin)) return [];
  const outlines = ways.map((stations) => outlineOf(stations, distance));
  return isAroundTheWorld(outlines.flat()) ? [] : filled(outlines);
}

function isAroundTheWorld(places: readonly Position[]): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [lng] of places) [least, most] = [Math.min(least, lng), Math.max(most, lng)];
  return most - least >= 360;
}

/** The line without bends that are smaller than the tolerance, stretch by stretch: over a short one all lines are straight. */
function thinned(line: readonly Position[], distance: number): Position[] {
  const tolerance = toleranceFor(distance) / earth;
  const kept: Position[] = line.slice(0, 1);
  let stretch = line.slice(0, 1);
  let length = 0;
  for (const [i, b] of line.slice(1).entries()) {
    const a = line[i] ?? b;
    length += metresBetween(a, b);
    stretch.push(b);
    const goesOn = i + 2 < line.length && Math.abs(b[0] - a[0]) < 180;
    if (goesOn && length < pieceAt(Math.abs(b[1]), distance)) continue;
    kept.push(...simplify(stretch, tolerance).slice(1));
    [stretch, length] = [[b], 0];
  }
  return kept;
}

/** Places along a line, so near to each other that what lies between them is straight enough. */
function stationsOf(points: readonly Position[], distance: number, origin: Position = [0, 0]): Station[] {
  const stations: Station[] = [];
  for (const [i, b] of points.slice(1).entries()) {
    const a = points[i] ?? b;
    const { s12 = 0, azi1 = 0, azi2 = 0 } = WGS84.Inverse(a[1], a[0], b[1], b[0]);
    if (s12 < 0.01) continue;
    const start = stations.at(-1) ?? { at: near(origin, a[0], a[1]), from: azi1, on: azi1 };
    if (stations.length === 0) stations.push(start);
    start.on = azi1;
    const pieces = Math.ceil(s12 / pieceAt(Math.max(Math.abs(a[1]), Math.abs(b[1])), distance));
    for (let k = 1; k < pieces; k++) {
      const { lat2 = 0, lon2 = 0, azi2: azimuth = 0 } = WGS84.Direct(a[1], a[0], azi1, (s12 * k) / pieces);
      stations.push({ at: near(start.at, lon2, lat2), from: azimuth, on: azimuth });
    }
    stations.push({ at: near(start.at, b[0], b[1]), from: azi2, on: azi2 });
  }
  return stations;
}

/** A position with the longitude that is nearest to another's. */
function near([lng]: Position, lon: number, lat: number): Position {
  return [lng + turned((lon - lng) % 360), lat];
}

/**
 * Metres of a geodesic for which a straight side may stand at a latitude in degrees. In longitude and latitude it is bent by
 * at most 2 tan φ / R, where φ counts the distance too; a chord of length s then leaves it by s² / 8 of that.
 */
function pieceAt(latitude: number, distance: number): number {
  const most = Math.min(mostLatitude, latitude + distance / 110_000 + 1);
  const bend = (2 * Math.tan((most * Math.PI) / 180)) / earth;
  return Math.min(100_000, Math.sqrt((8 * toleranceFor(distance)) / bend));
}

/**
 * One closed way around the corridor of a line: along the left of the line, round its end, back on the right and round its start. On
 * the outer side of a bend it is an arc, on the inner one it goes by way of the line itself. So it is the sum of a strip for
 * each piece and a sector for each bend, all turning the same way: what it goes around at least once is the corridor.
 */
function outlineOf(stations: readonly Station[], distance: number): Position[] {
  const outline: Position[] = [];
  const place = ({ at }: Station, azimuth: number) => {
    const { lat2 = 0, lon2 = 0 } = WGS84.Direct(at[1], at[0], azimuth, distance);
    outline.push(near(at, lon2, lat2));
  };
  const arc = (station: Station, from: number, turn: number) => {
    const steps = Math.max(1, Math.ceil(turn / arcStep));
    for (let k = 0; k <= steps; k++) place(station, from + (turn * k) / steps);
  };
  /** Passes a station on the left of the way that arrives and leaves in these directions. */
  const pass = (station: Station, from: number, on: number) => {
    const turn = turned((on - from) % 360);
    if (Math.abs(turn) < 1e-9) place(station, from - 90);
    else if (turn > 0) arc(station, from - 90, turn);
    else {
      place(station, from - 90);
      outline.push(station.at);
      place(station, on - 90);
    }
  };
  const [first, last] = [stations[0], stations.at(-1)];
  if (!first || !last) return [];
  for (const station of stations.slice(0, -1)) pass(station, station.from, station.on);
  arc(last, last.from - 90, 180);
  for (const station of stations.slice(1, -1).reverse()) pass(station, station.on + 180, station.from + 180);
  arc(first, first.on + 90, 180);
  return outline;
}
