import { useTranslation } from 'react-i18next';
import { useChildCounts, useChildren } from '../api/queries';
import { exact, total } from '../format/number';
import { divisionName } from '../format/romanize';
import { useLanguage, useUrl } from '../services';
import { useGo } from './go';
import { onArrows } from './keys';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';

/** The divisions below the chosen one, with their numbers of organizations as bars. */
export function Divisions() {
  const { t } = useTranslation();
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const children = useChildren(division);
  const counts = useChildCounts(division, children.data?.items.map(({ level }) => level) ?? []);
  const go = useGo();
  if (children.isError) return <Problem error={children.error} retry={() => void children.refetch()} />;
  if (!children.data) return <Skeleton rows={6} />;
  const items = children.data.items.map((item) => ({
    ...item,
    organizations: counts.get(item.code) ?? item.organizations,
  }));
  if (items.length === 0) {
    return <p className="quiet">{t(division === null ? 'divisions.none' : 'divisions.empty')}</p>;
  }
  const most = Math.max(1, ...items.map((item) => item.organizations));
  return (
    <ul className="rows divisions" onKeyDown={onArrows}>
      {items.map((item) => (
        <li key={item.code}>
          <button
            type="button"
            data-row
            data-code={item.code}
            data-count={item.organizations}
            onClick={() => go.toDivision(item.code)}
          >
            <span className="row-label">{divisionName(item, language)}</span>
            <span className="count" title={exact(item.organizations, language)}>
              {total(item.organizations, language)}
            </span>
            <span className="share" style={{ inlineSize: `${(100 * item.organizations) / most}%` }} />
          </button>
        </li>
      ))}
    </ul>
  );
}
