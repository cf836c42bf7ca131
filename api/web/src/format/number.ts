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

/** At most three significant digits and a unit: 2.54万, 25.4k. Below the first unit it is exact. */
export function abbreviate(n: number, language: Language): string {
  for (const [size, unit] of steps[language]) {
    if (n >= size) {
      // 9,999,999 must not read 1000万: rounding happens downwards, so that no number looks larger than it is.
      const value = n / size;
      const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
      const scale = 10 ** digits;
      return `${exact(Math.floor(value * scale) / scale, language)}${unit}`;
    }
  }
  return exact(n, language);
}

/** For totals: exact while a person takes it in at a glance, abbreviated from a million on. */
export function total(n: number, language: Language): string {
  return n < 1e6 ? exact(n, language) : abbreviate(n, language);
}
