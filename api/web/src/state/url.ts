import type { Language } from '../format/number';
import { escaped, parseFilter, type Received } from './conditions';
import { isCode, type Level, levelName, levelNamed } from './division';

/** Where the map looks. */
export interface View {
  zoom: number;
  lat: number;
  lng: number;
}

/** Layers that can be switched off. */
export const layerNames = ['organizations', 'divisions'] as const;
export type LayerName = (typeof layerNames)[number];

/** Layers that can be switched on. */
export const extraNames = [
  'choropleth',
  'hexagons',
  'heat',
  'reports',
  'report-heat',
  'grids',
  'jurisdictions',
] as const;
export type ExtraName = (typeof extraNames)[number];

/** What has a card but no page of its own: a report, or a grid, and a position of it, in degrees. */
export interface Picked {
  what: 'report' | 'grid';
  id: number;
  lng: number;
  lat: number;
}

/** How far back the slider of days reaches. */
export const spanNames = ['month', 'year', 'decade', 'all'] as const;
export type SpanName = (typeof spanNames)[number];

/** Another day beside the one of the page. */
export interface Swipe {
  /** The day on the right of the divider; null for today. */
  day: string | null;
  /** Where the divider stands, in percent of what no panel covers, from the left. */
  at: number;
}

/** Everything a link carries. */
export interface State {
  /** null: what the browser prefers. */
  lang: Language | null;
  /** The chosen division; null for the whole country. */
  division: string | null;
  /** The id of the selected organization. */
  selected: number | null;
  /** The kinds shown; null for all. */
  kinds: readonly string[] | null;
  /** The levels of organizations shown; null for all. */
  levels: readonly string[] | null;
  /** A further condition on organizations in CQL2 JSON; null without one. */
  filter: string | null;
  /** The categories, steps and status of reports shown, and the days on which they were received; null for all. */
  categories: readonly string[] | null;
  steps: readonly string[] | null;
  status: 'open' | 'closed' | null;
  received: Received | null;
  off: readonly LayerName[];
  on: readonly ExtraName[];
  /** The day that everything is shown as of, 2020-12-31; null for today. */
  datetime: string | null;
  /** What the slider of days reaches back to; null when it is closed. */
  timeline: SpanName | null;
  /** The second day that is compared with the first; null while one day shows. */
  swipe: Swipe | null;
  /** The position that is asked about, longitude before latitude in degrees. */
  at: readonly [number, number] | null;
  /** The report or grid that was chosen on the map. */
  picked: Picked | null;
  /** What is drawn on the map, an area or a measured line, as src/tools/drawing.ts writes it. */
  area: string | null;
  /** The level of the divisions that an area is told apart by; null for the one that suits its size. */
  by: Level | null;
  /** The base map; null for the default, "none" for the built-in land only. */
  base: string | null;
  view: View | null;
}

export const initialState: State = {
  lang: null,
  division: null,
  selected: null,
  kinds: null,
  levels: null,
  filter: null,
  categories: null,
  steps: null,
  status: null,
  received: null,
  off: [],
  on: [],
  datetime: null,
  timeline: null,
  swipe: null,
  at: null,
  picked: null,
  area: null,
  by: null,
  base: null,
  view: null,
};

/** No card is open: one at a time is, for an organization, a position, or what was picked. */
export const nothingAside = { selected: null, at: null, picked: null } as const satisfies Partial<State>;

/** Reads a link. What it does not understand it leaves out, so that old links keep working. */
export function parseState(search: string, hash: string): State {
  const query = new URLSearchParams(search);
  const lang = query.get('lang');
  const division = query.get('division');
  const selected = Number(query.get('selected') ?? Number.NaN);
  const off = (query.get('off') ?? '').split(',');
  const on = (query.get('on') ?? '').split(',');
  return {
    lang: lang === 'zh' || lang === 'en' ? lang : null,
    division: division !== null && isCode(division) ? division : null,
    selected: Number.isSafeInteger(selected) && selected > 0 ? selected : null,
    kinds: parseNames(query.get('kinds')),
    levels: parseNames(query.get('level')),
    filter: parseFilter(query.get('filter')),
    categories: parseNames(query.get('category')),
    steps: parseNames(query.get('state')),
    status: statuses.find((name) => name === query.get('status')) ?? null,
    received: parseReceived(query.get('received')),
    off: layerNames.filter((name) => off.includes(name)),
    on: extraNames.filter((name) => on.includes(name)),
    datetime: parseDay(query.get('datetime')),
    timeline: spanNames.find((name) => name === query.get('timeline')) ?? null,
    swipe: parseSwipe(query.get('swipe')),
    at: parsePosition(query.get('at')),
    picked: parsePicked(query.get('picked')),
    area: parseArea(query.get('area')),
    by: levelNamed(query.get('by')),
    base: parseName(query.get('base')),
    view: parseView(hash),
  };
}

