import { describe, expect, test } from 'vitest';
import { coordinate, dms, wrap } from './coordinate';
import { atPiece } from './highlight';
import { listed } from './list';
import { abbreviate, exact, type Language, total } from './number';
import { romanize } from './romanize';
import { distance, metresPerPixel, roundDistance, scaleBar, scaleRatio } from './scale';

describe('numbers', () => {
  test.each<[number, Language, string]>([
    [0, 'zh', '0'],
    [9999, 'zh', '9,999'],
    [10_000, 'zh', '1万'],
    [25_424, 'zh', '2.54万'],
    [199_999, 'zh', '20万'],
    [5_250_000, 'zh', '525万'],
    [99_989_999, 'zh', '9,999万'],
    [99_999_999, 'zh', '1亿'],
    [100_271_000, 'zh', '1亿'],
    [123_456_789, 'zh', '1.23亿'],
    [999, 'en', '999'],
    [1000, 'en', '1k'],
    [1587, 'en', '1.59k'],
    [25_424, 'en', '25.4k'],
    [999_999, 'en', '1M'],
    [5_250_000, 'en', '5.25M'],
    [1_409_778_724, 'en', '1.41B'],
  ])('%d in %s is %s', (n, language, text) => {
    expect(abbreviate(n, language)).toBe(text);
  });

  test('totals are exact below a million', () => {
    expect(total(999_999, 'zh')).toBe('999,999');
    expect(total(1_000_000, 'zh')).toBe('100万');
    expect(exact(25_424, 'en')).toBe('25,424');
  });
});

describe('coordinates', () => {
  test.each([
    [{ lng: 120.1552, lat: 30.2741 }, 'decimal', 'zh', '东经120.15520° 北纬30.27410°'],
    [{ lng: 120.1552, lat: 30.2741 }, 'decimal', 'en', '120.15520°E 30.27410°N'],
    [{ lng: -0.5, lat: -33.25 }, 'dms', 'en', '0°30′00.0″W 33°15′00.0″S'],
    [{ lng: 480.5, lat: 0 }, 'decimal', 'en', '120.50000°E 0.00000°N'],
  ] as const)('%o as %s in %s', (at, notation, language, text) => {
    expect(coordinate(at, notation, language)).toBe(text);
  });

  test('seconds never round up to 60', () => {
    expect(dms(29.9999999)).toBe('30°00′00.0″');
    expect(dms(30.2741)).toBe('30°16′26.8″');
  });

  test('longitudes of a repeated map come back into the world', () => {
    expect(wrap(190)).toBe(-170);
    expect(wrap(-190)).toBe(170);
    expect(wrap(120)).toBe(120);
  });
});

describe('scale', () => {
  test.each([
    [999, 500],
    [1000, 1000],
    [2900, 2000],
    [3100, 3000],
    [0.7, 0.5],
    [0, 0],
  ])('%d m is drawn as %d m', (metres, round) => {
    expect(roundDistance(metres)).toBeCloseTo(round);
  });

  test.each([
    [1000, 50, 50_000, 50],
    [1000, 49, 30_000, 30],
    [137.4, 44, 5000, 36.39],
    [0.03, 50, 1, 33.33],
  ])('a millimetre for %d m gives a bar of at most %d mm', (perMm, most, metres, mm) => {
    const bar = scaleBar(perMm, most);
    expect(bar.metres).toBe(metres);
    expect(bar.mm).toBeCloseTo(mm, 2);
    expect(bar.mm).toBeLessThanOrEqual(most);
  });

  test('a scale is told in three digits', () => {
    expect(scaleRatio(1000)).toBe(1_000_000);
    expect(scaleRatio(137.4444)).toBe(137_000);
    expect(scaleRatio(0.5017)).toBe(502);
  });

  test('lengths change to kilometres at one', () => {
    expect(distance(999, 'zh')).toBe('999 米');
    expect(distance(14_000, 'zh')).toBe('14 公里');
    expect(distance(1250, 'en')).toBe('1.3 km');
  });

  test('a pixel of zoom 0 at the equator is 78 km', () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78271.5, 0);
    expect(metresPerPixel(1, 60)).toBeCloseTo(78271.5 / 4, 0);
  });
});

test('names stand one after the other as the language has it', () => {
  expect(listed(['甲', '乙'], 'zh')).toBe('甲、乙');
  expect(listed(['one', 'two'], 'en')).toBe('one, two');
  expect(listed([], 'zh')).toBe('');
});

describe('what matched', () => {
  test.each([
    ['柳塘村', { from: 0, to: 1 }, { before: '', hit: '柳', after: '塘村' }],
    ['五柳村', { from: 1, to: 2 }, { before: '五', hit: '柳', after: '村' }],
    ['𠮷野村', { from: 1, to: 3 }, { before: '𠮷', hit: '野村', after: '' }],
    ['柳塘村', undefined, { before: '柳塘村', hit: '', after: '' }],
  ])('%s at %o', (text, piece, pieces) => {
    expect(atPiece(text, piece)).toEqual(pieces);
  });
});

describe('pinyin', () => {
  test.each([
    ['上城区', 'shang cheng qu', 'Shangcheng Qu'],
    ['景宁畲族自治县', 'jing ning she zu zi zhi xian', 'Jingningshezu Zizhixian'],
    ['清波街道', 'qing bo jie dao', 'Qingbo Jiedao'],
    ['镇', 'zhen', 'Zhen'],
    ['杭州市', '', '杭州市'],
  ])('%s is %s', (name, pinyin, text) => {
    expect(romanize(name, pinyin)).toBe(text);
  });
});
