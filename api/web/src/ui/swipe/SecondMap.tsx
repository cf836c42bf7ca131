import { useQueryClient } from '@tanstack/react-query';
import type { MapLibreMap } from 'maplibre-gl';
import { useEffect, useRef } from 'react';
import { type Insets, MapController } from '../../map/controller';
import { fetchServed } from '../../map/served';
import { useLanguage, useServices } from '../../services';
import { useCell } from '../../state/cell';
import { Extras } from '../MapView';
import { useSketch } from '../tools/Tools';
import { useOutlines } from '../tools/useOutlines';
import { useMapSync } from '../useMapSync';

interface Props {
  first: MapController;
  insets: Insets;
  /** Whether this map shows at a place, in pixels from the left. */
  covers: (x: number) => boolean;
  onFail: (error: unknown) => void;
}

/** The map of the second day: all that the first one shows, where that looks. */
export function SecondMap({ first, insets, covers, onFail }: Props) {
  const services = useServices();
  const queries = useQueryClient();
  const language = useLanguage();
  const container = useRef<HTMLDivElement>(null);
  const controller = useCell(services.map);
  const atStart = useRef({ language, insets });
  atStart.current = { language, insets };
  useEffect(() => {
    let closed = false;
    let opened: MapController | null = null;
    let release = () => {};
    const start = async () => {
      const served = await fetchServed(services.client, queries, services.store.get());
      if (closed || !container.current) return;
      const { language, insets } = atStart.current;
      opened = await MapController.open(container.current, served, services.store, language, insets);
      if (closed) return opened.close();
      release = follow(first, opened, services.store);
      first.above = { controller: opened, covers };
      services.map.set(opened);
    };
    start().catch((error) => {
      if (!closed) onFail(error);
    });
    return () => {
      closed = true;
      release();
      first.above = null;
      services.map.set(null);
      opened?.close();
    };
  }, [services, queries, first, covers, onFail]);
  return (
    <>
      <div ref={container} className="map" />
      {controller && <Synced controller={controller} insets={insets} />}
      {controller && <Extras controller={controller} />}
    </>
  );
}

/** Keeps a map where another one looks, whatever it is told itself. */
function follow(
  first: MapController,
  second: MapController,
  store: ReturnType<typeof useServices>['store'],
): () => void {
  const settle = () => second.stay(store.get().division);
  const move = () => second.map.jumpTo(cameraOf(first.map));
  settle();
  second.openedWithView = true;
  move();
  const stop = store.subscribe(settle);
  first.map.on('move', move);
  return () => {
    stop();
    first.map.off('move', move);
  };
}

function cameraOf(map: MapLibreMap) {
  return {
    center: map.getCenter(),
    zoom: map.getZoom(),
    bearing: map.getBearing(),
    pitch: map.getPitch(),
  };
}

function Synced({ controller, insets }: { controller: MapController; insets: Insets }) {
  const { tools } = useServices();
  useMapSync(controller);
  useSketch(controller);
  useOutlines(controller, useCell(tools.own), true);
  useEffect(() => controller.setInsets(insets), [controller, insets]);
  return null;
}
