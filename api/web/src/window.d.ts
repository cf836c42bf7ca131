import type { MapLibreMap } from 'maplibre-gl';

declare global {
  interface Window {
    /** The MapLibre map, for tests and for the browser's console; absent until the map has started. */
    jingweiMap?: MapLibreMap;
  }
}
