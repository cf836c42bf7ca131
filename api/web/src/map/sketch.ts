import type { Feature, FeatureCollection, Position as GeoPosition } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap } from 'maplibre-gl';
import type { Language } from '../format/number';
import { distance } from '../format/scale';
import type { Drawing, Position } from '../tools/drawing';
import { type Figure, figureOf } from './figure';
import { colours, textFont } from './layers';
import { dropSource } from './source';
import { accent } from './symbols';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Shows what is drawn, in the map. */
export class Sketch {
  constructor(private readonly map: MapLibreMap) {
    map.addSource('sketch', { type: 'geojson', data: nothing });
    map.addLayer(fill, 'place');
    for (const layer of [...lines, corners, lengths]) map.addLayer(layer);
  }

  show(drawing: Drawing | null, language: Language): void {
    const data = drawing ? { ...nothing, features: featuresOf(figureOf(drawing), language) } : nothing;
    this.map.getSource<GeoJSONSource>('sketch')?.setData(data);
  }

  close(): void {
    dropSource(this.map, 'sketch');
  }
}

function featuresOf({ area, lines, corners, lengths }: Figure, language: Language): Feature[] {
  return [
    ...area.map((rings) => feature({ type: 'Polygon', coordinates: rings.map(closed) })),
    ...lines.map((line) => feature({ type: 'LineString', coordinates: line.map(copy) })),
    ...corners.map((at) => point(at, '')),
    ...lengths.map(({ at, metres }) => point(at, distance(metres, language), true)),
  ];
}

function closed(ring: readonly Position[]): GeoPosition[] {
  return [...ring, ...ring.slice(0, 1)].map(copy);
}

function point(at: Position, text: string, label = false): Feature {
  return { ...feature({ type: 'Point', coordinates: copy(at) }), properties: { text, label } };
}

function feature(geometry: Feature['geometry']): Feature {
  return { type: 'Feature', properties: {}, geometry };
}

function copy(at: Position): GeoPosition {
  return [...at];
}

const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];

const fill: LayerSpecification = {
  id: 'sketch-fill',
  type: 'fill',
  source: 'sketch',
  filter: ['==', ['geometry-type'], 'Polygon'],
  paint: { 'fill-color': accent, 'fill-opacity': 0.12, 'fill-antialias': false },
};

/** A white line below the coloured one, so that it stands out from any map. */
const lines: LayerSpecification[] = (
  [
    ['sketch-halo', '#ffffff', 4.5],
    ['sketch-line', accent, 2.2],
  ] as const
).map(([id, colour, width]) => ({
  id,
  type: 'line',
  source: 'sketch',
  layout: { 'line-join': 'round', 'line-cap': 'round' },
  paint: { 'line-color': colour, 'line-width': width },
}));

const corners: LayerSpecification = {
  id: 'sketch-corners',
  type: 'circle',
  source: 'sketch',
  filter: ['all', isPoint, ['!', ['get', 'label']]],
  paint: {
    'circle-radius': 4,
    'circle-color': '#ffffff',
    'circle-stroke-color': accent,
    'circle-stroke-width': 2,
  },
};

const lengths: LayerSpecification = {
  id: 'sketch-lengths',
  type: 'symbol',
  source: 'sketch',
  filter: ['all', isPoint, ['get', 'label']],
  layout: {
    'text-field': ['get', 'text'],
    'text-font': textFont,
    'text-size': 12,
    'text-offset': [0, -0.9],
    'text-allow-overlap': true,
    'text-ignore-placement': true,
  },
  paint: { 'text-color': colours.text, 'text-halo-color': '#ffffff', 'text-halo-width': 3 },
};
