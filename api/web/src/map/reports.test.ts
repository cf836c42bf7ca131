import { describe, expect, test } from 'vitest';
import { requestsOf } from '../ui/useChoropleth';
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
    [2, '330100000000', [{ by: 'prefecture', within: null }]],
    [1, '330102001000', [{ by: 'province', within: null }]],
  ] as const)('of level %d in %s', (level, division, requests) => {
    expect(requestsOf(level, division, [])).toEqual(requests);
  });

  test('townships by the counties in view', () => {
    expect(requestsOf(4, '330000000000', ['330102000000', '330105000000'])).toEqual([
      { by: 'township', within: '330102000000' },
      { by: 'township', within: '330105000000' },
    ]);
    expect(requestsOf(4, null, [])).toEqual([]);
  });
});
