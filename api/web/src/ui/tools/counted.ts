import { type Client, unwrap } from '../../api/client';
import { type Conditions, conditionParameters } from '../../api/queries';
import { type Level, levelName, levelOf } from '../../state/division';
import { type Area, measureArea } from '../../tools/area';

/** What the server counted in an area: in all, and by kind and by division with the most first. */
export interface Counted {
  total: number;
  kinds: readonly (readonly [string, number])[];
  divisions: readonly (readonly [string, number])[];
  /** Of each division and kind. */
  groups: Groups;
  level: Level;
  /** Metres by which locations may be off, on average and at most, where it is known. */
  accuracy: { mean: number; most: number } | null;
}

/** Square metres, up to which an area is told apart by townships, counties and prefectures: some tens of them. */
const sizes = [
  [2e9, 4],
  [3e10, 3],
  [5e11, 2],
] as const;

/** Levels of divisions that an area can be told apart by: those below the chosen division. */
export function levelsBelow(division: string | null): readonly Level[] {
  const below = ([1, 2, 3, 4] as const).filter((level) => division === null || level > levelOf(division));
  return below.length > 0 ? below : [5];
}

/** The level that an area is told apart by: the wanted one if it can be, or else the one that suits its size. */
export function levelFor(area: Area, division: string | null, wanted: Level | null): Level {
  const levels = levelsBelow(division);
  if (wanted !== null && levels.includes(wanted)) return wanted;
  const metres = measureArea(area).area;
  const fitting = sizes.find(([most]) => metres <= most)?.[1] ?? 1;
  return levels.find((level) => level >= fitting) ?? 5;
}

/** What is asked about an area. */
export interface Question {
  /** Edges are straight in longitude and latitude; a point on an edge is inside. */
  area: Area;
  level: Level;
  conditions: Conditions;
}

/** Asks what lies in an area. */
export async function countIn(
  client: Client,
  { area, level, conditions }: Question,
  accuracy: boolean,
  signal: AbortSignal,
): Promise<Counted> {
  const query = {
    ...conditionParameters(conditions),
    group_by: `kind,division:${levelName(level)}`,
    ...(accuracy ? { number: 'location_accuracy_m' } : {}),
  };
  // The description of the server leaves the form of GeoJSON to its standard.
  const body = area as unknown as Record<string, never>;
  const params = { path: { id: 'organizations' as const }, query };
  const answer = await unwrap(client.POST('/ogc/collections/{id}/aggregate', { params, body, signal }));
  const groups = answer.groups ?? [];
  const { mean, max } = answer;
  return {
    total: answer.count ?? 0,
    kinds: sums(groups, 'kind'),
    divisions: sums(groups, 'division'),
    groups,
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
