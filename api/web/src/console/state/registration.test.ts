import { describe, expect, test } from 'vitest';
import { metresBetween } from '../../tools/geodesy';
import { Refusal } from '../api/client';
import type { OrganizationDetail } from '../api/contract';
import { areaOf, cornerLines, holds, snapMetres } from './area';
import { changedIn, type Kept, Outbox } from './outbox';
import {
  type Area,
  accuracyOf,
  bodyOf,
  derived,
  differs,
  emptyForm,
  type Filled,
  kindOf,
  levelOf,
  mayHold,
  missing,
  usccFault,
} from './registration';

const place = {
  lng: 120.9,
  lat: 28.02,
  source: 'registered',
  accuracy: 10,
  crs: 'gcj02',
  text: '120.9,28.02',
};
const filled: Filled = {
  ...emptyForm,
  name: ' 柳东村村委会 ',
  kind: 'village_committee',
  level: 'village',
  parent: { id: 7, name: '柳市镇' },
  place,
  division: { code: '330382101000', name: '柳市镇' },
};

const stored = (change: Partial<OrganizationDetail> = {}): OrganizationDetail => {
  const { location_crs: _, ...body } = bodyOf(filled);
  return {
    ...body,
    id: 9,
    version: 1,
    jurisdiction: null,
    valid_from: null,
    valid_to: null,
    ...change,
  } as OrganizationDetail;
};

describe('what is filled in', () => {
  const kinds = [
    'village_committee',
    'residents_committee',
    'branch',
    'general_branch',
    'joint_branch',
    'party_committee',
  ];
  test.each([
    ['柳东村村民委员会', 'village_committee'],
    ['柳东村村委会', 'village_committee'],
    ['清波门社区居委会', 'residents_committee'],
    ['中共柳东村支部委员会', 'branch'],
    ['柳东村党总支', 'general_branch'],
    ['两新联合党支部', 'joint_branch'],
    ['中共柳市镇委员会', 'party_committee'],
    ['柳市镇经济合作社', ''],
    ['柳东', ''],
  ])('%s tells the kind %s', (name, kind) => {
    expect(kindOf(name, kinds)).toBe(kind);
  });

  test.each([
    ['village_committee', 'county', 'village'],
    ['branch', 'township', 'village'],
    ['party_committee', 'county', 'township'],
    ['branch', 'village', 'village'],
    ['branch', undefined, 'village'],
    ['local_committee', undefined, ''],
    ['local_committee', undefined, 'township', '中共柳浪镇委员会'],
    ['local_committee', undefined, 'county', '中共文成县地方委员会'],
    ['local_committee', undefined, 'county', '西湖区委'],
    ['local_committee', undefined, '', '乐清市委'],
    ['working_committee', undefined, 'village', '清波门社区党工委'],
  ])('%s below %s is of the level %s', (kind, superior, level, name = '') => {
    expect(levelOf(kind, superior, name)).toBe(level);
  });

  test.each([
    ['330382101000', '330382101000', 4, true],
    ['330382101205', '330382101000', 4, true],
    ['330382102000', '330382101000', 4, false],
    ['330382000000', '330382101000', 4, true],
    ['330300000000', '330382101000', 4, true],
    ['330400000000', '330382101000', 4, false],
    ['330382101205', '330382000000', 3, true],
  ])('%s may hold a place in %s of level %i: %s', (code, at, level, may) => {
    expect(mayHold(code, { code: at, level })).toBe(may);
  });

  test('says what it lacks', () => {
    expect(missing(emptyForm)).toEqual(['name', 'kind', 'parent', 'place']);
    expect(missing({ ...filled, division: null })).toEqual(['division']);
    expect(missing({ ...filled, parent: null })).toEqual([]);
    expect(missing({ ...filled, parent: null, level: '' })).toEqual(['level']);
  });

  test('is sent in WGS84 with the system in which it came', () => {
    expect(bodyOf(filled)).toMatchObject({
      name: '柳东村村委会',
      parent: 7,
      location: [120.9, 28.02],
      location_crs: 'EPSG:4326',
      source_crs: 'gcj02',
      jurisdiction: null,
    });
    for (const field of ['own', 'typed', 'system']) expect(Object.keys(bodyOf(filled))).not.toContain(field);
  });

  test('differs from what is stored only where it does', () => {
    expect(differs(stored(), bodyOf(filled))).toBe(false);
    expect(differs(stored({ location: [120.90000004, 28.02] }), bodyOf(filled))).toBe(false);
    expect(differs(stored({ location: [120.9001, 28.02] }), bodyOf(filled))).toBe(true);
    expect(differs(stored({ phone: '1' }), bodyOf(filled))).toBe(true);
    expect(differs(stored({ parent: null }), bodyOf(filled))).toBe(true);
  });

  test.each([
    ['120.9092, 28.0185', undefined, 11],
    ['120.909200,28.018500', undefined, 10],
    ['120.9,28.0', undefined, 11100],
    ['N51H0', 1 / 3600, 22],
  ])('%s is off by %s', (text, cell, metres) => {
    expect(accuracyOf(text, cell)).toBe(metres);
  });
});

