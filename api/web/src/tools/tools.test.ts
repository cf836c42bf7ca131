import { describe, expect, test } from 'vitest';
import { measureArea } from './area';
import { csv } from './csv';
import { boxBetween, type Drawing, formatDrawing, type Position, parseDrawing } from './drawing';
import { circleRing, lineLength, measureRing, metresBetween, segmentLengths } from './geodesy';
import { Latest } from './latest';
import { denseRing, ordinate, simplify, toleranceOf } from './mercator';
import {
  collectionOf,
  mostBytes,
  type OwnAreas,
  onlyLine,
  portionsOf,
  reachingTo,
  readAreas,
} from './ownAreas';

describe('drawings in links', () => {
  const triangle: Position[] = [
    [120.15, 30.27],
    [120.16001, 30.27],
    [120.155, 30.28],
  ];
  test.each<[Drawing, string]>([
    [{ what: 'polygon', points: triangle }, 'polygon:12015000,3027000,1001,0,-501,1000'],
    [{ what: 'line', points: triangle.slice(0, 2) }, 'line:12015000,3027000,1001,0'],
    [{ what: 'circle', centre: [120.15, -30.27], radius: 3000 }, 'circle:120.15,-30.27,3000'],
    [
      { what: 'corridor', points: triangle.slice(0, 2), distance: 500 },
      'corridor:500,12015000,3027000,1001,0',
    ],
  ])('%j is %s, and back', (drawing, text) => {
    expect(formatDrawing(drawing)).toBe(text);
    const again = parseDrawing(text);
    expect(again && formatDrawing(again)).toBe(text);
    expect(again).toEqual(drawing);
  });

  test.each([
    '',
    'polygon:',
    'polygon:1,2,3,4',
    'polygon:1,2,3,4,5',
    'polygon:18100000,0,1,1,1,0',
    'line:0,9000000,1,1',
    'line:1,2',
    'corridor:3000,1,2',
    'corridor:9,12015000,3027000,1001,0',
    'corridor:100001,12015000,3027000,1001,0',
    'corridor:12015000,3027000,1001,0',
    'circle:120,30',
    'circle:120,30,0',
    'circle:120,84,5000000',
    'circle:120,30,10,5',
    'square:1,2,3,4,5,6',
    'line:1,2,x,4',
    'line:--1,2,3,4',
  ])('%j is none', (text) => expect(parseDrawing(text)).toBeNull());

  test('what falls onto one place is nothing', () => {
    const points = [triangle[0], triangle[0], triangle[0]] as Position[];
    expect(formatDrawing({ what: 'polygon', points })).toBeNull();
    expect(formatDrawing({ what: 'circle', centre: [120, 30], radius: 0.2 })).toBeNull();
  });
});

describe('rings', () => {
  test.each<[string, Position[]]>([
    [
      'of a country',
      [
        [75, 18],
        [134, 48],
        [100, 52],
      ],
    ],
    [
      'over half the world',
      [
        [-170, -60],
        [150, 84],
        [0, 70],
      ],
    ],
  ])('sides %s leave the line that is straight on the map by less than half a pixel', (_, corners) => {
    const ring = denseRing(corners);
    expect(ring.length).toBeGreaterThan(20);
    expect(ring.length).toBeLessThan(500);
    const tolerance = toleranceOf(corners);
    for (const [i, a] of ring.slice(0, -1).entries()) {
      const b = ring[i + 1] ?? a;
      const rise = ordinate(b[1]) - ordinate(a[1]);
      const run = ((b[0] - a[0]) * Math.PI) / 180;
      const along = ordinate((a[1] + b[1]) / 2) - (ordinate(a[1]) + ordinate(b[1])) / 2;
      expect(Math.abs((along * run) / Math.hypot(rise, run))).toBeLessThan(tolerance);
    }
  });

  test('a box needs its corners only, and a small area too', () => {
    expect(denseRing(boxBetween([135, 18], [75, 52])).length).toBe(5);
    expect(
      denseRing([
        [120, 30],
        [120.02, 30.01],
        [120, 30.02],
      ]).length,
    ).toBe(4);
  });

  test('a circle keeps its distance', () => {
    for (const at of circleRing([120, 30], 3000)) {
      expect(metresBetween([120, 30], at)).toBeCloseTo(3000, 6);
    }
    expect(Math.max(...circleRing([179.9, 60], 50_000).map(([lng]) => lng))).toBeGreaterThan(180);
  });

  test('what is simplified stays within the tolerance', () => {
    const wave: Position[] = Array.from({ length: 200 }, (_, i) => [
      100 + i / 100,
      30 + Math.sin(i / 20) / 10,
    ]);
    const kept = simplify(wave, 1e-5);
    expect(kept.length).toBeLessThan(80);
    expect(kept.at(0)).toEqual(wave[0]);
    expect(kept.at(-1)).toEqual(wave.at(-1));
    expect(simplify(wave, 0)).toHaveLength(200);
  });
});

