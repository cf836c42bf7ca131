import type { MapGeoJSONFeature, MapLibreMap } from 'maplibre-gl';
import { clusterIds, layerIds } from './layers';
import { divisionAt } from './pick';

const touched = [
  layerIds.dots,
  layerIds.reports,
  layerIds.reportClusters,
  layerIds.gridFill,
  layerIds.jurisdictionFill,
];

/** Lights up the division that a click would choose, and shows a hand over what can be clicked. */
export class Hover {
  #lit: MapGeoJSONFeature | null = null;

  constructor(private readonly map: MapLibreMap) {}

  move(at: { x: number; y: number }, chosen: string | null): void {
    if (this.map.isMoving()) return;
    const points = [...clusterIds, ...touched].filter((id) => this.map.getLayer(id));
    const onPoint = this.map.queryRenderedFeatures([at.x, at.y], { layers: points }).length > 0;
    const division = onPoint ? null : divisionAt(this.map, at, chosen);
    this.map.getCanvas().style.cursor = onPoint || division ? 'pointer' : '';
    this.#light(division);
  }

  clear(): void {
    this.map.getCanvas().style.cursor = '';
    this.#light(null);
  }

  #light(feature: MapGeoJSONFeature | null): void {
    if (feature?.id === this.#lit?.id && feature?.source === this.#lit?.source) return;
    if (this.#lit && this.map.getSource(this.#lit.source)) this.#set(this.#lit, false);
    if (feature) this.#set(feature, true);
    this.#lit = feature;
  }

  #set(feature: MapGeoJSONFeature, hover: boolean): void {
    if (feature.id === undefined) return;
    const { source, sourceLayer, id } = feature;
    this.map.setFeatureState({ source, sourceLayer: sourceLayer ?? '', id }, { hover });
  }
}
