import { describe, expect, test } from 'vitest';
import { dayAt, daysBetween, isFuture, plusDays, spanStart } from './day';

describe('days', () => {
  test('begin at midnight in China', () => {
    expect(dayAt(new Date('2026-01-30T15:59:59Z'))).toBe('2026-01-30');
    expect(dayAt(new Date('2026-01-30T16:00:00Z'))).toBe('2026-01-31');
  });
  test('have come or have not', () => {
    const today = dayAt(new Date());
    expect([null, plusDays(today, -1), today, plusDays(today, 1)].map(isFuture)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
  test('are counted over leap days and years', () => {
    expect(plusDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(plusDays('2024-01-01', -1)).toBe('2023-12-31');
    expect(daysBetween('2023-12-31', '2024-03-01')).toBe(61);
    expect(daysBetween('2024-03-01', '2024-03-01')).toBe(0);
  });
  test('spans end today', () => {
    expect(spanStart('month', '2026-11-28')).toBe('2026-10-29');
    expect(spanStart('year', '2026-11-28')).toBe('2025-11-28');
    expect(spanStart('all', '2026-11-28')).toBe('1981-01-01');
  });
});
