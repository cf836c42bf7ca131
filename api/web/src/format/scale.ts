import { exact, type Language } from './number';

/** The longest round distance (1, 2, 3, 5 × 10ⁿ metres) that is at most the given one. */
export function roundDistance(metres: number): number {
  if (metres <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(metres));
  const first = metres / power;
  return power * (first >= 5 ? 5 : first >= 3 ? 3 : first >= 2 ? 2 : 1);
}

/** Metres per CSS pixel of a web-mercator map of 512-pixel tiles. */
export function metresPerPixel(zoom: number, lat: number): number {
  return (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** A bar of a round length that fits into `most` millimetres of paper, of which each stands for so many metres. */
export function scaleBar(metresPerMm: number, most: number): { metres: number; mm: number } {
  const metres = roundDistance(metresPerMm * most);
  return { metres, mm: metres / metresPerMm };
}

/** The N of a scale 1:N in three digits, of paper on which a millimetre stands for so many metres. */
export function scaleRatio(metresPerMm: number): number {
  return Number((metresPerMm * 1000).toPrecision(3));
}

/** A length in metres, or in kilometres from one on. */
export function distance(metres: number, language: Language): string {
  const [value, unit] =
    metres < 1000
      ? [metres, language === 'zh' ? '米' : 'm']
      : [metres / 1000, language === 'zh' ? '公里' : 'km'];
  return `${exact(Math.round(value * 10) / 10, language)} ${unit}`;
}
