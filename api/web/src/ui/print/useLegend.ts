import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { areaText } from '../../format/area';
import { exact, type Language } from '../../format/number';
import { divisionName } from '../../format/romanize';
import { distance } from '../../format/scale';
import { fillOpacity } from '../../map/choropleth';
import { classOf, classStarts, colourOf, ranges, zeroColour } from '../../map/classes';
import { heatRamp } from '../../map/heat';
import { markOf, sortKinds } from '../../map/kinds';
import { colours } from '../../map/layers';
import { groupCounts, reportGroups } from '../../map/reportGroups';
import { blend } from '../../print/blend';
import type { LegendRow } from '../../print/sheet';
import { useLanguage, useServices, useUrl } from '../../services';
import { useCell } from '../../state/cell';
import { levelName } from '../../state/division';
import { pointsFrom } from '../../state/presentation';
import { areaOf, measureArea } from '../../tools/area';
import type { Drawing } from '../../tools/drawing';
import { lineLength } from '../../tools/geodesy';
import { useCountedOnly } from '../conditions/useWords';
import { rangeText } from '../Swatch';
import { useOwnCounts } from '../tools/OwnCard';
import { useDrawing, useFinal } from '../tools/useCounted';
import { useNames } from '../tools/useNames';
import { useTools } from '../tools/useTools';
import { useKindName } from '../useKinds';
import type { Facts } from './gather';
import { usePrint } from './usePrint';

/** The legend of a sheet: the layers that show, their signs and classes with numbers, and the results of tools. */
export function useLegend(facts: Facts | null): LegendRow[] {
  const organizations = useOrganizations(facts);
  const filled = useFilled(facts);
  const others = useOthers(facts);
  const area = useArea();
  const own = useOwn();
  const heat = useHeatRows();
  const { t } = useTools();
  const only = useCountedOnly();
  return useMemo(() => {
    const filtered = only === '' ? [] : [{ text: t('area.filtered', { what: only }), heading: true }];
    return [...filtered, ...area, ...own, ...organizations, ...filled, ...heat, ...others];
  }, [only, t, area, own, organizations, filled, heat, others]);
}

/** What the ends of the colours of a heat map say. */
function useHeatRows(): LegendRow[] {
  const { t } = useTranslation();
  const on = useUrl((state) => state.on);
  return useMemo(() => {
    if (!on.includes('heat') && !on.includes('report-heat')) return [];
    const ends = [
      [t('heat.few'), heatRamp[0]],
      [t('heat.many'), heatRamp[heatRamp.length - 1] ?? ''],
    ] as const;
    const rows = ends.map(([text, colour]): LegendRow => ({ text, sign: { is: 'swatch', colour } }));
    return [{ text: t('presentation.heat'), heading: true }, ...rows];
  }, [on, t]);
}

/** Whether the numbers of tools have arrived, as far as there are any. */
export function useResultsReady(): boolean {
  const own = useCell(useServices().tools.own);
  const { isFetching } = useFinal();
  const ownCounts = useOwnCounts(own);
  return !isFetching && !ownCounts.isFetching;
}

function useOrganizations(facts: Facts | null): LegendRow[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const kindName = useKindName();
  const off = useUrl((state) => state.off);
  const chosen = useUrl((state) => state.kinds);
  const heat = useUrl((state) => state.on).includes('heat');
  return useMemo(() => {
    if (!facts) return [];
    // Signs of what the heat stands for would say that they are on the map.
    const heated = heat && facts.zoom < pointsFrom;
    const divisions: LegendRow = {
      text: t('layers.divisions'),
      sign: { is: 'outline', colour: colours.line },
    };
    const below = off.includes('divisions') ? [] : [divisions];
    if (off.includes('organizations')) return below;
    const kinds = sortKinds(Object.keys(facts.kinds)).filter(
      (kind) => chosen === null || chosen.includes(kind),
    );
    const count = (kind: string) => facts.kinds[kind] ?? 0;
    const sum = kinds.reduce((all, kind) => all + count(kind), 0);
    const [first] = kinds;
    return [
      { text: t('layers.organizations'), count: exact(sum, language), heading: true },
      ...kinds
        .filter((kind) => count(kind) > 0)
        .map((kind): LegendRow => {
          const sign = { is: 'mark', mark: markOf(kind) } as const;
          const row = { text: kindName(kind), count: exact(count(kind), language) };
          return heated ? row : { ...row, sign };
        }),
      ...(first === undefined || heated
        ? []
        : ([
            { text: t('layers.hollow'), sign: { is: 'mark', mark: markOf(first), hollow: true } },
            { text: t('layers.cluster'), sign: { is: 'ring' } },
          ] satisfies LegendRow[])),
      ...below,
    ];
  }, [facts, off, chosen, heat, kindName, language, t]);
}

