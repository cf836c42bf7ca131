import type { SearchHit } from '../../api/client';
import { nameZoom, zoomOf } from '../../state/division';

/** A place that the map of the console shows, as the address says it: degrees of WGS84, zoom, and how far off it may be in metres. */
export interface ShownPlace {
  lng: number;
  lat: number;
  zoom: number;
  /** 0 for exact, or unknown. */
  accuracy: number;
}

/** Reads "longitude,latitude,zoom,metres"; null for anything else. */
export function placeIn(text: string | undefined): ShownPlace | null {
  const [lng, lat, zoom = nameZoom, accuracy = 0] = (text ?? '').split(',').map(Number);
  if (text === undefined || lng === undefined || lat === undefined) return null;
  const known = [lng, lat, zoom, accuracy].every(Number.isFinite);
  return known && Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? { lng, lat, zoom, accuracy } : null;
}

/** What the address says of a hit that is a place; null for one that has none. */
export function placeOf(hit: SearchHit): string | null {
  const [lng, lat] = hit.location ?? [];
  if (lng === undefined || lat === undefined) return null;
  if (hit.type === 'division') return [lng, lat, zoomOf(hit.level), 0].join();
  if (hit.type !== 'address') return [lng, lat, nameZoom, 0].join();
  return [lng, lat, zoomOf(hit.placed_level ?? hit.level), hit.accuracy_m ?? 0].join();
}
