import { exact, type Language } from './number';

/** Square kilometres with three digits or more; below a hundredth square metres. */
export function areaText(squareMetres: number, language: Language): { unit: 'km2' | 'm2'; value: string } {
  const km2 = squareMetres / 1e6;
  if (km2 < 0.01) return { unit: 'm2', value: exact(Math.round(squareMetres), language) };
  const digits = km2 < 1 ? 3 : km2 < 100 ? 2 : km2 < 10_000 ? 1 : 0;
  return { unit: 'km2', value: exact(Number(km2.toFixed(digits)), language) };
}
