import type { State } from './url';

/** The conditions on organizations in force on the page, which the map, every list and every count keep to. */
export interface Conditions {
  kinds: readonly string[] | null;
  levels: readonly string[] | null;
  division: string | null;
  /** The day that is asked about; null for today. */
  day: string | null;
  /** A condition in CQL2 JSON. */
  filter: string | null;
}

/** The conditions on reports; received holds the first and the last day, null where it is open. */
export interface ReportConditions {
  categories: readonly string[] | null;
  steps: readonly string[] | null;
  status: 'open' | 'closed' | null;
  received: Received | null;
  division: string | null;
  day: string | null;
}

export type Received = readonly [string | null, string | null];

export const noConditions: Conditions = {
  kinds: null,
  levels: null,
  division: null,
  day: null,
  filter: null,
};

/** The parts of the page's state that are conditions. */
const keys = [
  'kinds',
  'levels',
  'division',
  'datetime',
  'filter',
  'categories',
  'steps',
  'status',
  'received',
] as const;

export type ConditionChange = Partial<Pick<State, (typeof keys)[number]>>;

/** The conditions of a state that hold something back; none when everything shows. */
export function inForce(state: State): ConditionChange {
  return Object.fromEntries(keys.filter((key) => state[key] !== null).map((key) => [key, state[key]]));
}

/** The change that lifts these conditions. */
export function lifted(conditions: ConditionChange): ConditionChange {
  return Object.fromEntries(Object.keys(conditions).map((key) => [key, null]));
}

/** The conditions that the server may not know, by its names of them: the others this page reads itself. */
const judged: Readonly<Record<string, keyof ConditionChange>> = {
  kind: 'kinds',
  level: 'levels',
  filter: 'filter',
  category: 'categories',
  state: 'steps',
};

/** The condition in force that is at fault when the server refuses an input of that name; null when none is. */
export function refusedOf(state: State, field: string | undefined): keyof ConditionChange | null {
  const key = judged[field ?? ''];
  return key !== undefined && state[key] !== null ? key : null;
}

/** The change that takes a refused condition away. Of a filter the parts that this page writes itself stay. */
export function withoutRefused({ filter }: State, key: keyof ConditionChange): ConditionChange {
  if (key !== 'filter') return { [key]: null };
  const parts = partsOf(filter);
  const names = parts.filter((part) => containedName(part) !== null);
  return { filter: names.length < parts.length ? joined(names) : null };
}

/** The conditions on organizations that a link carries. */
export function conditionsOf({ kinds, levels, division, datetime, filter }: State): Conditions {
  return { kinds, levels, division, day: datetime, filter };
}

/** The conditions on reports that a link carries. */
export function reportConditionsOf(state: State): ReportConditions {
  const { categories, steps, status, received, division, datetime } = state;
  return { categories, steps, status, received, division, day: datetime };
}

/** The conditions as parameters of the server: of lists, counts, analyses and tiles alike. */
export function conditionParameters({ kinds, levels, division, day, filter }: Conditions) {
  return {
    ...(kinds ? { kind: kinds.join(',') } : {}),
    ...(levels ? { level: levels.join(',') } : {}),
    ...(division ? { division } : {}),
    ...(filter ? { filter } : {}),
    ...dayParameter(day),
  };
}

/** The conditions on reports as parameters of the server. */
export function reportParameters(conditions: ReportConditions) {
  const { categories, steps, status, received, division, day } = conditions;
  const [from, to] = received ?? [null, null];
  return {
    ...(categories ? { category: categories.join(',') } : {}),
    ...(steps ? { state: steps.join(',') } : {}),
    ...(status ? { status } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(division ? { division } : {}),
    ...dayParameter(day),
  };
}

/** The day that is asked about; today is left to the server, whose day is China's. */
export function dayParameter(day: string | null): { datetime?: string } {
  return day === null ? {} : { datetime: day };
}

/** Parameters as the query of an address: kind=a,b&division=CODE. */
export function queryText(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join('&');
}

/** A value as browsers write it in the query of an address, but with its commas readable. */
export function escaped(value: string): string {
  return encodeURIComponent(value).replaceAll('%2C', ',').replaceAll("'", '%27');
}

/** The longest condition in CQL2 that a link may carry, in characters: addresses of tiles carry it too. */
const longestFilter = 4000;

/** A condition in CQL2 JSON, written without spaces; null for a text that is none. What it means is the server's to judge. */
export function parseFilter(text: string | null): string | null {
  if (text === null || text.length > longestFilter) return null;
  const node = parsed(text);
  return isNode(node) ? JSON.stringify(node) : null;
}

interface Node {
  op: string;
  args: unknown[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  const { op, args } = value as Partial<Node>;
  return typeof op === 'string' && Array.isArray(args);
}

/** The conditions that a filter joins by "and", each on its own. */
export function partsOf(filter: string | null): string[] {
  if (filter === null) return [];
  const node = parsed(filter);
  if (!isNode(node) || node.op !== 'and' || node.args.length < 2) return [filter];
  return node.args.map((part) => JSON.stringify(part));
}

/** The filter that holds where all the parts do; null without any. */
export function joined(parts: readonly string[]): string | null {
  const [first, second] = parts;
  if (first === undefined) return null;
  return second === undefined ? first : `{"op":"and","args":[${parts.join()}]}`;
}

/** The condition that a name contains a text as it stands, its % and _ too. */
export function nameContains(text: string): string {
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return JSON.stringify({ op: 'like', args: [{ property: 'name' }, pattern] });
}

/** The text that names contain by a condition of nameContains; null for any other condition. */
export function containedName(part: string): string | null {
  const node = parsed(part);
  if (!isNode(node) || node.op !== 'like') return null;
  const text = String(node.args[1])
    .slice(1, -1)
    .replaceAll(/\\([\\%_])/g, '$1');
  return nameContains(text) === part ? text : null;
}
