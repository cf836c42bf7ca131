import type { Feature, FeatureCollection, Position as GeoPosition } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap } from 'maplibre-gl';
import type { Language } from '../format/number';
import { distance } from '../format/scale';
import type { Drawing, Position } from '../tools/drawing';
import { geodesicLine, metresBetween, ringOf } from '../tools/geodesy';
import { colours, textFont } from './layers';
import { accent } from './symbols';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Shows what is drawn: an area with its outline, a circle's radius, a line with the lengths of its parts. */
export class Sketch {
  constructor(private readonly map: MapLibreMap) {
    map.addSource('sketch', { type: 'geojson', data: nothing });
    map.addLayer(fill, 'place');
    for (const layer of [...lines, corners, lengths]) map.addLayer(layer);
  }

  show(drawing: Drawing | null, language: Language): void {
    const data = drawing ? { ...nothing, features: featuresOf(drawing, language) } : nothing;
    this.map.getSource<GeoJSONSource>('sketch')?.setData(data);
  }

  close(): void {
    // A map that is gone has no style to take a layer from.
    if (!this.map.style) return;
    for (const { id } of [fill, ...lines, corners, lengths]) {
      if (this.map.getLayer(id)) this.map.removeLayer(id);
    }
    if (this.map.getSource('sketch')) this.map.removeSource('sketch');
  }
}

function featuresOf(drawing: Drawing, language: Language): Feature[] {
  if (drawing.what === 'line') return lineFeatures(drawing.points, language);
  const ring = ringOf(drawing);
  if (drawing.what === 'polygon') return [polygon(ring), ...few(drawing.points)];
  const { centre, radius } = drawing;
  const east = ring[Math.round((ring.length - 1) * 0.75)] ?? centre;
  const middle = [(centre[0] + east[0]) / 2, (centre[1] + east[1]) / 2] as const;
  return [
    polygon(ring),
    line([centre, east]),
    point(centre, ''),
    point(middle, distance(radius, language), true),
  ];
}

/** Corners are marked where they were clicked; the many of a free hand are not. */
function few(points: readonly Position[]): Feature[] {
  return points.length > 20 ? [] : points.map((at) => point(at, ''));
}

function lineFeatures(points: readonly Position[], language: Language): Feature[] {
  const features = [line(geodesicLine(points)), ...points.map((at) => point(at, ''))];
  for (const [i, b] of points.slice(1).entries()) {
    const a = points[i] ?? b;
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const;
    features.push(point(middle, distance(metresBetween(a, b), language), true));
  }
  return features;
}

function polygon(ring: readonly Position[]): Feature {
  return feature({ type: 'Polygon', coordinates: [ring.map(copy)] });
}

function line(points: readonly Position[]): Feature {
  return feature({ type: 'LineString', coordinates: points.map(copy) });
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
