import { describe, expect, test } from 'vitest';
import { areaOf, faultOf } from './area';

type Corner = [number, number];
const area = (...ring: Corner[]) => areaOf(ring, []);

describe('what is wrong with a ring', () => {
  test('sides that cross are told by their corners', () => {
    const tie = area([120, 30], [120.1, 30.1], [120, 30.1], [120.1, 30]);
    expect(faultOf(tie)).toEqual({ is: 'crosses', a: 1, b: 2, c: 3, d: 4 });
    const late = area([0, 0], [4, 0], [4, 4], [2, -1], [0, 4]);
    expect(faultOf(late)).toEqual({ is: 'crosses', a: 1, b: 2, c: 3, d: 4 });
    const last = area([0, 0], [4, 0], [4, 4], [1, 4], [3, -2]);
    expect(faultOf(last)).toEqual({ is: 'crosses', a: 1, b: 2, c: 4, d: 5 });
  });

  test('a corner on another side is none to go through', () => {
    expect(faultOf(area([0, 0], [4, 0], [4, 4], [2, 0], [0, 4]))?.is).toBe('crosses');
  });

  test('corners on one line enclose nothing', () => {
    expect(faultOf(area([0, 0], [1, 1], [2, 2]))).toEqual({ is: 'flat' });
  });

  test('others are as they should be, of whatever shape', () => {
    expect(faultOf(area([0, 0], [4, 0], [4, 4], [0, 4]))).toBeNull();
    expect(faultOf(area([0, 0], [4, 0], [4, 4], [2, 1], [0, 4]))).toBeNull();
    expect(faultOf(area([0, 0], [4, 0], [2, 3]))).toBeNull();
  });
});