/** Classes of filled divisions and hexagons. */
function useFilled(facts: Facts | null): LegendRow[] {
  const { t } = useTranslation();
  const { t: print } = usePrint();
  const { t: tools } = useTools();
  const language = useLanguage();
  return useMemo(() => {
    const rows: LegendRow[] = [];
    if (facts?.choropleth) {
      const { level, counts } = facts.choropleth;
      const name = t(`level.${levelName(level)}`).toLocaleLowerCase(language);
      rows.push({
        text: t('choropleth.unit', { level: name }),
        count: print('divisionCount'),
        heading: true,
      });
      rows.push(...classRows([...counts.values()], true, t, language));
    }
    if (facts?.hexagons) {
      const { width, bins } = facts.hexagons;
      const text = tools('hexagons.unit', { width: distance(width, language) });
      rows.push({ text, count: print('cellCount'), heading: true });
      rows.push(
        ...classRows(
          bins.map((bin) => bin.count),
          false,
          t,
          language,
        ),
      );
    }
    return rows;
  }, [facts, language, t, print, tools]);
}

/** Classes with their colours, and how many of the values are in each. */
function classRows(values: readonly number[], zero: boolean, t: TFunction, language: Language): LegendRow[] {
  const starts = classStarts(values);
  const members = (index: number) => values.filter((value) => classOf(value, starts) === index).length;
  const row = (text: string, index: number, colour: string): LegendRow => {
    const sign = { is: 'swatch', colour: blend(colour, colours.land, fillOpacity) } as const;
    return { text, count: exact(members(index), language), sign };
  };
  return [
    ...ranges(starts).map((range, i) =>
      row(rangeText(range, t, language), i + 1, colourOf(i + 1, starts.length)),
    ),
    ...(zero ? [row(exact(0, language), 0, zeroColour)] : []),
  ];
}

function useOthers(facts: Facts | null): LegendRow[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const on = useUrl((state) => state.on);
  return useMemo(() => {
    const rows: LegendRow[] = [];
    if (facts?.reports) {
      const counts = groupCounts(facts.reports);
      const sum = [...counts.values()].reduce((all, n) => all + n, 0);
      rows.push({ text: t('reports.title'), count: exact(sum, language), heading: true });
      for (const { name, mark } of reportGroups) {
        const count = exact(counts.get(name) ?? 0, language);
        rows.push({ text: t(`reports.group.${name}`), count, sign: { is: 'plate', mark } });
      }
      rows.push({ text: t('reports.faded') });
    }
    const areas = [
      ['jurisdictions', '#4b2e83'],
      ['grids', '#7a4f00'],
    ] as const;
    for (const [name, colour] of areas) {
      if (on.includes(name)) rows.push({ text: t(`areas.${name}`), sign: { is: 'outline', colour } });
    }
    return rows;
  }, [facts, on, language, t]);
}

/** The area that is counted, in words; empty without one. */
export function useDrawn(): string {
  const { t } = usePrint();
  const language = useLanguage();
  const drawing = useDrawing();
  if (!drawing || drawing.what === 'line') return '';
  if (drawing.what === 'corridor') return t('along', { distance: distance(drawing.distance, language) });
  return t('drawn');
}

