import type { MapController } from '../../map/controller';
import { extentOf } from '../../map/veil';
import { areaOf } from '../../tools/area';
import type { Drawing } from '../../tools/drawing';
import { geodesicLine } from '../../tools/geodesy';

/** Looks at the whole of a drawing. */
export function fitTo(controller: MapController | null, drawing: Drawing): void {
  const line = drawing.what === 'line' ? geodesicLine(drawing.points).map((at) => [...at]) : [];
  const box = extentOf(areaOf(drawing) ?? { type: 'Polygon', coordinates: [line] });
  if (box) controller?.fit(box);
}
