import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { ProblemError } from '../api/client';
import type { Picked } from '../state/url';
import { dayQuery } from './style';
import { tileAt } from './tiles';

/** What the tiles say of a grid. */
export interface Grid {
  code: string;
  name: string;
  kind: string;
  division: string;
  /** The id of the organization that answers for it; null for none. */
  organization: number | null;
}

/** The zoom of the deepest tiles of grids: the smallest grids are in them, too. */
const deepest = 14;

/** Asks for the grid of an id at a position in it; null where there is none on the day, which is today for null. */
export async function fetchGrid(
  { id, lng, lat }: Picked,
  day: string | null,
  signal: AbortSignal,
): Promise<Grid | null> {
  const { z, x, y } = tileAt(lng, lat, deepest);
  const query = dayQuery(day);
  const answer = await fetch(`/tiles/grids/${z}/${x}/${y}${query && `?${query}`}`, { signal });
  if (!answer.ok) throw new ProblemError(answer.status, undefined);
  return gridIn(await answer.arrayBuffer(), id);
}

/** The grid of an id in a vector tile; null when it is not in it. An empty tile has none. */
export function gridIn(tile: ArrayBuffer, id: number): Grid | null {
  const layer = new VectorTile(new PbfReader(tile)).layers.grids;
  for (let i = 0; layer && i < layer.length; i++) {
    const feature = layer.feature(i);
    if (feature.id !== id) continue;
    const { code, name, kind, division, organization } = feature.properties;
    return {
      code: String(code),
      name: String(name ?? ''),
      kind: String(kind),
      division: String(division),
      organization: organization ? Number(organization) : null,
    };
  }
  return null;
}
