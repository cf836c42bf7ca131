import { QueryClient } from '@tanstack/react-query';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type DivisionHistory, newClient, type OrganizationVersion } from './client';
import { childrenQuery, versionOf, wasThere } from './queries';

describe('an organization on a day', () => {
  const version = (
    name: string,
    valid_from: string | null,
    valid_to: string | null,
    recorded_to: string | null,
  ) => ({ name, valid_from, valid_to, recorded_to }) as OrganizationVersion;
  const versions = [
    version('later', '2022-01-01', null, null),
    version('early', '2020-01-01', '2022-01-01', null),
    version('mistaken', '2020-01-01', null, '2022-03-01T00:00:00Z'),
  ];

  test.each([
    ['2020-01-01', 'early'],
    ['2021-12-31', 'early'],
    ['2022-01-01', 'later'],
  ])('on %s it is the %s one', (day, name) => {
    expect(versionOf(versions, day).name).toBe(name);
  });

  test('before it began there is none', () => {
    expect(() => versionOf(versions, '2019-12-31')).toThrow();
  });
});

describe('a division on a day', () => {
  const history = (...ranges: [string | null, string | null][]) =>
    ({ items: ranges.map(([valid_from, valid_to]) => ({ valid_from, valid_to })) }) as DivisionHistory;

  test('is there while one of its ranges holds, and may be there without any', () => {
    const told = history([null, '1990-01-01'], ['2000-01-01', null]);
    const days = ['1950-01-01', '1989-12-31', '1990-01-01', '1999-12-31', '2000-01-01'];
    expect(days.map((day) => wasThere(told, day))).toEqual([true, true, false, false, true]);
    expect(wasThere(history(), '1950-01-01')).toBe(true);
    expect(wasThere(null, '1950-01-01')).toBe(true);
  });
});

describe('the divisions below one', () => {
  afterEach(() => vi.unstubAllGlobals());

  type Row = { code: string; organizations: number };
  const below: Record<string, Row[]> = {
    '110000000000': [{ code: '110100000000', organizations: 5 }],
    '110100000000': [
      { code: '110101000000', organizations: 2 },
      { code: '110102000000', organizations: 3 },
    ],
    '410000000000': [
      { code: '410100000000', organizations: 9 },
      { code: '419000000000', organizations: 1 },
    ],
    '419000000000': [{ code: '419001000000', organizations: 1 }],
    '420000000000': [
      { code: '420100000000', organizations: 4 },
      { code: '429000000000', organizations: 7 },
    ],
    '429000000000': [{ code: '429004000000', organizations: 6 }],
    '120000000000': [{ code: '120100000000', organizations: 0 }],
    '120100000000': [],
  };

  const childrenOf = async (parent: string) => {
    vi.stubGlobal('fetch', async (request: Request) => {
      const items = below[new URL(request.url).searchParams.get('parent') ?? ''];
      return Response.json({ items, numberReturned: items?.length });
    });
    const query = childrenQuery(newClient('http://here'), parent, null);
    const { items } = await new QueryClient().fetchQuery(query);
    return items.map(({ code, organizations }) => [code.slice(0, 6), organizations]);
  };

  test('a division that only groups others gives way to them', async () => {
    expect(await childrenOf('110000000000')).toEqual([
      ['110101', 2],
      ['110102', 3],
    ]);
    expect(await childrenOf('410000000000')).toEqual([
      ['410100', 9],
      ['419001', 1],
    ]);
  });

  test('one that has organizations of its own, or nothing to give way to, stays', async () => {
    expect(await childrenOf('420000000000')).toEqual([
      ['420100', 4],
      ['429000', 7],
    ]);
    expect(await childrenOf('120000000000')).toEqual([['120100', 0]]);
  });
});
