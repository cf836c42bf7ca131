import { type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef } from 'react';
import { isGone } from '../../api/client';
import type { OrganizationDetail } from '../../api/contract';
import { useOrganizationDetail } from '../../api/organizations';
import { useActions } from '../../api/plans';
import { useServices } from '../../services';
import { formatRoute, type Route, useRoute } from '../../state/route';
import { listQuery } from '../../state/table';
import { Fault, Rows } from '../Notice';
import { Tag } from '../Tag';
import { type Tab, tabs } from './tabs';
import { useWords } from './useWords';

const AskedHere = lazy(() => import('../tasks/AskedHere'));
const Former = lazy(() => import('./history/Former'));
const ReadOnly = lazy(() => import('./plans/ReadOnly'));

/** One organization, with a row of tabs of what there is to see and do; of one that is gone its history. */
export function OrganizationPanel({ id }: { id: number }) {
  const organization = useOrganizationDetail(id);
  const actions = useActions(id);
  return (
    <section className="registry-panel" data-id={id}>
      {isGone(organization.error) ? (
        <Suspense fallback={<Rows count={6} />}>
          <Former id={id} />
        </Suspense>
      ) : organization.isError ? (
        <Fault error={organization.error} retry={() => void organization.refetch()} />
      ) : organization.data && !actions.isPending ? (
        <Tabbed organization={organization.data} actions={actions.data ?? []} />
      ) : (
        <Rows count={9} />
      )}
    </section>
  );
}

function Tabbed({ organization, actions }: { organization: OrganizationDetail; actions: readonly string[] }) {
  const { t } = useWords();
  const { query } = useRoute();
  const id = useId();
  const there = tabs.filter(({ needs }) => needs === undefined || actions.includes(needs));
  const open = there.find(({ name }) => name === query.tab) ?? there[0];
  if (!open) return null;
  const { Content } = open;
  return (
    <>
      <Top key={open.name} />
      <header className="registry-head">
        <h2 title={organization.name}>{organization.name}</h2>
        {organization.status !== 'active' && <Tag tone="warn">{t(`status.${organization.status}`)}</Tag>}
      </header>
      <TabRow tabs={there} open={open} organization={organization} id={id} />
      <div
        className="registry-content"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${open.name}`}
      >
        {!actions.includes('organization.write') && (
          <Suspense fallback={null}>
            <ReadOnly />
          </Suspense>
        )}
        {query.task !== undefined && (
          <Suspense fallback={null}>
            <AskedHere organization={organization} />
          </Suspense>
        )}
        <Suspense fallback={<Rows count={6} />}>
          <Content organization={organization} />
        </Suspense>
      </div>
    </>
  );
}

interface TabRowProps {
  tabs: readonly Tab[];
  open: Tab;
  organization: OrganizationDetail;
  id: string;
}

/** The row of tabs: one of them is in the order of Tab, the arrows move between them. */
function TabRow({ tabs, open, organization, id }: TabRowProps) {
  const { t } = useWords();
  const { places } = useServices();
  const { query } = useRoute();
  const { day = '', task = '' } = query;
  const routeOf = ({ name }: Tab): Route => ({
    page: 'organizations',
    item: String(organization.id),
    query: { ...listQuery(query), tab: name === tabs[0]?.name ? '' : name, day, task },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && tabs[(tabs.indexOf(open) + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    places.go(routeOf(next), 'replace');
    document.getElementById(`${id}-${next.name}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={t('tabs')} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <a
          key={tab.name}
          id={`${id}-${tab.name}`}
          role="tab"
          href={formatRoute(routeOf(tab))}
          aria-selected={tab === open}
          aria-controls={`${id}-panel`}
          tabIndex={tab === open ? 0 : -1}
        >
          {t(`tab.${tab.name}`)}
        </a>
      ))}
    </div>
  );
}

/** A tab that opens is read from its top. */
function Top() {
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // Some browsers answer with a promise, which is nothing that cleans up.
    mark.current?.parentElement?.scrollTo(0, 0);
  }, []);
  return <span ref={mark} hidden />;
}
