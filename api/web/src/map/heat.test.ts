import type { MapLibreMap } from 'maplibre-gl';
import { describe, expect, test } from 'vitest';
import type { TileJSON } from '../api/client';
import { Heat, heatRamp, intensityOf } from './heat';
import { clusterIds, layerIds } from './layers';

describe('the colours of heat', () => {
  test('are even steps of lightness, as eyes see them', () => {
    const steps = heatRamp.map(lightness);
    const differences = steps.slice(1).map((value, i) => (steps[i] ?? 0) - value);
    for (const difference of differences) expect(difference).toBeCloseTo(0.116, 2);
  });

  test('are told apart without red and green cones', () => {
    for (const blind of [protan, deutan]) {
      const seen = heatRamp.map((colour) => lightness(hex(blind(linear(colour)))));
      expect(seen).toEqual([...seen].sort((a, b) => b - a));
      for (const [i, value] of seen.slice(1).entries()) expect((seen[i] ?? 0) - value).toBeGreaterThan(0.05);
    }
  });
});

describe('the intensity of heat', () => {
  const at = (x: number, y: number, weight = 1) => ({ x, y, weight });

  test('is less where there are more, and the same for clusters and for what is in them', () => {
    const single = Array.from({ length: 50 }, (_, i) => at(10 + (i % 5), 10));
    const cluster = [at(12, 10, 50)];
    expect(intensityOf(cluster, 30)).toBeCloseTo(intensityOf(single, 30) ?? 0);
    expect(intensityOf([at(12, 10, 100)], 30)).toBeCloseTo((intensityOf(cluster, 30) ?? 0) / 2);
    expect(intensityOf([], 30)).toBeNull();
  });

  test('is that of dense places, not that of one spot with very many', () => {
    const even = Array.from({ length: 400 }, (_, i) => at(100 * (i % 20), 100 * Math.floor(i / 20), 3));
    expect(intensityOf([...even, at(5000, 5000, 10_000)], 30)).toBe(intensityOf(even, 30));
  });
});

describe('a heat map', () => {
  class FakeMap {
    readonly style = {};
    readonly ranges = new Map<string, number>(
      [...clusterIds, layerIds.dots, layerIds.reports].map((id) => [id, 0]),
    );
    readonly listeners = new Map<string, () => void>();
    tiles: string[] = [];
    asked = 0;
    addSource(_: string, { tiles }: { tiles: string[] }) {
      this.tiles = tiles;
    }
    addLayer() {}
    removeLayer() {}
    removeSource() {}
    on(event: string, listener: () => void) {
      this.listeners.set(event, listener);
    }
    off(event: string) {
      this.listeners.delete(event);
    }
    getLayer(id: string) {
      const minzoom = this.ranges.get(id);
      return minzoom === undefined ? undefined : { minzoom };
    }
    getStyle() {
      return { layers: [] };
    }
    getSource() {
      return { setTiles: (tiles: string[]) => this.#ask(tiles) };
    }
    #ask(tiles: string[]) {
      this.tiles = tiles;
      this.asked++;
    }
    setLayerZoomRange(id: string, zoom: number) {
      this.ranges.set(id, zoom);
    }
  }

  const about: TileJSON = { tilejson: '3.0.0', tiles: ['/t/{z}/{x}/{y}'], vector_layers: [] };
  const made = (map: FakeMap) =>
    new Heat(map as unknown as MapLibreMap, 'organizations', about, 'http://here', 'kind=a');

  test('stands in for its points until they are near, and gives them back', () => {
    const map = new FakeMap();
    const heat = made(map);
    expect(map.ranges.get(layerIds.dots)).toBe(14);
    expect(map.ranges.get(layerIds.reports)).toBe(0);
    map.ranges.set(layerIds.dots, 0);
    map.listeners.get('styledata')?.();
    expect(map.ranges.get(layerIds.dots)).toBe(14);
    heat.close();
    expect([...map.ranges.values()]).toEqual([...map.ranges.keys()].map(() => 0));
    expect(map.listeners.size).toBe(0);
  });

  test('asks for finer cells with the conditions, and only when they are others', () => {
    const map = new FakeMap();
    const heat = made(map);
    expect(map.tiles).toEqual(['/t/{z}/{x}/{y}?cells=32&kind=a']);
    heat.show('kind=a');
    expect(map.asked).toBe(0);
    heat.show('');
    expect(map.tiles).toEqual(['/t/{z}/{x}/{y}?cells=32']);
  });
});

type Colour = readonly [number, number, number];

function linear(colour: string): Colour {
  return [1, 3, 5].map((i) => {
    const v = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as unknown as Colour;
}

function hex(colour: Colour): string {
  const parts = colour.map((v) => {
    const clipped = Math.min(1, Math.max(0, v));
    const curved = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(255 * curved)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** Lightness in OKLab. */
function lightness(colour: string): number {
  const [r, g, b] = linear(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
}

/** What people without red or green cones see, by Machado, Oliveira and Fernandes (2009). */
const protan = ([r, g, b]: Colour): Colour => [
  0.152286 * r + 1.052583 * g - 0.204868 * b,
  0.114503 * r + 0.786281 * g + 0.099216 * b,
  -0.003882 * r - 0.048116 * g + 1.051998 * b,
];
const deutan = ([r, g, b]: Colour): Colour => [
  0.367322 * r + 0.860646 * g - 0.227968 * b,
  0.280085 * r + 0.672501 * g + 0.047413 * b,
  -0.01182 * r + 0.04294 * g + 0.968881 * b,
];
