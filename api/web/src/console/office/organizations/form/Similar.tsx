import { distance } from '../../../../format/scale';
import type { useSimilar } from '../../../api/registration';
import { useLanguage } from '../../../services';
import { formatRoute } from '../../../state/route';
import { useNames } from '../useNames';
import { useWords } from '../useWords';

type Hits = NonNullable<ReturnType<typeof useSimilar>['data']>['items'];

/** Organizations that may be the same, beside the field that makes them so. They keep nobody from going on. */
export function Similar({ items }: { items: Hits }) {
  const { t } = useWords();
  const language = useLanguage();
  const names = useNames();
  if (items.length === 0) return null;
  return (
    <div className="similar" role="status">
      <p>{t('similar.title')}</p>
      <ul>
        {items.slice(0, 4).map((item) => (
          <li key={item.id}>
            <a
              href={formatRoute({ page: 'organizations', item: String(item.id) })}
              target="_blank"
              rel="noreferrer"
            >
              {item.name}
            </a>
            <span className="quiet">
              {[
                names.kind(item.kind),
                item.distance_m !== null &&
                  t('similar.away', { distance: distance(Math.round(item.distance_m), language) }),
                ...item.reasons.map((reason) => t(`similar.${reason}`)),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
