import { useTranslation } from 'react-i18next';
import type { ReportSummary } from '../api/client';
import { useReportCategories, useReportConditions, useReports } from '../api/queries';
import { exact, total } from '../format/number';
import { groupCounts, groupOf, reportGroups } from '../map/reportGroups';
import { pointBox } from '../map/tiles';
import { useLanguage, useServices } from '../services';
import { nothingAside } from '../state/url';
import { useAnyStack } from './InView';
import { LeftIcon } from './icons';
import { onArrows } from './keys';
import { GroupMark } from './Mark';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';
import { useSight } from './useInView';

/** The reports in view, or those of one spot. */
export function useListedReports(enabled = true) {
  const sight = useSight();
  const [stack, leave] = useAnyStack('reports');
  const box = stack ? pointBox(stack.lng, stack.lat, stack.zoom) : (sight?.box ?? null);
  const list = useReports(box, enabled && box !== null);
  return { list, stack, leave, box, total: list.data?.pages[0]?.numberMatched };
}

/** How many reports are in view, on their tab. */
export function ReportCount() {
  const language = useLanguage();
  const { total: count, box, list } = useListedReports();
  if (count === undefined) return null;
  return (
    <span
      className="count"
      data-reports-in-view={count}
      data-box={box?.join()}
      data-fresh={!list.isPlaceholderData}
      title={exact(count, language)}
    >
      {total(count, language)}
    </span>
  );
}

/** The groups of categories with their signs and numbers in view. */
export function ReportLegend() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { list } = useListedReports();
  const counts = groupCounts(list.data?.pages[0]?.counts.category ?? {});
  return (
    <>
      <ul className="kinds report-groups">
        {reportGroups.map(({ name }) => (
          <li key={name} className="row still" data-group={name}>
            <GroupMark group={name} />
            <span className="row-label">{t(`reports.group.${name}`)}</span>
            <span className="count" data-count={counts.get(name) ?? 0}>
              {total(counts.get(name) ?? 0, language)}
            </span>
          </li>
        ))}
      </ul>
      <p className="hint">{t('reports.faded')}</p>
    </>
  );
}

/** The list of reports in view, page by page. */
export function ReportList() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { list, stack, leave, total: count } = useListedReports();
  if (list.isError) return <Problem error={list.error} retry={() => void list.refetch()} />;
  if (!list.data || count === undefined) return <Skeleton rows={8} />;
  const items = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      {stack && (
        <div className="stack-head">
          <button type="button" className="button plain" onClick={leave}>
            <LeftIcon /> {t('list.back')}
          </button>
          <p>{t('reports.stack', { count, total: exact(count, language) })}</p>
        </div>
      )}
      {count === 0 ? <Empty /> : <Rows items={items} />}
      {count > 0 && (
        <div className="more">
          <p className="quiet">
            {t('list.shown', { shown: exact(items.length, language), total: exact(count, language) })}
          </p>
          {list.hasNextPage && (
            <button
              type="button"
              className="button"
              disabled={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {list.isFetchingNextPage
                ? t('list.loading')
                : t('list.more', { count: Math.min(50, count - items.length) })}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Empty() {
  const { t } = useTranslation();
  const { categories, steps, status, received } = useReportConditions();
  const filtered = categories ?? steps ?? status ?? received;
  return <p className="quiet">{t(filtered ? 'reports.emptyFilter' : 'reports.empty')}</p>;
}

function Rows({ items }: { items: readonly ReportSummary[] }) {
  const { store } = useServices();
  const category = useReportCategories();
  const open = (item: ReportSummary) => {
    const [lng = 0, lat = 0] = item.location;
    store.set({ ...nothingAside, picked: { what: 'report', id: item.id, lng, lat } });
  };
  return (
    <ul className="rows" onKeyDown={onArrows}>
      {items.map((item) => (
        <li key={item.id}>
          <button type="button" data-row data-report={item.id} onClick={() => open(item)}>
            <GroupMark group={groupOf(item.category).name} />
            <span className="row-label">{category(item.category)}</span>
            <span className="count">{item.received_on}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
