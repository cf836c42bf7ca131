import type { Mark } from './kinds';

/** Groups of categories of reports: more than seven colours nobody tells apart. */
export const reportGroups = [
  {
    name: 'facilities',
    mark: { colour: '#e69f00', shape: 'square' },
    categories: ['roads', 'utilities', 'housing'],
  },
  {
    name: 'environment',
    mark: { colour: '#009e73', shape: 'circle' },
    categories: ['environment', 'noise', 'greening'],
  },
  { name: 'safety', mark: { colour: '#d55e00', shape: 'triangle' }, categories: ['safety', 'market'] },
  {
    name: 'services',
    mark: { colour: '#0072b2', shape: 'diamond' },
    categories: ['education', 'health', 'social_security', 'culture'],
  },
  { name: 'work', mark: { colour: '#cc79a7', shape: 'hexagon' }, categories: ['labour', 'agriculture'] },
  { name: 'other', mark: { colour: '#6f6a63', shape: 'cross' }, categories: [] },
] as const satisfies readonly { name: string; mark: Mark; categories: readonly string[] }[];

export type ReportGroup = (typeof reportGroups)[number];

/** The group of a category; those that operators add are among the others. */
export function groupOf(category: string): ReportGroup {
  const last = reportGroups[reportGroups.length - 1] as ReportGroup;
  return reportGroups.find(({ categories }) => (categories as readonly string[]).includes(category)) ?? last;
}

/** Sums of counts by category for the groups. */
export function groupCounts(counts: Readonly<Record<string, number>>): Map<ReportGroup['name'], number> {
  const sums = new Map<ReportGroup['name'], number>(reportGroups.map(({ name }) => [name, 0]));
  for (const [category, count] of Object.entries(counts)) {
    const { name } = groupOf(category);
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}
