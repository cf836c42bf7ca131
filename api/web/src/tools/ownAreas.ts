import type { Feature, MultiPolygon, Polygon } from 'geojson';
import { polygonsOf } from '../map/veil';
import { type Area, areaOfPolygons } from './area';
import { corridorOf } from './corridor';
import type { Position } from './drawing';

/** Areas of a file: each has a name, and a number in the order of the file as its id. */
export interface OwnAreas {
  /** The name of the file. */
  file: string;
  areas: readonly OwnArea[];
  /** How far the areas of lines reach from them, in metres; null without lines. */
  distance: number | null;
}

export interface OwnArea {
  /** null where the file names none. */
  name: string | null;
  geometry: Area;
  /** The lines of which it is the corridor; null for an area of the file. */
  lines: readonly (readonly Position[])[] | null;
}

/** As the server takes them. */
export const mostAreas = 1000;
/** Bytes of the longest request of the server. */
export const mostBytes = 1 << 20;

/** Why a file is no areas. */
export type Fault = 'json' | 'kind' | 'none' | 'many' | 'large' | 'degrees' | 'reach';

/**
 * Reads GeoJSON: a Polygon, a LineString or many of either, a Feature of one, or a FeatureCollection of up to 1,000 of them.
 * The area of a line is all within a distance of it, in metres.
 */
export function readAreas(file: string, text: string, distance: number): OwnAreas | Fault {
  if (new TextEncoder().encode(text).length > mostBytes) return 'large';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'json';
  }
  const found = featuresOf(parsed);
  if (!found) return 'kind';
  if (found.length === 0) return 'none';
  if (found.length > mostAreas) return 'many';
  const areas: OwnArea[] = [];
  for (const feature of found) {
    const lines = linesOf(feature.geometry);
    const drawn = lines ? null : areaOf(feature.geometry);
    if (!lines && !drawn) return 'kind';
    if (![...(lines?.flat() ?? []), ...(drawn ? polygonsOf(drawn).flat(2) : [])].every(isInDegrees))
      return 'degrees';
    const geometry = lines ? corridorAt(lines, distance) : drawn;
    if (!geometry) return 'reach';
    areas.push({ name: nameOf(feature), geometry, lines });
  }
  return { file, areas, distance: areas.some(({ lines }) => lines) ? distance : null };
}

/** The same file with another distance from its lines, in metres. A line that cannot reach so far keeps its area. */
export function reachingTo(own: OwnAreas, distance: number): OwnAreas {
  const areas = own.areas.map((area) =>
    area.lines ? { ...area, geometry: corridorAt(area.lines, distance) ?? area.geometry } : area,
  );
  return { ...own, areas, distance };
}

/** The one line of a file that holds nothing else; null for any other file. */
export function onlyLine({ areas }: OwnAreas): readonly Position[] | null {
  const [area, ...others] = areas;
  const [line, ...more] = area?.lines ?? [];
  return line && more.length + others.length === 0 ? line : null;
}

function corridorAt(lines: readonly (readonly Position[])[], distance: number): Area | null {
  return areaOfPolygons(corridorOf(lines, distance));
}

type Loose = { geometry?: unknown; properties?: unknown; id?: unknown };

function featuresOf(parsed: unknown): Loose[] | null {
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { type, features } = parsed as { type?: unknown; features?: unknown };
  if (type === 'FeatureCollection') return Array.isArray(features) ? features.map(asLoose) : null;
  return type === 'Feature' ? [parsed] : [{ geometry: parsed }];
}

function asLoose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? value : {};
}

function areaOf(value: unknown): Polygon | MultiPolygon | null {
  const { type, coordinates } = asLoose(value) as { type?: unknown; coordinates?: unknown };
  const whole = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : null;
  if (!Array.isArray(whole) || whole.length === 0 || !whole.every(isPolygon)) return null;
  return type === 'Polygon'
    ? { type, coordinates: whole[0] as number[][][] }
    : { type: 'MultiPolygon', coordinates: whole as number[][][][] };
}

/** The lines of a geometry; null for another one. */
function linesOf(value: unknown): Position[][] | null {
  const { type, coordinates } = asLoose(value) as { type?: unknown; coordinates?: unknown };
  const whole = type === 'LineString' ? [coordinates] : type === 'MultiLineString' ? coordinates : null;
  if (!Array.isArray(whole) || whole.length === 0) return null;
  const isLine = (line: unknown) => Array.isArray(line) && line.length >= 2 && line.every(isPosition);
  if (!whole.every(isLine)) return null;
  return (whole as number[][][]).map((line) => line.map(([lng = 0, lat = 0]): Position => [lng, lat]));
}

function isPolygon(rings: unknown): boolean {
  return (
    Array.isArray(rings) &&
    rings.length > 0 &&
    rings.every((ring) => Array.isArray(ring) && ring.length >= 4 && ring.every(isPosition))
  );
}

function isPosition(value: unknown): boolean {
  return Array.isArray(value) && Number.isFinite(value[0]) && Number.isFinite(value[1]);
}

/** Whether a position can be in degrees: those of a projection are far larger. */
function isInDegrees([lng = 0, lat = 0]: readonly number[]): boolean {
  return Math.abs(lng) <= 540 && Math.abs(lat) <= 90;
}

const nameKeys = ['name', 'NAME', 'Name', '名称', 'title', 'code'] as const;

function nameOf({ properties, id }: Loose): string | null {
  const known = asLoose(properties) as Record<string, unknown>;
  for (const value of [...nameKeys.map((key) => known[key]), id]) {
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 200);
    if (typeof value === 'number') return String(value);
  }
  return null;
}

/** Areas as the map shows them and the server is asked about them. */
export function collectionOf(areas: readonly OwnArea[]): GeoJSON.FeatureCollection {
  const features = areas.map(
    ({ geometry }, id): Feature => ({ type: 'Feature', id, properties: {}, geometry }),
  );
  return { type: 'FeatureCollection', features };
}

/** Areas in portions that the server takes: each as many as fit into one request. */
export function portionsOf(areas: readonly OwnArea[]): OwnArea[][] {
  const portions: OwnArea[][] = [];
  let room = 0;
  for (const area of areas) {
    // So much more is written around each geometry.
    const bytes = JSON.stringify(area.geometry).length + 100;
    if (bytes > room) {
      portions.push([]);
      room = mostBytes - 1000;
    }
    portions.at(-1)?.push(area);
    room -= bytes;
  }
  return portions;
}