/** A day of the calendar such as 2020-12-31; null for anything else, 2021-02-30 included. */
export function parseDay(text: string | null): string | null {
  if (text === null || !/^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : null;
}

/** Reads "2024-01-01,50" or "today,50". */
function parseSwipe(text: string | null): Swipe | null {
  const [, name = '', percent] = /^([-\w]+),(\d{1,3})$/.exec(text ?? '') ?? [];
  const day = parseDay(name);
  const at = Number(percent);
  return (day !== null || name === 'today') && at <= 100 ? { day, at } : null;
}

function parsePosition(text: string | null): readonly [number, number] | null {
  const match = /^(-?[\d.]+),(-?[\d.]+)$/.exec(text ?? '');
  if (!match) return null;
  const [lng, lat] = match.slice(1).map(Number) as [number, number];
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? [lng, lat] : null;
}

/** The longest drawing that a link carries, in characters. A longer one is kept with the entry of the history. */
const longestArea = 4000;

/** Whether a drawing has no place in a link. */
export function isTooLong(area: string | null): boolean {
  return area !== null && area.length > longestArea;
}

/** Whether a text may be a drawing; what it says is read where it is drawn. */
export function parseArea(text: unknown): string | null {
  return typeof text === 'string' && /^(circle|polygon|corridor|line):[-\d.,]+$/.test(text) ? text : null;
}

/** Reads "grid,7,121.91,27.61". */
function parsePicked(text: string | null): Picked | null {
  const [, what, digits, place] = /^(report|grid),([1-9][0-9]{0,15}),(.+)$/.exec(text ?? '') ?? [];
  const id = Number(digits);
  const at = parsePosition(place ?? null);
  if ((what !== 'report' && what !== 'grid') || !at || !Number.isSafeInteger(id)) return null;
  return { what, id, lng: at[0], lat: at[1] };
}

function parseNames(text: string | null): readonly string[] | null {
  const names = (text ?? '').split(',').filter((name) => parseName(name) !== null);
  return names.length === 0 ? null : names;
}

const statuses = ['open', 'closed'] as const;

/** Reads "2025-03-01/2025-03-31"; an open end is "..". */
function parseReceived(text: string | null): Received | null {
  const [from, to, more] = (text ?? '').split('/').map(parseDay);
  return more === undefined && (from || to) ? [from ?? null, to ?? null] : null;
}

function parseName(text: string | null): string | null {
  return text !== null && /^[\w.-]{1,64}$/.test(text) ? text : null;
}

/** Reads "#map=zoom/lat/lng". */
export function parseView(hash: string): View | null {
  const match = /^#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(hash);
  if (!match) return null;
  const [zoom, lat, lng] = match.slice(1).map(Number) as [number, number, number];
  if (!(zoom <= 24) || !(Math.abs(lat) <= 90) || !(Math.abs(lng) <= 180)) return null;
  return { zoom, lat, lng };
}

/** Writes a link: query and hash. What is as usual is left out. */
export function formatState(state: State): string {
  const query: [string, string][] = [];
  if (state.lang) query.push(['lang', state.lang]);
  if (state.division) query.push(['division', state.division]);
  if (state.selected) query.push(['selected', String(state.selected)]);
  if (state.kinds) query.push(['kinds', state.kinds.join(',')]);
  if (state.levels) query.push(['level', state.levels.join(',')]);
  if (state.filter) query.push(['filter', escaped(state.filter)]);
  if (state.categories) query.push(['category', state.categories.join(',')]);
  if (state.steps) query.push(['state', state.steps.join(',')]);
  if (state.status) query.push(['status', state.status]);
  if (state.received) query.push(['received', state.received.map((day) => day ?? '..').join('/')]);
  if (state.off.length > 0) query.push(['off', state.off.join(',')]);
  if (state.on.length > 0) query.push(['on', state.on.join(',')]);
  if (state.datetime) query.push(['datetime', state.datetime]);
  if (state.timeline) query.push(['timeline', state.timeline]);
  if (state.swipe) query.push(['swipe', `${state.swipe.day ?? 'today'},${Math.round(state.swipe.at)}`]);
  if (state.at) query.push(['at', state.at.map((v) => trim(v, 5)).join(',')]);
  if (state.picked) query.push(['picked', formatPicked(state.picked)]);
  if (state.area && !isTooLong(state.area)) query.push(['area', state.area]);
  if (state.by) query.push(['by', levelName(state.by)]);
  if (state.base) query.push(['base', state.base]);
  // But for the filter, names and numbers only: nothing needs escaping, and a comma stays readable.
  const search = query.map(([key, value]) => `${key}=${value}`).join('&');
  return (search === '' ? '' : `?${search}`) + (state.view ? formatView(state.view) : '');
}

function formatPicked({ what, id, lng, lat }: Picked): string {
  return [what, id, trim(lng, 5), trim(lat, 5)].join();
}

function formatView({ zoom, lat, lng }: View): string {
  return `#map=${trim(zoom, 2)}/${trim(lat, 5)}/${trim(lng, 5)}`;
}

function trim(n: number, digits: number): string {
  return String(Number(n.toFixed(digits)));
}
