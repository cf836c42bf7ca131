/** Levels of divisions: 1 province, 2 prefecture, 3 county, 4 township, 5 village. */
export type Level = 1 | 2 | 3 | 4 | 5;

const digits: Record<Level, number> = { 1: 2, 2: 4, 3: 6, 4: 9, 5: 12 };

/** The significant digits of a 12-digit code: 3301 for 330100000000. */
export function prefix(code: string): string {
  for (const level of [1, 2, 3, 4] as const) {
    if (/^0*$/.test(code.slice(digits[level]))) return code.slice(0, digits[level]);
  }
  return code;
}

/** Whether the code is the division or lies below it; everything lies below no division. */
export function within(code: string, division: string | null): boolean {
  return division === null || code.startsWith(prefix(division));
}

/** Whether divisions of this code have outlines: villages and communities are points. */
export function hasShape(code: string): boolean {
  return prefix(code).length < 12;
}

/** Whether a text is a 12-digit code. */
export function isCode(text: string): boolean {
  return /^[1-9][0-9]{11}$/.test(text);
}

/**
 * Whether a code only groups others: the districts or counties of a municipality (01 市辖区, 02 县), or the counties
 * directly below a province (90). Nobody calls a place so, and no outline has such a code.
 */
export function isGroup(code: string): boolean {
  return /^((11|12|31|50)0[12]|\d\d90)0{8}$/.test(code);
}

/** A division and those above it, the widest first, without the steps that only group others. */
export function pathOf<T extends { ancestors: readonly { code: string }[] }>(
  division: T,
): (T | T['ancestors'][number])[] {
  return [...division.ancestors.filter(({ code }) => !isGroup(code)), division];
}

const municipality = /^(11|12|31|50)0{10}$/;

/** Whether the server knows only an outline: no division has its code, so there is nothing behind a link to it. */
export function isOutlineOnly(division: { kind: string; pinyin: string; parent: string | null }): boolean {
  return division.kind === '' && division.pinyin === '' && division.parent === null;
}

/**
 * The tile layer that holds the divisions one level below, for a municipality its districts; null below townships, which
 * have no shapes.
 */
export function childLayer(level: number | null, code: string | null): string | null {
  switch (code !== null && municipality.test(code) ? 2 : level) {
    case null:
      return 'provinces';
    case 1:
      return 'prefectures';
    case 2:
      return 'counties';
    case 3:
      return 'townships';
    default:
      return null;
  }
}

/** The level whose divisions a map of this zoom draws, as the tile layer `divisions` does. */
export function levelAtZoom(zoom: number): Level {
  const z = Math.floor(zoom);
  return z < 5 ? 1 : z < 8 ? 2 : z < 11 ? 3 : 4;
}

/** The level of a code. */
export function levelOf(code: string): Level {
  const length = prefix(code).length;
  return length === 2 ? 1 : length === 4 ? 2 : length === 6 ? 3 : length === 9 ? 4 : 5;
}

const names = ['province', 'prefecture', 'county', 'township', 'village'] as const;

/** The code one level above; null above a province. */
export function parentOf(code: string): string | null {
  const level = levelOf(code);
  return level === 1 ? null : code.slice(0, digits[(level - 1) as Level]).padEnd(12, '0');
}

/** The name of a level as in the API, for its text. */
export function levelName(level: number): (typeof names)[number] {
  return names[level - 1] ?? 'village';
}

/** The level of that name; null for any other text. */
export function levelNamed(name: string | null): Level | null {
  return ([1, 2, 3, 4, 5] as const).find((level) => levelName(level) === name) ?? null;
}

/** At these zooms a division of a level, from 1, about fills the map. */
const zooms = [5, 6.5, 8, 9.5, 12, 14];

/** From this zoom on an organization has its name on the map. */
export const nameZoom = 15;

/** At which zoom a place is shown that is as exact as a division of a level; null for an exact one. */
export function zoomOf(level: number | null): number {
  return (level === null ? undefined : zooms[level]) ?? nameZoom;
}