describe('measures on WGS84', () => {
  test('lengths are those of Karney, also where haversine and Vincenty fail', () => {
    // GeodSolve: Beijing to Shanghai, a degree of the equator, and nearly antipodal places.
    expect(metresBetween([0, 0], [1, 0])).toBeCloseTo(111_319.4908, 3);
    expect(metresBetween([0, 0], [0, 1])).toBeCloseTo(110_574.3886, 3);
    expect(metresBetween([0, 0], [179.5, 0.5])).toBeCloseTo(19_936_288.579, 2);
    expect(
      segmentLengths([
        [0, 0],
        [1, 0],
        [1, 1],
      ]).length,
    ).toBe(2);
  });

  test('areas too: a square degree at the equator', () => {
    const ring = denseRing(boxBetween([0, 0], [1, 1]));
    expect(measureRing(ring).area / 1e6).toBeCloseTo(12_308.8, 0);
    expect(measureRing([...ring].reverse()).area).toBeCloseTo(measureRing(ring).area, 3);
  });
});

describe('the newest question', () => {
  const setUp = () => {
    const open: { question: number; answer: (a: string) => void; fail: () => void; signal: AbortSignal }[] =
      [];
    const told: string[] = [];
    const latest = new Latest<number, string>(
      (question, signal) =>
        new Promise((answer, reject) =>
          open.push({ question, answer, fail: () => reject(new Error()), signal }),
        ),
      (question, answer) => told.push(`${question} ${answer}`),
      () => told.push('failed'),
    );
    const turn = () => new Promise((done) => setTimeout(done));
    return { open, told, latest, turn };
  };

  test('one is under way at a time, what is overtaken is never asked', async () => {
    const { open, told, latest, turn } = setUp();
    for (const question of [1, 2, 3]) latest.put(question);
    expect(open.map(({ question }) => question)).toEqual([1]);
    open[0]?.answer('a');
    await turn();
    expect(open.map(({ question }) => question)).toEqual([1, 3]);
    open[1]?.fail();
    await turn();
    latest.put(4);
    open[2]?.answer('d');
    await turn();
    expect(told).toEqual(['1 a', 'failed', '4 d']);
  });

  test('what is cancelled is aborted, and says nothing', async () => {
    const { open, told, latest, turn } = setUp();
    latest.put(1);
    latest.put(2);
    latest.cancel();
    expect(open[0]?.signal.aborted).toBe(true);
    latest.put(3);
    open[0]?.answer('late');
    open[1]?.answer('c');
    await turn();
    expect(told).toEqual(['3 c']);
  });
});

