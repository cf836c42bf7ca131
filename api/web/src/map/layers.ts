import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SymbolLayerSpecification,
  VariableAnchorOffsetCollectionSpecification,
} from 'maplibre-gl';
import type { Language } from '../format/number';
import { endings } from '../format/romanize';
import { prefix } from '../state/division';
import { accent, shareSteps } from './symbols';

/** CSS families: without glyphs in the style MapLibre draws letters with the fonts of the reader's machine. */
export const textFont = [
  'PingFang SC',
  'Microsoft YaHei',
  'Noto Sans SC',
  'WenQuanYi Micro Hei',
  'sans-serif',
];

export const colours = {
  land: '#f4f2ee',
  water: '#dfe7ec',
  line: '#bdb5a7',
  text: '#3d3a35',
  quiet: '#6f695e',
};

/** Ids of the layers that a pointer can hit. */
export const layerIds = {
  dots: 'organization-dots',
  labels: 'organization-labels',
  divisionFill: 'division-fill',
  divisionLine: 'division-line',
  divisionLabels: 'division-labels',
  childFill: 'child-fill',
  childLine: 'child-line',
  childLabels: 'child-labels',
  veil: 'veil',
  reports: 'report-dots',
  reportClusters: 'report-clusters',
  gridFill: 'grid-fill',
  jurisdictionFill: 'jurisdiction-fill',
  lines: 'boundary-lines',
  seaLines: 'boundary-lines-south-china-sea',
  undefinedLines: 'boundary-lines-undefined',
} as const;

/** The source, and the layer, of the heat map of a layer of points. */
export const heatId = (layer: string) => `${layer}-heat`;

/** The line in the South China Sea. */
export const seaLine: FilterSpecification = ['==', ['get', 'kind'], 'south_china_sea'];

/** The same line as part of the built-in land, which stands in until a set of boundaries brings its own. */
export const builtInSeaLine = 'dash-line';

/** A ring round the place that is asked about. */
export function placeLayer(): LayerSpecification {
  return {
    id: 'place',
    type: 'circle',
    source: 'place',
    paint: {
      'circle-radius': 7,
      'circle-color': 'rgba(255,255,255,0.7)',
      'circle-stroke-color': accent,
      'circle-stroke-width': 2.5,
    },
  };
}

const isSingle: FilterSpecification = ['!', ['has', 'point_count']];

/**
 * Clusters by the size of their count, a layer each: a layer draws its numbers above all of its circles, and the
 * number of a small cluster must not show through a large one.
 */
const clusterClasses = [2, 10, 100, 300, 1000] as const;

/** Ids of the layers of clusters, small ones first. */
export const clusterIds: string[] = clusterClasses.map((least) => `organization-clusters-${least}`);

/** Area by the square root of the count, but never too small for the number inside nor too large for the cells. */
export const clusterRadius: ExpressionSpecification = [
  'round',
  [
    'max',
    ['step', ['get', 'point_count'], 9, 10, 10, 100, 13, 1000, 17],
    ['min', 24, ['*', 3.4, ['^', ['get', 'point_count'], 0.25]]],
  ],
];

/** The name of a cluster's image: radius, then the share of each kind in order. */
export function clusterImage(kinds: readonly string[]): ExpressionSpecification {
  const shares = kinds.flatMap((kind, i): ExpressionSpecification[] => {
    const share: ExpressionSpecification = [
      'to-string',
      ['round', ['/', ['*', shareSteps, ['coalesce', ['get', `count_${kind}`], 0]], ['get', 'point_count']]],
    ];
    return i === 0 ? [share] : [['literal', ','] as unknown as ExpressionSpecification, share];
  });
  return ['concat', 'cluster:', ['to-string', clusterRadius], ':', ...shares];
}

/** The abbreviated number of a cluster in the reader's units. */
export function clusterText(language: Language): ExpressionSpecification {
  const n: ExpressionSpecification = ['get', 'point_count'];
  const units: [number, string][] =
    language === 'zh'
      ? [
          [1e8, '亿'],
          [1e4, '万'],
        ]
      : [
          [1e6, 'M'],
          [1e3, 'k'],
        ];
  const cases = units.flatMap(([size, unit], i) => [
    // What rounds up to a unit is written in it: 999,960 is 1M and not 1000k.
    ['>=', n, size - (units[i + 1]?.[0] ?? 0) / 20],
    ['concat', ['to-string', ['/', ['round', ['/', n, size / 10]], 10]], unit],
  ]);
  return ['case', ...cases, ['to-string', n]] as unknown as ExpressionSpecification;
}

const dotImage: ExpressionSpecification = [
  'concat',
  'dot:',
  ['get', 'kind'],
  ['match', ['get', 'location_state'], 'reported', ':hollow', ':solid'],
];

