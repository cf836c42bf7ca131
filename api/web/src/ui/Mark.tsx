import { type Mark as KindMark, markOf } from '../map/kinds';
import { type ReportGroup, reportGroups } from '../map/reportGroups';
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

/** The sign of a group of categories of reports. */
export function GroupMark({ group }: { group: ReportGroup['name'] }) {
  const mark = reportGroups.find(({ name }) => name === group)?.mark ?? markOf('');
  return (
    <svg className="mark" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true">
      <rect x="-8" y="-8" width="16" height="16" rx="3.5" fill="#fff" stroke="#5b554b" strokeWidth="1.3" />
      <Outline mark={mark} hollow={false} />
    </svg>
  );
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
