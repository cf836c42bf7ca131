/** The box round places, west, south, east, north; null without any. What lies far from all others does not count. */
export function extentOf(
  places: readonly (readonly [number, number])[],
): [number, number, number, number] | null {
  if (places.length === 0) return null;
  const side = (axis: 0 | 1) => places.map((place) => place[axis]).sort((a, b) => a - b);
  const [lons, lats] = [side(0), side(1)];
  const cut = places.length < 50 ? 0 : Math.floor(places.length / 50);
  const pick = (sorted: number[], i: number) => sorted[i] ?? 0;
  const last = places.length - 1 - cut;
  return [pick(lons, cut), pick(lats, cut), pick(lons, last), pick(lats, last)];
}
