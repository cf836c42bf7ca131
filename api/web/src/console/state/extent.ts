/** So many times the distance between the quartiles beyond them a place is off every other, and wrong for sure. */
const farOff = 6;

/** Degrees; where the most are closer together than so, what is near is not far off. */
const least = 0.25;

/**
 * The box round places, west, south, east, north; null without any. Single ones that lie far from all others do not make it a map
 * of the world: they do not count.
 */
export function extentOf(places: readonly (readonly [number, number])[]): Box | null {
  if (places.length === 0) return null;
  const [west, east] = rangeOf(places.map(([lng]) => lng));
  const [south, north] = rangeOf(places.map(([, lat]) => lat));
  return [west, south, east, north];
}

/** From the least to the most of numbers, but for those far off. */
function rangeOf(numbers: number[]): [number, number] {
  const sorted = numbers.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? 0;
  const off = farOff * Math.max(at(0.75) - at(0.25), least);
  const counted = sorted.filter((number) => number >= at(0.25) - off && number <= at(0.75) + off);
  return [counted[0] ?? 0, counted.at(-1) ?? 0];
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
