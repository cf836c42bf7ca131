import type { Picked } from '../map/pick';
import { useServices } from '../services';
import { Cell, useCell } from '../state/cell';

const nothing = new Cell<Picked | null>(null);

/** The report or grid that was chosen on the map. */
export function usePicked(): Picked | null {
  const controller = useCell(useServices().map);
  return useCell(controller?.picked ?? nothing);
}
