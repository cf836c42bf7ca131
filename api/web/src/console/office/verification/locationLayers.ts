import type { FilterSpecification, GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import type { MapController } from '../../../map/controller';
import { drawReport } from '../../../map/symbols';
import type { LocationState } from '../../api/contract';
import { locationStates, stateMark } from '../../state/verification';

/** A location that stands on the map. */
export interface Located {
  id: number;
  state: LocationState;
  location: readonly number[];
  /** What a check found; missing where that is not told. */
  findings?: readonly { contradicts: boolean }[];
}

/** The source, and the layer that is pressed. */
export const source = 'waiting';
const activeLayers = ['waiting-active', 'waiting-active-mark'];

/**
 * Adds locations by the symbols of their states. The organizations of the map go: they would be seen twice, by the symbols of their
 * kinds, which are the same shapes and colours with another meaning.
 */
export function addLayers(controller: MapController): void {
  const { map } = controller;
  if (!map.style || map.getSource(source)) return;
  controller.setOff(['organizations']);
  const ratio = Math.min(3, Math.max(1, Math.ceil(window.devicePixelRatio)));
  for (const state of locationStates) {
    const { data, pixelRatio } = drawReport(stateMark(state), ratio);
    map.addImage(`state:${state}`, data, { pixelRatio });
  }
  map.addSource(source, { type: 'geojson', data: featuresOf([]) });
  map.addLayer({
    id: 'waiting-active',
    type: 'circle',
    source,
    filter: ['==', ['id'], -1],
    paint: { 'circle-radius': 16, 'circle-color': '#0b6e6e', 'circle-opacity': 0.35 },
  });
  map.addLayer({
    id: 'waiting-wrong',
    type: 'circle',
    source,
    filter: ['get', 'wrong'],
    paint: {
      'circle-radius': 12,
      'circle-opacity': 0,
      'circle-stroke-color': '#b3261e',
      'circle-stroke-width': 2,
    },
  });
  // The active one stands above the others.
  for (const [id, filter] of [
    [source, true],
    ['waiting-active-mark', ['==', ['id'], -1]],
  ] as const) {
    map.addLayer({
      id,
      type: 'symbol',
      source,
      filter: filter as FilterSpecification,
      layout: { 'icon-image': ['concat', 'state:', ['get', 'state']], 'icon-allow-overlap': true },
    });
  }
}

/** Shows these locations, and no others. */
export function showLocations(map: MapLibreMap, items: readonly Located[]): void {
  if (map.style) map.getSource<GeoJSONSource>(source)?.setData(featuresOf(items));
}

/** Lets one of them stand out; null for none. */
export function showActive(map: MapLibreMap, active: number | null): void {
  if (!map.style) return;
  for (const layer of activeLayers) map.setFilter(layer, ['==', ['id'], active ?? -1]);
}

function featuresOf(items: readonly Located[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: items.map(({ id, state, location, findings }) => ({
      type: 'Feature',
      id,
      properties: {
        state,
        wrong: findings?.some(({ contradicts }) => contradicts) ?? false,
      },
      geometry: { type: 'Point', coordinates: [...location] },
    })),
  };
}
