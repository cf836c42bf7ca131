import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useConditions, useOrganizations } from '../api/queries';
import { exact } from '../format/number';
import type { Stack } from '../map/controller';
import { pointBox } from '../map/tiles';
import { useLanguage, useServices, useUrl } from '../services';
import { Cell, useCell } from '../state/cell';
import { useGo } from './go';
import { LeftIcon } from './icons';
import { onArrows } from './keys';
import { NothingOn } from './lazyTools';
import { Mark } from './Mark';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';
import { useSight } from './useInView';
import { useKindName } from './useKinds';

const noStack = new Cell<Stack | null>(null);

/** What stands on one spot, when such a cluster was clicked. */
export function useAnyStack(of: Stack['of'] | null): [Stack | null, () => void] {
  const controller = useCell(useServices().map);
  const stack = useCell(controller?.stack ?? noStack);
  return [of === null || stack?.of === of ? stack : null, () => controller?.stack.set(null)];
}

/** Organizations that stand on one spot. */
export function useStack(): [Stack | null, () => void] {
  return useAnyStack('organizations');
}

/** What the list shows: the organizations in view, or those on one spot. */
export function useListed() {
  const sight = useSight();
  const [stack] = useStack();
  const conditions = useConditions();
  const off = useUrl((state) => state.off).includes('organizations');
  const box = stack ? pointBox(stack.lng, stack.lat, stack.zoom) : (sight?.box ?? null);
  const list = useOrganizations({ ...conditions, box }, box !== null && !off);
  return { list, off, stack, box, total: off ? 0 : list.data?.pages[0]?.numberMatched };
}

/** The list that mirrors the map. */
export function InView() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { list, off, stack, total } = useListed();
  const [, leaveStack] = useStack();
  if (off) return <Off />;
  if (list.isError) return <Problem error={list.error} retry={() => void list.refetch()} />;
  if (!list.data || total === undefined) return <Skeleton rows={8} />;
  const items = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      {stack && (
        <div className="stack-head">
          <button type="button" className="button plain" onClick={leaveStack}>
            <LeftIcon /> {t('list.back')}
          </button>
          <p>{t('list.stack', { count: total, total: exact(total, language) })}</p>
        </div>
      )}
      {total === 0 ? <Empty /> : <Rows items={items} />}
      {total > 0 && <More list={list} shown={items.length} total={total} />}
    </>
  );
}

type Listed = ReturnType<typeof useListed>['list'];
type Items = NonNullable<Listed['data']>['pages'][number]['items'];

function Rows({ items }: { items: Items }) {
  const kindName = useKindName();
  const go = useGo();
  const selected = useUrl((state) => state.selected);
  return (
    <ul className="rows" onKeyDown={onArrows}>
      {items.map((item) => (
        <li key={item.id}>
          <button
            type="button"
            data-row
            data-id={item.id}
            aria-pressed={item.id === selected}
            onClick={() => go.toListed(item)}
          >
            <Mark kind={item.kind} hollow={item.location_state === 'reported'} />
            <span className="row-label">{item.name}</span>
            <span className="visually-hidden">{kindName(item.kind)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function More({ list, shown, total }: { list: Listed; shown: number; total: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className="more">
      <p className="quiet">
        {t('list.shown', { shown: exact(shown, language), total: exact(total, language) })}
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
            : t('list.more', { count: Math.min(50, total - shown) })}
        </button>
      )}
    </div>
  );
}

function Off() {
  const { t } = useTranslation();
  const { store } = useServices();
  return (
    <div className="empty">
      <p>{t('list.off')}</p>
      <button type="button" className="button" onClick={() => store.set({ off: [] })}>
        {t('list.showAll')}
      </button>
    </div>
  );
}

function Empty() {
  const { t } = useTranslation();
  const { store, map } = useServices();
  const { kinds, levels, filter, day } = useConditions();
  const filtered = kinds !== null || levels !== null || filter !== null;
  const home = () => {
    map.get()?.stay(null);
    store.set({ division: null });
    map.get()?.home();
  };
  const ways = (
    <>
      {filtered && (
        <button
          type="button"
          className="button"
          onClick={() => store.set({ kinds: null, levels: null, filter: null })}
        >
          {t('list.showAll')}
        </button>
      )}
      <button type="button" className="button" onClick={home}>
        {t('list.home')}
      </button>
    </>
  );
  if (day !== null)
    return (
      <Suspense>
        <NothingOn day={day}>{ways}</NothingOn>
      </Suspense>
    );
  return (
    <div className="empty">
      <p>{t(filtered ? 'list.emptyFilter' : 'list.empty')}</p>
      {ways}
    </div>
  );
}
