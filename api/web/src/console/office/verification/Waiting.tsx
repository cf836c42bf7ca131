import { Button, Drawer } from 'antd';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { exact } from '../../../format/number';
import type { LocationItem } from '../../api/contract';
import { useOrganization } from '../../api/organizations';
import { type LocationFilter, useLocations } from '../../api/verification';
import { useLanguage, useServices } from '../../services';
import { formatRoute, idIn, type Route, useRoute } from '../../state/route';
import { Fault, Nothing, Rows } from '../Notice';
import { Bulk } from './Bulk';
import { CheckRest } from './CheckRest';
import { Filters } from './Filters';
import { LocationList } from './LocationList';
import { type Outcome, useBulk } from './useBulk';
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
  const picked = items.filter(({ id }) => chosen.has(id));
  return (
    <div className="waiting">
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
        <Report outcomes={bulk.outcomes} running={bulk.progress !== null} />
      </div>
      <div className="waiting-map">
        <Suspense fallback={<div className="place-map" />}>
          <LocationMap
            label={t('map.label')}
            items={items}
            active={active}
            onPick={open}
            onPoint={setActive}
          />
        </Suspense>
      </div>
      <Opened id={idIn(item)} items={items} route={{ page: 'verification', item: null, query }} />
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

/** How many of those that were to advance did. */
function Report({ outcomes, running }: { outcomes: ReadonlyMap<number, Outcome>; running: boolean }) {
  const { t } = useWords();
  const good = [...outcomes.values()].filter((one) => one.good).length;
  const told = outcomes.size > 0 && !running;
  return (
    <p className="bulk-report" role="status">
      {told && t('bulk.report', { ok: good, bad: outcomes.size - good })}
    </p>
  );
}

/** The location that is open, beside the list. */
function Opened({ id, items, route }: { id: number | null; items: readonly LocationItem[]; route: Route }) {
  const { t } = useWords();
  const { places } = useServices();
  const listed = items.find((one) => one.id === id);
  const organization = useOrganization(listed ? null : id);
  const name = listed?.name ?? organization.data?.name ?? '';
  return (
    <Drawer
      title={name}
      open={id !== null}
      onClose={() => places.go(route)}
      size={640}
      destroyOnHidden
      rootClassName="drawer verification-drawer"
    >
      {id !== null && (
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
      )}
    </Drawer>
  );
}
