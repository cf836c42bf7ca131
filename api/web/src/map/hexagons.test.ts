import { describe, expect, test } from 'vitest';
import { askedBox, widthAt } from './hexagons';
import type { Box } from './tiles';

describe('hexagons', () => {
  test('are of a size that the server has, in round metres, and smaller the nearer one looks', () => {
    let before = Number.POSITIVE_INFINITY;
    for (let zoom = 0; zoom <= 20; zoom += 0.25) {
      const width = widthAt(zoom);
      expect(width).toBeGreaterThanOrEqual(100);
      expect(width).toBeLessThanOrEqual(Math.min(1_000_000, before));
      expect(String(width)).toMatch(/^[1235]0+$/);
      before = width;
    }
  });

  test.each<Box>([
    [120.01, 29.02, 120.6, 29.4],
    [-179.9, -89, 179.9, 89],
    [120, 30, 120.0001, 30.0001],
  ])('are asked for beyond what is seen: %d %d %d %d', (...seen) => {
    const [west, south, east, north] = askedBox(seen, 5000);
    const beyond = 0.05;
    expect(west).toBeLessThanOrEqual(Math.max(-180, seen[0] - beyond));
    expect(south).toBeLessThanOrEqual(Math.max(-90, seen[1] - beyond));
    expect(east).toBeGreaterThanOrEqual(Math.min(180, seen[2] + beyond));
    expect(north).toBeGreaterThanOrEqual(Math.min(90, seen[3] + beyond));
  });

  test('a small step asks for the same', () => {
    const at = (shift: number): Box => [120.31 + shift, 29.31, 121.31 + shift, 30.31];
    expect(askedBox(at(0.01), 5000)).toEqual(askedBox(at(0), 5000));
  });
});
