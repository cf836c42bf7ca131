import type { Box } from './tiles';

/** The degrees that China's land and its islands in the South China Sea lie within. */
const country: Box = [73.4, 3.4, 135.1, 53.6];

/** The part of the country's box, 0 to 1 and by degrees, that a box holds. */
export function shareOfCountry([west, south, east, north]: Box): number {
  const [w, s, e, n] = country;
  const width = Math.min(east, e) - Math.max(west, w);
  const height = Math.min(north, n) - Math.max(south, s);
  return (Math.max(0, width) * Math.max(0, height)) / ((e - w) * (n - s));
}
