import { useConditions, useCounts } from '../api/queries';
import type { Sight } from '../map/controller';
import { useServices } from '../services';
import { Cell, useCell } from '../state/cell';

const noSight = new Cell<Sight | null>(null);

/** What the map shows now; null before it has started. */
export function useSight(): Sight | null {
  const controller = useCell(useServices().map);
  return useCell(controller?.sight ?? noSight);
}

/** Counts of all kinds in view, whatever kinds are filtered: what a switch would bring back shows its number. */
export function useInView() {
  const sight = useSight();
  const conditions = useConditions();
  const { data } = useCounts({ ...conditions, kinds: null, box: sight?.box ?? null }, sight !== null);
  return data;
}
