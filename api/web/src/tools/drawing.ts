/** Longitude, then latitude, in degrees. */
export type Position = readonly [number, number];

/** What a person draws: an area, all within a distance of a line, or a line whose length is measured. In metres. */
export type Drawing =
  | { what: 'polygon'; points: readonly Position[] }
  | { what: 'circle'; centre: Position; radius: number }
  | { what: 'corridor'; points: readonly Position[]; distance: number }
  | { what: 'line'; points: readonly Position[] };

/** Links keep a hundred-thousandth of a degree, about a metre. */
const scale = 1e5;

/** The fewest points that make a drawing. */
export const fewest = { polygon: 3, corridor: 2, line: 2 } as const;

/** Whether there are corners enough. */
export function isWhole(drawing: Drawing): boolean {
  return drawing.what === 'circle' || drawing.points.length >= fewest[drawing.what];
}

/**
 * Writes a drawing as links carry it: circle:120.15,30.27,3000 for a centre and whole metres, or polygon: and line: with
 * the first position in hundred-thousandths of a degree and each other one as its difference from the one before, or
 * corridor: with the distance in whole metres before those of its line. null for what is too small to be anything.
 */
export function formatDrawing(drawing: Drawing): string | null {
  if (drawing.what === 'circle') {
    const { centre, radius } = drawing;
    const metres = Math.round(radius);
    return metres < 1 ? null : `circle:${centre.map((v) => Math.round(v * scale) / scale).join()},${metres}`;
  }
  const steps = stepsOf(drawing.points);
  if (steps.length / 2 < fewest[drawing.what]) return null;
  const all = drawing.what === 'corridor' ? [Math.round(drawing.distance), ...steps] : steps;
  return `${drawing.what}:${all.join()}`;
}

/** Differences between rounded positions, without those that fall onto the one before. */
function stepsOf(points: readonly Position[]): number[] {
  const steps: number[] = [];
  let [x, y] = [0, 0];
  for (const point of points) {
    const [nextX, nextY] = [Math.round(point[0] * scale), Math.round(point[1] * scale)];
    if (steps.length > 0 && nextX === x && nextY === y) continue;
    steps.push(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  }
  return steps;
}

/** Reads what formatDrawing wrote; null for anything else. */
export function parseDrawing(text: string): Drawing | null {
  const [, what, rest = ''] = /^(circle|polygon|corridor|line):([-\d.,]+)$/.exec(text) ?? [];
  const numbers = rest.split(',').map(Number);
  if (what === undefined || !numbers.every(Number.isFinite)) return null;
  if (what === 'circle') return circleOf(numbers);
  const [distance = 0, ...steps] = numbers;
  const points = pointsOf(what === 'corridor' ? steps : numbers);
  const drawing = drawingOf(what, points, distance);
  return isWhole(drawing) && points.every(isOnMap) ? drawing : null;
}

function drawingOf(
  what: string,
  points: readonly Position[],
  distance: number,
): Drawing & { points: unknown } {
  if (what !== 'corridor') return { what: what === 'line' ? 'line' : 'polygon', points };
  return { what, points: isDistance(distance) ? points : [], distance };
}

/** Whether the corridor of a line may be so many metres to each side. */
export function isDistance(metres: number): boolean {
  return metres >= 10 && metres <= 100_000;
}

/** A corridor with another distance, in metres. */
export function withDistance(drawing: Drawing | null, distance: number): Drawing | null {
  return drawing?.what === 'corridor' ? { ...drawing, distance } : drawing;
}

function circleOf([lng = Number.NaN, lat = Number.NaN, radius = 0, ...more]: number[]): Drawing | null {
  const centre: Position = [lng, lat];
  if (more.length > 0 || !isOnMap(centre) || !(radius >= 1 && radius <= mostRadius(lat))) return null;
  return { what: 'circle', centre, radius };
}

function pointsOf(steps: readonly number[]): Position[] {
  const points: Position[] = [];
  let [x, y] = [0, 0];
  for (let i = 0; i + 1 < steps.length; i += 2) {
    x += steps[i] ?? 0;
    y += steps[i + 1] ?? 0;
    points.push([x / scale, y / scale]);
  }
  return steps.length % 2 === 0 ? points : [];
}

/** The latitude at which a web-mercator map ends. */
export const mostLatitude = 85.05;

function isOnMap([lng, lat]: Position): boolean {
  return Math.abs(lng) <= 180 && Math.abs(lat) <= mostLatitude;
}

/** How far a circle round a latitude may reach, in metres, so that no pole is in it. */
export function mostRadius(lat: number): number {
  return Math.max(1, Math.floor((mostLatitude - Math.abs(lat)) * 110_000));
}

/** The position itself, or the nearest one that the map has. */
export function clampToMap([lng, lat]: Position): Position {
  const clamp = (v: number, most: number) => Math.min(most, Math.max(-most, v));
  return [clamp(lng, 180), clamp(lat, mostLatitude)];
}

/** The four corners of a box between two opposite ones, counterclockwise from the south-west. */
export function boxBetween([x1, y1]: Position, [x2, y2]: Position): Position[] {
  const [west, east] = [Math.min(x1, x2), Math.max(x1, x2)];
  const [south, north] = [Math.min(y1, y2), Math.max(y1, y2)];
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}
