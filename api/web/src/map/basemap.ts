import type { LayerSpecification, SourceSpecification } from 'maplibre-gl';
import type { BaseMap } from '../api/client';
import { colours } from './layers';

/** A base map as sources and layers of a style. */
export interface Base {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** The base map that a link names: null is the operator's default, "none" the built-in land. */
export function chosenBase(items: readonly BaseMap[], name: string | null): BaseMap | null {
  if (name === 'none') return null;
  return items.find((item) => item.name === name) ?? items.find((item) => item.default) ?? null;
}

/** Sources and layers of an operator's base map. Archives of vector tiles load their reader only now. */
export async function baseStyle(item: BaseMap, origin: string): Promise<Base> {
  if (item.type === 'raster') return rasterBase(item);
  return archiveBase(item, origin);
}

function rasterBase(item: BaseMap): Base {
  return {
    sources: {
      basemap: {
        type: 'raster',
        tiles: item.tiles ?? [],
        tileSize: item.tile_size ?? 256,
        minzoom: item.minzoom,
        maxzoom: item.maxzoom,
      },
    },
    layers: [{ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-saturation': -0.35 } }],
  };
}

async function archiveBase(item: BaseMap, origin: string): Promise<Base> {
  const [{ addProtocol }, { PMTiles, Protocol, TileType }] = await Promise.all([
    import('maplibre-gl'),
    import('pmtiles'),
  ]);
  const url = new URL(item.url ?? '', origin).href;
  const protocol = new Protocol();
  const archive = new PMTiles(url);
  protocol.add(archive);
  addProtocol('pmtiles', protocol.tile);
  const { tileType } = await archive.getHeader();
  if (tileType !== TileType.Mvt) {
    return {
      sources: { basemap: { type: 'raster', url: `pmtiles://${url}`, tileSize: 256 } },
      layers: [{ id: 'basemap', type: 'raster', source: 'basemap' }],
    };
  }
  return { sources: { basemap: { type: 'vector', url: `pmtiles://${url}` } }, layers: vectorLayers };
}

const from = { source: 'basemap' } as const;

/**
 * Layers of the Protomaps schema without its boundaries and places: the archive is the operator's, and a foreign
 * depiction of China's borders must not show.
 */
const vectorLayers: LayerSpecification[] = [
  {
    id: 'basemap-earth',
    type: 'fill',
    ...from,
    'source-layer': 'earth',
    paint: { 'fill-color': colours.land },
  },
  {
    id: 'basemap-green',
    type: 'fill',
    ...from,
    'source-layer': 'landuse',
    filter: ['in', ['get', 'kind'], ['literal', ['park', 'forest', 'wood', 'nature_reserve', 'grass']]],
    paint: { 'fill-color': '#e6ebdd' },
  },
  {
    id: 'basemap-water',
    type: 'fill',
    ...from,
    'source-layer': 'water',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': colours.water },
  },
  {
    id: 'basemap-buildings',
    type: 'fill',
    ...from,
    'source-layer': 'buildings',
    minzoom: 14,
    paint: { 'fill-color': '#e9e5dd' },
  },
  {
    id: 'basemap-roads',
    type: 'line',
    ...from,
    'source-layer': 'roads',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': '#ffffff',
      'line-width': [
        'interpolate',
        ['exponential', 1.6],
        ['zoom'],
        6,
        0.5,
        12,
        ['match', ['get', 'kind'], 'highway', 2.5, 'major_road', 1.8, 0.5],
        18,
        ['match', ['get', 'kind'], 'highway', 18, 'major_road', 14, 8],
      ],
    },
  },
];
