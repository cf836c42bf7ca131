import { describe, expect, test } from 'vitest';
import {
  conditionParameters,
  conditionsOf,
  containedName,
  inForce,
  joined,
  lifted,
  nameContains,
  noConditions,
  parseFilter,
  partsOf,
  queryText,
  refusedOf,
  reportConditionsOf,
  reportParameters,
  withoutRefused,
} from './conditions';
import { presentationOf, presented, reportsPresented } from './presentation';
import { formatState, initialState, parseState } from './url';

const own = '{"op":"=","args":[{"property":"location_state"},"checked"]}';

describe('conditions', () => {
  test('say the same to lists and to tiles', () => {
    const conditions = {
      kinds: ['a', 'b'],
      levels: ['village'],
      division: '330100000000',
      day: '2020-12-31',
      filter: nameContains('柳'),
    };
    const parameters = conditionParameters(conditions);
    const query = queryText(parameters);
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual(parameters);
    expect(query).toMatch(/^kind=a,b&level=village&division=330100000000&filter=%7B/);
    // MapLibre puts numbers into braces of the address of a tile.
    expect(query).not.toMatch(/[{}]/);
    expect(conditionParameters(noConditions)).toEqual({});
  });

  test('of reports leave out what is open', () => {
    const state = { ...initialState, status: 'open', received: [null, '2025-03-31'] } as const;
    expect(reportParameters(reportConditionsOf(state))).toEqual({ status: 'open', to: '2025-03-31' });
    expect(conditionParameters(conditionsOf(state))).toEqual({});
  });

  test('in force are those that hold something back, and lifting them leaves none', () => {
    const state = parseState('?kinds=a&division=330100000000&status=closed&off=divisions&on=heat', '');
    const all = inForce(state);
    expect(all).toEqual({ kinds: ['a'], division: '330100000000', status: 'closed' });
    expect(inForce({ ...state, ...lifted(all) })).toEqual({});
    expect(inForce({ ...state, ...lifted(all), ...all })).toEqual(all);
  });

  test.each([
    '?level=village,township',
    '?kinds=a&category=roads,noise&state=received&status=open&received=2025-03-01/2025-03-31',
    '?received=../2025-03-31',
    '?received=2025-03-01/..',
    `?filter=${encodeURIComponent(nameContains("柳'100%"))}&on=heat`,
    '?on=reports,report-heat',
  ])('a link %s brings them back', (link) => {
    const state = parseState(link, '');
    expect(parseState(formatState(state), '')).toEqual(state);
    expect(new URLSearchParams(formatState(state))).toEqual(new URLSearchParams(link));
    // As the address bar has it, so that a view that is replaced makes no new entry of the history.
    expect(new URL(formatState(state), 'http://here/').search).toBe(formatState(state));
  });

  test.each([
    '?status=both',
    '?received=../..',
    '?received=2025-02-30/',
    '?filter={',
    '?filter=true',
    '?filter={"op":1}',
  ])('a link %s that says nothing holds nothing back', (link) => {
    expect(inForce(parseState(link, ''))).toEqual({});
  });
});

describe('filters', () => {
  test.each(['柳', '100%', 'a_b', 'c\\d', '"', '%', ' '])('a name that contains %j is read again', (text) => {
    expect(containedName(nameContains(text))).toBe(text);
  });

  test('other conditions are no name', () => {
    const like = (property: string, pattern: string) =>
      JSON.stringify({ op: 'like', args: [{ property }, pattern] });
    for (const part of [
      own,
      like('address', '%a%'),
      like('name', 'a%'),
      like('name', '%a_b%'),
      '[',
      'true',
    ]) {
      expect(containedName(part)).toBeNull();
    }
  });

  test('join and come apart', () => {
    const parts = [own, nameContains('柳'), nameContains('塘')];
    for (let n = 0; n <= parts.length; n++) {
      const some = parts.slice(0, n);
      expect(partsOf(joined(some))).toEqual(some);
      expect(parseFilter(joined(some))).toBe(joined(some));
    }
  });
});

describe('presentation', () => {
  test('is one at a time, and leaves other layers alone', () => {
    expect(presentationOf(['reports'])).toBe('points');
    expect(presented(['reports', 'choropleth'], 'heat')).toEqual(['reports', 'heat']);
    expect(presentationOf(presented(['heat'], 'hexagons'))).toBe('hexagons');
    expect(presented(['hexagons', 'grids'], 'points')).toEqual(['grids']);
  });

  test('one heat map puts the other away', () => {
    expect(presented(['reports', 'report-heat'], 'heat')).toEqual(['reports', 'heat']);
    expect(reportsPresented(['heat', 'reports'], 'heat')).toEqual(['reports', 'report-heat']);
    expect(presented(['reports', 'report-heat'], 'choropleth')).toEqual([
      'reports',
      'report-heat',
      'choropleth',
    ]);
    expect(reportsPresented(['reports', 'report-heat'], 'points')).toEqual(['reports']);
  });
});

describe('a refused condition', () => {
  test('is the one in force of the name that the server gives it', () => {
    const state = { ...initialState, kinds: ['dragon'], steps: ['moon'] };
    expect(refusedOf(state, 'kind')).toBe('kinds');
    expect(refusedOf(state, 'state')).toBe('steps');
    for (const other of ['level', 'bbox', 'datetime', undefined]) expect(refusedOf(state, other)).toBeNull();
  });

  test('goes, and texts in names stay', () => {
    const name = nameContains('柳');
    const state = { ...initialState, levels: ['moon'], filter: joined([name, own]) };
    expect(withoutRefused(state, 'levels')).toEqual({ levels: null });
    expect(withoutRefused(state, 'filter')).toEqual({ filter: name });
    expect(withoutRefused({ ...state, filter: own }, 'filter')).toEqual({ filter: null });
    // Nothing is left to refuse but the text itself.
    expect(withoutRefused({ ...state, filter: name }, 'filter')).toEqual({ filter: null });
  });
});
