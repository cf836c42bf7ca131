import { describe, expect, test } from 'vitest';
import { drawnAt, drawnLevel, requestsOf } from '../ui/useChoropleth';
import { groupCounts, groupOf, reportGroups } from './reportGroups';

describe('groups of reports', () => {
  test('are told apart by shape and by colour, and are at most seven', () => {
    expect(reportGroups.length).toBeLessThanOrEqual(7);
    expect(new Set(reportGroups.map(({ mark }) => mark.shape)).size).toBe(reportGroups.length);
    expect(new Set(reportGroups.map(({ mark }) => mark.colour)).size).toBe(reportGroups.length);
  });

  test.each([
    ['roads', 'facilities'],
    ['noise', 'environment'],
    ['mediation', 'other'],
    ['an operator’s own', 'other'],
  ])('%s is one of %s', (category, group) => {
    expect(groupOf(category).name).toBe(group);
  });

  test('their counts are sums, zero where there is nothing', () => {
    const counts = groupCounts({ roads: 2, housing: 3, other: 1, strange: 4 });
    expect(Object.fromEntries(counts)).toEqual({
      ...{ facilities: 5, environment: 0, safety: 0, services: 0, work: 0, other: 5 },
    });
  });
});

describe('what the choropleth asks for', () => {
  test.each([
    [1, null, [{ by: 'province', within: null }]],
    [3, null, [{ by: 'county', within: null }]],
    [3, '330100000000', [{ by: 'county', within: '330100000000' }]],
    [
      2,
      '330100000000',
      [
        { by: 'prefecture', within: null },
        { by: 'province', within: null },
        { by: 'county', within: null },
      ],
    ],
    [1, '330102001000', [{ by: 'province', within: null }]],
  ] as const)('of level %d in %s', (level, division, requests) => {
    expect(requestsOf(level, division, [])).toEqual(requests);
  });

  test('no deeper level than there are outlines of', () => {
    expect([4, 6, 9, 12].map((zoom) => drawnLevel(zoom, 3))).toEqual([1, 2, 3, 3]);
    expect([4, 6, 9, 12].map((zoom) => drawnLevel(zoom, undefined))).toEqual([1, 2, 3, 4]);
  });

  test('municipalities and counties directly below a province among the prefectures', () => {
    const codes = [
      '330100000000',
      '310000000000',
      '330000000000',
      '429004000000',
      '330102000000',
      '429000000000',
    ];
    const drawn = (level: 1 | 2 | 3) => codes.filter((code) => drawnAt(level)({ code }));
    expect(drawn(2)).toEqual(['330100000000', '310000000000', '429004000000']);
    expect(drawn(3)).toEqual(codes);
  });

  test('townships by the counties in view', () => {
    expect(requestsOf(4, '330000000000', ['330102000000', '330105000000'])).toEqual([
      { by: 'township', within: '330102000000' },
      { by: 'township', within: '330105000000' },
    ]);
    expect(requestsOf(4, null, [])).toEqual([]);
  });
});
