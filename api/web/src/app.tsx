import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { languageOf } from './i18n';
import type { Insets } from './map/controller';
import { useServices, useUrl } from './services';
import { useCell } from './state/cell';
import { closeAside } from './state/tools';
import { DayChip } from './ui/AsOf';
import { Banner } from './ui/Banner';
import { Bar } from './ui/Bar';
import { Breadcrumb } from './ui/Breadcrumb';
import { Card } from './ui/Card';
import { Caution } from './ui/Caution';
import { useAnyStack } from './ui/InView';
import { LayersIcon, LeftIcon } from './ui/icons';
import { isTyping } from './ui/keys';
import { AreaCard, OwnCard, Tools } from './ui/lazyTools';
import { MapView } from './ui/MapView';
import { toggleSwipe } from './ui/OpenSwipe';
import { Announcer, PanelContent } from './ui/Panel';
import { Place } from './ui/Place';
import { Sheet, type SheetHeight, sheetPixels } from './ui/Sheet';
import { SheetTitle } from './ui/SheetTitle';
import { Status } from './ui/Status';
import { useMedia, useSize } from './ui/useSize';
import { Zoom } from './ui/Zoom';

/** The page: a bar, and below it the map with everything on it. */
export function App() {
  const { t } = useTranslation();
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  useKeys(search, () => setHelp(true));
  useChosenLanguage();
  const narrow = useMedia('(max-width: 719px)');
  const stage = useRef<HTMLElement>(null);
  const { height } = useSize(stage);
  const [insets, setInsets] = useState<Insets>(noInsets);
  return (
    <>
      <Bar input={search} onHelp={() => setHelp(true)} />
      <main className="stage" ref={stage} aria-label={t('app.title')}>
        {height > 0 && <MapView insets={insets} />}
        {height > 0 &&
          (narrow ? <Narrow stage={height} setInsets={setInsets} /> : <Wide setInsets={setInsets} />)}
        <Banner />
        <Announcer />
      </main>
      <OpenHelp open={help} onClose={() => setHelp(false)} />
      <OpenPrint />
    </>
  );
}

const noInsets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };

/** How much of the map the panels cover is theirs to say. */
interface Layout {
  setInsets: (insets: Insets) => void;
}

/** Widths of the panels of a desk's screen with their margins, as in the style sheet. */
const panelWidth = 332;
const cardWidth = 372;
const crumbsHeight = 48;
const statusHeight = 28;

function Wide({ setInsets }: Layout) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(true);
  const aside = useAside(true);
  const [stack] = useAnyStack(null);
  useEffect(() => {
    if (stack) setOpen(true);
  }, [stack]);
  useLayoutEffect(() => {
    setInsets({
      top: crumbsHeight,
      right: aside === null ? 0 : cardWidth,
      bottom: statusHeight,
      left: open ? panelWidth : 0,
    });
  }, [open, aside, setInsets]);
  return (
    <>
      <aside className="panel" aria-label={t('panel.label')} hidden={!open}>
        <div className="panel-head">
          <h2>{t('layers.title')}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={t('panel.close')}
            title={t('panel.close')}
            onClick={() => setOpen(false)}
          >
            <LeftIcon />
          </button>
        </div>
        <PanelContent />
      </aside>
      <div className={open ? 'beside' : 'beside alone'}>
        {!open && (
          <button type="button" className="button panel-open" onClick={() => setOpen(true)}>
            <LayersIcon /> {t('panel.open')}
          </button>
        )}
        <Breadcrumb />
        <DayChip />
      </div>
      <Aside />
      <OpenTools />
      <Caution beside={open} />
      <OpenTimeline alone={!open} />
      <Zoom />
      <Status />
    </>
  );
}

function Narrow({ stage, setInsets }: Layout & { stage: number }) {
  const { t } = useTranslation();
  const { store, tools } = useServices();
  const [height, setHeight] = useState<SheetHeight>('low');
  const tool = useCell(tools.tool);
  const aside = useAside(false);
  const [stack] = useAnyStack(null);
  useEffect(() => {
    if (aside !== null || stack) setHeight((now) => (now === 'low' ? 'middle' : now));
  }, [aside, stack]);
  const division = useUrl((state) => state.division);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just chosen is to be seen on the map
  useEffect(() => setHeight((now) => (now === 'high' ? 'middle' : now)), [division, aside]);
  useEffect(() => {
    // The map is what one draws on.
    if (tool) setHeight('low');
  }, [tool]);
  const bottom = Math.min(sheetPixels(height, stage), sheetPixels('middle', stage));
  useLayoutEffect(() => {
    setInsets({ top: crumbsHeight, right: 0, bottom: bottom + statusHeight, left: 0 });
  }, [bottom, setInsets]);
  return (
    <>
      <div className="beside alone">
        <Breadcrumb />
        <DayChip />
      </div>
      <div className="over-map" style={{ insetBlockEnd: sheetPixels(height, stage) }}>
        <OpenTools />
      </div>
      <div className="above-sheet" style={{ insetBlockEnd: bottom }}>
        <Caution />
        <OpenTimeline alone />
        <Zoom />
        <Status />
      </div>
      <Sheet
        label={t(aside === null ? 'panel.label' : 'card.label')}
        title={<SheetTitle />}
        height={height}
        setHeight={setHeight}
        stage={stage}
        onClose={aside === null ? undefined : () => closeAside(store, tools)}
      >
        {aside === null ? <PanelContent /> : <Aside />}
      </Sheet>
    </>
  );
}

