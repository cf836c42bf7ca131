import { Button, Drawer } from 'antd';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { exact } from '../../../format/number';
import { useMedia } from '../../../ui/useSize';
import type { LocationItem } from '../../api/contract';
import { useOrganization } from '../../api/organizations';
import { type LocationFilter, useLocationCounts, useLocations } from '../../api/verification';
import { useLanguage, useServices } from '../../services';
import { formatRoute, idIn, type Route, useRoute } from '../../state/route';
import { totalOf } from '../../state/verification';
import { CloseIcon } from '../icons';
import { Fault, Nothing, Rows } from '../Notice';
import { Bulk } from './Bulk';
import { BulkReport } from './BulkReport';
import { CheckRest } from './CheckRest';
import { Filters } from './Filters';
import { LocationList } from './LocationList';
import { useBulk } from './useBulk';
import { useWords } from './useWords';
import { VerificationOf } from './VerificationOf';
import '../organizations/placeMap.css';
import './verification.css';

const LocationMap = lazy(() => import('./LocationMap'));

/** The locations that wait for verification or are contradicted: a list and a map side by side, on a narrow screen one above the other. */
export default function Waiting() {
  const { t } = useWords();
  const { places } = useServices();
  const { query, item } = useRoute();
  const filter = filterOf(query);
  const locations = useLocations(filter);
  const items = useMemo(() => locations.data?.pages.flatMap((page) => page.items) ?? [], [locations.data]);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<number | null>(null);
  const [asking, setAsking] = useState(0);
  const side = useRef<HTMLDivElement>(null);
  const bulk = useBulk();
  const open = (id: number) => places.go({ page: 'verification', item: String(id), query });
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  /** Asks for what the step rests on, of those chosen or else of the one that the keys are at. */
  const advance = (id: number) => {
    if (chosen.size === 0) setChosen(new Set([id]));
    setAsking((times) => times + 1);
  };
  /** Leaves those chosen that are named, and gives the keys back to the list. */
  const unchoose = (left: number[]) => {
    setChosen(new Set(left));
    side.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
  };
  const wide = useMedia('(min-width: 1200px)');
  const opened = idIn(item);
  const beside = wide && opened !== null;
  /** The list has the keys again. */
  const close = () => {
    places.go({ page: 'verification', item: null, query });
    side.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
  };
  // What became of others than those listed now is of no use.
  const { forget } = bulk;
  const shownBy = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is what it is about
  useEffect(() => forget(), [forget, shownBy]);
  const note = useNote(filter, items.length, locations.hasNextPage);
  const picked = items.filter(({ id }) => chosen.has(id));
  return (
    <div className={beside ? 'waiting opened' : 'waiting'}>
      <div className="waiting-side" ref={side} aria-busy={locations.isPlaceholderData}>
        <h1>{t('title')}</h1>
        <Filters filter={filter} />
        <CheckRest filter={filter} />
        {locations.isError && <Fault error={locations.error} retry={() => void locations.refetch()} />}
        {locations.isPending && <Rows count={8} />}
        {locations.isSuccess && items.length === 0 && (
          <Nothing text={t(Object.keys(query).length > 0 ? 'list.none' : 'list.noneText')}>
            {Object.keys(query).length > 0 && (
              <Button onClick={() => places.go({ page: 'verification' })}>{t('console:filter.clear')}</Button>
            )}
          </Nothing>
        )}
        {items.length > 0 && (
          <LocationList
            items={items}
            chosen={chosen}
            active={active}
            outcomes={bulk.outcomes}
            onActive={setActive}
            onToggle={toggle}
            onOpen={open}
            onAdvance={advance}
          />
        )}
        <More locations={locations} count={items.length} />
        {picked.length > 0 && (
          <Bulk picked={picked} bulk={bulk} asking={asking} onClear={() => unchoose([])} onDone={unchoose} />
        )}
        <BulkReport outcomes={bulk.outcomes} running={bulk.progress !== null} query={query} />
      </div>
      <div className="waiting-map">
        <Suspense fallback={<div className="place-map" />}>
          <LocationMap
            label={t('map.label')}
            items={items}
            active={active}
            note={note}
            onPick={open}
            onPoint={setActive}
          />
        </Suspense>
      </div>
      <Opened id={opened} items={items} wide={wide} onClose={close} />
    </div>
  );
}

function filterOf({ state = '', finding = '', division = '', organization }: Route['query']): LocationFilter {
  return { state, finding, division, organization: idIn(organization) };
}

function More({ locations, count }: { locations: ReturnType<typeof useLocations>; count: number }) {
  const { t } = useWords();
  const language = useLanguage();
  if (count === 0) return null;
  return (
    <div className="waiting-foot">
      <p className="quiet" role="status">
        {t('list.shown', { shown: exact(count, language) })}
        <span className="keys"> · {t('list.keys')}</span>
      </p>
      {locations.hasNextPage && (
        <Button loading={locations.isFetchingNextPage} onClick={() => void locations.fetchNextPage()}>
          {t('list.more')}
        </Button>
      )}
    </div>
  );
}

/** That the map shows the first of many only; empty when it shows them all. */
function useNote(filter: LocationFilter, shown: number, more: boolean): string {
  const { t } = useWords();
  const language = useLanguage();
  const counts = useLocationCounts(filter);
  if (!more) return '';
  const total = totalOf(filter, counts.data);
  const first = exact(shown, language);
  if (!total || total.count <= shown) return t('map.first', { shown: first });
  return t(total.least ? 'map.firstOfLeast' : 'map.firstOf', {
    shown: first,
    total: exact(total.count, language),
  });
}

interface OpenedProps {
  id: number | null;
  items: readonly LocationItem[];
  wide: boolean;
  onClose: () => void;
}

/** The location that is open: beside list and map, or where there is no room over them. */
function Opened({ id, items, wide, onClose }: OpenedProps) {
  const { t } = useWords();
  const listed = items.find((one) => one.id === id);
  const organization = useOrganization(listed ? null : id);
  const name = listed?.name ?? organization.data?.name ?? '';
  const content = id !== null && (
    <>
      <VerificationOf id={id} name={name} eager />
      <p>
        <a
          className="open-organization"
          href={formatRoute({ page: 'organizations', item: String(id), query: { tab: 'verification' } })}
        >
          {t('open')}
        </a>
      </p>
    </>
  );
  if (!wide) {
    return (
      <Drawer
        title={name}
        open={id !== null}
        onClose={onClose}
        size={640}
        destroyOnHidden
        rootClassName="drawer verification-drawer"
      >
        {content}
      </Drawer>
    );
  }
  if (id === null) return null;
  return (
    <aside
      className="waiting-open verification-drawer"
      aria-label={name}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header>
        <h2>{name}</h2>
        <button type="button" className="square" aria-label={t('console:close')} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {content}
    </aside>
  );
}
