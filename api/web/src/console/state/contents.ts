import type { OrganizationDetail } from '../api/contract';

/** What is said of an organization, in the order in which it is shown. The state of its location is no part: it is the outcome of steps. */
export const contentFields = [
  'name',
  'short_name',
  'kind',
  'level',
  'parent',
  'status',
  'division',
  'address',
  'location',
  'location_source',
  'location_accuracy_m',
  'source_crs',
  'phone',
  'code',
  'uscc',
  'jurisdiction',
] as const satisfies readonly (keyof OrganizationDetail)[];
export type ContentField = (typeof contentFields)[number];
export type Content = Pick<OrganizationDetail, ContentField>;

export function contentOf(organization: Content): Content {
  return Object.fromEntries(contentFields.map((field) => [field, organization[field]])) as Content;
}

/** Values are as JSON has them. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Which ends of a range of days are known. */
export function rangeOf(from: string | null, to: string | null): 'always' | 'since' | 'until' | 'both' {
  if (from !== null && to !== null) return 'both';
  if (from !== null) return 'since';
  return to === null ? 'always' : 'until';
}

/** What two people made of the same content. */
export interface Merge {
  /** Changed by one of them, or by both to the same: these are merged by themselves. */
  auto: { field: ContentField; from: 'mine' | 'theirs' }[];
  /** Changed by both, to different values. */
  both: ContentField[];
}

/** Compares, field by field, what became of a base on either side. */
export function mergeOf(base: Content, mine: Content, theirs: Content): Merge {
  const merge: Merge = { auto: [], both: [] };
  for (const field of contentFields) {
    const [byMe, byThem] = [!sameValue(base[field], mine[field]), !sameValue(base[field], theirs[field])];
    if (byMe && byThem && !sameValue(mine[field], theirs[field])) merge.both.push(field);
    else if (byThem) merge.auto.push({ field, from: 'theirs' });
    else if (byMe) merge.auto.push({ field, from: 'mine' });
  }
  return merge;
}

export type Choices = Partial<Record<ContentField, 'mine' | 'theirs'>>;

/** Both sides put together; of what both changed the chosen side, one's own where nothing is chosen. */
export function merged(base: Content, mine: Content, theirs: Content, choices: Choices): Content {
  const { both } = mergeOf(base, mine, theirs);
  const pick = (field: ContentField): unknown => {
    if (both.includes(field)) return choices[field] === 'theirs' ? theirs[field] : mine[field];
    return sameValue(base[field], theirs[field]) ? mine[field] : theirs[field];
  };
  return Object.fromEntries(contentFields.map((field) => [field, pick(field)])) as Content;
}
