import { useQueryClient } from '@tanstack/react-query';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useChildCounts, useChildren, useDay } from '../api/queries';
import { exact, total } from '../format/number';
import { divisionName } from '../format/romanize';
import { useLanguage, useUrl } from '../services';
import { useGo } from './go';
import { onArrows } from './keys';
import { NothingOn } from './lazyTools';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';

/** The divisions below the chosen one, with their numbers of organizations as bars. */
export function Divisions() {
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const children = useChildren(division);
  const { counts, error } = useChildCounts(division, children.data?.items.map(({ level }) => level) ?? []);
  const queries = useQueryClient();
  const go = useGo();
  if (children.isError) return <Problem error={children.error} retry={() => void children.refetch()} />;
  if (error) {
    const again = () =>
      void queries.refetchQueries({ queryKey: ['organizations', 'divisions'], type: 'active' });
    return <Problem error={error} retry={again} />;
  }
  if (!children.data) return <Skeleton rows={6} />;
  // Numbers that are still to come are not those of all organizations.
  const items = children.data.items.map(({ organizations, ...item }) => ({
    ...item,
    count: counts === null ? organizations : counts.get(item.code),
  }));
  if (items.length === 0) return <Empty division={division} />;
  const most = Math.max(1, ...items.map(({ count = 0 }) => count));
  return (
    <ul className="rows divisions" onKeyDown={onArrows}>
      {items.map((item) => (
        <li key={item.code}>
          <button
            type="button"
            data-row
            data-code={item.code}
            data-count={item.count}
            onClick={() => go.toDivision(item.code)}
          >
            <span className="row-label">{divisionName(item, language)}</span>
            {item.count !== undefined && (
              <>
                <span className="count" title={exact(item.count, language)}>
                  {total(item.count, language)}
                </span>
                <span className="share" style={{ inlineSize: `${(100 * item.count) / most}%` }} />
              </>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Empty({ division }: { division: string | null }) {
  const { t } = useTranslation();
  const day = useDay();
  if (division !== null) return <p className="quiet">{t('divisions.empty')}</p>;
  if (day === null) return <p className="quiet">{t('divisions.none')}</p>;
  return (
    <Suspense>
      <NothingOn day={day} />
    </Suspense>
  );
}
