import type { FilterSpecification, GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl';
import { useEffect } from 'react';
import type { MapController } from '../../../map/controller';
import { drawReport } from '../../../map/symbols';
import type { LocationState } from '../../api/contract';
import type { ShownPlace } from '../../state/at';
import { extentOf } from '../../state/extent';
import { locationStates, stateMark } from '../../state/verification';
import PlaceMap from '../organizations/PlaceMap';
import { StateMark } from './StateMark';
import { useWords } from './useWords';

/** A location that stands on the map. */
interface Located {
  id: number;
  state: LocationState;
  location: readonly number[];
  /** What a check found; missing where that is not told. */
  findings?: readonly { contradicts: boolean }[];
}

interface LocationMapProps {
  label: string;
  items: readonly Located[];
  active: number | null;
  /** A place that is shown beside them, which the camera goes to; null or missing for none. */
  at?: ShownPlace | null;
  /** That not all of them are listed yet; nothing when they are. */
  note?: string;
  onPick: (id: number) => void;
  onPoint: (id: number) => void;
}

/** The listed locations on the map: each state has a colour and a shape, and what is contradicted a ring. */
export default function LocationMap({
  label,
  items,
  active,
  at = null,
  note,
  onPick,
  onPoint,
}: LocationMapProps) {
  const { t, stateName } = useWords();
  return (
    <>
      <PlaceMap label={label}>
        {(controller) => (
          <>
            <Points
              controller={controller}
              items={items}
              active={active}
              at={at}
              onPick={onPick}
              onPoint={onPoint}
            />
            <Shown controller={controller} at={at} />
          </>
        )}
      </PlaceMap>
      {note && <p className="map-note">{note}</p>}
      <ul className="map-legend" aria-label={t('map.legend')}>
        {locationStates.map((state) => (
          <li key={state}>
            <StateMark state={state} />
            {stateName(state)}
          </li>
        ))}
        {items.some(({ findings }) => findings) && <li className="legend-ring">{t('map.contradicts')}</li>}
      </ul>
    </>
  );
}

const source = 'waiting';
const activeLayers = ['waiting-active', 'waiting-active-mark'];

/** What the buttons, and who made the boundaries, cover: points are not put below them. */
const covered = { top: 10, right: 56, bottom: 24, left: 10 };

/** The share of the locations, at each side, that are wrong for sure and do not make it a map of the world. */
const farOff = 0.05;

function Points({
  controller,
  items,
  active,
  at: place = null,
  onPick,
  onPoint,
}: Omit<LocationMapProps, 'label' | 'note'> & { controller: MapController }) {
  const { map } = controller;
  useEffect(() => {
    controller.setInsets(covered);
    addLayers(controller);
  }, [controller]);
  useEffect(() => {
    if (!map.style) return;
    map.getSource<GeoJSONSource>(source)?.setData(featuresOf(items));
  }, [map, items]);
  // Which one is active is a filter: the data may be a hundred thousand points.
  useEffect(() => {
    if (!map.style) return;
    for (const layer of activeLayers) map.setFilter(layer, ['==', ['id'], active ?? -1]);
  }, [map, active]);
  const key = items[0]?.id;
  // The camera follows the list when another one is shown, not every page of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says that it is another list
  useEffect(() => {
    const box = extentOf(
      items.map(({ location: [lng = 0, lat = 0] }) => [lng, lat]),
      farOff,
    );
    if (box && place === null) controller.fit(box);
  }, [controller, key]);
  useEffect(() => {
    const at = items.find(({ id }) => id === active)?.location;
    const [lng, lat] = at ?? [];
    if (lng !== undefined && lat !== undefined && !map.getBounds().contains([lng, lat]))
      controller.flyTo(lng, lat);
  }, [controller, map, items, active]);
  useEffect(() => {
    const onClick = (event: MapLayerMouseEvent) => {
      const id = Number(event.features?.[0]?.id);
      if (!Number.isSafeInteger(id)) return;
      onPoint(id);
      onPick(id);
    };
    map.on('click', source, onClick);
    return () => {
      map.off('click', source, onClick);
    };
  }, [map, onPick, onPoint]);
  return null;
}

/** Shows a place that was looked for, and how far off it may be. */
function Shown({ controller, at }: { controller: MapController; at: ShownPlace | null }) {
  useEffect(() => {
    const place = at && ([at.lng, at.lat] as const);
    controller.setPlace(place);
    if (at) controller.flyTo(at.lng, at.lat, at.zoom);
    void import('../../../map/accuracy').then(({ showAccuracy }) => {
      if (controller.map.style) showAccuracy(controller.map, place, at?.accuracy ?? 0);
    });
  }, [controller, at]);
  return null;
}

/** Adds the points of the list; the organizations of the map would only be seen twice. */
function addLayers(controller: MapController): void {
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
