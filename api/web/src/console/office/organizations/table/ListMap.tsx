import { useCallback, useMemo } from 'react';
import type { LocationState } from '../../../api/contract';
import { placeIn } from '../../../state/at';
import { useRoute } from '../../../state/route';
import { type Line, nothingPicked, type Picking } from '../../../state/table';
import LocationMap from '../../verification/LocationMap';
import { StateMark } from '../../verification/StateMark';
import '../../verification/verification.css';
import { useTableNames } from './useTableNames';
import { useOpen } from './useTableState';
import { useTableWords } from './useTableWords';

interface ListMapProps {
  lines: readonly Line[];
  active: number | null;
  pick: (change: (before: Picking) => Picking) => void;
}

/** The organizations of the table, as far as they are read, on the map. A press on a point makes its row active. */
export default function ListMap({ lines, active, pick }: ListMapProps) {
  const { t } = useTableWords();
  const names = useTableNames();
  const open = useOpen();
  const items = useMemo(
    () =>
      lines.map(({ id, location_state, location }) => ({
        id,
        state: location_state as LocationState,
        location,
      })),
    [lines],
  );
  const point = useCallback(
    (id: number) => pick((before) => ({ ...nothingPicked, chosen: before.chosen, active: id, anchor: id })),
    [pick],
  );
  const { query } = useRoute();
  const at = useMemo(() => placeIn(query.at), [query.at]);
  const line = active === null ? undefined : lines.find(({ id }) => id === active);
  return (
    <div className="list-map">
      <LocationMap
        label={t('map.label')}
        items={items}
        active={active}
        at={at}
        onPick={point}
        onPoint={point}
      />
      {line && (
        <button type="button" className="list-map-active" onClick={() => open(line.id)}>
          <StateMark state={line.location_state as LocationState} />
          <span className="list-map-name">{line.name}</span>
          <span className="quiet">
            {names.kind(line.kind)} · {names.state(line.location_state)}
          </span>
        </button>
      )}
    </div>
  );
}
