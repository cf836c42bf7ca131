import { useTranslation } from 'react-i18next';
import { useConditions, useCounts, useDivision } from '../api/queries';
import { exact, total } from '../format/number';
import { divisionName } from '../format/romanize';
import { useLanguage, useUrl } from '../services';
import { pathOf } from '../state/division';
import { useGo } from './go';

interface Crumb {
  code: string | null;
  name: string;
}

/** 全国 › 省 › 市 › 县 › 乡镇: the chosen division and the way up, with counts of organizations. */
export function Breadcrumb() {
  const { t } = useTranslation();
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const { data } = useDivision(division);
  const crumbs: Crumb[] = [{ code: null, name: t('divisions.country') }];
  if (division && data) {
    crumbs.push(...pathOf(data).map((item) => ({ code: item.code, name: divisionName(item, language) })));
  } else if (division) {
    crumbs.push({ code: division, name: '…' });
  }
  return (
    <nav className="crumbs" aria-label={t('divisions.crumbs')}>
      <ol ref={(list) => list?.lastElementChild?.scrollIntoView?.({ inline: 'end', block: 'nearest' })}>
        {crumbs.map((crumb, i) => (
          <CrumbItem key={crumb.code ?? 'root'} crumb={crumb} last={i === crumbs.length - 1} />
        ))}
      </ol>
    </nav>
  );
}

function CrumbItem({ crumb, last }: { crumb: Crumb; last: boolean }) {
  const language = useLanguage();
  const { data } = useCounts({ ...useConditions(), box: null, division: crumb.code });
  const go = useGo();
  return (
    <li>
      <button
        type="button"
        className="crumb"
        {...(last ? { 'aria-current': 'location' as const } : {})}
        onClick={() => go.toDivision(crumb.code)}
        data-code={crumb.code ?? 'root'}
        data-count={data?.total}
      >
        {crumb.name}
        {data && (
          <span className="count" title={exact(data.total, language)}>
            {total(data.total, language)}
          </span>
        )}
      </button>
    </li>
  );
}