/** Clusters, single organizations, their names from z14, and the selected one above all. */
export function organizationLayers(
  sourceLayer: string,
  kinds: readonly string[],
  language: Language,
): LayerSpecification[] {
  const from = { source: 'organizations', 'source-layer': sourceLayer } as const;
  return [
    {
      id: layerIds.labels,
      type: 'symbol',
      ...from,
      minzoom: 14,
      filter: isSingle,
      layout: nameLayout(shortName),
      paint: namePaint,
    },
    {
      id: layerIds.dots,
      type: 'symbol',
      ...from,
      filter: isSingle,
      layout: {
        'icon-image': dotImage,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.85, 14, 1.1, 18, 1.4],
        'icon-allow-overlap': true,
        'icon-padding': 0,
      },
    },
    ...clusterClasses.map((least, i) => clusterLayer(from, least, clusterClasses[i + 1], kinds, language)),
    {
      id: 'selection',
      type: 'symbol',
      source: 'selection',
      layout: {
        ...nameLayout(shortName),
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'text-radial-offset': 1.5,
        'text-optional': true,
      },
      paint: { ...namePaint, 'text-color': accent },
    },
  ];
}

function clusterLayer(
  from: { source: string; 'source-layer': string },
  least: number,
  below: number | undefined,
  kinds: readonly string[],
  language: Language,
): LayerSpecification {
  const count: ExpressionSpecification = ['coalesce', ['get', 'point_count'], 0];
  const enough: ExpressionSpecification = ['>=', count, least];
  return {
    id: `organization-clusters-${least}`,
    type: 'symbol',
    ...from,
    filter: below === undefined ? enough : ['all', enough, ['<', count, below]],
    layout: {
      'symbol-sort-key': ['get', 'point_count'],
      'icon-image': clusterImage(kinds),
      'icon-allow-overlap': true,
      'icon-padding': 0,
      'text-field': clusterText(language),
      'text-font': textFont,
      'text-size': 12,
      'text-allow-overlap': true,
      'text-padding': 0,
    },
    paint: { 'text-color': colours.text },
  };
}

/** So many characters of a name stand on the map, three lines; the rest would cover it. */
const mostOfName = 36;

const shortName: ExpressionSpecification = [
  'case',
  ['>', ['length', ['get', 'name']], mostOfName],
  ['concat', ['slice', ['get', 'name'], 0, mostOfName - 1], '…'],
  ['get', 'name'],
];

function nameLayout(field: ExpressionSpecification): NonNullable<SymbolLayerSpecification['layout']> {
  return {
    'text-field': field,
    'text-font': textFont,
    'text-size': 12,
    'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
    // Clear of the dot at its largest, which would otherwise displace its own name.
    'text-radial-offset': 1.15,
    'text-padding': 1,
    'text-justify': 'auto',
    'text-max-width': 12,
  };
}

const namePaint: NonNullable<SymbolLayerSpecification['paint']> = {
  'text-color': colours.text,
  'text-halo-color': 'rgba(255,255,255,0.92)',
  'text-halo-width': 1.4,
};

/** Divisions of the level that fits the zoom, with their labels. */
export function divisionLayers(): LayerSpecification[] {
  const from = { source: 'divisions', 'source-layer': 'divisions' } as const;
  return [
    { id: layerIds.divisionFill, type: 'fill', ...from, paint: hoverPaint },
    {
      id: layerIds.divisionLine,
      type: 'line',
      ...from,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colours.line,
        'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.6, 8, 0.9, 14, 1.4],
      },
    },
  ];
}

/** Lines that are the border of no division, as in the served style: of the country, of dispute, of the sea. */
export function boundaryLines(): LayerSpecification[] {
  const from = { source: 'divisions', 'source-layer': 'boundary_lines' } as const;
  const kind: ExpressionSpecification = ['get', 'kind'];
  return [
    {
      id: layerIds.lines,
      type: 'line',
      ...from,
      filter: ['match', kind, ['south_china_sea', 'undefined'], false, true],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': '#8f8678', 'line-width': ['match', kind, 'national', 1.8, 1.2] },
    },
    {
      id: layerIds.seaLines,
      type: 'line',
      ...from,
      filter: seaLine,
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': '#8f8678', 'line-width': ['interpolate', ['linear'], ['zoom'], 2, 1.4, 8, 3] },
    },
    {
      id: layerIds.undefinedLines,
      type: 'line',
      ...from,
      filter: ['==', kind, 'undefined'],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': '#8f8678', 'line-width': 1.8, 'line-dasharray': [3, 2] },
    },
  ];
}

