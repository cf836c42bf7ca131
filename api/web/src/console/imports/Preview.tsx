import type { GeoJSONSource } from 'maplibre-gl';
import { useEffect, useRef } from 'react';
import type { MapController } from '../../map/controller';
import { type Import, type ImportPreview, usePreview } from '../api/imports';
import { Fault } from '../office/Notice';
import PlaceMap from '../office/organizations/PlaceMap';
import { extentOf } from '../state/extent';
import { useImportTexts } from './texts';

/** The rows of an import on a map: those with faults are shaped otherwise than the others, and stand above them. */
export default function Preview({ job, row }: { job: Import; row: number | null }) {
  const { t } = useImportTexts();
  const preview = usePreview(job);
  const box = useRef<HTMLDivElement>(null);
  const chosen = preview.data?.features.find(({ id }) => id === row);
  useEffect(() => {
    if (chosen) box.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section className="import-preview" aria-labelledby="on-map">
      <h2 id="on-map">{t('onMap')}</h2>
      {preview.isError && <Fault error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data && (
        <>
          <div ref={box}>
            <PlaceMap label={t('onMap')}>
              {(controller) => <Points controller={controller} points={preview.data} chosen={chosen} />}
            </PlaceMap>
          </div>
          <p className="quiet" role="status">
            {chosen
              ? `${t('place', { row: chosen.id })} ${chosen.properties.name}`
              : row !== null && t('noPoint')}
          </p>
        </>
      )}
      <p className="import-legend">
        {states.map((state) => (
          <span key={state}>
            <i className={state} aria-hidden="true" /> {t(`legend.${state}`)}
          </span>
        ))}
        <span className="quiet">{t('mapHint')}</span>
      </p>
    </section>
  );
}

type Point = ImportPreview['features'][number];

interface PointsProps {
  controller: MapController;
  points: ImportPreview;
  chosen: Point | undefined;
}

function Points({ controller, points, chosen }: PointsProps) {
  const { map } = controller;
  useEffect(() => {
    if (!map.style) return;
    addLayers(controller);
    map.getSource<GeoJSONSource>('rows')?.setData(points as GeoJSON.FeatureCollection);
    const box = extentOf(points.features.map(at));
    if (box) controller.fit(box, 13);
  }, [controller, map, points]);
  useEffect(() => {
    if (!map.style) return;
    const features = chosen ? [chosen as GeoJSON.Feature] : [];
    map.getSource<GeoJSONSource>('chosen-row')?.setData({ type: 'FeatureCollection', features });
    if (chosen) map.easeTo({ center: at(chosen), zoom: Math.max(map.getZoom(), 9), duration: 400 });
  }, [map, chosen]);
  return null;
}

const at = ({ geometry: { coordinates } }: Point): [number, number] => [
  coordinates[0] ?? 0,
  coordinates[1] ?? 0,
];

/** What was found of a row: the last one stands above the others. */
const states = ['good', 'warned', 'refused'] as const;

/** Adds the rows; the organizations of the map would hide them. */
function addLayers(controller: MapController): void {
  const { map } = controller;
  if (map.getSource('rows')) return;
  controller.setOff(['organizations']);
  const data: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  map.addSource('rows', { type: 'geojson', data });
  map.addSource('chosen-row', { type: 'geojson', data });
  for (const state of states) {
    const filter: ['==', ['get', string], string] = ['==', ['get', 'state'], state];
    map.addLayer({ id: `rows-${state}`, type: 'circle', source: 'rows', filter, paint: paints[state] });
  }
  map.addLayer({ id: 'chosen-row', type: 'circle', source: 'chosen-row', paint: paints.chosen });
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
