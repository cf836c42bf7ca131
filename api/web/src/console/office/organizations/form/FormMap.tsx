import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { MapController } from '../../../../map/controller';
import { type Area, type Place, rounded } from '../../../state/registration';
import { useWords } from '../useWords';

const PlaceMap = lazy(() => import('../PlaceMap'));
const AreaOnMap = lazy(() => import('./AreaOnMap'));

interface FormMapProps {
  place: Place | null;
  onPlace: (place: Place) => void;
  area: Area | null;
  /** null while no area is drawn. */
  drawing: { done: (ring: [number, number][]) => void; cancel: () => void } | null;
}

/** The map of a form: a press on it says where the organization is. */
export function FormMap(props: FormMapProps) {
  const { t } = useWords();
  const [view] = useState(props.place ? { lng: props.place.lng, lat: props.place.lat, zoom: 15 } : undefined);
  return (
    <div className="form-map">
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

/** What draws holds the map until a moment after it ended. */
const afterDrawing = 400;

function Picking({ controller, place, onPlace, drawing }: FormMapProps & { controller: MapController }) {
  const { t } = useWords();
  const busy = drawing !== null;
  const pick = useRef(onPlace);
  pick.current = onPlace;
  useEffect(() => {
    if (busy) return;
    let held = false;
    const onClick = ({ lngLat }: { lngLat: { lng: number; lat: number } }) =>
      pick.current(placeOn(controller, lngLat));
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
      {t(busy ? 'area.hint' : 'place.press')}
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

/** A press is as exact as some pixels are. */
function placeOn(controller: MapController, { lng, lat }: { lng: number; lat: number }): Place {
  const perPixel = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** controller.map.getZoom());
  const accuracy = Math.max(1, Math.round(perPixel * 5));
  return { lng: rounded(lng), lat: rounded(lat), accuracy, text: '', crs: 'EPSG:4326', source: 'map' };
}
