import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Insets, MapController } from '../map/controller';
import { LiveEvents } from '../map/live';
import { fetchServed } from '../map/served';
import type { Tile } from '../map/tiles';
import { useLanguage, useServices, useUrl } from '../services';
import { useCell } from '../state/cell';
import { HexagonSync } from './lazyTools';
import { OpenSwipe } from './OpenSwipe';
import { Problem } from './Problem';
import { useMapSync } from './useMapSync';

/** The map, filling its place. It starts once and is then told what to show. */
export function MapView({ insets }: { insets: Insets }) {
  const { t } = useTranslation();
  const services = useServices();
  const queries = useQueryClient();
  const language = useLanguage();
  const container = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const controller = useCell(services.map);
  const atStart = useRef({ language, insets });
  atStart.current = { language, insets };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt starts anew
  useEffect(() => {
    let closed = false;
    let opened: MapController | null = null;
    const start = async () => {
      // The map is the larger part of the code: panels do not wait for it.
      const [{ MapController }, served] = await Promise.all([
        import('../map/controller'),
        fetchServed(services.client, queries, services.store.get()),
      ]);
      if (closed || !container.current) return;
      const { language, insets } = atStart.current;
      opened = await MapController.open(container.current, served, services.store, language, insets);
      if (closed) return opened.close();
      // A documented hook for tests and for the browser's console: the MapLibre map itself.
      window.jingweiMap = opened.map;
      services.map.set(opened);
    };
    start().catch((error) => {
      if (!closed) setFailure(error);
    });
    return () => {
      closed = true;
      services.map.set(null);
      opened?.close();
    };
  }, [services, queries, attempt]);

  const retry = () => {
    setFailure(null);
    setAttempt((n) => n + 1);
  };
  return (
    <>
      <div ref={container} className="map" />
      {controller && <Synced controller={controller} insets={insets} />}
      {controller && <Extras controller={controller} />}
      {controller && <OpenSwipe controller={controller} insets={insets} />}
      {!controller && !failure && <p className="map-note">{t('map.loading')}</p>}
      {failure !== null && (
        <div className="map-note">
          {isWebGL(failure) ? (
            <p role="alert">{t('problem.webgl')}</p>
          ) : (
            <Problem error={failure} retry={retry} />
          )}
        </div>
      )}
    </>
  );
}

const ChoroplethSync = lazy(async () => ({ default: (await import('./Choropleth')).ChoroplethSync }));

const HeatSync = lazy(async () => ({ default: (await import('./Heat')).HeatSync }));

const ExtraSync = lazy(async () => ({ default: (await import('./Extra')).ExtraSync }));

/** Layers that are off at first: their code arrives when one is switched on. */
export function Extras({ controller }: { controller: MapController }) {
  const on = useUrl((state) => state.on);
  const points = !useUrl((state) => state.off).includes('organizations');
  return (
    <Suspense>
      {on.includes('choropleth') && <ChoroplethSync controller={controller} />}
      {on.includes('hexagons') && <HexagonSync controller={controller} />}
      {points && on.includes('heat') && <HeatSync controller={controller} layer="organizations" />}
      {on.includes('reports') && on.includes('report-heat') && (
        <HeatSync controller={controller} layer="reports" />
      )}
      {(['jurisdictions', 'grids', 'reports'] as const).map(
        (name) => on.includes(name) && <ExtraSync key={name} controller={controller} name={name} />,
      )}
    </Suspense>
  );
}

function isWebGL(failure: unknown): boolean {
  return failure instanceof Error && /webgl/i.test(failure.message);
}

function Synced({ controller, insets }: { controller: MapController; insets: Insets }) {
  const { live } = useServices();
  const queries = useQueryClient();
  useMapSync(controller);
  useEffect(() => controller.setInsets(insets), [controller, insets]);
  const reports = useUrl((state) => state.on).includes('reports');
  useEffect(() => {
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onChange = (tiles: Tile[] | null, layer: string) => {
      controller.refresh(layer, tiles);
      changed.add(layer);
      // Numbers follow at most twice a second, however fast changes come.
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const key of changed) void queries.invalidateQueries({ queryKey: [key] });
        if (changed.has('organizations')) void queries.invalidateQueries({ queryKey: ['organization'] });
        changed.clear();
      }, 500);
    };
    const layers = reports ? ['organizations', 'reports'] : ['organizations'];
    const events = new LiveEvents(layers, onChange, live.set);
    return () => {
      clearTimeout(timer);
      events.close();
    };
  }, [controller, queries, live, reports]);
  return null;
}
