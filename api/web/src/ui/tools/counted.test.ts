import { describe, expect, test } from 'vitest';
import { areaOf } from '../../tools/area';
import type { Drawing } from '../../tools/drawing';
import { levelFor, levelsBelow } from './counted';
import { rowsOf } from './SaveDivisions';
import { parentsOf } from './useNames';

/** An area of about so many square kilometres. */
function areaWith(squareKilometres: number) {
  const circle: Drawing = {
    what: 'circle',
    centre: [120, 30],
    radius: Math.sqrt(squareKilometres / Math.PI) * 1000,
  };
  const area = areaOf(circle);
  if (!area) throw new Error('a circle has an area');
  return area;
}

describe('what an area is told apart by', () => {
  test.each([
    [100, 4],
    [1900, 4],
    [2100, 3],
    [29_000, 3],
    [31_000, 2],
    [490_000, 2],
    [600_000, 1],
  ])('of %d km² it is level %d', (size, level) => expect(levelFor(areaWith(size), null, null)).toBe(level));

  test('it is the wanted level, if that is below the chosen division', () => {
    const area = areaWith(100);
    expect(levelFor(area, null, 3)).toBe(3);
    expect(levelFor(area, null, 5)).toBe(4);
    expect(levelFor(area, '330100000000', 3)).toBe(3);
    expect(levelFor(area, '330102000000', 3)).toBe(4);
    expect(levelFor(area, '330102001000', 4)).toBe(5);
    expect(levelFor(areaWith(600_000), '330100000000', null)).toBe(3);
    expect(levelsBelow('330102001000')).toEqual([5]);
    expect(levelsBelow(null)).toEqual([1, 2, 3, 4]);
  });
});

describe('the table of divisions', () => {
  test('has a row for each, with names in both scripts and numbers by kind', () => {
    const above = { name: '上城区', pinyin: 'shang cheng qu' };
    const names = new Map([['330102001000', { name: '清波街道', pinyin: 'qing bo jie dao', above }]]);
    const counted = {
      divisions: [
        ['330102001000', 5],
        ['330102002000', 1],
      ] as const,
      groups: [
        { count: 3, kind: 'a', division: '330102001000' },
        { count: 2, kind: 'b', division: '330102001000' },
        { count: 1, kind: 'b', division: '330102002000' },
      ],
    };
    expect(rowsOf(counted, ['a', 'b'], names)).toEqual([
      ['330102001000', '清波街道', 'Qingbo Jiedao', '上城区', 5, 3, 2],
      ['330102002000', '', '', '', 1, 0, 1],
    ]);
  });

  test('asks once for the divisions below one', () => {
    expect(parentsOf(['330102001000', '330102002000', '330103001000'])).toEqual([
      '330102000000',
      '330103000000',
    ]);
    expect(parentsOf(['330000000000', '340000000000'])).toEqual([null]);
  });
});
