import type { MultiPolygon } from 'geojson';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TileJSON } from '../api/client';
import { noConditions } from '../state/conditions';
import { areaLayers } from './areas';
import type { MapController } from './controller';
import { shareOfCountry } from './country';
import { addExtra } from './extra';
import { markOf, sortKinds } from './kinds';
import { layerIds } from './layers';
import { LiveEvents } from './live';
import { layerName, tileQuery, tileTemplates, viewerStyle } from './style';
import { affected, boxParameter, parseTile, pointBox, related, tileAt, tileBox } from './tiles';
import { extentOf, veilOf } from './veil';

describe('tiles', () => {
  test.each([
    ['14/13658/6763', { z: 14, x: 13658, y: 6763 }],
    ['0/0/0', { z: 0, x: 0, y: 0 }],
    ['1/2/0', null],
    ['1/0', null],
    ['a/b/c', null],
    ['3/1.5/0', null],
    ['3/-1/0', null],
  ])('%s', (text, tile) => {
    expect(parseTile(text)).toEqual(tile);
  });

  test('a tile is related to its ancestors and descendants only', () => {
    const deep = { z: 14, x: 13658, y: 6763 };
    expect(related({ z: 0, x: 0, y: 0 }, deep)).toBe(true);
    expect(related({ z: 13, x: 6829, y: 3381 }, deep)).toBe(true);
    expect(related({ z: 13, x: 6828, y: 3381 }, deep)).toBe(false);
    expect(related({ z: 16, x: 13658 * 4 + 3, y: 6763 * 4 }, deep)).toBe(true);
    expect(related({ z: 16, x: 13659 * 4, y: 6763 * 4 }, deep)).toBe(false);
    expect(
      affected(
        [
          { z: 2, x: 3, y: 1 },
          { z: 2, x: 0, y: 0 },
        ],
        [deep],
      ),
    ).toEqual([{ z: 2, x: 3, y: 1 }]);
  });

  test('the tile at a position has a box that holds it', () => {
    for (const [lng, lat] of [
      [120.1551, 30.2741],
      [-0.1, -33.9],
      [179.99, 84.9],
    ] as const) {
      for (const z of [0, 5, 14]) {
        const [west, south, east, north] = tileBox(tileAt(lng, lat, z));
        expect(west <= lng && lng <= east && south <= lat && lat <= north).toBe(true);
      }
    }
    expect(tileAt(120.1551, 30.2741, 14)).toEqual({ z: 14, x: 13660, y: 6745 });
  });

  test('boxes are clipped to the world', () => {
    expect(boxParameter([-190, -91, 190, 91])).toBe('-180.0000000,-90.0000000,180.0000000,90.0000000');
    const [west, , east] = pointBox(120, 30, 14);
    expect(east - west).toBeLessThan(0.0001);
  });
});

describe('the share of the country in a box', () => {
  test.each([
    ['the world', [-180, -85, 180, 85], 1],
    ['its own box', [73.4, 3.4, 135.1, 53.6], 1],
    ['the ocean', [-180, -85, 70, 85], 0],
    ['the eastern half', [104.25, 3.4, 150, 53.6], 0.5],
  ] as const)('%s', (_, box, share) => {
    expect(shareOfCountry(box)).toBeCloseTo(share);
  });

  test('a province is a small part of it', () => {
    expect(shareOfCountry([118, 27, 123, 31.2])).toBeLessThan(0.01);
  });
});

describe('veil', () => {
  const square = (w: number, s: number, e: number, n: number) => [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
  const shape: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: [[square(0, 0, 10, 10), square(4, 4, 6, 6)], [square(20, 0, 21, 1)]],
  };

  test('the parts of the shape are holes of the world, its holes are islands', () => {
    const { coordinates } = veilOf(shape).geometry;
    expect(coordinates[0]?.length).toBe(3);
    expect(coordinates[1]).toEqual([square(4, 4, 6, 6)]);
  });

  test('the extent encloses every part', () => {
    expect(extentOf(shape)).toEqual([0, 0, 21, 10]);
    expect(extentOf({ type: 'MultiPolygon', coordinates: [] })).toBeNull();
  });
});

describe('kinds', () => {
  test('the usual kinds come first and keep their marks', () => {
    const kinds = sortKinds(['zoo', 'residents_committee', 'abc', 'village_committee', 'zoo']);
    expect(kinds).toEqual(['village_committee', 'residents_committee', 'abc', 'zoo']);
    expect(markOf('village_committee')).toEqual({ colour: '#009e73', shape: 'circle' });
  });

  test('marks differ in colour and in shape alike', () => {
    const kinds = [
      'village_committee',
      'residents_committee',
      'branch',
      'collective_economy',
      'service_centre',
      'x',
    ];
    const marks = kinds.map(markOf);
    expect(new Set(marks.map((mark) => mark.colour)).size).toBe(kinds.length);
    expect(new Set(marks.map((mark) => mark.shape)).size).toBe(kinds.length);
    expect(markOf('y')).toEqual(markOf('x'));
  });
});

