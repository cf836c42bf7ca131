import { describe, expect, test } from 'vitest';
import { markOf } from '../map/kinds';
import { linkLine } from '../ui/print/useContent';
import { blend } from './blend';
import { enlarged } from './paint';
import { dots, framesOf, mapSize, metresPerMm, paperNames, zoomStep } from './paper';
import { type Content, compose, cut, type Item, type LegendRow, type Measure, wrap } from './sheet';

/** Letters as wide as they are high, Latin ones half of it. */
const measure: Measure = (text, size) =>
  [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 0x2e80 ? size / 2 : size), 0);

const link = 'http://localhost/?division=330100000000&on=choropleth#map=8.38/29.96/119.3';

const content: Content = {
  language: 'zh',
  title: '杭州市 · 基层组织 · 2026-11-28',
  subtitle: '数据日期：2026-11-28 · 图内 3,298 个组织',
  warning: null,
  legend: [
    { text: '基层组织', count: '3,298', heading: true },
    { text: '村民委员会', count: '1,906', sign: { is: 'mark', mark: markOf('village_committee') } },
    { text: '居民委员会', count: '1,392', sign: { is: 'mark', mark: markOf('residents_committee') } },
  ],
  more: (rows) => `另有 ${rows} 项`,
  foot: [
    { part: 'dates', text: '数据日期：2026-11-28 · 制图日期：2026-11-28' },
    { part: 'source', text: '区划界线：国界 2024 · 审图号：GS(2024)0650号' },
    { part: 'link', text: `链接：${link}` },
  ],
  metresPerMm: 1050,
  ratio: (n) => `约 1:${n}`,
  bearing: 0,
  north: '北',
};

type Text = Item & { is: 'text' };

const texts = (items: readonly Item[], part: Text['part']) =>
  items.filter((item): item is Text => item.is === 'text' && item.part === part);

describe.each(paperNames)('a sheet of %s', (paper) => {
  const { paper: size, map } = framesOf(paper);

  test('says everything there is to say, inside of the paper', () => {
    const items = compose({ ...content, warning: '缺少南海断续线，本图不得公开发布。' }, paper, measure);
    for (const part of [
      'title',
      'subtitle',
      'warning',
      'scale',
      'north',
      'dates',
      'source',
      'link',
    ] as const) {
      expect(texts(items, part), part).not.toEqual([]);
    }
    expect(texts(items, 'legend').map(({ text }) => text)).toEqual(['基层组织', '村民委员会', '居民委员会']);
    expect(texts(items, 'count').map(({ text }) => text)).toEqual(['3,298', '1,906', '1,392']);
    for (const item of items.filter((one) => one.is === 'text')) {
      const wide = measure(item.text, item.size);
      const left = item.x - { start: 0, middle: wide / 2, end: wide }[item.anchor ?? 'start'];
      expect(left, item.text).toBeGreaterThanOrEqual(9);
      expect(left + wide, item.text).toBeLessThanOrEqual(size.width - 9);
      expect(item.y - item.size, item.text).toBeGreaterThanOrEqual(5);
      expect(item.y, item.text).toBeLessThanOrEqual(size.height - 5);
    }
  });

  test('holds one picture, in the form in which the map is drawn', () => {
    const pictures = compose(content, paper, measure).filter((item) => item.is === 'picture');
    expect(pictures).toEqual([{ is: 'picture', ...map }]);
    const drawn = mapSize(paper);
    expect(drawn.width / drawn.height).toBeCloseTo(map.width / map.height, 6);
    expect(drawn.width * drawn.ratio).toBe(map.width * dots);
  });

  test('its scale bar is as long as what it says', () => {
    const items = compose(content, paper, measure);
    const bar = items.filter((item) => item.is === 'rect' && item.height === 1.6) as { width: number }[];
    expect(bar.length).toBe(2);
    const mm = bar.reduce((sum, { width }) => sum + width, 0);
    expect(texts(items, 'scale').map(({ text }) => text)).toContain('30 公里');
    expect(mm * content.metresPerMm).toBeCloseTo(30_000, 3);
    expect(texts(items, 'scale').map(({ text }) => text)).toContain('约 1:1,050,000');
  });

  test('many rows of the legend get lower, and those without a place are counted', () => {
    const rows = (n: number): LegendRow[] =>
      Array.from({ length: n }, (_, i) => ({ text: `第${i}`, count: '1' }));
    const legend = (n: number) => texts(compose({ ...content, legend: rows(n) }, paper, measure), 'legend');
    expect(legend(40).length).toBe(40);
    const shown = legend(400);
    expect(shown.length).toBeLessThan(400);
    expect(shown.at(-1)?.text).toBe(`另有 ${400 - shown.length + 1} 项`);
    const { legend: at } = framesOf(paper);
    for (const { y } of shown) expect(y).toBeLessThanOrEqual(at.y + at.height);
  });

  test('its map holds just what is seen', () => {
    const { width, height } = mapSize(paper);
    expect(zoomStep(paper, { width, height })).toBe(0);
    expect(zoomStep(paper, { width: width * 2, height })).toBe(-1);
    expect(zoomStep(paper, { width: width / 4, height: height / 2 })).toBe(1);
  });
});

