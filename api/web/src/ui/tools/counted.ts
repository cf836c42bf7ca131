import { type Client, unwrap } from '../../api/client';
import { type Conditions, conditionParameters } from '../../api/queries';
import { type Level, levelName, levelOf } from '../../state/division';
import type { Position } from '../../tools/drawing';
import { metresBetween } from '../../tools/geodesy';

/** What the server counted in an area: in all, and by kind and by division with the most first. */
export interface Counted {
  total: number;
  kinds: readonly (readonly [string, number])[];
  divisions: readonly (readonly [string, number])[];
  level: Level;
  /** Metres by which locations may be off, on average and at most, where it is known. */
  accuracy: { mean: number; most: number } | null;
}

/** Metres across, up to which an area is told apart by counties, prefectures and provinces; townships below the first. */
const widths = [
  [30_000, 4],
  [200_000, 3],
  [900_000, 2],
] as const;

/** The level of divisions that an area is told apart by: finer for small ones, and below the chosen division. */
export function levelFor(ring: readonly Position[], division: string | null): Level {
  const lngs = ring.map(([lng]) => lng);
  const lats = ring.map(([, lat]) => lat);
  const across = metresBetween(
    [Math.min(...lngs), Math.min(...lats)],
    [Math.max(...lngs), Math.max(...lats)],
  );
  const fitting = widths.find(([most]) => across <= most)?.[1] ?? 1;
  const below = division === null ? 1 : levelOf(division) + 1;
  return Math.min(5, Math.max(fitting, below)) as Level;
}

/** Asks what lies in a ring. Edges of the ring are straight in longitude and latitude; a point on an edge is inside. */
export async function countIn(
  client: Client,
  ring: readonly Position[],
  conditions: Conditions,
  accuracy: boolean,
  signal: AbortSignal,
): Promise<Counted> {
  const level = levelFor(ring, conditions.division);
  const query = {
    ...conditionParameters(conditions),
    group_by: `kind,division:${levelName(level)}`,
    ...(accuracy ? { number: 'location_accuracy_m' } : {}),
  };
  // The description of the server leaves the form of GeoJSON to its standard.
  const body = { type: 'Polygon', coordinates: [ring] } as unknown as Record<string, never>;
  const params = { path: { id: 'organizations' as const }, query };
  const answer = await unwrap(client.POST('/ogc/collections/{id}/aggregate', { params, body, signal }));
  const groups = answer.groups ?? [];
  const { mean, max } = answer;
  return {
    total: answer.count ?? 0,
    kinds: sums(groups, 'kind'),
    divisions: sums(groups, 'division'),
    level,
    accuracy: typeof mean === 'number' && typeof max === 'number' ? { mean, most: max } : null,
  };
}

type Groups = readonly ({ count: number } & Record<string, unknown>)[];

/** Sums of groups by one of their keys, the largest first; equal ones in the order of the keys. */
export function sums(groups: Groups, key: string): [string, number][] {
  const found = new Map<string, number>();
  for (const group of groups) {
    const name = String(group[key] ?? '');
    found.set(name, (found.get(name) ?? 0) + group.count);
  }
  return [...found].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
