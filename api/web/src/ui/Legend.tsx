import { lazy, type ReactNode, Suspense, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useBaseMaps } from '../api/queries';
import { exact, total } from '../format/number';
import { isParty } from '../map/kinds';
import { useLanguage, useServices, useUrl } from '../services';
import {
  type Presentation,
  pointsFrom,
  presentationOf,
  presentations,
  presented,
  reportsPresented,
} from '../state/presentation';
import type { ExtraName, LayerName } from '../state/url';
import { DayField } from './AsOf';
import { HexagonLegend } from './lazyTools';
import { ClusterMark, Mark } from './Mark';
import { useInView, useSight } from './useInView';
import { useKindName, useKinds } from './useKinds';

// What few people switch on arrives when it is.
const ChoroplethLegend = lazy(async () => ({ default: (await import('./Choropleth')).ChoroplethLegend }));

const HeatLegend = lazy(async () => ({ default: (await import('./Heat')).HeatLegend }));

const ReportLegend = lazy(async () => ({ default: (await import('./Reports')).ReportLegend }));

/** Layers and legend in one list: an entry is the switch of its layer or kind, and shows its count in view. */
export function Legend() {
  const { t } = useTranslation();
  return (
    <section className="legend" aria-label={t('layers.title')}>
      <ul>
        <Organizations />
        <DivisionsRow />
        <ExtraRow
          name="reports"
          label={t('reports.title')}
          mark="plate-mark"
          legend={
            <>
              <ReportsAs />
              <ReportLegend />
            </>
          }
        />
        <AreaRow name="jurisdictions" />
        <AreaRow name="grids" />
      </ul>
      <DayField />
      <BaseMaps />
    </section>
  );
}

function useSwitch(name: LayerName): [boolean, () => void] {
  const { store } = useServices();
  const off = useUrl((state) => state.off);
  const on = !off.includes(name);
  return [on, () => store.set({ off: on ? [...off, name] : off.filter((other) => other !== name) })];
}

/** The switch of a layer that is off at first. */
function useExtra(name: ExtraName): [boolean, () => void] {
  const { store } = useServices();
  const on = useUrl((state) => state.on);
  const shown = on.includes(name);
  return [shown, () => store.set({ on: shown ? on.filter((other) => other !== name) : [...on, name] })];
}

interface ExtraProps {
  name: ExtraName;
  label: string;
  mark: string;
  legend: ReactNode;
}

/** A layer that is off at first, with a legend of its own. */
function ExtraRow({ name, label, mark, legend }: ExtraProps) {
  const { t } = useTranslation();
  const [on, toggle] = useExtra(name);
  return (
    <li>
      <Row label={label} checked={on} onChange={toggle} mark={<span className={mark} />} id={name} strong />
      {on && <Suspense fallback={<p className="hint">{t('list.loading')}</p>}>{legend}</Suspense>}
    </li>
  );
}

/** Areas that organizations answer for. */
function AreaRow({ name }: { name: 'grids' | 'jurisdictions' }) {
  const { t } = useTranslation();
  const [on, toggle] = useExtra(name);
  const zoom = useSight()?.zoom ?? 0;
  return (
    <li>
      <Row
        label={t(`areas.${name}`)}
        checked={on}
        onChange={toggle}
        mark={<span className={`line-mark ${name}`} />}
        id={name}
        strong
      />
      {on && zoom < closeEnough[name] && <p className="hint">{t(`areas.closer.${name}`)}</p>}
    </li>
  );
}

/** Below these zooms most areas are too small to show: tiles up to zoom 11 leave out the smallest, as grids are. */
const closeEnough = { jurisdictions: 8, grids: 12 } as const;

function Organizations() {
  const { t } = useTranslation();
  const [on, toggle] = useSwitch('organizations');
  const kinds = useKinds();
  const counts = useInView();
  const language = useLanguage();
  const chosen = useUrl((state) => state.kinds);
  const zoom = useSight()?.zoom ?? 0;
  // Signs of what the heat stands for would say that they are on the map.
  const heated = useUrl((state) => state.on).includes('heat') && zoom < pointsFrom;
  // The many kinds of one mark fold into one row.
  const folded = kinds.filter(isParty);
  const row = (kind: string) => (
    <KindRow
      key={kind}
      kind={kind}
      kinds={kinds}
      marked={!heated}
      count={counts ? (counts.kinds[kind] ?? 0) : undefined}
    />
  );
  return (
    <li>
      <Row label={t('layers.organizations')} checked={on} onChange={toggle} count={counts?.total} strong />
      <OrganizationsAs />
      <ul className="kinds">
        {folded.length < 2 ? kinds.map(row) : kinds.filter((kind) => !folded.includes(kind)).map(row)}
        {folded.length >= 2 && (
          <li>
            <details className="folded" open={folded.some((kind) => chosen?.includes(kind))}>
              <summary className="row">
                {!heated && <Mark kind={folded[0] ?? ''} />}
                <span className="row-label">{t('layers.party')}</span>
                {counts && (
                  <span className="count">
                    {total(
                      folded.reduce((sum, kind) => sum + (counts.kinds[kind] ?? 0), 0),
                      language,
                    )}
                  </span>
                )}
              </summary>
              <ul>{folded.map(row)}</ul>
            </details>
          </li>
        )}
      </ul>
      {kinds.length > 0 && !heated && (
        <>
          <p className="hint">
            <Mark kind={kinds[0] ?? ''} hollow /> {t('layers.hollow')}
          </p>
          <p className="hint">
            <ClusterMark kinds={kinds} /> {t('layers.cluster')}
          </p>
        </>
      )}
    </li>
  );
}

