import type { ExtraName } from './url';

/** Ways of drawing organizations: as they stand, by density, or counted by cells or divisions. */
export const presentations = ['points', 'heat', 'hexagons', 'choropleth'] as const;
export type Presentation = (typeof presentations)[number];

/** From this zoom on a heat map has single points in it. */
export const pointsFrom = 14;

/** How organizations are drawn with these layers on; the first, should a link have switched several on. */
export function presentationOf(on: readonly ExtraName[]): Presentation {
  return presentations.find((name) => name !== 'points' && on.includes(name)) ?? 'points';
}

/** The layers that are on when organizations are drawn so. Two heat maps in the same colours nobody tells apart. */
export function presented(on: readonly ExtraName[], as: Presentation): ExtraName[] {
  const others = on.filter((name) => !(presentations as readonly string[]).includes(name));
  if (as === 'points') return others;
  return [...others.filter((name) => as !== 'heat' || name !== 'report-heat'), as];
}

/** The layers that are on when reports are drawn so. */
export function reportsPresented(on: readonly ExtraName[], as: Presentation): ExtraName[] {
  const others = on.filter((name) => name !== 'report-heat');
  return as === 'heat' ? [...others.filter((name) => name !== 'heat'), 'report-heat'] : others;
}
