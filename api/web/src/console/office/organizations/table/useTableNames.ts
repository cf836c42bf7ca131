import { useMemo } from 'react';
import type { LocationState } from '../../../api/contract';
import type { Column, Line } from '../../../state/table';
import { useNames } from '../useNames';
import { useTableWords } from './useTableWords';

/** The names of what stands in the table; the same object until one of them changes. */
export function useTableNames() {
  const { t } = useTableWords();
  const names = useNames();
  return useMemo(
    () => ({
      kind: names.kind,
      level: names.level,
      column: (column: Column) => t(`column.${column}`),
      status: (status: Line['status']) => t(`organizations:status.${status}`),
      state: (state: string) => t(`translation:locationState.${state as LocationState}`),
    }),
    [t, names],
  );
}