describe('what follows from the rest', () => {
  const superior = { level: 'county', division: '330382000000' };
  const name = '柳东村村委会';

  test('is filled in', () => {
    const at = [
      { code: '330382000000', name: '乐清市' },
      { code: '330382101000', name: '柳市镇' },
    ];
    const around = { kinds: ['village_committee'], at, superior };
    expect(derived({ ...emptyForm, name, parent: { id: 7, name: '' } }, around)).toEqual({
      kind: 'village_committee',
      level: 'village',
      division: { code: '330382101000', name: '柳市镇' },
    });
  });

  test('is that of the superior outside of all outlines', () => {
    const around = { kinds: undefined, at: [], superior };
    expect(derived({ ...filled, own: ['level'] }, around)).toEqual({
      division: { code: '330382000000', name: '' },
    });
  });

  test('waits for what is not known, and leaves what a person chose', () => {
    const around = { kinds: ['village_committee'], at: undefined, superior: undefined };
    expect(derived({ ...filled, own: ['kind'] }, around)).toEqual({});
  });
});

test.each([
  ['', null],
  ['91330110MA28A1234X', 'check'],
  ['913301107109090904', 'check'],
  ['9133', 'shape'],
  ['9133O1107109O90904', 'shape'],
  ['91350100M000100Y43', null],
  ['91350100m000100y43', null],
])('the credit code %s has the fault %s', (code, fault) => {
  expect(usccFault(code)).toBe(fault);
});

describe('an area', () => {
  const neighbour = {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [120.9, 28],
          [120.91, 28],
          [120.91, 28.01],
          [120.9, 28.01],
          [120.9, 28],
        ],
      ],
    ],
  } as Area;
  const ring = (area: Area) => (area.coordinates as number[][][][])[0]?.[0] ?? [];

  test('has the very corners of its neighbours, and points on their borders', () => {
    const drawn = [
      [120.91006, 28.00004],
      [120.92, 28],
      [120.92, 28.005],
      [120.91008, 28.005],
    ] as const;
    const [a, b, c, d, e] = ring(areaOf(drawn, [neighbour]));
    expect(a).toEqual([120.91, 28]);
    expect(b).toEqual([120.92, 28]);
    expect(c).toEqual([120.92, 28.005]);
    expect(d).toEqual([120.91, 28.005]);
    expect(e).toEqual(a);
  });

  test('stays where it was drawn beyond the reach', () => {
    const far = [120.9103, 28.0051] as const;
    expect(metresBetween(far, [120.91, 28.0051])).toBeGreaterThan(snapMetres);
    expect(ring(areaOf([far, [120.92, 28], [120.92, 28.01]], [neighbour]))[0]).toEqual([...far]);
  });

  test('holds what is within its outer border and not in a hole', () => {
    const hole = [
      [120.904, 28.004],
      [120.906, 28.004],
      [120.906, 28.006],
      [120.904, 28.006],
      [120.904, 28.004],
    ];
    const holed = {
      type: 'MultiPolygon',
      coordinates: [[...((neighbour.coordinates as number[][][][])[0] ?? []), hole]],
    } as Area;
    expect(holds(holed, { lng: 120.902, lat: 28.005 })).toBe(true);
    expect(holds(holed, { lng: 120.905, lat: 28.005 })).toBe(false);
    expect(holds(neighbour, { lng: 120.905, lat: 28.005 })).toBe(true);
    for (const [lng, lat] of [
      [120.899, 28.005],
      [120.911, 28.005],
      [120.905, 28.011],
      [120.905, 27.999],
    ] as const)
      expect(holds(neighbour, { lng, lat })).toBe(false);
  });

  test('is typed a corner in each line, the first one once', () => {
    expect(cornerLines(' 120.9,28\n\n120.91,28；120.9,28.01\r\n120.9,28 ')).toEqual([
      '120.9,28',
      '120.91,28',
      '120.9,28.01',
    ]);
    expect(cornerLines('')).toEqual([]);
  });

  test('has no corner twice where two of them come to one', () => {
    const drawn = [
      [120.91002, 28],
      [120.91004, 28.00002],
      [120.92, 28],
      [120.92, 28.01],
    ] as const;
    expect(ring(areaOf(drawn, [neighbour]))).toHaveLength(4);
  });
});

/** A storage as the browser has it. */
function newStorage(): Storage {
  window.localStorage.clear();
  return window.localStorage;
}

