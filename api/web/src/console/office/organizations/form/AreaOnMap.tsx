import { useEffect } from 'react';
import type { MapController } from '../../../../map/controller';
import { Drawer } from '../../../../map/draw';
import { Overlay } from '../../../../map/overlay';
import { dropSource } from '../../../../map/source';
import { accent } from '../../../../map/symbols';
import { extentOf } from '../../../../map/veil';
import { useLanguage } from '../../../services';
import type { Area } from '../../../state/registration';
import '../../../../style/sketch.css';

interface AreaOnMapProps {
  controller: MapController;
  area: Area | null;
  drawing: { done: (ring: [number, number][]) => void; cancel: () => void } | null;
}

/** Shows the area that an organization looks after, and draws one with the viewer's tool. */
export default function AreaOnMap({ controller, area, drawing }: AreaOnMapProps) {
  const language = useLanguage();
  useEffect(() => {
    const { map } = controller;
    if (!area || drawing) return;
    const geometry = area as unknown as GeoJSON.MultiPolygon;
    map.addSource('own-area', { type: 'geojson', data: geometry });
    map.addLayer(
      {
        id: 'own-area-fill',
        type: 'fill',
        source: 'own-area',
        paint: { 'fill-color': accent, 'fill-opacity': 0.12 },
      },
      'place',
    );
    map.addLayer(
      {
        id: 'own-area-line',
        type: 'line',
        source: 'own-area',
        paint: { 'line-color': accent, 'line-width': 2.2 },
      },
      'place',
    );
    const box = extentOf(geometry);
    if (box) controller.fit(box);
    return () => dropSource(map, 'own-area');
  }, [controller, area, drawing]);
  useEffect(() => {
    if (!drawing) return;
    const overlay = new Overlay(controller.map);
    const drawer = new Drawer(controller, 'polygon', {
      sketch: (sketch) => overlay.show(sketch, language),
      done: (drawn) => {
        if (drawn.what === 'polygon') drawing.done(drawn.points.map(([lng, lat]) => [lng, lat]));
      },
      cancelled: drawing.cancel,
    });
    controller.map.getCanvas().focus({ preventScroll: true });
    return () => {
      drawer.close();
      overlay.close();
    };
  }, [controller, drawing, language]);
  return null;
}
