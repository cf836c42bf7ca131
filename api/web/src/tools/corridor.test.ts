import geodesic from 'geographiclib-geodesic';
import { describe, expect, test } from 'vitest';
import { corridorOf } from './corridor';
import type { Position } from './drawing';
import { lineLength, metresBetween } from './geodesy';

const { WGS84 } = geodesic.Geodesic;

/** Numbers from 0 to 1, the same for a seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A line that wanders about in steps of up to so many metres, crossing itself as it likes. */
function wander(draw: () => number, start: Position, steps: number, longest: number): Position[] {
  const line: Position[] = [start];
  let azimuth = draw() * 360;
  for (let i = 0; i < steps; i++) {
    const [lng, lat] = line.at(-1) ?? start;
    azimuth += (draw() - 0.5) * 300;
    const { lat2 = 0, lon2 = 0 } = WGS84.Direct(lat, lng, azimuth, draw() * longest);
    line.push([lon2, lat2]);
  }
  return line;
}

/** Metres from a place to the nearest of a line of geodesics, along each of which they fall and then rise. */
function metresToLine(at: Position, line: readonly Position[]): number {
  const ends = line.map((end) => metresBetween(at, end));
  return line.slice(1).reduce(
    (best, b, i) => {
      const a = line[i] ?? b;
      const { s12 = 0, azi1 = 0 } = WGS84.Inverse(a[1], a[0], b[1], b[0]);
      // No place of the part is nearer than its ends are, less its length.
      if (Math.min(ends[i] ?? 0, ends[i + 1] ?? 0) - s12 / 2 > best) return best;
      return Math.min(best, metresToPart(at, a, azi1, s12));
    },
    Math.min(...ends),
  );
}

function metresToPart(at: Position, [lng, lat]: Position, azimuth: number, length: number): number {
  const away = (s: number) => {
    const { lat2 = 0, lon2 = 0 } = WGS84.Direct(lat, lng, azimuth, s);
    return metresBetween(at, [lon2, lat2]);
  };
  let [from, to] = [0, length];
  // Where they are least, they change by less than a millimetre over a metre.
  while (to - from > 1) {
    const [third, other] = [from + (to - from) / 3, to - (to - from) / 3];
    if (away(third) < away(other)) to = other;
    else from = third;
  }
  return away((from + to) / 2);
}

