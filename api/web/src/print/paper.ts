import { metresPerPixel } from '../format/scale';

/** How a sheet of A4 lies. */
export const paperNames = ['landscape', 'portrait'] as const;
export type Paper = (typeof paperNames)[number];

/** A rectangle on paper, in millimetres from the upper left corner. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where what stands on a sheet. */
export interface Frames {
  paper: { width: number; height: number };
  title: Rect;
  scale: Rect;
  map: Rect;
  legend: Rect;
  columns: number;
  foot: Rect;
}

/** Pixels of an exported picture per millimetre: 254 to the inch. */
export const dots = 10;

const all: Record<Paper, Frames> = {
  landscape: {
    paper: { width: 297, height: 210 },
    title: { x: 10, y: 9, width: 277, height: 14 },
    map: { x: 10, y: 25, width: 215, height: 150 },
    legend: { x: 229, y: 25, width: 58, height: 132 },
    scale: { x: 230, y: 162, width: 56, height: 13 },
    columns: 1,
    foot: { x: 10, y: 178, width: 277, height: 24 },
  },
  portrait: {
    paper: { width: 210, height: 297 },
    title: { x: 10, y: 9, width: 134, height: 14 },
    scale: { x: 150, y: 10, width: 50, height: 13 },
    map: { x: 10, y: 25, width: 190, height: 176 },
    legend: { x: 10, y: 205, width: 190, height: 52 },
    columns: 3,
    foot: { x: 10, y: 260, width: 190, height: 29 },
  },
};

export function framesOf(paper: Paper): Frames {
  return all[paper];
}

/** Pixels of the map per millimetre: small signs and letters of 12 pixels are 2.4 mm high. */
const mapPixels = 5;

/** The map of a sheet in its own pixels, of which each becomes `ratio` × `ratio` of the picture. */
export function mapSize(paper: Paper): { width: number; height: number; ratio: number } {
  const { width, height } = all[paper].map;
  return { width: width * mapPixels, height: height * mapPixels, ratio: dots / mapPixels };
}

/** By how much to zoom in for the map of the sheet to hold just what is seen, `width` × `height` pixels of the screen. */
export function zoomStep(paper: Paper, seen: { width: number; height: number }): number {
  const map = mapSize(paper);
  return Math.log2(Math.min(map.width / Math.max(1, seen.width), map.height / Math.max(1, seen.height)));
}

/** Metres that a millimetre of the sheet stands for, at a latitude. */
export function metresPerMm(zoom: number, lat: number): number {
  return metresPerPixel(zoom, lat) * mapPixels;
}
