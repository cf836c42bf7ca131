import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exact, total as formatTotal } from '../format/number';
import { useLanguage, useUrl } from '../services';
import { Divisions } from './Divisions';
import { InView, useListed, useStack } from './InView';
import { Legend } from './Legend';
import { useDelayed } from './useDelayed';

type Tab = 'divisions' | 'list';

/** What panels hold, on the left of a desk's screen and in the sheet of a phone's: legend, divisions, list. */
export function PanelContent() {
  const { t } = useTranslation();
  const id = useId();
  const division = useUrl((state) => state.division);
  const [stack] = useStack();
  const [tab, setTab] = useState<Tab>('divisions');
  useEffect(() => {
    if (stack) setTab('list');
  }, [stack]);
  useEffect(() => setTab((now) => (division === null ? now : 'divisions')), [division]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next: Tab = tab === 'list' ? 'divisions' : 'list';
    setTab(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <>
      <Legend />
      <div className="tabs" role="tablist" aria-label={t('panel.tabs')} onKeyDown={onKeyDown}>
        <TabButton id={id} name="divisions" tab={tab} choose={setTab}>
          {t('divisions.title')}
        </TabButton>
        <TabButton id={id} name="list" tab={tab} choose={setTab}>
          {t('list.title')} <ListCount />
        </TabButton>
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tab}`}
        className="tab-panel"
        tabIndex={-1}
      >
        {tab === 'divisions' ? <Divisions /> : <InView />}
      </div>
    </>
  );
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
  const { total, box, list } = useListed();
  if (total === undefined) return null;
  return (
    <span
      className="count"
      data-in-view={total}
      data-box={box?.join()}
      data-fresh={!list.isPlaceholderData}
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