/** So many divisions of an area have a row on a sheet. */
const mostDivisions = 12;

/** The result of the area or line of the link. */
function useArea(): LegendRow[] {
  const { t } = useTools();
  const language = useLanguage();
  const kindName = useKindName();
  const drawing = useDrawing();
  const { data } = useFinal();
  const drawn = useDrawn();
  const divisions = useAreaDivisions();
  return useMemo(() => {
    if (!drawing) return [];
    if (drawing.what === 'line') {
      return [{ text: t('area.line'), count: distance(lineLength(drawing.points), language), heading: true }];
    }
    const rows: LegendRow[] = [
      { text: drawn, count: data ? exact(data.total, language) : '…', heading: true },
    ];
    for (const [kind, count] of data?.kinds ?? []) {
      const sign = { is: 'mark', mark: markOf(kind) } as const;
      rows.push({ text: kindName(kind), count: exact(count, language), sign });
    }
    const area = areaOf(drawing);
    if (!area) return [...rows, ...divisions];
    const measured = measureArea(area);
    const { unit, value } = areaText(measured.area, language);
    rows.push({ text: t('area.size'), count: t(`area.${unit}`, { value }) });
    for (const [text, metres] of lengthsOf(drawing, measured.perimeter, t)) {
      rows.push({ text, count: distance(metres, language) });
    }
    return [...rows, ...divisions];
  }, [drawing, data, drawn, divisions, kindName, language, t]);
}

/** What can be said of an area in metres. */
function lengthsOf(
  drawing: Drawing & { what: 'polygon' | 'circle' | 'corridor' },
  perimeter: number,
  t: ReturnType<typeof useTools>['t'],
): [string, number][] {
  if (drawing.what === 'polygon') return [[t('area.perimeter'), perimeter]];
  if (drawing.what === 'circle') {
    return [
      [t('area.perimeter'), perimeter],
      [t('area.radius'), drawing.radius],
    ];
  }
  return [
    [t('corridor.distance'), drawing.distance],
    [t('corridor.length'), lineLength(drawing.points)],
  ];
}

/** The divisions that the area touches, those with the most organizations first, as far as there is room. */
function useAreaDivisions(): LegendRow[] {
  const { t } = useTools();
  const language = useLanguage();
  const drawing = useDrawing();
  const { data } = useFinal();
  const divisions = drawing && data ? data.divisions : noDivisions;
  const names = useNames(divisions.slice(0, mostDivisions).map(([code]) => code));
  return useMemo(() => {
    if (divisions.length === 0) return [];
    const rows: LegendRow[] = [{ text: t('area.touched', { count: divisions.length }), heading: true }];
    for (const [code, count] of divisions.slice(0, mostDivisions)) {
      const named = names.get(code);
      rows.push({ text: named ? divisionName(named, language) : code, count: exact(count, language) });
    }
    const rest = divisions.slice(mostDivisions);
    if (rest.length > 0) {
      const count = rest.reduce((sum, [, n]) => sum + n, 0);
      rows.push({ text: t('area.rest', { count: rest.length }), count: exact(count, language) });
    }
    return rows;
  }, [divisions, names, language, t]);
}

const noDivisions: readonly (readonly [string, number])[] = [];

/** Areas from a file of the reader's with their numbers. */
function useOwn(): LegendRow[] {
  const { t } = useTools();
  const language = useLanguage();
  const own = useCell(useServices().tools.own);
  const { data } = useOwnCounts(own);
  return useMemo(() => {
    if (!own) return [];
    return [
      { text: t('own.label'), count: t('own.organizations'), heading: true },
      ...own.areas.map(({ name }, i): LegendRow => {
        const count = data?.[i]?.count;
        return {
          text: name ?? t('own.unnamed', { n: i + 1 }),
          count: count === undefined ? '…' : exact(count, language),
        };
      }),
    ];
  }, [own, data, language, t]);
}
