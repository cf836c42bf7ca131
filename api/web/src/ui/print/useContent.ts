import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useBoundarySet, useDivision, useTileJSON } from '../../api/queries';
import { dayAt, isFuture } from '../../format/day';
import { listed } from '../../format/list';
import { exact } from '../../format/number';
import { divisionName } from '../../format/romanize';
import { metresPerMm } from '../../print/paper';
import type { Content, FootLine } from '../../print/sheet';
import { useLanguage, useUrl } from '../../services';
import { formatState, isTooLong } from '../../state/url';
import { isWide } from '../Caution';
import { plain, useSources } from '../Status';
import { useKindName } from '../useKinds';
import type { Facts } from './gather';
import { useDrawn, useLegend } from './useLegend';
import { usePrint } from './usePrint';

/** The longest link that is printed, in letters: four lines of a sheet. */
const longestLink = 900;

/** The title that a sheet has unless the reader gives it another one: place, drawn area, layers, day. */
export function useDefaultTitle(): string {
  const { t } = useTranslation();
  const drawn = useDrawn();
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const off = useUrl((state) => state.off);
  const on = useUrl((state) => state.on);
  const kind = useUrl(({ kinds }) => (kinds?.length === 1 ? kinds[0] : undefined));
  const kindName = useKindName();
  const day = useDataDay();
  const detail = useDivision(division).data;
  const country = drawn === '' ? t('divisions.country') : '';
  const place = detail ? divisionName(detail, language) : country;
  const names = {
    choropleth: t('presentation.choropleth'),
    hexagons: t('presentation.hexagons'),
    heat: t('presentation.heat'),
    reports: t('reports.title'),
    'report-heat': '', // its reports are named
    grids: t('areas.grids'),
    jurisdictions: t('areas.jurisdictions'),
  };
  const layers = [
    ...(off.includes('organizations') ? [] : [kind ? kindName(kind) : t('layers.organizations')]),
    ...on.map((name) => names[name]).filter(Boolean),
  ];
  return [place, drawn, listed(layers, language), day].filter(Boolean).join(' · ');
}

/** The day that a sheet shows. */
export function useDataDay(): string {
  return useUrl((state) => state.datetime) ?? dayAt(new Date());
}

/** All that stands on a sheet beside the picture, in the language of the page. */
export function useContent(facts: Facts | null, title: string): Content | null {
  const { t } = usePrint();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const day = useDataDay();
  const legend = useLegend(facts);
  const set = useBoundarySet();
  const illustrative = useSources().some((source) => source.illustrative);
  const off = useUrl((state) => state.off).includes('organizations');
  const kinds = useUrl((state) => state.kinds);
  const foot = useFoot(day);
  return useMemo(() => {
    if (!facts) return null;
    const count = Object.entries(facts.kinds)
      .filter(([kind]) => kinds === null || kinds.includes(kind))
      .reduce((sum, [, n]) => sum + n, 0);
    const subtitle = [
      t(isFuture(day) ? 'futureDay' : 'dataDay', { day }),
      off ? '' : t('inPicture', { count, total: exact(count, language) }),
      illustrative ? page('status.illustrative') : '',
    ];
    return {
      language,
      title,
      subtitle: subtitle.filter(Boolean).join(' · '),
      warning: set?.incomplete && isWide(facts) ? page('caution.incomplete', { name: set.name }) : null,
      legend,
      more: (rows) => t('more', { count: rows }),
      foot,
      metresPerMm: metresPerMm(facts.zoom, facts.lat),
      ratio: (n) => t('ratio', { n }),
      bearing: facts.bearing,
      north: t('north'),
    };
  }, [facts, kinds, off, illustrative, set, legend, foot, language, title, day, t, page]);
}

/** Dates, sources with their licences and review numbers, and the link of the view. */
function useFoot(day: string): FootLine[] {
  const { t } = usePrint();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const sources = useSources();
  // A sheet shows one day of two.
  const view = useUrl((state) => formatState({ ...state, swipe: null }));
  const link = window.location.origin + window.location.pathname + view;
  const area = useUrl((state) => state.area);
  const data = plain(useTileJSON('organizations').data?.attribution ?? '');
  const dates = [t('dataDay', { day }), t('printDay', { day: dayAt(new Date()) }), t('projection')];
  const source = (what: string, texts: string[]): FootLine => {
    const colon = language === 'zh' ? '：' : ': ';
    return { part: 'source', text: what + colon + texts.filter(Boolean).join(' · ') };
  };
  const lines: FootLine[] = [
    { part: 'dates', text: dates.join(' · ') },
    ...(data === '' ? [] : [source(t('data'), [data])]),
    ...sources.map(({ what, name, details }) => source(what, [name, ...details])),
    source(page('status.land'), [page('status.landText')]),
    linkLine(link, isTooLong(area), (link, whole) => t(whole ? 'link' : 'linkCut', { link })),
  ];
  const key = JSON.stringify(lines);
  // The same lines are the same object, so that a sheet is composed only when one of them changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines in words stand for the lines
  return useMemo(() => lines, [key]);
}

/** The link in words, which say whether the drawing is missing in it; one that is too long for paper goes without. */
export function linkLine(
  link: string,
  missing: boolean,
  words: (link: string, whole: boolean) => string,
): FootLine {
  if (link.length <= longestLink) return { part: 'link', text: words(link, !missing) };
  return { part: 'link', text: words(link.replace(/([?&])area=[^&#]*&?/, '$1'), false) };
}