/** How organizations are drawn: each with what its colours say. */
function OrganizationsAs() {
  const { t } = useTranslation();
  const { store } = useServices();
  const on = useUrl((state) => state.on);
  const drawn = presentationOf(on);
  return (
    <>
      <DrawnAs
        label={t('presentation.label')}
        names={presentations}
        drawn={drawn}
        choose={(name) => store.set({ on: presented(on, name) })}
      />
      <Suspense fallback={<p className="hint">{t('list.loading')}</p>}>
        {drawn === 'heat' && <HeatLegend />}
        {on.includes('hexagons') && <HexagonLegend />}
        {on.includes('choropleth') && <ChoroplethLegend />}
      </Suspense>
    </>
  );
}

/** How reports are drawn. */
function ReportsAs() {
  const { t } = useTranslation();
  const { store } = useServices();
  const on = useUrl((state) => state.on);
  const heat = on.includes('report-heat');
  return (
    <>
      <DrawnAs
        label={t('presentation.ofReports')}
        names={['points', 'heat']}
        drawn={heat ? 'heat' : 'points'}
        choose={(name) => store.set({ on: reportsPresented(on, name) })}
      />
      {heat && <HeatLegend />}
    </>
  );
}

interface DrawnAsProps {
  label: string;
  names: readonly Presentation[];
  drawn: Presentation;
  choose: (name: Presentation) => void;
}

/** One of several ways of drawing the same. */
function DrawnAs({ label, names, drawn, choose }: DrawnAsProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="drawn-as">
      <legend className="visually-hidden">{label}</legend>
      {names.map((name) => (
        <label key={name} data-drawn-as={name} title={t(`presentation.${name}Long`)}>
          <input type="radio" name={id} checked={name === drawn} onChange={() => choose(name)} />
          <span>{t(`presentation.${name}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface KindRowProps {
  kind: string;
  kinds: readonly string[];
  /** Whether the mark of the kind is on the map. */
  marked: boolean;
  count: number | undefined;
}

function KindRow({ kind, kinds, marked, count }: KindRowProps) {
  const name = useKindName();
  const { store } = useServices();
  const chosen = useUrl((state) => state.kinds);
  const off = useUrl((state) => state.off);
  const layerOn = !off.includes('organizations');
  const on = layerOn && (chosen === null || chosen.includes(kind));

  const toggle = () => {
    const shown = layerOn ? (chosen ?? kinds) : [];
    const next = on
      ? shown.filter((other) => other !== kind)
      : kinds.filter((other) => other === kind || shown.includes(other));
    const others = off.filter((name) => name !== 'organizations');
    // Without any kind there is nothing to show: that is the layer switched off, and its filter starts anew.
    if (next.length === 0) store.set({ kinds: null, off: [...others, 'organizations'] });
    else store.set({ kinds: next.length === kinds.length ? null : next, off: others });
  };
  return (
    <li>
      <Row
        label={name(kind)}
        checked={on}
        onChange={toggle}
        count={count}
        mark={marked && <Mark kind={kind} />}
        id={kind}
      />
    </li>
  );
}

function DivisionsRow() {
  const { t } = useTranslation();
  const [on, toggle] = useSwitch('divisions');
  return (
    <li>
      <Row
        label={t('layers.divisions')}
        checked={on}
        onChange={toggle}
        mark={<span className="line-mark" />}
        strong
      />
    </li>
  );
}

interface RowProps {
  label: string;
  checked: boolean;
  onChange: () => void;
  count?: number | undefined;
  mark?: React.ReactNode;
  strong?: boolean;
  id?: string;
}

function Row({ label, checked, onChange, count, mark, strong = false, id }: RowProps) {
  const language = useLanguage();
  return (
    <label className={strong ? 'row strong' : 'row'} data-kind={id}>
      <input type="checkbox" checked={checked} onChange={onChange} />
      {mark}
      <span className="row-label">{label}</span>
      {count !== undefined && (
        <span className="count" data-count={count} title={exact(count, language)}>
          {total(count, language)}
        </span>
      )}
    </label>
  );
}

function BaseMaps() {
  const { t } = useTranslation();
  const { store } = useServices();
  const { data } = useBaseMaps();
  const base = useUrl((state) => state.base);
  if (!data || data.items.length === 0) return null;
  const current = base ?? data.items.find((item) => item.default)?.name ?? 'none';
  const choices = [
    ...data.items.map(({ name, title }) => ({ name, title })),
    { name: 'none', title: t('layers.baseNone') },
  ];
  return (
    <fieldset className="bases">
      <legend>{t('layers.base')}</legend>
      {choices.map(({ name, title }) => (
        <label key={name} className="row">
          <input
            type="radio"
            name="base"
            checked={name === current}
            onChange={() => store.set({ base: name })}
          />
          <span className="row-label">{title}</span>
        </label>
      ))}
    </fieldset>
  );
}
