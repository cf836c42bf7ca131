/** A belt of the Gauss-Krüger projection of CGCS2000. */
export interface Belt {
  /** How wide it is. */
  degrees: 3 | 6;
  /** Its number, which eastings may begin with. */
  zone: number;
  /** Its central meridian. */
  meridian: number;
}

/** Codes of the belts in EPSG: the first one and the last, and how the first is numbered; with the number in the easting, then without. */
const series = [
  { from: 4491, to: 4501, degrees: 6, zone: 13 },
  { from: 4502, to: 4512, degrees: 6, zone: 13 },
  { from: 4513, to: 4533, degrees: 3, zone: 25 },
  { from: 4534, to: 4554, degrees: 3, zone: 25 },
] as const;

/** The belt that a code such as "EPSG:4528" stands for; null for any other system. */
export function beltOf(system: string): Belt | null {
  const code = Number(/^EPSG:(\d+)$/i.exec(system)?.[1] ?? Number.NaN);
  const found = series.find(({ from, to }) => code >= from && code <= to);
  if (!found) return null;
  const zone = found.zone + code - found.from;
  return { degrees: found.degrees, zone, meridian: found.degrees === 3 ? 3 * zone : 6 * zone - 3 };
}
