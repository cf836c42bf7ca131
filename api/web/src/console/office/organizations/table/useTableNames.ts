import type { LocationState } from '../../../api/contract';
import type { Column, Line } from '../../../state/table';
import { useNames } from '../useNames';
import { useTableWords } from './useTableWords';

/** The names of what stands in the table. */
export function useTableNames() {
  const { t } = useTableWords();
  const { kind, level } = useNames();
  return {
    kind,
    level,
    column: (column: Column) => t(`column.${column}`),
    status: (status: Line['status']) => t(`organizations:status.${status}`),
    state: (state: string) => t(`translation:locationState.${state as LocationState}`),
  };
}
