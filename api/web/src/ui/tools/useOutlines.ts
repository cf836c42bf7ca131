import type { LayerSpecification } from 'maplibre-gl';
import { useEffect, useRef } from 'react';
import type { MapController } from '../../map/controller';
import { dropSource } from '../../map/source';
import { accent } from '../../map/symbols';
import { extentOf, polygonsOf } from '../../map/veil';
import { collectionOf, type OwnAreas } from '../../tools/ownAreas';

const layers: LayerSpecification[] = [
  { id: 'own-fill', type: 'fill', source: 'own', paint: { 'fill-color': accent, 'fill-opacity': 0.1 } },
  { id: 'own-line', type: 'line', source: 'own', paint: { 'line-color': accent, 'line-width': 1.6 } },
];

/**
 * Shows the areas of a file on the map, and looks at them once, however far those of lines reach then, unless another map
 * decides where this one looks.
 */
export function useOutlines(controller: MapController | null, own: OwnAreas | null, follows = false): void {
  useEffect(() => {
    if (!controller || !own) return;
    const { map } = controller;
    map.addSource('own', { type: 'geojson', data: collectionOf(own.areas) });
    for (const layer of layers) map.addLayer(layer, 'place');
    return () => dropSource(map, 'own');
  }, [controller, own]);
  const seen = useRef<string | null>(null);
  useEffect(() => {
    const file = own && `${own.file} ${own.areas.length}`;
    if (!controller || follows || seen.current === file) return;
    seen.current = file;
    const polygons = own?.areas.flatMap(({ geometry }) => polygonsOf(geometry)) ?? [];
    const box = extentOf({ type: 'MultiPolygon', coordinates: polygons });
    if (box) controller.fit(box);
  }, [controller, own, follows]);
}
