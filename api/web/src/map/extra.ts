import type { TileJSON } from '../api/client';
import { areaLayers } from './areas';
import type { MapController } from './controller';
import { layerIds } from './layers';
import { Reports } from './reports';
import { vectorSource } from './style';

export type Extra = 'reports' | 'grids' | 'jurisdictions';

/** Puts a layer that is off at first onto the map, its tiles with a query: reports below the selection, areas below the veil. */
export function addExtra(controller: MapController, name: Extra, about: TileJSON, query: string): void {
  const { map, language } = controller;
  const { origin } = window.location;
  if (name === 'reports') {
    new Reports(map, about, query, origin, language);
    return;
  }
  map.addSource(name, vectorSource(about, query, origin));
  for (const layer of areaLayers(name)) map.addLayer(layer, layerIds.veil);
}
