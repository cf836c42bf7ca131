export type Language = 'zh' | 'en';

const locales: Record<Language, string> = { zh: 'zh-CN', en: 'en-US' };

/** All digits, with separators of thousands: 25,424. */
export function exact(n: number, language: Language): string {
  return n.toLocaleString(locales[language]);
}

const steps: Record<Language, readonly (readonly [number, string])[]> = {
  zh: [
    [1e8, '亿'],
    [1e4, '万'],
  ],
  en: [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ],
};

/** At most three significant digits, rounded, and a unit: 2.54万, 25.4k. Below the first unit it is exact. */
export function abbreviate(n: number, language: Language): string {
  const units = steps[language];
  for (const [i, [size, unit]] of units.entries()) {
    if (n < size) continue;
    const value = n / size;
    const scale = value >= 100 ? 1 : value >= 10 ? 10 : 100;
    const rounded = Math.round(value * scale) / scale;
    const above = units[i - 1];
    // 999,999 is 1M and not 1,000k.
    if (above && rounded * size >= above[0]) return `1${above[1]}`;
    return `${exact(rounded, language)}${unit}`;
  }
  return exact(n, language);
}

/** For totals: exact while a person takes it in at a glance, abbreviated from a million on. */
export function total(n: number, language: Language): string {
  return n < 1e6 ? exact(n, language) : abbreviate(n, language);
}
