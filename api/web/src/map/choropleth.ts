import type { LayerSpecification, MapLibreMap } from 'maplibre-gl';
import { prefix } from '../state/division';
import { classOf, classStarts, colourOf } from './classes';
import { layerIds } from './layers';

/** Organizations of divisions by code. */
export type Counts = ReadonlyMap<string, number>;

/** So much that a base map still shows. */
export const fillOpacity = 0.85;

const layer: LayerSpecification = {
  id: 'choropleth',
  type: 'fill',
  source: 'divisions',
  'source-layer': 'divisions',
  paint: {
    'fill-color': ['to-color', ['feature-state', 'colour'], 'rgba(0,0,0,0)'],
    'fill-opacity': ['case', ['==', ['feature-state', 'colour'], null], 0, fillOpacity],
    'fill-antialias': false,
  },
};

/** Fills divisions by their numbers: by the state of features, so that no tile is made or styled anew. */
export class Choropleth {
  readonly #colours = new Map<string, string>();

  constructor(private readonly map: MapLibreMap) {
    map.addLayer(layer, layerIds.divisionLine);
  }

  /** Colours divisions by their classes; those not told of are not coloured. */
  show(counts: Counts): void {
    const starts = classStarts([...counts.values()]);
    for (const [code, count] of counts) {
      this.#paint(code, colourOf(classOf(count, starts), starts.length));
    }
    for (const code of [...this.#colours.keys()]) {
      if (!counts.has(code)) this.#clear(code);
    }
  }

  close(): void {
    // A map that is gone has no style to take a layer from.
    if (!this.map.style) return;
    for (const code of [...this.#colours.keys()]) this.#clear(code);
    if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id);
  }

  #paint(code: string, colour: string): void {
    if (this.#colours.get(code) === colour) return;
    this.#colours.set(code, colour);
    this.map.setFeatureState(feature(code), { colour });
  }

  #clear(code: string): void {
    this.#colours.delete(code);
    this.map.removeFeatureState(feature(code), 'colour');
  }
}

function feature(code: string) {
  return { source: 'divisions', sourceLayer: 'divisions', id: Number(code) };
}

/** The counties whose townships are in the loaded tiles, and lie in the chosen division, by code. */
export function countiesInView(map: MapLibreMap, chosen: string | null): string[] {
  const features = map.querySourceFeatures('divisions', {
    sourceLayer: 'divisions',
    filter: ['==', ['get', 'level'], 4],
  });
  const parents = new Set(features.map((item) => String(item.properties.parent ?? '')));
  const digits = chosen === null ? '' : prefix(chosen).slice(0, 6);
  return [...parents].filter((code) => code !== '' && code.startsWith(digits)).sort();
}