/** Whether the server has a place inside: sides are straight in longitude and latitude, and crossed an odd number of times. */
function isIn(area: readonly number[][][][], [lng, lat]: Position): boolean {
  let inside = false;
  for (const ring of area.flat()) {
    for (const [i, [x1 = 0, y1 = 0]] of ring.slice(0, -1).entries()) {
      const [x2 = 0, y2 = 0] = ring[i + 1] ?? [];
      if (y1 > lat !== y2 > lat && lng > x1 + ((lat - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
    }
  }
  return inside;
}

const anyTurn = (area: readonly number[][][][], [lng, lat]: Position) =>
  [-360, 0, 360].some((turn) => isIn(area, [lng + turn, lat]));

describe('a corridor', () => {
  const starts: [string, Position][] = [
    ['in Zhejiang', [120.15, 30.27]],
    ['on the antimeridian', [179.99, -16.5]],
    ['on the equator', [0, 0.01]],
    ['in the far north', [25, 70.6]],
  ];
  const lines = starts.flatMap(([where, start]) =>
    [
      { distance: 3000, steps: 12, longest: 8000 },
      { distance: 500, steps: 20, longest: 700 },
      { distance: 5000, steps: 40, longest: 600 },
      { distance: 100_000, steps: 4, longest: 400_000 },
      { distance: 40, steps: 2, longest: 30_000 },
    ].map((shape, i) => ({ where, start, seed: 7 * i + 1, ...shape })),
  );
  test.each(lines)('of $distance m $where holds what is near to its line', (of) => {
    const draw = random(of.seed);
    const line = wander(draw, of.start, of.steps, of.longest);
    const area = corridorOf([line], of.distance);
    expect(area).toHaveLength(1);
    const band = Math.max(1, of.distance / 1000);
    const seen = { in: 0, out: 0 };
    for (let i = 0; i < 80; i++) {
      const [lng, lat] = line[Math.floor(draw() * line.length)] ?? of.start;
      // Many close to the edge, as far as a thin band leaves them.
      const away = of.distance * (i % 2 === 0 ? 2.2 * draw() : 0.99 + 0.02 * draw());
      const { lat2 = 0, lon2 = 0 } = WGS84.Direct(lat, lng, draw() * 360, away);
      const metres = metresToLine([lon2, lat2], line);
      if (Math.abs(metres - of.distance) < band) continue;
      const near = metres < of.distance;
      seen[near ? 'in' : 'out']++;
      expect(anyTurn(area, [lon2, lat2]), `${lon2},${lat2} at ${metres} m of ${JSON.stringify(line)}`).toBe(
        near,
      );
    }
    expect(Math.min(seen.in, seen.out)).toBeGreaterThan(5);
  });

  test.each(lines)('of $distance m $where has its edge at that distance', (of) => {
    const line = wander(random(of.seed), of.start, of.steps, of.longest);
    const band = Math.max(1, of.distance / 1000);
    for (const ring of corridorOf([line], of.distance).flat()) {
      for (const [i, [x1 = 0, y1 = 0]] of ring.slice(0, -1).entries()) {
        const [x2 = 0, y2 = 0] = ring[i + 1] ?? [];
        if (i % 7 !== 0) continue;
        expect(Math.abs(metresToLine([(x1 + x2) / 2, (y1 + y2) / 2], line) - of.distance)).toBeLessThan(band);
      }
    }
  });

  test('that comes back to where it began has a hole', () => {
    const loop: Position[] = [
      [120, 30],
      [120.3, 30],
      [120.3, 30.3],
      [120, 30.3],
      [120, 30],
    ];
    const [polygon, ...more] = corridorOf([loop], 3000);
    expect(more).toEqual([]);
    expect(polygon).toHaveLength(2);
    expect(isIn(corridorOf([loop], 3000), [120.15, 30.15])).toBe(false);
    expect(corridorOf([loop], 20_000)[0]).toHaveLength(1);
  });

  test('takes the short way over the antimeridian', () => {
    const area = corridorOf(
      [
        [
          [179.9, 10],
          [-179.9, 10.1],
        ],
      ],
      3000,
    );
    const lngs = area.flat(2).map(([lng = 0]) => lng);
    expect(Math.max(...lngs) - Math.min(...lngs)).toBeLessThan(0.3);
    expect(anyTurn(area, [-179.95, 10.07])).toBe(true);
  });

  test('turns around at the end of a road, and passes through one place twice', () => {
    const back: Position[] = [
      [120, 30],
      [120.1, 30],
      [120, 30],
      [120, 30.1],
    ];
    const area = corridorOf([back], 1000);
    for (const at of [
      [120.105, 30],
      [120.05, 29.995],
      [119.995, 30],
      [120.005, 30.1],
    ] as Position[]) {
      expect(isIn(area, at)).toBe(metresToLine(at, back) < 1000);
    }
  });

  test('is nothing without a line, near a pole, or around the world', () => {
    expect(corridorOf([], 3000)).toEqual([]);
    expect(corridorOf([[[120, 30]]], 3000)).toEqual([]);
    expect(
      corridorOf(
        [
          [
            [120, 30],
            [120, 30],
          ],
        ],
        3000,
      ),
    ).toEqual([]);
    expect(
      corridorOf(
        [
          [
            [120, 85.04],
            [121, 85.04],
          ],
        ],
        3000,
      ),
    ).toEqual([]);
    expect(
      corridorOf(
        [
          [
            [-170, 0],
            [-60, 0],
            [60, 0],
            [170, 0],
            [-170, 1],
          ],
        ],
        3000,
      ),
    ).toEqual([]);
  });

  test('of a long road with many bends is quick and has few corners', () => {
    const draw = random(5);
    const road: Position[] = Array.from({ length: 4000 }, (_, i) => [
      118 + i / 2000 + draw() / 5000,
      29 + Math.sin(i / 300) / 3 + draw() / 5000,
    ]);
    expect(lineLength(road)).toBeGreaterThan(200_000);
    const began = performance.now();
    const area = corridorOf([road], 3000);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(area.flat(2).length).toBeLessThan(30_000);
  });
});
