import { describe, expect, test } from 'vitest';
import { classOf, classStarts, colourOf, ramp, ranges, readable } from './classes';

describe('classes of numbers', () => {
  test.each([
    [[], []],
    [[0, 0, 0], []],
    [[7], [1]],
    [[0, 3, 3, 3], [1]],
    [
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ],
    [
      [5476, 7475, 53931, 21808, 13905, 16521, 11592, 12184, 6472, 21646, 25424, 18145, 17348, 21492],
      [1, 8000, 15000, 20000],
    ],
  ])('%j begin at %j', (values, starts) => {
    expect(classStarts(values)).toEqual(starts);
  });

  test('each holds something, and every value has one', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 200; round++) {
      const size = 1 + Math.floor(random() * 60);
      const values = Array.from({ length: size }, () => Math.floor(Math.exp(random() * 9) - 1));
      const starts = classStarts(values);
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      expect(starts.length).toBeLessThanOrEqual(ramp.length);
      const used = new Set(values.map((value) => classOf(value, starts)));
      for (let i = 2; i <= starts.length; i++) expect(used, `${values}: ${starts}`).toContain(i);
      for (const value of values) {
        const range = ranges(starts)[classOf(value, starts) - 1];
        if (value === 0) expect(range).toBeUndefined();
        else expect(range && value >= range.from && value <= (range.to ?? value)).toBe(true);
      }
    }
  });

  test.each([
    [0, 0],
    [7, 7],
    [11, 12],
    [13, 12],
    [149, 150],
    [2750, 2500],
    [96_000, 100_000],
  ])('%d reads %d', (value, round) => {
    expect(readable(value)).toBe(round);
  });

  test('their ranges join without a gap', () => {
    expect(ranges([1, 50, 200])).toEqual([
      { from: 1, to: 49 },
      { from: 50, to: 199 },
      { from: 200, to: null },
    ]);
  });

  test('few classes use the whole ramp', () => {
    expect([1, 2, 3].map((i) => colourOf(i, 3))).toEqual([ramp[0], ramp[2], ramp[4]]);
    expect([1, 2].map((i) => colourOf(i, 2))).toEqual([ramp[0], ramp[4]]);
  });
});

describe('the ramp', () => {
  /** Lightness in OKLab (Björn Ottosson, 2020), 0 to 1. */
  const lightness = (hex: string) => {
    const channel = (i: number) => {
      const v = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    };
    const [r, g, b] = [channel(1), channel(3), channel(5)];
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  };

  test('darkens in even steps, so that lightness alone tells the classes apart', () => {
    const values = ramp.map(lightness);
    const steps = values.slice(1).map((value, i) => (values[i] ?? 0) - value);
    for (const step of steps) expect(step).toBeCloseTo(0.11, 2);
  });
});
