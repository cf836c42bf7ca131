import { corners } from '../../../map/symbols';
import type { LocationState } from '../../api/contract';
import { stateMark } from '../../state/verification';

/** The sign of a state as it stands on the map; hollow when the location has not come to it. */
export function StateMark({ state, hollow = false }: { state: LocationState; hollow?: boolean }) {
  const { colour, shape } = stateMark(state);
  const paint = { fill: hollow ? '#fff' : colour, stroke: colour, strokeWidth: hollow ? 1.6 : 1 };
  return (
    <svg className="mark" viewBox="-8 -8 16 16" width="18" height="18" aria-hidden="true">
      {shape === 'circle' ? (
        <circle r="4.6" {...paint} />
      ) : (
        <polygon
          points={corners(shape, 4.6)
            .map((corner) => corner.join(','))
            .join(' ')}
          {...paint}
        />
      )}
    </svg>
  );
}