test('a millimetre of paper stands for the metres of its pixels at the latitude', () => {
  // At zoom 0 the equator is 512 pixels, of which five make a millimetre.
  expect(metresPerMm(0, 0)).toBeCloseTo((40_075_016.686 / 512) * 5, 3);
  expect(metresPerMm(10, 60)).toBeCloseTo(metresPerMm(11, 0), 6);
});

test.each([
  [0, 0, -1],
  [90, -1, 0],
  [180, 0, 1],
  [-45, Math.SQRT1_2, -Math.SQRT1_2],
])('with %d degrees up the arrow points to the north', (bearing, dx, dy) => {
  const items = compose({ ...content, bearing }, 'landscape', measure);
  const circle = items.find((item) => item.is === 'circle' && item.r === 8.5) as { x: number; y: number };
  const arrow = items.find(
    (item): item is Item & { is: 'polygon' } => item.is === 'polygon' && item.fill === '#26241f',
  );
  const [[x, y] = [0, 0]] = arrow?.points ?? [];
  const length = Math.hypot(x - circle.x, y - circle.y);
  expect((x - circle.x) / length).toBeCloseTo(dx, 6);
  expect((y - circle.y) / length).toBeCloseTo(dy, 6);
});

describe('texts', () => {
  test('too long ones end in an ellipsis', () => {
    expect(cut('每个县的组织数', 14, 2, measure)).toBe('每个县的组织数');
    const short = cut('每个县的组织数', 9, 2, measure);
    expect(short).toBe('每个县的…');
    expect(measure(short, 2)).toBeLessThanOrEqual(9);
  });

  test.each([
    ['words stay whole', 'Boundaries of the sample', ['Boundaries of', 'the sample']],
    ['Chinese breaks anywhere', '区划界线示意非实际界线', ['区划界线示意非', '实际界线']],
    ['a link breaks, too', 'http://localhost/?division=330100000000', null],
  ])('%s', (_, text, lines) => {
    const wrapped = wrap(text, 14, 2, measure);
    if (lines) expect(wrapped).toEqual(lines);
    expect(wrapped.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    for (const line of wrapped) expect(measure(line, 2)).toBeLessThanOrEqual(14);
  });

  test('a link that is too long for paper goes without its drawing, and says so', () => {
    const words = (text: string, whole: boolean) => `${whole} ${text}`;
    expect(linkLine(link, false, words).text).toBe(`true ${link}`);
    expect(linkLine(link, true, words).text).toBe(`false ${link}`);
    const long = `http://localhost/?lang=en&area=polygon:1,2${',1,-1'.repeat(400)}&base=none#map=8/30/120`;
    expect(linkLine(long, false, words).text).toBe('false http://localhost/?lang=en&base=none#map=8/30/120');
  });
});

test('a colour that lets another one through', () => {
  expect(blend('#000000', '#ffffff', 1)).toBe('#000000');
  expect(blend('#000000', '#ffffff', 0.8)).toBe('#333333');
  expect(blend('#1d666e', '#f4f2ee', 0.85)).toBe('#3d7b81');
});

test('an enlarged item has all of its lengths enlarged', () => {
  const points: [number, number][] = [
    [1, 2],
    [3, 4],
  ];
  expect(enlarged({ is: 'polygon', points, fill: '#000000', line: 0.2 }, 10)).toEqual({
    is: 'polygon',
    points: [
      [10, 20],
      [30, 40],
    ],
    fill: '#000000',
    line: 2,
  });
});
