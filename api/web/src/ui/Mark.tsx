import { type Mark as KindMark, markOf } from '../map/kinds';
import { corners } from '../map/symbols';

/** The sign of a kind as it stands on the map. */
export function Mark({ kind, hollow = false }: { kind: string; hollow?: boolean }) {
  const mark = markOf(kind);
  return (
    <svg className="mark" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">
      <Outline mark={mark} hollow={hollow} />
    </svg>
  );
}

function Outline({ mark: { shape, colour }, hollow }: { mark: KindMark; hollow: boolean }) {
  const paint = { fill: hollow ? '#fff' : colour, stroke: colour, strokeWidth: hollow ? 2 : 1 };
  if (shape === 'circle') return <circle r="4.6" {...paint} />;
  const points = corners(shape, 4.6).map((corner) => corner.join(','));
  return <polygon points={points.join(' ')} {...paint} />;
}

/** A circle for several organizations, its ring in the shares of kinds. */
export function ClusterMark({ kinds }: { kinds: readonly string[] }) {
  const [most = '', fewer = most] = kinds;
  const arc = { r: 6, fill: 'none', strokeWidth: 2.5 };
  return (
    <svg className="mark" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">
      <circle {...arc} fill="#fff" stroke={markOf(most).colour} />
      <path d="M0 -6A6 6 0 0 0 -6 0" {...arc} stroke={markOf(fewer).colour} />
    </svg>
  );
}
