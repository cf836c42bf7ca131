/**
 * The box round places, west, south, east, north; null without any. At each of its sides the given share of them, which lie far
 * from all others, does not count.
 */
export function extentOf(
  places: readonly (readonly [number, number])[],
  share = 0.02,
): [number, number, number, number] | null {
  if (places.length === 0) return null;
  const side = (axis: 0 | 1) => places.map((place) => place[axis]).sort((a, b) => a - b);
  const [lngs, lats] = [side(0), side(1)];
  const first = Math.floor(places.length * share);
  const last = places.length - 1 - first;
  const pick = (sorted: number[], i: number) => sorted[i] ?? 0;
  return [pick(lngs, first), pick(lats, first), pick(lngs, last), pick(lats, last)];
}

type Box = [number, number, number, number];

/** The box round a circle of so many metres; it ends before the poles. */
export function boxRound(lng: number, lat: number, metres: number): Box {
  const high = metres / 111_320;
  const wide = high / Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return [lng - wide, Math.max(lat - high, -85), lng + wide, Math.min(lat + high, 85)];
}

/** The box round boxes; those that are null have nothing in them. */
export function joined(box: Box, others: readonly (Box | null)[]): Box {
  return others.reduce<Box>(
    ([west, south, east, north], other) =>
      other === null
        ? [west, south, east, north]
        : [
            Math.min(west, other[0]),
            Math.min(south, other[1]),
            Math.max(east, other[2]),
            Math.max(north, other[3]),
          ],
    box,
  );
}
