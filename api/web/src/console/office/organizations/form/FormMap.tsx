import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { MapController } from '../../../../map/controller';
import { type Area, type Place, rounded } from '../../../state/registration';
import { useWords } from '../useWords';

const PlaceMap = lazy(() => import('../PlaceMap'));
const AreaOnMap = lazy(() => import('./AreaOnMap'));

interface FormMapProps {
  place: Place | null;
  onPlace: (place: Place) => void;
  /** Where to look while there is no place, longitude first; undefined for everywhere. */
  around?: readonly number[] | undefined;
  area: Area | null;
  /** null while no area is drawn. */
  drawing: { done: (ring: [number, number][]) => void; cancel: () => void } | null;
}

/** The map of a form: a press on it says where the organization is. */
export function FormMap(props: FormMapProps) {
  const { t } = useWords();
  const [view] = useState(() => viewOf(props));
  const block = useRef<HTMLDivElement>(null);
  const draws = props.drawing !== null;
  useEffect(() => {
    // What draws is called from a field that is far from the map.
    if (draws) block.current?.scrollIntoView({ block: 'center' });
  }, [draws]);
  return (
    <div className="form-map" ref={block}>
      <Suspense fallback={<div className="place-map" />}>
        <PlaceMap label={t('place.map')} view={view}>
          {(controller) => (
            <>
              <Picking controller={controller} {...props} />
              {(props.area || props.drawing) && (
                <Suspense>
                  <AreaOnMap controller={controller} area={props.area} drawing={props.drawing} />
                </Suspense>
              )}
            </>
          )}
        </PlaceMap>
      </Suspense>
    </div>
  );
}

/** How near the surroundings of a superior are shown: a township fills the map. */
const aroundZoom = 12;

function viewOf({ place, around }: FormMapProps) {
  if (place) return { lng: place.lng, lat: place.lat, zoom: 15 };
  const [lng, lat] = around ?? [];
  return lng === undefined || lat === undefined ? undefined : { lng, lat, zoom: aroundZoom };
}

/** A press that is less exact, in metres, is a look closer as well. */
const roughMetres = 50;

/** What draws holds the map until a moment after it ended. */
const afterDrawing = 400;

function Picking({
  controller,
  place,
  onPlace,
  around,
  drawing,
}: FormMapProps & { controller: MapController }) {
  const { t } = useWords();
  const busy = drawing !== null;
  const pick = useRef(onPlace);
  pick.current = onPlace;
  useEffect(() => {
    if (busy) return;
    let held = false;
    const onClick = ({ lngLat }: { lngLat: { lng: number; lat: number } }) => {
      const pressed = placeOn(controller, lngLat);
      pick.current(pressed);
      const zoom = controller.map.getZoom();
      if (pressed.accuracy > roughMetres) controller.flyTo(lngLat.lng, lngLat.lat, Math.min(zoom + 4, 15));
    };
    // The press that ends a drawing says nothing of the place.
    const timer = setTimeout(() => {
      held = true;
      controller.drawing++;
      controller.map.getCanvas().style.cursor = 'crosshair';
      controller.map.on('click', onClick);
    }, afterDrawing);
    return () => {
      clearTimeout(timer);
      if (held) controller.drawing--;
      controller.map.off('click', onClick);
    };
  }, [controller, busy]);
  // The place is seen above the clusters that it may lie in.
  useEffect(() => {
    controller.map.moveLayer('place');
  }, [controller]);
  const [aroundLng, aroundLat] = around ?? [];
  const placed = useRef(place !== null);
  placed.current ||= place !== null;
  useEffect(() => {
    // Another superior shows its surroundings only to who has not been anywhere yet.
    if (placed.current || aroundLng === undefined || aroundLat === undefined) return;
    controller.flyTo(aroundLng, aroundLat, aroundZoom);
  }, [controller, aroundLng, aroundLat]);
  const rough = pressedRoughly(place);
  const lng = place?.lng;
  const lat = place?.lat;
  const accuracy = place?.accuracy ?? 0;
  const pressed = place?.source === 'map';
  useEffect(() => {
    const at = lng === undefined || lat === undefined ? null : ([lng, lat] as const);
    controller.setPlace(at);
    if (at && !pressed) controller.flyTo(at[0], at[1], Math.max(15, controller.map.getZoom()));
    void import('../../../../map/accuracy').then(({ showAccuracy }) => {
      if (controller.map.style) showAccuracy(controller.map, at, accuracy);
    });
  }, [controller, lng, lat, accuracy, pressed]);
  return (
    <p className="place-map-hint">
      {t(busy ? 'area.hint' : rough ? 'place.closer' : 'place.press')}
      {!busy && (
        <button
          type="button"
          className="link"
          onClick={() => onPlace(placeOn(controller, controller.middle()))}
        >
          {t('place.middle')}
        </button>
      )}
    </p>
  );
}

function pressedRoughly(place: Place | null): boolean {
  return place?.source === 'map' && place.accuracy > roughMetres;
}

/** A press is as exact as some pixels are. */
function placeOn(controller: MapController, { lng, lat }: { lng: number; lat: number }): Place {
  const perPixel = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** controller.map.getZoom());
  const accuracy = Math.max(1, Math.round(perPixel * 5));
  return { lng: rounded(lng), lat: rounded(lat), accuracy, text: '', crs: 'EPSG:4326', source: 'map' };
}
