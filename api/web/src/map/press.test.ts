import type { MapLibreMap } from 'maplibre-gl';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onLongPress } from './press';

type Listener = (event: unknown) => void;

describe('a finger on the map', () => {
  const listeners = new Map<string, Listener>();
  const told: unknown[] = [];
  const prevented = vi.fn();
  const touch = (type: string, x = 0, fingers = 1) =>
    listeners.get(type)?.({
      point: { x, y: 0 },
      lngLat: 'here',
      originalEvent: { touches: { length: fingers }, preventDefault: prevented },
    });

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    prevented.mockClear();
    const map = { on: (type: string, listener: Listener) => listeners.set(type, listener) };
    onLongPress(map as unknown as MapLibreMap, (at) => told.push(at));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('that rests asks once, and does not click as well', () => {
    touch('touchstart');
    touch('touchmove', 4);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual(['here']);
    touch('touchend');
    expect(prevented).toHaveBeenCalledOnce();
  });

  test.each([
    ['leaves soon', () => touch('touchend')],
    ['moves', () => touch('touchmove', 40)],
    ['is joined by another', () => touch('touchstart', 0, 2)],
    ['moves the map', () => touch('movestart')],
  ])('that %s does not ask', (_, act) => {
    touch('touchstart');
    vi.advanceTimersByTime(300);
    act();
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
    touch('touchend');
    expect(prevented).not.toHaveBeenCalled();
  });

  test('whose short tap a busy page tells late does not ask', () => {
    touch('touchstart');
    // The clock strikes first; the end of the tap was waiting, and is told before the next frame.
    vi.advanceTimersByTime(601);
    touch('touchend');
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
  });
});
