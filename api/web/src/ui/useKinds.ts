import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCodes, useCounts, useDay } from '../api/queries';
import { sortKinds } from '../map/kinds';
import { noConditions } from '../state/conditions';

/** The kinds that the data set holds, in the order of their marks. */
export function useKinds(): readonly string[] {
  const { data } = useCounts({ ...noConditions, box: null, day: useDay() });
  return useMemo(() => sortKinds(Object.keys(data?.kinds ?? {})), [data]);
}

/** Names of kinds: the page's own, and for those that operators add the server's. */
export function useKindName(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  const isKnown = (kind: string) => i18n.exists(`kind.${kind}`);
  const code = useCodes('organization_kind', !useKinds().every(isKnown));
  return (kind) => (isKnown(kind) ? t(`kind.${kind as 'village_committee'}`) : code(kind));
}
