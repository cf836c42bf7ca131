import type { Feature, MultiPolygon, Polygon } from 'geojson';
import { polygonsOf } from '../map/veil';

/** Areas of a file: each has a name, and a number in the order of the file as its id. */
export interface OwnAreas {
  /** The name of the file. */
  file: string;
  areas: readonly OwnArea[];
}

export interface OwnArea {
  /** null where the file names none. */
  name: string | null;
  geometry: Polygon | MultiPolygon;
}

/** As the server takes them. */
export const mostAreas = 1000;
/** Bytes of the longest request of the server. */
export const mostBytes = 1 << 20;

/** Why a file is no areas. */
export type Fault = 'json' | 'kind' | 'none' | 'many' | 'large' | 'degrees';

/** Reads GeoJSON: a Polygon or MultiPolygon, a Feature of one, or a FeatureCollection of up to 1,000 of them. */
export function readAreas(file: string, text: string): OwnAreas | Fault {
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
    const geometry = areaOf(feature.geometry);
    if (!geometry) return 'kind';
    if (!isInDegrees(geometry)) return 'degrees';
    areas.push({ name: nameOf(feature), geometry });
  }
  return { file, areas };
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

/** Whether coordinates can be degrees: those of a projection are far larger. */
function isInDegrees(geometry: Polygon | MultiPolygon): boolean {
  return polygonsOf(geometry)
    .flat(2)
    .every(([lng = 0, lat = 0]) => Math.abs(lng) <= 540 && Math.abs(lat) <= 90);
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

/** The areas as the server is asked about them. */
export function collectionOf({ areas }: OwnAreas): GeoJSON.FeatureCollection {
  const features = areas.map(
    ({ geometry }, id): Feature => ({ type: 'Feature', id, properties: {}, geometry }),
  );
  return { type: 'FeatureCollection', features };
}
