import type { MapLibreMap } from 'maplibre-gl';

/** Takes a source off the map, with all layers that draw it. */
export function dropSource(map: MapLibreMap, name: string): void {
  // A map that is gone has no style to take a layer from.
  if (!map.style) return;
  for (const layer of map.getStyle().layers) {
    if ('source' in layer && layer.source === name) map.removeLayer(layer.id);
  }
  if (map.getSource(name)) map.removeSource(name);
}
