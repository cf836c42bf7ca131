import 'maplibre-gl/dist/maplibre-gl.css';
import {
  type GeoJSONSource,
  MapLibreMap,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useRef, useState } from 'react';
import { unwrap } from '../api/client';
import { type Import, type ImportPreview, usePreview, useSources } from '../api/imports';
import { Fault } from '../office/Notice';
import { type Services, useServices } from '../services';
import { extentOf } from './extent';
import { useImportTexts } from './texts';

/** The rows of an import on a map: those with faults are shaped otherwise than the others, and stand above them. */
export default function Preview({ job, row }: { job: Import; row: number | null }) {
  const { t } = useImportTexts();
  const preview = usePreview(job);
  const sources = useSources();
  return (
    <section className="import-preview" aria-labelledby="on-map">
      <h2 id="on-map">{t('onMap')}</h2>
      {preview.isError && <Fault error={preview.error} retry={() => void preview.refetch()} />}
      {preview.isSuccess && <Points points={preview.data} row={row} />}
      <p className="import-legend">
        {(['good', 'warned', 'refused'] as const).map((state) => (
          <span key={state}>
            <i className={state} aria-hidden="true" /> {t(`legend.${state}`)}
          </span>
        ))}
        <span className="quiet">{t('mapHint')}</span>
      </p>
      {sources.data && <p className="quiet">{sources.data}</p>}
    </section>
  );
}

function Points({ points, row }: { points: ImportPreview; row: number | null }) {
  const { t } = useImportTexts();
  const { client } = useServices();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap | null>(null);
  const chosen = points.features.find(({ id }) => id === row);
  useEffect(() => {
    const container = box.current;
    if (!container) return;
    let made: MapLibreMap | null = null;
    let gone = false;
    const words = { zoomIn: t('zoom.in'), zoomOut: t('zoom.out'), title: t('onMap') };
    void open(container, client, points, words).then((opened) => {
      if (gone) return opened.remove();
      made = opened;
      setMap(opened);
    });
    return () => {
      gone = true;
      made?.remove();
      setMap(null);
    };
  }, [client, points, t]);
  useEffect(() => {
    if (!map) return;
    const source = map.getSource<GeoJSONSource>('chosen');
    void source?.setData({ type: 'FeatureCollection', features: chosen ? [chosen as GeoJSON.Feature] : [] });
    if (!chosen) return;
    box.current?.scrollIntoView({ block: 'nearest' });
    map.easeTo({ center: at(chosen), zoom: Math.max(map.getZoom(), 9), duration: 400 });
  }, [map, chosen]);
  return (
    <>
      <div
        ref={box}
        className="import-map"
        data-points={points.features.length}
        data-ready={map !== null || undefined}
      />
      <p className="quiet" role="status">
        {chosen
          ? `${t('place', { row: chosen.id })} ${chosen.properties.name}`
          : row !== null && t('noPoint')}
      </p>
    </>
  );
}

const at = ({ geometry: { coordinates } }: ImportPreview['features'][number]): [number, number] => [
  coordinates[0] ?? 0,
  coordinates[1] ?? 0,
];

/** Layers of the server's style that stand below the rows. */
const below = /^(water|land|dash-line|divisions-|boundary-lines)/;

async function open(
  container: HTMLElement,
  client: Services['client'],
  points: ImportPreview,
  words: { zoomIn: string; zoomOut: string; title: string },
): Promise<MapLibreMap> {
  const served = (await unwrap(client.GET('/styles/light.json'))) as unknown as StyleSpecification;
  setWorkerUrl(workerUrl);
  const layers = served.layers.filter(({ id }) => below.test(id) && id !== 'divisions-label');
  const used = new Set(layers.flatMap((layer) => ('source' in layer ? [layer.source] : [])));
  const bounds = extentOf(points.features.map(at));
  const map = new MapLibreMap({
    container,
    style: {
      ...served,
      sources: {
        ...Object.fromEntries(Object.entries(served.sources).filter(([name]) => used.has(name))),
        rows: { type: 'geojson', data: points as GeoJSON.FeatureCollection },
        chosen: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
      },
      layers: [
        ...layers,
        ...(['good', 'warned', 'refused'] as const).map((state) => ({
          id: state,
          type: 'circle' as const,
          source: 'rows',
          filter: ['==', ['get', 'state'], state] as ['==', ['get', string], string],
          paint: paints[state],
        })),
        { id: 'chosen', type: 'circle', source: 'chosen', paint: paints.chosen },
      ],
    },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    maxZoom: 18,
    locale: {
      'NavigationControl.ZoomIn': words.zoomIn,
      'NavigationControl.ZoomOut': words.zoomOut,
      'Map.Title': words.title,
    },
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 40, maxZoom: 13 } } : { center: [104, 35], zoom: 3 }),
  });
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  await map.once('load');
  return map;
}

const paints = {
  good: {
    'circle-radius': 4,
    'circle-color': '#0b6e6e',
    'circle-stroke-color': '#fff',
    'circle-stroke-width': 1,
  },
  warned: {
    'circle-radius': 5,
    'circle-color': '#e69f00',
    'circle-stroke-color': '#fff',
    'circle-stroke-width': 1,
  },
  refused: {
    'circle-radius': 5,
    'circle-color': '#fff',
    'circle-stroke-color': '#b3261e',
    'circle-stroke-width': 3,
  },
  chosen: {
    'circle-radius': 10,
    'circle-color': 'rgba(0, 0, 0, 0)',
    'circle-stroke-color': '#26241f',
    'circle-stroke-width': 3,
  },
} as const;
