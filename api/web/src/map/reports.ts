import type { ExpressionSpecification, LayerSpecification, MapLibreMap } from 'maplibre-gl';
import type { TileJSON } from '../api/client';
import type { Language } from '../format/number';
import { clusterText, colours, layerIds, textFont } from './layers';
import { reportGroups } from './reportGroups';
import { vectorSource } from './style';
import { drawReport, drawReports } from './symbols';

/** Reports on the map: square signs, so that nobody takes them for organizations. */
export class Reports {
  constructor(map: MapLibreMap, about: TileJSON, query: string, origin: string, language: Language) {
    addReportImages(map, Math.min(3, Math.max(1, Math.ceil(window.devicePixelRatio))));
    map.addSource('reports', vectorSource(about, query, origin));
    for (const layer of layers(language)) map.addLayer(layer, 'selection');
  }
}

/** Gives a map the signs of reports, drawn for so many pixels of the screen per pixel of the map. */
export function addReportImages(map: MapLibreMap, ratio: number): void {
  const add = (id: string, { data, pixelRatio }: ReturnType<typeof drawReport>) => {
    if (!map.hasImage(id)) map.addImage(id, data, { pixelRatio });
  };
  for (const { name, mark } of reportGroups) add(`report:${name}`, drawReport(mark, ratio));
  for (const size of sizes) add(`reports:${size}`, drawReports(size, ratio));
}

const sizes = [22, 28, 34, 40] as const;

const from = { source: 'reports', 'source-layer': 'reports' } as const;
const count: ExpressionSpecification = ['get', 'point_count'];

function layers(language: Language): LayerSpecification[] {
  return [
    {
      id: layerIds.reports,
      type: 'symbol',
      ...from,
      filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['concat', 'report:', groupOfCategory],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.8, 14, 1.1],
        'icon-allow-overlap': true,
        'icon-padding': 0,
      },
      // What is settled steps back.
      paint: { 'icon-opacity': ['match', ['get', 'status'], 'closed', 0.55, 1] },
    },
    {
      id: layerIds.reportClusters,
      type: 'symbol',
      ...from,
      filter: ['has', 'point_count'],
      layout: {
        'symbol-sort-key': count,
        'icon-image': [
          'concat',
          'reports:',
          ['to-string', ['step', count, sizes[0], 100, sizes[1], 1000, sizes[2], 10_000, sizes[3]]],
        ],
        'icon-allow-overlap': true,
        'icon-padding': 0,
        'text-field': clusterText(language),
        'text-font': textFont,
        'text-size': 11,
        'text-allow-overlap': true,
        'text-padding': 0,
      },
      paint: { 'text-color': colours.text },
    },
  ];
}

const groupOfCategory = [
  'match',
  ['get', 'category'],
  ...reportGroups.flatMap(({ name, categories }) => (categories.length > 0 ? [[...categories], name] : [])),
  'other',
] as unknown as ExpressionSpecification;
