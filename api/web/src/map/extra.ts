import type { TileJSON } from '../api/client';
import { areaLayers } from './areas';
import type { MapController } from './controller';
import { layerIds } from './layers';
import { Reports } from './reports';
import { dayQuery, tileQuery, vectorSource } from './style';

export type Extra = 'reports' | 'grids' | 'jurisdictions';

/** Puts a layer that is off at first onto the map: reports below the selection, areas below the veil. */
export function addExtra(controller: MapController, name: Extra, about: TileJSON): void {
  const { map, language, filter } = controller;
  const { origin } = window.location;
  if (name === 'reports') {
    const query = tileQuery({ kinds: null, division: filter.division, day: filter.day });
    new Reports(map, about, query, origin, language);
    return;
  }
  map.addSource(name, vectorSource(about, dayQuery(filter.day), origin));
  for (const layer of areaLayers(name)) map.addLayer(layer, layerIds.veil);
}