describe('files', () => {
  const ring = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ];
  const area = { type: 'Polygon', coordinates: ring };
  const feature = (name: unknown) => ({ type: 'Feature', properties: { name }, geometry: area });
  const read = (value: unknown) => readAreas('a.geojson', JSON.stringify(value), 3000);

  test('areas have the names of their features', () => {
    const features = [
      feature('甲'),
      feature(7),
      { type: 'Feature', id: 'x', properties: null, geometry: area },
      feature(''),
    ];
    const found = read({ type: 'FeatureCollection', features });
    if (typeof found === 'string') throw new Error(found);
    expect(found.areas.map(({ name }) => name)).toEqual(['甲', '7', 'x', null]);
    expect(typeof read(area)).not.toBe('string');
    expect(typeof read({ type: 'MultiPolygon', coordinates: [ring] })).not.toBe('string');
    expect(found.distance).toBeNull();
  });

  const road = [
    [120, 30, 5],
    [120.1, 30, 6],
  ];
  const line = { type: 'LineString', coordinates: road };

  test('the area of a line is all within the distance of it', () => {
    const found = read({ type: 'FeatureCollection', features: [feature('甲'), { geometry: line }] });
    if (typeof found === 'string') throw new Error(found);
    expect(found.distance).toBe(3000);
    expect(onlyLine(found)).toBeNull();
    const sizes = (own: OwnAreas) => own.areas.map(({ geometry }) => measureArea(geometry).area / 1e6);
    const [first = 0, second = 0] = sizes(found);
    // Twice 3 km along it, and half a circle at each end.
    expect(second).toBeCloseTo(
      (lineLength(found.areas[1]?.lines?.[0] ?? []) * 6000 + Math.PI * 9e6) / 1e6,
      0,
    );
    const [same, wider = 0] = sizes(reachingTo(found, 6000));
    expect(same).toBe(first);
    expect(wider).toBeGreaterThan(2 * second);
  });

  test('one line alone is told apart, however it is written', () => {
    const lineOf = (value: unknown) => {
      const found = read(value);
      return typeof found === 'string' ? found : onlyLine(found);
    };
    const flat = road.map((at) => at.slice(0, 2));
    expect(lineOf(line)).toEqual(flat);
    expect(lineOf({ type: 'MultiLineString', coordinates: [road] })).toEqual(flat);
    expect(lineOf({ type: 'MultiLineString', coordinates: [road, road] })).toBeNull();
    expect(lineOf(area)).toBeNull();
  });

  test('parts of one line are one area where they meet', () => {
    const parts = [
      [
        [120, 30],
        [120.1, 30],
      ],
      [
        [120.1, 30],
        [120.1, 30.1],
      ],
    ];
    const found = read({ type: 'MultiLineString', coordinates: parts });
    expect(typeof found === 'string' ? found : found.areas[0]?.geometry.type).toBe('Polygon');
  });

  test('more areas than fit into a request go in several', () => {
    const found = read({
      type: 'FeatureCollection',
      features: Array.from({ length: 300 }, () => ({ geometry: line })),
    });
    if (typeof found === 'string') throw new Error(found);
    const portions = portionsOf(found.areas);
    expect(portions.length).toBeGreaterThan(1);
    expect(portions.flat()).toEqual(found.areas);
    for (const portion of portions) {
      expect(JSON.stringify(collectionOf(portion)).length).toBeLessThan(mostBytes);
    }
  });

  test.each<[string, unknown]>([
    ['kind', { type: 'Point', coordinates: [0, 0] }],
    ['kind', { type: 'FeatureCollection', features: [null] }],
    [
      'kind',
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 1],
          ],
        ],
      },
    ],
    ['kind', 7],
    ['kind', { type: 'LineString', coordinates: [[0, 0]] }],
    [
      'degrees',
      {
        type: 'LineString',
        coordinates: [
          [5e5, 3e6],
          [5e5, 4e6],
        ],
      },
    ],
    [
      'reach',
      {
        type: 'LineString',
        coordinates: [
          [120, 30],
          [120, 30],
        ],
      },
    ],
    ['none', { type: 'FeatureCollection', features: [] }],
    ['many', { type: 'FeatureCollection', features: Array.from({ length: 1001 }, feature) }],
    [
      'degrees',
      {
        type: 'Polygon',
        coordinates: [
          [
            [5e5, 3e6],
            [5e5, 4e6],
            [6e5, 4e6],
            [5e5, 3e6],
          ],
        ],
      },
    ],
  ])('%s', (fault, value) => expect(read(value)).toBe(fault));

  test('what is no JSON, or too long, is said to be', () => {
    expect(readAreas('a', '{', 3000)).toBe('json');
    expect(readAreas('a', ' '.repeat(1_100_000), 3000)).toBe('large');
  });

  test('a spreadsheet runs nothing of a table', () => {
    const rows = [
      ['name', 'n'],
      ['=1+1', -5],
      ['@x', 0],
      ['a,"b"', 1],
      ['-2', 2],
      ['甲', 3],
    ];
    expect(csv(rows)).toBe('\uFEFFname,n\r\n\'=1+1,-5\r\n\'@x,0\r\n"a,""b""",1\r\n\'-2,2\r\n甲,3\r\n');
  });
});
