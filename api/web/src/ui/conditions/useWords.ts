import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useCodes, useDivision, useReportCategories, useReportConditions } from '../../api/queries';
import { divisionName } from '../../format/romanize';
import { useLanguage, useUrl } from '../../services';
import { type ConditionChange, containedName, joined, partsOf, type Received } from '../../state/conditions';
import { useKindName, useKinds } from '../useKinds';

/** A condition in words, with what lifts it and what brings it back. */
export interface Chip {
  key: string;
  text: string;
  /** What a pointer that rests on it says; undefined where the text says it all. */
  title?: string | undefined;
  lift: ConditionChange;
  back: ConditionChange;
}

/** So many names are said; of more, how many there are. */
const mostNames = 3;

/** Every condition in force. Those on reports are while their layer is on. */
export function useChips(): Chip[] {
  const reports = useUrl((state) => state.on).includes('reports');
  const organizationChips = useOrganizationChips();
  const placeChips = usePlaceChips();
  const reportChips = useReportChips(reports);
  return [...organizationChips, ...placeChips, ...reportChips];
}

function useOrganizationChips(): Chip[] {
  const { t } = useTranslation();
  const names = useNames();
  const all = useKinds();
  const kindName = useKindName();
  const levelName = useCodes('organization_level', useUrl((state) => state.levels) !== null);
  const kinds = useUrl((state) => state.kinds);
  const levels = useUrl((state) => state.levels);
  const filter = useUrl((state) => state.filter);
  const chips: Chip[] = [];
  if (kinds) {
    const off = all.filter((kind) => !kinds.includes(kind));
    // Whichever says it with fewer names.
    const except = off.length > 0 && off.length < kinds.length;
    const text = t(
      except ? 'conditions.except' : 'conditions.kinds',
      names((except ? off : kinds).map(kindName)),
    );
    chips.push({ key: 'kinds', text, lift: { kinds: null }, back: { kinds } });
  }
  if (levels) {
    const text = t('conditions.levels', names(levels.map(levelName)));
    chips.push({ key: 'levels', text, lift: { levels: null }, back: { levels } });
  }
  const parts = partsOf(filter);
  for (const part of parts) {
    const name = containedName(part);
    const text = name === null ? t('conditions.own') : t('conditions.name', { name });
    const title = name === null ? part : undefined;
    const lift = { filter: joined(parts.filter((other) => other !== part)) };
    chips.push({ key: `filter ${part}`, text, title, lift, back: { filter } });
  }
  return chips;
}

function usePlaceChips(): Chip[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const datetime = useUrl((state) => state.datetime);
  const { data } = useDivision(division);
  const chips: Chip[] = [];
  if (division) {
    const text = t('conditions.division', { name: data ? divisionName(data, language) : division });
    chips.push({ key: 'division', text, lift: { division: null }, back: { division } });
  }
  if (datetime) {
    const text = t('asOf.chip', { day: datetime });
    chips.push({ key: 'datetime', text, lift: { datetime: null }, back: { datetime } });
  }
  return chips;
}

function useReportChips(shown: boolean): Chip[] {
  const { t } = useTranslation();
  const names = useNames();
  const { categories, steps, status, received } = useReportConditions();
  const categoryName = useReportCategories(shown && categories !== null);
  const stepName = useCodes('report_state', shown && steps !== null);
  if (!shown) return [];
  const chips: Chip[] = [];
  if (categories) {
    const text = t('conditions.categories', names(categories.map(categoryName)));
    chips.push({ key: 'categories', text, lift: { categories: null }, back: { categories } });
  }
  if (status) {
    const text = t('conditions.status', { name: t(`report.statusOf.${status}`) });
    chips.push({ key: 'status', text, lift: { status: null }, back: { status } });
  }
  if (steps) {
    const text = t('conditions.steps', names(steps.map(stepName)));
    chips.push({ key: 'steps', text, lift: { steps: null }, back: { steps } });
  }
  if (received) {
    const text = receivedText(t, received);
    chips.push({ key: 'received', text, lift: { received: null }, back: { received } });
  }
  return chips;
}

function receivedText(t: TFunction, [from, to]: Received): string {
  if (from && to) return t('conditions.between', { from, to });
  return from ? t('conditions.since', { from }) : t('conditions.until', { to: to ?? '' });
}

/** Joins names, of many only the first and how many there are. */
function useNames(): (names: readonly string[]) => { names: string } {
  const { t } = useTranslation();
  const list = useList();
  return (names) => {
    if (names.length <= mostNames) return { names: list(names) };
    return { names: t('conditions.many', { names: list(names.slice(0, 2)), count: names.length }) };
  };
}

function useList(): (names: readonly string[]) => string {
  const language = useLanguage();
  const list = new Intl.ListFormat(language === 'zh' ? 'zh-CN' : 'en', { type: 'conjunction' });
  return (names) => list.format(names);
}

/** Which organizations are counted, when not all are, beside the division and the day; empty when all are. */
export function useCountedOnly(): string {
  const { t } = useTranslation();
  const language = useLanguage();
  const list = useList();
  const kindName = useKindName();
  const levels = useUrl((state) => state.levels);
  const levelName = useCodes('organization_level', levels !== null);
  const kinds = useUrl((state) => state.kinds);
  const parts = partsOf(useUrl((state) => state.filter)).map((part) => {
    const name = containedName(part);
    return name === null ? t('conditions.own') : t('conditions.name', { name });
  });
  const groups = [list((kinds ?? []).map(kindName)), list((levels ?? []).map(levelName)), ...parts];
  return groups.filter((group) => group !== '').join(language === 'zh' ? '；' : '; ');
}
