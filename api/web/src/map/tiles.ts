/** The address of a tile of the web-mercator quadtree. */
export interface Tile {
  z: number;
  x: number;
  y: number;
}

/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

/** Reads "z/x/y"; null when it is not a tile. */
export function parseTile(text: string): Tile | null {
  const parts = text.split('/').map(Number);
  const [z, x, y] = parts;
  if (parts.length !== 3 || z === undefined || x === undefined || y === undefined) return null;
  if (!parts.every((part) => Number.isInteger(part) && part >= 0)) return null;
  return x < 2 ** z && y < 2 ** z ? { z, x, y } : null;
}

/** Whether one of the two tiles contains the other. */
export function related(a: Tile, b: Tile): boolean {
  const [wide, deep] = a.z <= b.z ? [a, b] : [b, a];
  const steps = 2 ** (deep.z - wide.z);
  return Math.floor(deep.x / steps) === wide.x && Math.floor(deep.y / steps) === wide.y;
}

/** Those of the loaded tiles, of any zoom, whose content a change of the changed tiles can alter. */
export function affected(loaded: readonly Tile[], changed: readonly Tile[]): Tile[] {
  return loaded.filter((tile) => changed.some((other) => related(tile, other)));
}

/** A position in web mercator: 0 to 1 from the west and from the north. */
export function worldAt(lng: number, lat: number): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** The tile of zoom z that holds the position; positions outside the world go to its edge. */
export function tileAt(lng: number, lat: number, z: number): Tile {
  const n = 2 ** z;
  const [x, y] = worldAt(lng, lat).map((v) => Math.floor(n * v)) as [number, number];
  const clamp = (v: number) => Math.min(n - 1, Math.max(0, v));
  return { z, x: clamp(x), y: clamp(y) };
}

/** The degrees that a tile covers. */
export function tileBox({ z, x, y }: Tile): Box {
  const n = 2 ** z;
  const lat = (row: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / n))) * 180) / Math.PI;
  return [(x / n) * 360 - 180, lat(y + 1), ((x + 1) / n) * 360 - 180, lat(y)];
}

/** A box around one position of a tile of zoom z that covers the tile grid's rounding and nothing else. */
export function pointBox(lng: number, lat: number, z: number): Box {
  const half = (360 / 2 ** z / 4096) * 1.5;
  return [lng - half, lat - half, lng + half, lat + half];
}

/** The box in the form of the parameter bbox, clipped to the world. */
export function boxParameter([west, south, east, north]: Box): string {
  const clip = (v: number, most: number) => Math.min(most, Math.max(-most, v));
  return [clip(west, 180), clip(south, 90), clip(east, 180), clip(north, 90)]
    .map((v) => v.toFixed(7))
    .join(',');
}
