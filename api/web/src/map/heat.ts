import type { ExpressionSpecification, LayerSpecification, MapLibreMap, VectorTileSource } from 'maplibre-gl';
import type { TileJSON } from '../api/client';
import { pointsFrom } from '../state/presentation';
import { clusterIds, heatId, layerIds } from './layers';
import { dropSource } from './source';
import { layerName, tileTemplates, vectorSource } from './style';
import { worldAt } from './tiles';

/** Layers of points that can be drawn as a heat map. */
export type HeatLayer = 'organizations' | 'reports';

/** From light yellow over green to dark blue, even in OKLab lightness (0.93 to 0.35): told apart without colour vision. */
export const heatRamp = ['#f7ed6c', '#90d976', '#22b793', '#238a93', '#05618a', '#1f2d87'] as const;

/** From pointsFrom on single points are drawn as well, and from this zoom on only they. */
const pointsOnly = 15.5;

/** Twice as fine as the clusters that one sees, and the heat of neighbours runs together. */
const cells = 'cells=32';

const points: Record<HeatLayer, readonly string[]> = {
  organizations: [...clusterIds, layerIds.dots],
  reports: [layerIds.reports, layerIds.reportClusters],
};

/** Pixels that the heat of a point reaches, by zoom. */
const reach = [
  [4, 24],
  [10, 30],
  [14, 40],
] as const;

/** A layer of points as a heat map, instead of its clusters and points until single ones can be told apart. */
export class Heat {
  #intensity = 0;
  #query: string;

  constructor(
    private readonly map: MapLibreMap,
    private readonly layer: HeatLayer,
    private readonly about: TileJSON,
    private readonly origin: string,
    query: string,
  ) {
    this.#query = query;
    map.addSource(heatId(layer), vectorSource(about, finer(query), origin));
    map.addLayer(heatSpecification(layer, layerName(about, layer)), layerIds.divisionLine);
    map.on('styledata', this.#cover);
    map.on('idle', this.#scale);
    this.#cover();
  }

  /** Shows what meets the conditions of a query. */
  show(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    const tiles = tileTemplates(this.about, finer(query), this.origin);
    this.map.getSource<VectorTileSource>(heatId(this.layer))?.setTiles(tiles);
  }

  close(): void {
    this.map.off('styledata', this.#cover);
    this.map.off('idle', this.#scale);
    dropSource(this.map, heatId(this.layer));
    this.#pointsFrom(0);
  }

  /** Layers of points may come later than the heat. */
  #cover = (): void => this.#pointsFrom(pointsFrom);

  #pointsFrom(zoom: number): void {
    if (!this.map.style) return;
    for (const id of points[this.layer]) {
      const layer = this.map.getLayer(id);
      if (layer && (layer.minzoom ?? 0) !== zoom) this.map.setLayerZoomRange(id, zoom, 24);
    }
  }

  /** Spreads the colours over the densities that are seen: what few things meet a filter would be pale otherwise. */
  #scale = (): void => {
    const zoom = this.map.getZoom();
    if (zoom > pointsOnly) return;
    const features = this.map.querySourceFeatures(heatId(this.layer), {
      sourceLayer: layerName(this.about, this.layer),
    });
    const size = 512 * 2 ** zoom;
    const weights = features.flatMap(({ geometry, properties }): Weight[] => {
      if (geometry.type !== 'Point') return [];
      const [x, y] = worldAt(geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0);
      return [{ x: x * size, y: y * size, weight: Number(properties.point_count ?? 1) }];
    });
    const intensity = intensityOf(weights, reachAt(zoom));
    // Small differences are not worth colours that jump.
    if (intensity === null || Math.abs(Math.log(intensity / this.#intensity)) < 0.15) return;
    this.#intensity = intensity;
    this.map.setPaintProperty(heatId(this.layer), 'heatmap-intensity', intensityAround(intensity, zoom));
  };
}

function finer(query: string): string {
  return query === '' ? cells : `${cells}&${query}`;
}

/** A point, or a cluster with its count, by pixels. */
export interface Weight {
  x: number;
  y: number;
  weight: number;
}

/** So large a share of the squares has less than the darkest colour. */
const darkest = 0.99;

/**
 * The intensity at which the densest places that are seen have the darkest colour; null where there is nothing. A place is
 * as dense as a square with sides of the reach, which the heat of all in it fills about evenly.
 */
export function intensityOf(weights: readonly Weight[], reach: number): number | null {
  const sums = new Map<string, number>();
  for (const { x, y, weight } of weights) {
    const square = `${Math.floor(x / reach)} ${Math.floor(y / reach)}`;
    sums.set(square, (sums.get(square) ?? 0) + weight);
  }
  const sorted = [...sums.values()].sort((a, b) => a - b);
  const densest = sorted[Math.floor(darkest * (sorted.length - 1))];
  return densest === undefined ? null : 1 / (heatOfOne * densest);
}

/** What one in a square adds to the heat there: between 0.28, when others fill it evenly, and 0.4 on the spot. */
const heatOfOne = 0.33;

/** Each zoom has a quarter of the points in as many pixels: while one zooms the colours stay about as they are. */
function intensityAround(intensity: number, zoom: number): ExpressionSpecification {
  const steps = 3;
  return [
    'interpolate',
    ['exponential', 4],
    ['zoom'],
    zoom - steps,
    intensity / 4 ** steps,
    zoom + steps,
    intensity * 4 ** steps,
  ];
}

function reachAt(zoom: number): number {
  const next = reach.findIndex(([z]) => z >= zoom);
  const last = reach[reach.length - 1] ?? [0, 0];
  const [z1, r1] = next < 0 ? last : (reach[next] ?? last);
  const [z0, r0] = reach[next - 1] ?? [z1, r1];
  return z1 === z0 ? r1 : r0 + ((r1 - r0) * (zoom - z0)) / (z1 - z0);
}

function heatSpecification(layer: HeatLayer, sourceLayer: string): LayerSpecification {
  const [first] = heatRamp;
  const colours = heatRamp.flatMap((colour, i) => [0.15 + (0.85 * i) / (heatRamp.length - 1), colour]);
  return {
    id: heatId(layer),
    type: 'heatmap',
    source: heatId(layer),
    'source-layer': sourceLayer,
    maxzoom: pointsOnly,
    paint: {
      'heatmap-weight': ['coalesce', ['get', 'point_count'], 1],
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], ...reach.flat()],
      'heatmap-opacity': ['interpolate', ['linear'], ['zoom'], pointsFrom - 0.5, 0.85, pointsOnly, 0],
      'heatmap-color': [
        'interpolate',
        ['linear'],
        ['heatmap-density'],
        0,
        `${first}00`,
        0.03,
        `${first}00`,
        ...colours,
      ] as unknown as ExpressionSpecification,
    },
  };
}
