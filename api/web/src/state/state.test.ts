import { beforeEach, describe, expect, test } from 'vitest';
import { DayStore } from './dayStore';
import {
  childLayer,
  hasShape,
  isCode,
  isGroup,
  isOutlineOnly,
  levelAtZoom,
  levelName,
  levelNamed,
  levelOf,
  parentOf,
  pathOf,
  prefix,
  within,
} from './division';
import { Store } from './store';
import { closeAside, Tools } from './tools';
import { formatState, initialState, parseState, parseView, type State } from './url';

describe('links', () => {
  const states: Partial<State>[] = [
    {},
    { lang: 'en' },
    { division: '330100000000', selected: 42 },
    { kinds: ['village_committee', 'residents_committee'], off: ['divisions'] },
    { base: 'tianditu-vec', view: { zoom: 7.25, lat: 29.12345, lng: 120.12345 } },
    { on: ['choropleth', 'reports'], datetime: '2020-12-31', timeline: 'decade', at: [120.1552, -30.2741] },
    { view: { zoom: 0, lat: -10, lng: -170.5 } },
    { picked: { what: 'report', id: 90001, lng: 120.15512, lat: 30.2741 } },
    { swipe: { day: '2024-01-01', at: 37 } },
    { datetime: '2020-12-31', swipe: { day: null, at: 0 } },
    { on: ['hexagons'], area: 'polygon:12015000,3027000,1001,0,-501,1000' },
    { area: 'circle:120.15,-30.27,3000' },
    { area: 'corridor:3000,12015000,3027000,1001,0', by: 4 },
    { on: ['grids'], picked: { what: 'grid', id: 7, lng: -120.5, lat: -30 } },
  ];
  test.each(states)('%o comes back as it was', (part) => {
    const state = { ...initialState, ...part };
    const url = new URL(formatState(state), 'http://localhost/');
    expect(parseState(url.search, url.hash)).toEqual(state);
  });

  test('the usual state has no query', () => {
    expect(formatState(initialState)).toBe('');
  });

  test('what is not understood is left out', () => {
    const search =
      '?lang=fr&datetime=2021-02-30&at=181,0&picked=village,1,120,30&on=rain&division=33&selected=-1&kinds=,%3Cb%3E&off=weather&area=square:1,2&by=street&base=%2F..&utm=x';
    expect(parseState(search, '#somewhere')).toEqual(initialState);
  });

  test.each(['2024-01-01', 'tomorrow,50', '2021-02-30,50', 'today,101', 'today,-1', 'today,1.5', ','])(
    '%s is no second day',
    (swipe) => {
      expect(parseState(`?swipe=${swipe}`, '').swipe).toBeNull();
    },
  );

  test.each([
    'report',
    'report,1',
    'report,0,120,30',
    'report,1.5,120,30',
    'report,1,181,30',
    'grid,1,120,91',
    'grid,1,120,30,5',
    'grid,1,1.2.3,30',
  ])('%s is nothing that was picked', (picked) => {
    expect(parseState(`?picked=${picked}`, '').picked).toBeNull();
  });

  test.each([
    '#map=7/29',
    '#map=7/91/120',
    '#map=7/29/181',
    '#map=99/29/120',
    '#map=a/b/c',
    '#map=././.',
    '',
  ])('%s is not a view', (hash) => {
    expect(parseView(hash)).toBeNull();
  });
});

describe('divisions', () => {
  test.each([
    ['330000000000', null],
    ['330100000000', '330000000000'],
    ['330102000000', '330100000000'],
    ['330102001000', '330102000000'],
    ['330102001051', '330102001000'],
  ])('above %s is %s', (code, parent) => expect(parentOf(code)).toBe(parent));

  test('levels have names, and names levels', () => {
    for (const level of [1, 2, 3, 4, 5] as const) expect(levelNamed(levelName(level))).toBe(level);
    expect(levelNamed('street')).toBeNull();
    expect(levelNamed(null)).toBeNull();
  });

  test.each([
    ['330000000000', '33'],
    ['330100000000', '3301'],
    ['330102000000', '330102'],
    ['330102001000', '330102001'],
    ['330102001051', '330102001051'],
    ['110000000000', '11'],
  ])('the significant digits of %s are %s', (code, digits) => {
    expect(prefix(code)).toBe(digits);
  });

  test.each([
    [0, 1],
    [4.99, 1],
    [5, 2],
    [7.9, 2],
    [8, 3],
    [10.99, 3],
    [11, 4],
    [18, 4],
  ])('at zoom %d the map draws level %d', (zoom, level) => {
    expect(levelAtZoom(zoom)).toBe(level);
  });

  test.each([
    ['330000000000', 1],
    ['330100000000', 2],
    ['330102000000', 3],
    ['330102001000', 4],
    ['330102001051', 5],
  ])('%s is of level %d', (code, level) => {
    expect(levelOf(code)).toBe(level);
  });

  test.each([
    [{ kind: '', pinyin: '', parent: null }, true],
    [{ kind: 'province', pinyin: 'zhejiang sheng', parent: null }, false],
    [{ kind: '', pinyin: 'zhejiang sheng', parent: null }, false],
    [{ kind: '', pinyin: '', parent: '330000000000' }, false],
  ])('%j is an outline without a division: %s', (division, only) => {
    expect(isOutlineOnly(division)).toBe(only);
  });

  test('a village lies within its county and in no other', () => {
    expect(within('330102001051', '330102000000')).toBe(true);
    expect(within('330102001051', '330103000000')).toBe(false);
    expect(within('330102001051', null)).toBe(true);
  });

  test('villages are points', () => {
    expect(['330102000000', '330102001000', '330102001051'].map(hasShape)).toEqual([true, true, false]);
  });

  test('codes have twelve digits and do not begin with 0', () => {
    expect(isCode('330102001051')).toBe(true);
    expect(isCode('3301')).toBe(false);
    expect(isCode('030102001051')).toBe(false);
  });

  test.each([
    ['110100000000', true],
    ['500200000000', true],
    ['429000000000', true],
    ['659000000000', true],
    ['110000000000', false],
    ['110101000000', false],
    ['330100000000', false],
    ['429004000000', false],
    ['330190000000', false],
    ['110100001000', false],
  ])('%s only groups others: %s', (code, groups) => {
    expect(isGroup(code)).toBe(groups);
  });

  test('a path has no step that only groups others, unless one stands there', () => {
    const [beijing, group, district] = ['110000000000', '110100000000', '110101000000'].map((code) => {
      return { code };
    });
    if (!beijing || !group || !district) throw new Error('three are there');
    const path = (code: string, ancestors: { code: string }[]) =>
      pathOf({ code, ancestors }).map((step) => step.code);
    expect(path(district.code, [beijing, group])).toEqual([beijing.code, district.code]);
    expect(path(group.code, [beijing])).toEqual([beijing.code, group.code]);
  });

  test('districts are what is drawn below a municipality', () => {
    expect(childLayer(1, '110000000000')).toBe('counties');
    expect(childLayer(2, '110100000000')).toBe('counties');
    expect(childLayer(1, '330000000000')).toBe('prefectures');
  });

  test('townships have nothing with a shape below them', () => {
    expect([null, 1, 2, 3, 4, 5].map((level) => childLayer(level, null))).toEqual([
      'provinces',
      'prefectures',
      'counties',
      'townships',
      null,
      null,
    ]);
    expect(levelName(3)).toBe('county');
  });
});

