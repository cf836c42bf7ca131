import { formatRoute, type Route } from '../../state/route';
import type { Outcome } from './useBulk';
import { useWords } from './useWords';

interface BulkReportProps {
  outcomes: ReadonlyMap<number, Outcome>;
  running: boolean;
  query: Route['query'];
}

/** How many of those that were to advance did; the others by name, with the reason, each a link to it. */
export function BulkReport({ outcomes, running, query }: BulkReportProps) {
  const { t } = useWords();
  const left = [...outcomes].filter(([, one]) => !one.good);
  const told = outcomes.size > 0 && !running;
  return (
    <div className="bulk-report" role="status">
      {told && <p>{t('bulk.report', { ok: outcomes.size - left.length, bad: left.length })}</p>}
      {told && left.length > 0 && (
        <ul>
          {left.map(([id, { name, text }]) => (
            <li key={id}>
              <a href={formatRoute({ page: 'verification', item: String(id), query })}>{name}</a>
              <span className="row-bad">{text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
