import type { MapGeoJSONFeature, MapLibreMap, PointLike } from 'maplibre-gl';
import { wrap } from '../format/coordinate';
import { prefix } from '../state/division';
import type { Picked } from '../state/url';
import { clusterIds, layerIds } from './layers';

/** What a person points at. */
export type Target =
  | { what: 'organization'; id: number }
  | { what: 'cluster'; lng: number; lat: number; count: number; expansion: number | null; zoom: number }
  | { what: 'reports'; lng: number; lat: number; count: number; expansion: number | null; zoom: number }
  | Picked
  | { what: 'division'; code: string }
  | { what: 'nothing' };

/** What lies under the pointer: organizations before divisions, the nearest one within reach first. */
export function pick(
  map: MapLibreMap,
  at: { x: number; y: number },
  reach: number,
  chosen: string | null,
): Target {
  const box: [PointLike, PointLike] = [
    [at.x - reach, at.y - reach],
    [at.x + reach, at.y + reach],
  ];
  const layers = existing(map, [...clusterIds, layerIds.dots, layerIds.reports, layerIds.reportClusters]);
  const near = layers.length === 0 ? [] : map.queryRenderedFeatures(box, { layers });
  const point = nearest(map, at, near);
  if (point) return asTarget(point);
  const area = areaAt(map, at);
  if (area) return area;
  const division = divisionAt(map, at, chosen);
  return division ? { what: 'division', code: codeOf(division) } : { what: 'nothing' };
}

/** The grid, or the jurisdiction of an organization, under the pointer; the smaller lies above. */
function areaAt(map: MapLibreMap, at: { x: number; y: number }): Target | null {
  const layers = existing(map, [layerIds.gridFill, layerIds.jurisdictionFill]);
  if (layers.length === 0) return null;
  const feature = map.queryRenderedFeatures([at.x, at.y], { layers })[0];
  if (!feature) return null;
  const id = Number(feature.id);
  if (feature.layer.id === layerIds.jurisdictionFill) return { what: 'organization', id };
  const { lng, lat } = map.unproject([at.x, at.y]);
  return { what: 'grid', id, lng: wrap(lng), lat };
}

/** The division under the pointer that a click would choose: a child of the chosen one, or one outside of it. */
export function divisionAt(
  map: MapLibreMap,
  at: { x: number; y: number },
  chosen: string | null,
): MapGeoJSONFeature | null {
  const child = map.queryRenderedFeatures([at.x, at.y], { layers: existing(map, [layerIds.childFill]) })[0];
  if (child) return child;
  const other = map.queryRenderedFeatures([at.x, at.y], {
    layers: existing(map, [layerIds.divisionFill]),
  })[0];
  if (!other) return null;
  return chosen !== null && related(codeOf(other), chosen) ? null : other;
}

/** Whether one division lies in the other: a click inside the chosen one, where it has no children, stays there. */
function related(a: string, b: string): boolean {
  return a.startsWith(prefix(b)) || b.startsWith(prefix(a));
}

export function codeOf(feature: MapGeoJSONFeature): string {
  return String(feature.properties.code);
}

function existing(map: MapLibreMap, ids: string[]): string[] {
  return ids.filter((id) => map.getLayer(id) !== undefined);
}

function nearest(
  map: MapLibreMap,
  at: { x: number; y: number },
  features: MapGeoJSONFeature[],
): MapGeoJSONFeature | null {
  let best: MapGeoJSONFeature | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const feature of features) {
    const position = positionOf(feature);
    if (!position) continue;
    const p = map.project(position);
    const distance = Math.hypot(p.x - at.x, p.y - at.y);
    if (distance < least) [best, least] = [feature, distance];
  }
  return best;
}

function positionOf(feature: MapGeoJSONFeature): [number, number] | null {
  if (feature.geometry.type !== 'Point') return null;
  const [lng = 0, lat = 0] = feature.geometry.coordinates;
  return [lng, lat];
}

function asTarget(feature: MapGeoJSONFeature): Target {
  const { properties } = feature;
  const id = Number(feature.id);
  const [lng, lat] = positionOf(feature) ?? [0, 0];
  const reports = feature.source === 'reports';
  if (properties.point_count === undefined) {
    return reports ? { what: 'report', id, lng, lat } : { what: 'organization', id };
  }
  return {
    what: reports ? 'reports' : 'cluster',
    lng,
    lat,
    count: Number(properties.point_count),
    expansion: properties.expansion_zoom === undefined ? null : Number(properties.expansion_zoom),
    zoom: feature._z,
  };
}
