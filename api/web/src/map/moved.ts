import type { GeoJSONSource, MapLibreMap } from 'maplibre-gl';
import { accent } from './symbols';

type Pair = readonly [number, number];

/** Shows where something was, where it is now, and the way between; both are in sight. */
export function showMove(map: MapLibreMap, from: Pair, to: Pair, was: string, is: string): void {
  if (!map.getSource('moved')) addLayers(map);
  const point = (at: Pair, text: string, now: boolean) => ({
    type: 'Feature' as const,
    properties: { text, now },
    geometry: { type: 'Point' as const, coordinates: [...at] },
  });
  const way = { type: 'LineString' as const, coordinates: [[...from], [...to]] };
  map.getSource<GeoJSONSource>('moved')?.setData({
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', properties: {}, geometry: way },
      point(from, was, false),
      point(to, is, true),
    ],
  });
  const [west, east] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [south, north] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  map.fitBounds([west, south, east, north], { padding: 60, maxZoom: 17, animate: false });
}

function addLayers(map: MapLibreMap): void {
  const source = 'moved';
  const now: ['get', string] = ['get', 'now'];
  map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({
    id: 'moved-way',
    type: 'line',
    source,
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': accent, 'line-width': 2, 'line-dasharray': [2, 2] },
  });
  map.addLayer({
    id: 'moved-ends',
    type: 'circle',
    source,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': 7,
      'circle-color': ['case', now, accent, '#ffffff'],
      'circle-stroke-color': ['case', now, '#ffffff', accent],
      'circle-stroke-width': 2,
    },
  });
  const font = firstFont(map);
  if (!font) return;
  map.addLayer({
    id: 'moved-names',
    type: 'symbol',
    source,
    filter: ['==', ['geometry-type'], 'Point'],
    layout: {
      'text-field': ['get', 'text'],
      'text-font': font,
      'text-size': 13,
      'text-offset': [0, 1.4],
      'text-allow-overlap': true,
    },
    paint: { 'text-color': '#1d1b18', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
  });
}

/** The font of the names that are on the map already. */
function firstFont(map: MapLibreMap): string[] | null {
  for (const layer of map.getStyle().layers) {
    if (layer.type !== 'symbol') continue;
    const font = layer.layout?.['text-font'];
    if (Array.isArray(font) && font.every((one) => typeof one === 'string')) return font as string[];
  }
  return null;
}
