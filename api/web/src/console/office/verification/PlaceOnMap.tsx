import { useEffect, useState } from 'react';
import type { DivisionShape } from '../../../api/client';
import { showAccuracy } from '../../../map/accuracy';
import type { MapController } from '../../../map/controller';
import { extentOf } from '../../../map/veil';
import { useOutline } from '../../api/areas';
import type { LocationState, OrganizationDetail } from '../../api/contract';
import { boxRound, joined } from '../../state/extent';
import type { Area } from '../../state/registration';
import AreaOnMap from '../organizations/form/AreaOnMap';
import PlaceMap from '../organizations/PlaceMap';
import { addLayers, showActive, showLocations } from './locationLayers';
import { useWords } from './useWords';
import '../organizations/placeMap.css';

interface PlaceOnMapProps {
  organization: OrganizationDetail;
  /** The location is said to be wrong: the whole division is shown with it. */
  wrong: boolean;
}

/** The location with its accuracy, the outline of its division and what the organization looks after. */
export default function PlaceOnMap({ organization, wrong }: PlaceOnMapProps) {
  const { t } = useWords();
  const outline = useOutline(organization.division);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const whole = chosen ?? wrong;
  const [lng = 0, lat = 0] = organization.location;
  const shape = outline.data ?? null;
  return (
    <PlaceMap label={t('place.map', { name: organization.name })} view={{ zoom: 15, lng, lat }}>
      {(controller) => (
        <>
          <Outline controller={controller} outline={shape} />
          {organization.jurisdiction && (
            <AreaOnMap controller={controller} area={organization.jurisdiction} drawing={null} />
          )}
          <Marked
            controller={controller}
            organization={organization}
            wrong={wrong}
            outline={whole ? shape : null}
          />
          {shape && (
            <button type="button" className="button whole" onClick={() => setChosen(!whole)}>
              {t(whole ? 'place.near' : 'place.whole')}
            </button>
          )}
        </>
      )}
    </PlaceMap>
  );
}

function Outline({ controller, outline }: { controller: MapController; outline: DivisionShape | null }) {
  useEffect(() => controller.setShape(outline), [controller, outline]);
  return null;
}

/** The least that is shown round a location, in metres. */
const least = 60;

/** What buttons and the note on boundaries cover. */
const covered = { top: 44, right: 52, bottom: 20, left: 0 };

interface MarkedProps {
  controller: MapController;
  organization: OrganizationDetail;
  wrong: boolean;
  outline: DivisionShape | null;
}

function Marked({ controller, organization, wrong, outline }: MarkedProps) {
  const { id, location, location_state, location_accuracy_m: metres, jurisdiction } = organization;
  const [lng = 0, lat = 0] = location;
  useEffect(() => {
    addLayers(controller);
    showActive(controller.map, id);
  }, [controller, id]);
  useEffect(() => {
    const findings = [{ contradicts: wrong }];
    showLocations(controller.map, [
      { id, state: location_state as LocationState, location: [lng, lat], findings },
    ]);
  }, [controller, id, location_state, lng, lat, wrong]);
  useEffect(() => {
    if (controller.map.style) showAccuracy(controller.map, [lng, lat], metres);
  }, [controller, lng, lat, metres]);
  // What it is held against is in view together with it.
  useEffect(() => {
    controller.setInsets(covered);
    const areas = [jurisdiction, outline?.geometry].filter((area) => area != null) as Area[];
    const boxes = areas.map((area) => extentOf(area as unknown as GeoJSON.MultiPolygon));
    controller.fit(joined(boxRound(lng, lat, Math.max(metres, least)), boxes), 18);
  }, [controller, lng, lat, metres, jurisdiction, outline]);
  return null;
}
