import type { MapController } from '../../map/controller';
import { extentOf } from '../../map/veil';
import { areaOf } from '../../tools/area';
import type { Drawing } from '../../tools/drawing';
import { geodesicLine } from '../../tools/geodesy';

/** Looks at the whole of a drawing. */
export function fitTo(controller: MapController | null, drawing: Drawing): void {
  const box = extent(drawing);
  if (box) controller?.fit(box);
}

/** Looks at the whole of a drawing when panels cover a part of it, but no nearer than now. */
export function reveal(controller: MapController | null, drawing: Drawing): void {
  const [west, south, east, north] = controller?.sight.get()?.box ?? [];
  const box = extent(drawing);
  if (!box || west === undefined || south === undefined || east === undefined || north === undefined) return;
  if (box[0] < west || box[1] < south || box[2] > east || box[3] > north)
    controller?.fit(box, controller.map.getZoom());
}

function extent(drawing: Drawing) {
  const line = drawing.what === 'line' ? geodesicLine(drawing.points).map((at) => [...at]) : [];
  return extentOf(areaOf(drawing) ?? { type: 'Polygon', coordinates: [line] });
}
