import { type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exact, total as formatTotal } from '../format/number';
import { useLanguage, useUrl } from '../services';
import { Conditions } from './Conditions';
import { Divisions } from './Divisions';
import { InView, useAnyStack, useListed } from './InView';
import { Legend } from './Legend';
import { Skeleton } from './Skeleton';
import { useDelayed } from './useDelayed';

type Tab = 'divisions' | 'list' | 'reports';

const ReportList = lazy(async () => ({ default: (await import('./Reports')).ReportList }));
const ReportCount = lazy(async () => ({ default: (await import('./Reports')).ReportCount }));

/** What panels hold, on the left of a desk's screen and in the sheet of a phone's: legend, divisions, list. */
export function PanelContent() {
  const { t } = useTranslation();
  const id = useId();
  const division = useUrl((state) => state.division);
  const [stack] = useAnyStack(null);
  const withReports = useUrl((state) => state.on).includes('reports');
  const tablist = useRef<HTMLDivElement>(null);
  const [chosen, setTab] = useState<Tab>('divisions');
  const tab = chosen === 'reports' && !withReports ? 'list' : chosen;
  const tabs: readonly Tab[] = withReports ? ['divisions', 'list', 'reports'] : ['divisions', 'list'];
  useEffect(() => {
    if (!stack) return;
    setTab(stack.of === 'reports' ? 'reports' : 'list');
    toTabs(tablist.current);
  }, [stack]);
  useEffect(() => setTab((now) => (division === null ? now : 'divisions')), [division]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const step = event.key === 'ArrowRight' ? 1 : -1;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'divisions';
    setTab(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <>
      <Conditions />
      <Legend />
      <div ref={tablist} className="tabs" role="tablist" aria-label={t('panel.tabs')} onKeyDown={onKeyDown}>
        <TabButton id={id} name="divisions" tab={tab} choose={setTab}>
          {t('divisions.title')}
        </TabButton>
        <TabButton id={id} name="list" tab={tab} choose={setTab}>
          {t('list.title')} <ListCount />
        </TabButton>
        {withReports && (
          <TabButton id={id} name="reports" tab={tab} choose={setTab}>
            {t('reports.tab')}{' '}
            <Suspense>
              <ReportCount />
            </Suspense>
          </TabButton>
        )}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tab}`}
        className="tab-panel"
        tabIndex={-1}
      >
        {tab === 'divisions' && <Divisions />}
        {tab === 'list' && <InView />}
        {tab === 'reports' && (
          <Suspense fallback={<Skeleton rows={8} />}>
            <ReportList />
          </Suspense>
        )}
      </div>
    </>
  );
}

/** In the sheet of a phone the lists lie below the legend: what was asked for comes into view. */
function toTabs(tablist: HTMLElement | null): void {
  if (tablist?.closest('.sheet')) tablist.scrollIntoView?.({ block: 'start' });
}

interface TabProps {
  id: string;
  name: Tab;
  tab: Tab;
  choose: (tab: Tab) => void;
  children: React.ReactNode;
}

function TabButton({ id, name, tab, choose, children }: TabProps) {
  const chosen = name === tab;
  return (
    <button
      type="button"
      role="tab"
      id={`${id}-${name}`}
      aria-selected={chosen}
      aria-controls={`${id}-panel`}
      tabIndex={chosen ? 0 : -1}
      onClick={() => choose(name)}
      data-tab={name}
    >
      {children}
    </button>
  );
}

function ListCount() {
  const language = useLanguage();
  const { total, box, list, off } = useListed();
  if (total === undefined) return null;
  // Nothing is asked for while the layer is off: what came before stays a placeholder, and says nothing.
  return (
    <span
      className="count"
      data-in-view={total}
      data-box={box?.join()}
      data-fresh={off || !list.isPlaceholderData}
      title={exact(total, language)}
    >
      {formatTotal(total, language)}
    </span>
  );
}

/** Tells a screen reader how many organizations are in view, once the number rests. */
export function Announcer() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { total, stack } = useListed();
  const rested = useDelayed(total, 700);
  const text = (count: number) =>
    t(stack ? 'list.stack' : 'list.announce', { count, total: exact(count, language) });
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {rested === undefined ? '' : text(rested)}
    </p>
  );
}