const LazyTimeline = lazy(async () => ({ default: (await import('./ui/Timeline')).Timeline }));

/** The slider of days, when it is open. */
function OpenTimeline({ alone }: { alone: boolean }) {
  const span = useUrl((state) => state.timeline);
  if (span === null) return null;
  return (
    <Suspense>
      <LazyTimeline span={span} alone={alone} />
    </Suspense>
  );
}

const LazyHelp = lazy(async () => ({ default: (await import('./ui/Help')).Help }));

/** The list of keys, from its first use on. */
function OpenHelp(props: { open: boolean; onClose: () => void }) {
  const used = useRef(false);
  used.current ||= props.open;
  return <Suspense>{used.current && <LazyHelp {...props} />}</Suspense>;
}

const LazyPrint = lazy(async () => ({ default: (await import('./ui/print/PrintWindow')).PrintWindow }));

/** The window for printing, while it is open. */
function OpenPrint() {
  const { tools } = useServices();
  return <Suspense>{useCell(tools.printing) && <LazyPrint />}</Suspense>;
}

/** The tools of the map, from their first use on. */
function OpenTools() {
  const { tools } = useServices();
  const open = useCell(tools.open);
  const area = useUrl((state) => state.area);
  const used = useRef(false);
  used.current ||= open || area !== null;
  return <Suspense>{used.current && <Tools />}</Suspense>;
}

const PickedCard = lazy(async () => ({ default: (await import('./ui/PickedCard')).PickedCard }));

/** What a card is open about; null without a card. What is being drawn has one only where there is room beside the map. */
function useAside(room: boolean): string | null {
  const selected = useUrl((state) => state.selected);
  const at = useUrl((state) => state.at);
  const picked = useUrl((state) => state.picked);
  const area = useUrl((state) => state.area);
  const { tools } = useServices();
  const own = useCell(tools.own);
  const tool = useCell(tools.tool);
  const sketch = useCell(tools.sketch);
  if (selected !== null) return `organization ${selected}`;
  if (at) return `place ${at.join()}`;
  if (picked) return `${picked.what} ${picked.id}`;
  if (own) return `own ${own.file}`;
  if (tool) return sketch && room ? 'sketch' : null;
  return area;
}

/** The card of what is chosen or drawn on the map. */
function Aside() {
  const selected = useUrl((state) => state.selected);
  const at = useUrl((state) => state.at);
  const picked = useUrl((state) => state.picked);
  const own = useCell(useServices().tools.own);
  const aside = useAside(true);
  if (selected !== null) return <Card id={selected} />;
  if (at) return <Place at={at} />;
  if (aside === null) return null;
  return (
    <Suspense>
      {picked ? <PickedCard picked={picked} /> : own ? <OwnCard own={own} /> : <AreaCard />}
    </Suspense>
  );
}

/** The keys of the whole page. */
function useKeys(search: React.RefObject<HTMLInputElement | null>, onHelp: () => void): void {
  const { store, map, tools } = useServices();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape') {
        if (!document.querySelector('dialog[open]')) closeAside(store, tools);
      } else if (isTyping(event.target) || document.querySelector('dialog[open]')) {
        return;
      } else if (event.key === '/') {
        event.preventDefault();
        search.current?.focus();
        search.current?.select();
      } else if (event.key.toLowerCase() === 'w') {
        map.get()?.ask(null);
      } else if (event.key.toLowerCase() === 'p') {
        if (map.get()) tools.printing.set(true);
      } else if (event.key.toLowerCase() === 'c') {
        toggleSwipe(store);
      } else if (event.key === '?') {
        onHelp();
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [store, map, tools, search, onHelp]);
}

/** Follows the language of the link, and remembers it for the next visit. */
function useChosenLanguage(): void {
  const { t, i18n } = useTranslation();
  const link = useUrl((state) => state.lang);
  useEffect(() => {
    const language = languageOf(link, localStorage.getItem('language'));
    localStorage.setItem('language', language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    if (i18n.language !== language) void i18n.changeLanguage(language);
    document.title = t('app.title');
  }, [link, i18n, t]);
}
