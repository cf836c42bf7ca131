import type { GeoJSONSource, MapLibreMap } from 'maplibre-gl';
import { circleRing } from '../tools/geodesy';
import { accent } from './symbols';

/** Shows how far off a place may be, in metres: a circle round it, below all marks; none for 0. */
export function showAccuracy(map: MapLibreMap, at: readonly [number, number] | null, metres: number): void {
  if (!map.getSource('accuracy')) addLayers(map);
  const ring = at && metres > 0 ? circleRing(at, metres).map(([lng, lat]) => [lng, lat]) : [];
  map.getSource<GeoJSONSource>('accuracy')?.setData({ type: 'Polygon', coordinates: [ring] });
}

function addLayers(map: MapLibreMap): void {
  const source = 'accuracy';
  map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer(
    { id: 'accuracy-fill', type: 'fill', source, paint: { 'fill-color': accent, 'fill-opacity': 0.1 } },
    'place',
  );
  map.addLayer(
    { id: 'accuracy-line', type: 'line', source, paint: { 'line-color': accent, 'line-dasharray': [3, 2] } },
    'place',
  );
}
