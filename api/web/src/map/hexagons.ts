import type { Feature } from 'geojson';
import type { GeoJSONSource, LayerSpecification, MapLibreMap } from 'maplibre-gl';
import { metresPerPixel, roundDistance } from '../format/scale';
import { fillOpacity } from './choropleth';
import { classOf, classStarts, colourOf } from './classes';
import { layerIds } from './layers';
import { dropSource } from './source';
import type { Box } from './tiles';

/** A hexagon with what is in it; its corners are in degrees, the first one not again at the end. */
export interface Bin {
  count: number;
  outline: readonly (readonly [number, number])[];
}

/** Pixels that a hexagon is about wide. */
const wide = 48;

/** The sizes that the server has, in metres. */
const least = 100;
const most = 1_000_000;

/** How far the middles of hexagons are apart at a zoom, in round metres: the same for all latitudes, so that panning keeps them. */
export function widthAt(zoom: number): number {
  const metres = metresPerPixel(Math.round(zoom * 2) / 2, 30) * wide;
  return Math.min(most, Math.max(least, roundDistance(metres)));
}

/**
 * The box to ask for: what is seen, and one hexagon beyond, so that none is cut; rounded outwards to a quarter of what is
 * seen, so that a small step of the map asks for nothing new.
 */
export function askedBox([west, south, east, north]: Box, width: number): Box {
  const beyond = (width / 111_000) * 2;
  const round = (v: number, step: number, to: 'floor' | 'ceil') => Math[to](v / step) * step;
  const [dx, dy] = [(east - west) / 4, (north - south) / 4].map(powerOfTwo) as [number, number];
  return [
    Math.max(-180, round(west - beyond, dx, 'floor')),
    Math.max(-90, round(south - beyond, dy, 'floor')),
    Math.min(180, round(east + beyond, dx, 'ceil')),
    Math.min(90, round(north + beyond, dy, 'ceil')),
  ];
}

function powerOfTwo(v: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(v, 1e-4)));
}

/** Counts per hexagon, in the colours of divisions by number. */
export class Hexagons {
  constructor(private readonly map: MapLibreMap) {
    map.addSource('hexagons', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    map.addLayer(layer, layerIds.divisionLine);
  }

  show(bins: readonly Bin[]): void {
    const starts = classStarts(bins.map(({ count }) => count));
    const features = bins.map((bin) => featureOf(bin, colourOf(classOf(bin.count, starts), starts.length)));
    this.map.getSource<GeoJSONSource>('hexagons')?.setData({ type: 'FeatureCollection', features });
  }

  close(): void {
    dropSource(this.map, 'hexagons');
  }
}

function featureOf({ count, outline }: Bin, colour: string): Feature {
  const ring = [...outline, ...outline.slice(0, 1)].map(([lng, lat]) => [lng, lat]);
  return {
    type: 'Feature',
    properties: { count, colour },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

const layer: LayerSpecification = {
  id: 'hexagons',
  type: 'fill',
  source: 'hexagons',
  paint: {
    'fill-color': ['to-color', ['get', 'colour']],
    'fill-opacity': fillOpacity,
    'fill-outline-color': '#ffffff',
  },
};
