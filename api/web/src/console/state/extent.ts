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
