import type { components } from '../../api/schema';
import type { LocationState } from '../api/contract';
import type { Route } from './route';

/** An organization as lists give it. */
export type Line = components['schemas']['OrganizationSummary'];

/** The columns of the table in their order; sortby of the interface names them so. */
export const columns = [
  'name',
  'code',
  'kind',
  'level',
  'status',
  'division',
  'location_state',
  'location_accuracy_m',
] as const;
export type Column = (typeof columns)[number];

export interface Sort {
  column: Column;
  descending: boolean;
}

/** Reads a sort such as "-name"; null for none, and for what is no column. */
export function sortOf(text: string | undefined): Sort | null {
  const descending = text?.startsWith('-') ?? false;
  const column = columns.find((one) => one === (descending ? text?.slice(1) : text));
  return column ? { column, descending } : null;
}

/** How the address and the interface write a sort; "" for none. */
export function sortText(sort: Sort | null): `${'' | '-'}${Column}` | '' {
  return sort === null ? '' : `${sort.descending ? '-' : ''}${sort.column}`;
}

/** What a press on the header of a column makes of the sort: upwards, downwards, none. */
export function turned(sort: Sort | null, column: Column): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

/** What of the tree, the table and the map is shown; at a desk "all" is all three, and the tree is always there. */
export type Show = 'all' | 'tree' | 'table' | 'map';

/** Reads it from the address. A narrow screen has room for one of them. */
export function showOf(text: string | undefined, narrow: boolean): Show {
  const known = (['tree', 'table', 'map'] as const).find((one) => one === text);
  return known ?? (narrow ? 'tree' : 'all');
}

/** What the address says when the table or the map is hidden or shown beside the tree. */
export function toggled(show: Show, part: 'table' | 'map'): Show {
  const shown = (one: 'table' | 'map') => (show === 'all' || show === one) !== (one === part);
  if (shown('table')) return shown('map') ? 'all' : 'table';
  return shown('map') ? 'map' : 'tree';
}

const listKeys = ['show', 'within', 'kind', 'status', 'state', 'sort', 'day'] as const;

/** What of an address belongs to the list rather than to the organization that is open: it stays when another one is opened. */
export function listQuery(query: Route['query']): Record<string, string> {
  return Object.fromEntries(listKeys.flatMap((key) => (query[key] ? [[key, query[key]]] : [])));
}

/** What is chosen in the table, where the keys are, and from where a range goes. All by id: rows change their places. */
export interface Picking {
  chosen: ReadonlySet<number>;
  active: number | null;
  anchor: number | null;
}

export const nothingPicked: Picking = { chosen: new Set(), active: null, anchor: null };

/** The keys go to a row; with range all from the anchor to it are chosen, and nothing else. */
export function movedTo(ids: readonly number[], picking: Picking, to: number, range: boolean): Picking {
  const id = ids[Math.min(ids.length - 1, Math.max(0, to))];
  if (id === undefined) return picking;
  if (!range) return { ...picking, active: id, anchor: id };
  const anchor = picking.anchor ?? picking.active ?? id;
  const [from, until] = [ids.indexOf(anchor), ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
  return { chosen: new Set(ids.slice(Math.max(0, from), until + 1)), active: id, anchor };
}

/** Chooses a row, or chooses it no more; ranges go from it. */
export function toggledRow(picking: Picking, id: number): Picking {
  const chosen = new Set(picking.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { chosen, active: id, anchor: id };
}

/** Where a key leads from a row; null when it leads nowhere. */
export function reached(key: string, at: number, rows: number, page: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: rows - 1,
  }[key];
  return to === undefined ? null : Math.min(rows - 1, Math.max(0, to));
}

/** What the table writes into a file: texts as they are shown, numbers as they are. */
export interface Words {
  header: (column: Column) => string;
  kind: (code: string) => string;
  level: (code: string) => string;
  status: (code: Line['status']) => string;
  state: (code: LocationState) => string;
  division: (code: string) => string;
}

/** The rows of a CSV with its header. An accuracy of 0 is not known and stays empty. */
export function tableRows(lines: readonly Line[], words: Words): (string | number)[][] {
  const row = (line: Line) => [
    line.name,
    line.code,
    words.kind(line.kind),
    words.level(line.level),
    words.status(line.status),
    words.division(line.division),
    words.state(line.location_state as LocationState),
    line.location_accuracy_m > 0 ? line.location_accuracy_m : '',
  ];
  return [columns.map(words.header), ...lines.map(row)];
}
