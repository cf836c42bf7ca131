import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrganization } from '../api/queries';
import { exact } from '../format/number';
import { useLanguage, useServices, useUrl } from '../services';
import { useCell } from '../state/cell';
import { useListed } from './InView';
import { AreaTitle } from './lazyTools';

/** The one line of the sheet that always shows: the selected organization, or how many are in view. */
export function SheetTitle() {
  const { t } = useTranslation();
  const language = useLanguage();
  const selected = useUrl((state) => state.selected);
  const { data } = useOrganization(selected);
  const at = useUrl((state) => state.at);
  const picked = useUrl((state) => state.picked);
  const area = useUrl((state) => state.area);
  const { tools } = useServices();
  const own = useCell(tools.own);
  const tool = useCell(tools.tool);
  const { total, stack, list } = useListed();
  if (at !== null) return <>{t('place.label')}</>;
  if (selected === null && picked) return <>{t(`${picked.what}.label`)}</>;
  if (selected !== null) return <>{data?.name ?? t('card.label')}</>;
  if ((own !== null || area !== null) && tool === null)
    return (
      <Suspense fallback={t('tools.area')}>
        <AreaTitle />
      </Suspense>
    );
  if (total === undefined) return <>{t(list.isError ? 'problem.title' : 'list.loading')}</>;
  return <>{t(stack ? 'list.stack' : 'list.announce', { count: total, total: exact(total, language) })}</>;
}
