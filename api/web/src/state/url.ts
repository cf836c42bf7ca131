import type { Language } from '../format/number';
import { isCode } from './division';

/** Where the map looks. */
export interface View {
  zoom: number;
  lat: number;
  lng: number;
}

/** Layers that can be switched off. */
export const layerNames = ['organizations', 'divisions'] as const;
export type LayerName = (typeof layerNames)[number];

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
  off: readonly LayerName[];
  /** The base map; null for the default, "none" for the built-in land only. */
  base: string | null;
  view: View | null;
}

export const initialState: State = {
  lang: null,
  division: null,
  selected: null,
  kinds: null,
  off: [],
  base: null,
  view: null,
};

/** Reads a link. What it does not understand it leaves out, so that old links keep working. */
export function parseState(search: string, hash: string): State {
  const query = new URLSearchParams(search);
  const lang = query.get('lang');
  const division = query.get('division');
  const selected = Number(query.get('selected') ?? Number.NaN);
  const off = (query.get('off') ?? '').split(',');
  return {
    lang: lang === 'zh' || lang === 'en' ? lang : null,
    division: division !== null && isCode(division) ? division : null,
    selected: Number.isSafeInteger(selected) && selected > 0 ? selected : null,
    kinds: parseKinds(query.get('kinds')),
    off: layerNames.filter((name) => off.includes(name)),
    base: parseName(query.get('base')),
    view: parseView(hash),
  };
}

function parseKinds(text: string | null): readonly string[] | null {
  const kinds = (text ?? '').split(',').filter((kind) => parseName(kind) !== null);
  return kinds.length === 0 ? null : kinds;
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
  if (state.off.length > 0) query.push(['off', state.off.join(',')]);
  if (state.base) query.push(['base', state.base]);
  // Names and numbers only: nothing needs escaping, and a comma stays readable.
  const search = query.map(([key, value]) => `${key}=${value}`).join('&');
  return (search === '' ? '' : `?${search}`) + (state.view ? formatView(state.view) : '');
}

function formatView({ zoom, lat, lng }: View): string {
  return `#map=${trim(zoom, 2)}/${trim(lat, 5)}/${trim(lng, 5)}`;
}

function trim(n: number, digits: number): string {
  return String(Number(n.toFixed(digits)));
}
