import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { TileJSON } from '../api/client';
import type { Language } from '../format/number';
import { type Conditions, conditionParameters, dayParameter, queryText } from '../state/conditions';
import type { Base } from './basemap';
import {
  boundaryLines,
  colours,
  divisionLabels,
  divisionLayers,
  organizationLayers,
  placeLayer,
  veilLayers,
} from './layers';

const nothing: SourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };

/** What the server says of the layers of data. */
export interface Descriptions {
  organizations: TileJSON;
  divisions: TileJSON;
}

/**
 * The style of the viewer: the land of the server's style or the operator's base map below, and on it the viewer's
 * own layers of data, which know about selection, drill-down and language.
 */
export function viewerStyle(
  served: StyleSpecification,
  base: Base | null,
  about: Descriptions,
  filter: Conditions,
  kinds: readonly string[],
  language: Language,
  origin: string,
): StyleSpecification {
  const land = landOf(served, origin);
  return {
    version: 8,
    name: 'Jingwei',
    sources: {
      ...land.sources,
      ...base?.sources,
      divisions: vectorSource(about.divisions, dayQuery(filter.day), origin),
      organizations: vectorSource(about.organizations, tileQuery(filter), origin),
      veil: nothing,
      chosen: nothing,
      selection: nothing,
      place: nothing,
    },
    layers: [
      ...land.layers,
      ...(base?.layers ?? []),
      ...divisionLayers(),
      divisionLabels(language),
      ...boundaryLines(),
      ...veilLayers(),
      placeLayer(),
      ...organizationLayers(layerName(about.organizations, 'organizations'), kinds, language),
    ],
  };
}

/** The part of the served style that orients: the background and what stands on the source `base`. */
function landOf(served: StyleSpecification, origin: string): Base {
  const layers = served.layers.filter((layer) => !('source' in layer) || layer.source === 'base');
  const sources: Record<string, SourceSpecification> = {};
  const base = served.sources.base;
  if (base) {
    const data =
      base.type === 'geojson' && typeof base.data === 'string' ? ownOrigin(base.data, origin) : null;
    sources.base = data ? ({ ...base, data } as SourceSpecification) : base;
  }
  const background: LayerSpecification = {
    id: 'background',
    type: 'background',
    paint: { 'background-color': colours.water },
  };
  return {
    sources,
    layers: layers.some((layer) => layer.type === 'background') ? layers : [background, ...layers],
  };
}

/** A source of vector tiles with conditions. */
export function vectorSource(about: TileJSON, query: string, origin: string): SourceSpecification {
  return {
    type: 'vector',
    tiles: tileTemplates(about, query, origin),
    minzoom: about.minzoom ?? 0,
    maxzoom: about.maxzoom ?? 16,
  };
}

/** The templates of a TileJSON on the page's own origin, whatever name the server knows itself by. */
export function tileTemplates(about: TileJSON, query: string, origin: string): string[] {
  return about.tiles.map((template) => {
    const url = ownOrigin(template, origin);
    if (query === '') return url;
    return url + (url.includes('?') ? '&' : '?') + query;
  });
}

/** The conditions as the query of tiles: kind=a,b&division=CODE&datetime=DAY. */
export function tileQuery(conditions: Conditions): string {
  return queryText(conditionParameters(conditions));
}

/** The day as a query; empty for today. */
export function dayQuery(day: string | null): string {
  return queryText({ ...dayParameter(day) });
}

/** The name of the layer inside the tiles. */
export function layerName(about: TileJSON, usual: string): string {
  const names = about.vector_layers.map((layer) => layer.id);
  return names.includes(usual) ? usual : (names[0] ?? usual);
}

function ownOrigin(url: string, origin: string): string {
  return url.replace(/^https?:\/\/[^/]+/, origin);
}