const labelPlaces: VariableAnchorOffsetCollectionSpecification = [
  ...['center', [0, 0], 'top', [0, 0.8], 'bottom', [0, -0.8], 'left', [0.8, 0], 'right', [-0.8, 0]],
  ...['top', [0, 1.8], 'bottom', [0, -1.8], 'left', [1.8, 0], 'right', [-1.8, 0]],
  ...[
    'top-left',
    [1.2, 1.2],
    'top-right',
    [-1.2, 1.2],
    'bottom-left',
    [1.2, -1.2],
    'bottom-right',
    [-1.2, -1.2],
  ],
  ...['top', [0, 2.8], 'bottom', [0, -2.8]],
] as VariableAnchorOffsetCollectionSpecification;

/** Names of divisions: in English their pinyin. */
export function divisionLabels(language: Language): LayerSpecification {
  return labelLayer(layerIds.divisionLabels, 'divisions', language);
}

function labelLayer(id: string, source: string, language: Language): SymbolLayerSpecification {
  return {
    id,
    type: 'symbol',
    source,
    'source-layer': 'division_labels',
    layout: {
      'text-field': divisionName(language),
      'text-font': textFont,
      'text-size': ['interpolate', ['linear'], ['zoom'], 4, 12, 12, 13],
      'text-letter-spacing': 0.06,
      'text-max-width': 8,
      'text-padding': 1,
      // Clusters come first; a name looks for a free place round its own.
      'text-variable-anchor-offset': labelPlaces,
    },
    paint: {
      'text-color': colours.quiet,
      'text-halo-color': 'rgba(250,249,246,0.95)',
      'text-halo-width': 1.5,
    },
  };
}

/** The name of a division for a reader of the language, as romanize() writes it. */
export function divisionName(language: Language): ExpressionSpecification {
  const name: ExpressionSpecification = ['get', 'name'];
  if (language === 'zh') return name;
  const syllables: ExpressionSpecification = ['split', ['get', 'pinyin'], ' '];
  const word = (from: ExpressionSpecification | number, to: ExpressionSpecification | null) => {
    const part = (
      to === null ? ['slice', syllables, from] : ['slice', syllables, from, to]
    ) as ExpressionSpecification;
    return capital(['join', part, '']);
  };
  const cut: ExpressionSpecification = ['-', ['length', syllables], ['var', 'ending']];
  const words: ExpressionSpecification = ['concat', word(0, cut), ' ', word(cut, null)];
  return [
    'case',
    ['==', ['coalesce', ['get', 'pinyin'], ''], ''],
    name,
    ['let', 'ending', endingLength, ['case', ['==', ['var', 'ending'], 0], word(0, null), words]],
  ] as unknown as ExpressionSpecification;
}

function capital(text: ExpressionSpecification): ExpressionSpecification {
  return [
    'let',
    'text',
    text,
    ['concat', ['upcase', ['slice', ['var', 'text'], 0, 1]], ['slice', ['var', 'text'], 1]],
  ];
}

/** How many characters of the name are an ending such as 自治县; 0 when none is. */
const endingLength = [
  'case',
  ...endings.flatMap((word) => [['==', ['slice', ['get', 'name'], -word.length], word], word.length]),
  0,
] as unknown as ExpressionSpecification;

const hoverPaint = {
  'fill-color': accent,
  'fill-opacity': ['case', ['boolean', ['feature-state', 'hover'], false], 0.1, 0] as ExpressionSpecification,
};

/** The divisions just below the chosen one, whatever the zoom. */
export function childLayers(sourceLayer: string, parent: string, language: Language): LayerSpecification[] {
  const from = { source: 'children', 'source-layer': sourceLayer } as const;
  const filter = below(parent);
  return [
    { id: layerIds.childFill, type: 'fill', ...from, filter, paint: hoverPaint },
    {
      id: layerIds.childLine,
      type: 'line',
      ...from,
      filter,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': '#8f8674', 'line-width': 1.1 },
    },
    { ...labelLayer(layerIds.childLabels, 'children', language), filter },
  ];
}

/** Holds for divisions inside of the parent, itself included. */
function below(parent: string): FilterSpecification {
  const digits = prefix(parent);
  return ['==', ['slice', ['to-string', ['get', 'code']], 0, digits.length], digits];
}

/** Inside of the parent its children have their names; those of the level that fits the zoom stay outside. */
export function outside(parent: string): FilterSpecification {
  return ['!', below(parent)] as FilterSpecification;
}

/** What lies outside of the chosen division, veiled, and the outline of the division. */
export function veilLayers(): LayerSpecification[] {
  return [
    {
      id: layerIds.veil,
      type: 'fill',
      source: 'veil',
      paint: { 'fill-color': '#faf9f6', 'fill-opacity': 0.6, 'fill-antialias': false },
    },
    {
      id: 'chosen-line',
      type: 'line',
      source: 'chosen',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': accent, 'line-width': 1.8 },
    },
  ];
}
