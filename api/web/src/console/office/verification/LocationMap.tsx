import type { MapLayerMouseEvent } from 'maplibre-gl';
import { type RefObject, useEffect, useRef } from 'react';
import { showAccuracy } from '../../../map/accuracy';
import type { Insets, MapController } from '../../../map/controller';
import type { ShownPlace } from '../../state/at';
import { extentOf } from '../../state/extent';
import { locationStates } from '../../state/verification';
import PlaceMap from '../organizations/PlaceMap';
import { addLayers, type Located, showActive, showLocations, source } from './locationLayers';
import { StateMark } from './StateMark';
import { useWords } from './useWords';

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
  const legend = useRef<HTMLUListElement>(null);
  return (
    <>
      <PlaceMap label={label}>
        {(controller) => (
          <>
            <Points
              controller={controller}
              {...{ items, active, at, legend, onPick, onPoint }}
              noted={note !== undefined && note !== ''}
            />
            <Shown controller={controller} at={at} />
          </>
        )}
      </PlaceMap>
      {note && <p className="map-note">{note}</p>}
      <ul ref={legend} className="map-legend" aria-label={t('map.legend')}>
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

/** What the buttons, and who made the boundaries, cover: points are not put below them. */
const covered = { top: 10, right: 56, bottom: 24, left: 10 };

/** What is covered with the legend at the top left, and the note at the bottom: the legend takes the side that costs less of the map. */
function coveredBy(legend: HTMLElement | null, noted: boolean, map: HTMLElement): Insets {
  const bottom = noted ? 62 : covered.bottom;
  const [wide, high] = legend ? [legend.offsetWidth, legend.offsetHeight] : [0, 0];
  if (wide / map.offsetWidth <= high / map.offsetHeight)
    return { ...covered, bottom, left: covered.left + wide };
  return { ...covered, bottom, top: covered.top + high };
}

interface PointsProps extends Omit<LocationMapProps, 'label' | 'note'> {
  controller: MapController;
  legend: RefObject<HTMLElement | null>;
  /** A note stands at the bottom. */
  noted: boolean;
}

function Points({
  controller,
  items,
  active,
  at: place = null,
  legend,
  noted,
  onPick,
  onPoint,
}: PointsProps) {
  const { map } = controller;
  useEffect(() => {
    addLayers(controller);
  }, [controller]);
  useEffect(() => {
    showLocations(map, items);
  }, [map, items]);
  // Which one is active is a filter: the data may be a hundred thousand points.
  useEffect(() => {
    showActive(map, active);
  }, [map, active]);
  const key = items[0]?.id;
  // The camera follows the list when another one is shown, not every page of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says that it is another list
  useEffect(() => {
    controller.setInsets(coveredBy(legend.current, noted, map.getContainer()));
    const box = extentOf(items.map(({ location: [lng = 0, lat = 0] }) => [lng, lat]));
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
    if (controller.map.style) showAccuracy(controller.map, place, at?.accuracy ?? 0);
  }, [controller, at]);
  return null;
}