describe('style', () => {
  const about: TileJSON = {
    tilejson: '3.0.0',
    tiles: ['http://elsewhere:1/tiles/organizations/{z}/{x}/{y}'],
    minzoom: 0,
    maxzoom: 16,
    vector_layers: [{ id: 'organizations', fields: {} }],
  };
  const origin = 'http://here';

  test('tiles come from the origin of the page, with the conditions', () => {
    const query = tileQuery({ ...noConditions, kinds: ['a', 'b'], division: '330100000000' });
    expect(tileTemplates(about, query, origin)).toEqual([
      'http://here/tiles/organizations/{z}/{x}/{y}?kind=a,b&division=330100000000',
    ]);
    const more = { ...about, tiles: ['/t/{z}/{x}/{y}?cells=8'] };
    expect(tileTemplates(more, 'kind=a', origin)).toEqual(['/t/{z}/{x}/{y}?cells=8&kind=a']);
    expect(tileQuery(noConditions)).toBe('');
    expect(tileQuery({ ...noConditions, kinds: ['a'], day: '2020-12-31' })).toBe(
      'kind=a&datetime=2020-12-31',
    );
  });

  test('of the served style the land stays, and its layers of data are replaced', () => {
    const served = {
      version: 8 as const,
      sources: { base: { type: 'geojson' as const, data: 'http://elsewhere:1/basemaps/land.json' } },
      layers: [
        { id: 'land', type: 'fill' as const, source: 'base' },
        { id: 'theirs', type: 'circle' as const, source: 'organizations' },
      ],
    };
    const filter = noConditions;
    const about2 = { organizations: about, divisions: { ...about, vector_layers: [] } };
    const style = viewerStyle(served, null, about2, filter, ['a'], 'zh', origin);
    const ids = style.layers.map((layer) => layer.id);
    expect(ids.slice(0, 2)).toEqual(['background', 'land']);
    expect(ids).not.toContain('theirs');
    expect(new Set(ids).size).toBe(ids.length);
    expect(style.sources.base).toMatchObject({ data: 'http://here/basemaps/land.json' });
    expect(JSON.stringify(style)).not.toContain('elsewhere');
    expect(style.glyphs).toBeUndefined();
    expect(layerName(about2.divisions, 'divisions')).toBe('divisions');
  });
});

describe('the layers of areas', () => {
  test.each(['grids', 'jurisdictions'] as const)('%s outside of the chosen division are veiled', (name) => {
    const about: TileJSON = { tilejson: '3.0.0', tiles: ['/t/{z}/{x}/{y}'], vector_layers: [] };
    const served = { version: 8 as const, sources: {}, layers: [] };
    const filter = noConditions;
    const style = viewerStyle(
      served,
      null,
      { organizations: about, divisions: about },
      filter,
      [],
      'zh',
      'http://here',
    );
    const ids = style.layers.map((layer) => layer.id);
    const map = {
      addSource: () => {},
      addLayer: ({ id }: { id: string }, before: string) => ids.splice(ids.indexOf(before), 0, id),
    };
    addExtra({ map, language: 'zh' } as unknown as MapController, name, about, '');
    const areas = areaLayers(name).map((layer) => layer.id);
    expect(ids.filter((id) => areas.includes(id))).toEqual(areas);
    for (const id of areas) expect(ids.indexOf(id)).toBeLessThan(ids.indexOf(layerIds.veil));
    for (const id of areas) expect(ids.indexOf(id)).toBeGreaterThan(ids.indexOf(layerIds.divisionFill));
  });
});

describe('live events', () => {
  class FakeSource extends EventTarget {
    static made: FakeSource[] = [];
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    closed = false;
    constructor(readonly url: string) {
      super();
      FakeSource.made.push(this);
    }
    close() {
      this.closed = true;
    }
    say(data: unknown) {
      this.dispatchEvent(new MessageEvent('change', { data: JSON.stringify(data) }));
    }
  }
  let visible: DocumentVisibilityState = 'visible';
  beforeEach(() => {
    FakeSource.made = [];
    visible = 'visible';
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  const last = () => FakeSource.made.at(-1) as FakeSource;

  test('changed tiles are told, a reload tells of everything, other layers are not heard', () => {
    const told: unknown[] = [];
    const events = new LiveEvents(
      ['organizations'],
      (tiles) => told.push(tiles),
      () => {},
    );
    last().onopen?.();
    last().say({ layer: 'organizations', position: 'p', tiles: ['14/1/2', 'nonsense'] });
    last().say({ layer: 'organizations', position: 'p', reload: true });
    last().say({ layer: 'reports', position: 'p', tiles: ['14/1/2'] });
    expect(told).toEqual([[{ z: 14, x: 1, y: 2 }], null]);
    events.close();
    expect(last().closed).toBe(true);
  });

  test('after an error it tries again, ever more slowly, and then everything counts as changed', () => {
    const told: unknown[] = [];
    const states: boolean[] = [];
    const events = new LiveEvents(
      ['organizations'],
      (tiles) => told.push(tiles),
      (on) => states.push(on),
    );
    last().onopen?.();
    last().onerror?.();
    vi.advanceTimersByTime(1500);
    expect(FakeSource.made.length).toBe(2);
    last().onerror?.();
    vi.advanceTimersByTime(900);
    expect(FakeSource.made.length).toBe(2);
    vi.advanceTimersByTime(2200);
    expect(FakeSource.made.length).toBe(3);
    last().onopen?.();
    expect(told).toEqual([null]);
    expect(states).toEqual([true, false, false, true]);
    events.close();
  });

  test('a hidden page does not listen, and catches up when it is seen again', () => {
    const told: unknown[] = [];
    const events = new LiveEvents(
      ['organizations'],
      (tiles) => told.push(tiles),
      () => {},
    );
    last().onopen?.();
    visible = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    expect(last().closed).toBe(true);
    visible = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    expect(FakeSource.made.length).toBe(2);
    last().onopen?.();
    expect(told).toEqual([null]);
    events.close();
  });
});
