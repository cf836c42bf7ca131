/** One thing that differs between two states of an object. */
export interface Difference {
  /** The names on the way to it: organization.name. */
  path: string;
  /** null: it was not there. */
  before: string | null;
  after: string | null;
}

/** What differs between before and after, in the order of the names; parts that are the same are left out. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [new Map(flatten(before, '')), new Map(flatten(after, ''))];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((one) => one.before !== one.after);
}

function flatten(value: unknown, path: string): [string, string][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) return [[path, value.join(', ')]];
    return value.flatMap((item, i) => flatten(item, path === '' ? String(i + 1) : `${path}.${i + 1}`));
  }
  if (typeof value !== 'object') return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, part]) =>
    flatten(part, path === '' ? name : `${path}.${name}`),
  );
}
