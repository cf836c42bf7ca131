import { useEffect } from 'react';
import type { MapController } from '../../../../map/controller';
import PlaceMap from '../PlaceMap';
import { useHistoryWords } from './useHistoryWords';

type Pair = readonly [number, number];

/** A small map of where a place was and where it is now. */
export default function MoveMap({ from, to }: { from: Pair; to: Pair }) {
  const { t } = useHistoryWords();
  const view = { zoom: 14, lng: (from[0] + to[0]) / 2, lat: (from[1] + to[1]) / 2 };
  return (
    <PlaceMap label={t('map.label')} view={view}>
      {(controller) => <Shown controller={controller} from={from} to={to} />}
    </PlaceMap>
  );
}

function Shown({ controller, from, to }: { controller: MapController; from: Pair; to: Pair }) {
  const { t } = useHistoryWords();
  const [was, is] = [t('map.old'), t('map.new')];
  useEffect(() => {
    // What draws the arrow has come with the map.
    void import('../../../../map/moved').then(({ showMove }) => {
      if (controller.map.style) showMove(controller.map, from, to, was, is);
    });
  }, [controller, from, to, was, is]);
  return null;
}