const refused = (status: number, slug: string) =>
  new Refusal(new Response(null, { status }), { type: `/problems/${slug}`, field: 'code', detail: 'why' });

describe('the forms that are kept', () => {
  test('are there after the window was killed, of their account only, the latest first', () => {
    const storage = newStorage();
    let now = 1000;
    const send = async () => stored();
    const outbox = new Outbox(storage, 5, send, () => now++);
    outbox.keep('a', null, filled);
    outbox.keep('b', null, { ...filled, name: '另一个' });
    outbox.keep('b', null, { ...filled, name: '另一个村' });
    const again = new Outbox(storage, 5, send);
    expect(again.kept.get().map(({ id, filled }) => [id, filled.name])).toEqual([
      ['b', '另一个村'],
      ['a', filled.name],
    ]);
    expect(new Outbox(storage, 6, send).kept.get()).toEqual([]);
  });

  test('another window that keeps the same form is read from the storage', () => {
    const storage = newStorage();
    const [one, two] = [
      new Outbox(storage, 5, async () => stored()),
      new Outbox(storage, 5, async () => stored()),
    ];
    one.keep('a', null, filled);
    two.keep('a', null, { ...filled, name: '另一个', place: null });
    expect(changedIn(filled, one.stored('a') ?? filled)).toEqual({ name: '另一个', place: null });
    expect(one.find('a')?.filled.name).toBe(filled.name);
    expect(one.stored('b')).toBeNull();
    expect(changedIn(filled, { ...filled })).toEqual({});
  });

  test('go when they are registered', async () => {
    const storage = newStorage();
    const outbox = new Outbox(storage, 5, async () => stored());
    outbox.keep('a', null, filled);
    expect(await outbox.submit('a')).toMatchObject({ state: 'sent', organization: { id: 9 } });
    expect(outbox.kept.get()).toEqual([]);
    expect(storage).toHaveLength(0);
  });

  test.each([
    [new TypeError('Failed to fetch')],
    [refused(401, 'unauthorized')],
    [refused(503, 'unavailable')],
    [refused(403, 'csrf')],
    [refused(429, 'too-many')],
  ])('wait on %o, and are sent later', async (fault) => {
    const sent: Kept[] = [];
    const faults = [fault];
    const outbox = new Outbox(newStorage(), 5, async (kept) => {
      sent.push(kept);
      const next = faults.pop();
      if (next) throw next;
      return stored();
    });
    outbox.keep('a', null, filled);
    expect(await outbox.submit('a')).toEqual({ state: 'waiting' });
    expect(outbox.find('a')).toMatchObject({ state: 'waiting', tried: true, filled });
    await outbox.flush();
    expect(outbox.kept.get()).toEqual([]);
    expect(outbox.sent.get()?.organization.id).toBe(9);
    expect(sent.map(({ id }) => id)).toEqual(['a', 'a']);
  });

  test.each([
    [400, 'invalid'],
    [409, 'conflict'],
    [412, 'stale'],
    [403, 'forbidden'],
  ])('of which the server says %i stay with the reason, and wait for nothing', async (status, slug) => {
    const outbox = new Outbox(newStorage(), 5, async () => {
      throw refused(status, slug);
    });
    outbox.keep('a', null, filled);
    await outbox.submit('a');
    expect(outbox.find('a')).toMatchObject({
      state: 'refused',
      refusal: { status, slug, field: 'code', detail: 'why' },
      filled,
    });
    expect(outbox.waiting).toBe(false);
    outbox.keep('a', null, { ...filled, code: 'K' });
    expect(outbox.find('a')).toMatchObject({ state: 'draft', refusal: null, tried: true });
  });

  test('what is typed while it is on its way alters what it registered', async () => {
    let now = 1;
    const outbox = new Outbox(
      newStorage(),
      5,
      async () => {
        outbox.keep('a', null, { ...filled, phone: '0577' });
        return stored();
      },
      () => now++,
    );
    outbox.keep('a', null, filled);
    await outbox.submit('a');
    expect(outbox.find('a')).toMatchObject({
      organization: { id: 9, version: 1 },
      state: 'draft',
      filled: { phone: '0577' },
    });
  });

  test('two calls at once send once', async () => {
    let sent = 0;
    const outbox = new Outbox(newStorage(), 5, async () => {
      sent++;
      return stored();
    });
    outbox.keep('a', null, filled);
    await Promise.all([outbox.submit('a'), outbox.flush(), outbox.flush()]);
    expect(sent).toBe(1);
  });

  test('a full storage is told', () => {
    const storage = newStorage();
    const full = {
      ...storage,
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    } as unknown as Storage;
    const outbox = new Outbox(full, 5, async () => stored());
    outbox.keep('a', null, filled);
    expect(outbox.full.get()).toBe(true);
    expect(outbox.find('a')?.filled).toEqual(filled);
  });
});