describe('the second day', () => {
  const opened = (link: string) => {
    window.history.replaceState(null, '', link);
    const page = new Store(window);
    return { page, second: new DayStore(page) };
  };

  test('is the day of all that reads its state, and today when none is named', () => {
    const { page, second } = opened('/?datetime=2020-12-31&swipe=2024-01-01,40&kinds=village_committee');
    expect(second.get()).toEqual({ ...page.get(), datetime: '2024-01-01' });
    expect(second.get()).toBe(second.get());
    page.set({ swipe: { day: null, at: 40 } });
    expect(second.get().datetime).toBeNull();
    expect(page.get().datetime).toBe('2020-12-31');
    page.close();
  });

  test('changes by itself, and moves neither the page nor its division', () => {
    const { page, second } = opened(
      '/?datetime=2020-12-31&division=330100000000&swipe=today,40#map=8/30/120',
    );
    second.set({ datetime: '2024-01-01' });
    second.set({ view: { zoom: 9, lat: 31, lng: 121 } }, 'replace');
    second.set({ division: null });
    second.set({ selected: 7 });
    expect(window.location.search).toBe(
      '?division=330100000000&selected=7&datetime=2020-12-31&swipe=2024-01-01,40',
    );
    expect(window.location.hash).toBe('#map=8/30/120');
    page.close();
  });

  test('ends with Escape after all that stands beside the map', () => {
    const { page } = opened('/?selected=7&swipe=today,40');
    const tools = new Tools();
    closeAside(page, tools);
    expect(window.location.search).toBe('?swipe=today,40');
    closeAside(page, tools);
    expect(window.location.search).toBe('');
    page.close();
  });

  test('goes after the tools: what is being drawn first, then the area, then their bar', () => {
    const { page } = opened('/?area=circle:120,30,3000&swipe=today,40');
    const tools = new Tools();
    tools.open.set(true);
    tools.tool.set('box');
    closeAside(page, tools);
    expect([tools.tool.get(), tools.open.get(), page.get().area !== null]).toEqual([null, true, true]);
    closeAside(page, tools);
    expect([tools.open.get(), page.get().area]).toEqual([true, null]);
    closeAside(page, tools);
    expect([tools.open.get(), page.get().swipe !== null]).toEqual([false, true]);
    closeAside(page, tools);
    expect(page.get().swipe).toBeNull();
    page.close();
  });
});

describe('store', () => {
  beforeEach(() => window.history.replaceState(null, '', '/'));

  test('a pushed change is in the address and tells those who listen', () => {
    const store = new Store(window);
    let told = 0;
    store.subscribe(() => told++);
    const before = window.history.length;
    store.set({ division: '330100000000' });
    expect(window.location.search).toBe('?division=330100000000');
    expect(window.history.length).toBe(before + 1);
    store.set({ view: { zoom: 8, lat: 30, lng: 120 } }, 'replace');
    expect(window.location.hash).toBe('#map=8/30/120');
    expect(window.history.length).toBe(before + 1);
    expect(told).toBe(2);
    store.close();
  });

  test('Back brings the state of the entry', () => {
    const store = new Store(window);
    const returned: State[] = [];
    store.onReturn((state) => returned.push(state));
    window.history.replaceState(null, '', '/?division=330000000000#map=6/29/120');
    window.dispatchEvent(new Event('popstate'));
    expect(store.get().division).toBe('330000000000');
    expect(returned.map((state) => state.view?.zoom)).toEqual([6]);
    store.close();
  });

  test('an area that is too long for a link stays with the entry of the history', () => {
    const store = new Store(window);
    const area = `polygon:12000000,3000000${',1,-1'.repeat(1000)}`;
    store.set({ area });
    store.set({ view: { zoom: 8, lat: 30, lng: 120 } }, 'replace');
    store.set({ selected: 7 });
    expect(window.location.search).toBe('?selected=7');
    expect(new Store(window).get().area).toBe(area);
    store.set({ area: null });
    expect(new Store(window).get().area).toBeNull();
    store.close();
  });
});
