import type { LayerSpecification } from 'maplibre-gl';
import { layerIds } from './layers';

/** Areas that organizations answer for, as outlines; the fill that nobody sees is what a pointer hits. */
export function areaLayers(name: 'grids' | 'jurisdictions'): LayerSpecification[] {
  const from = { source: name, 'source-layer': name } as const;
  const { colour, dash, fill, line } = looks[name];
  return [
    { id: fill, type: 'fill', ...from, paint: { 'fill-color': colour, 'fill-opacity': 0.05 } },
    {
      id: line,
      type: 'line',
      ...from,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': 1.4, ...(dash ? { 'line-dasharray': [...dash] } : {}) },
    },
  ];
}

const looks = {
  grids: {
    colour: '#7a4f00',
    dash: [2, 1.5],
    fill: layerIds.gridFill,
    line: 'grid-line',
  },
  jurisdictions: {
    colour: '#4b2e83',
    dash: null,
    fill: layerIds.jurisdictionFill,
    line: 'jurisdiction-line',
  },
} as const;
