import { useMemo } from 'react';
import { useCounts } from '../api/queries';
import { sortKinds } from '../map/kinds';

/** The kinds that the data set holds, in the order of their marks. */
export function useKinds(): readonly string[] {
  const { data } = useCounts({ box: null, kinds: null, division: null });
  return useMemo(() => sortKinds(Object.keys(data?.kinds ?? {})), [data]);
}
