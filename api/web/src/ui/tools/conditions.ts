import { useMemo } from 'react';
import { dayParameter, useDay } from '../../api/queries';
import { useUrl } from '../../services';

/** The conditions in force on the page, which every count keeps to. */
export interface Conditions {
  kinds: readonly string[] | null;
  division: string | null;
  day: string | null;
}

export function useConditions(): Conditions {
  const kinds = useUrl((state) => state.kinds);
  const division = useUrl((state) => state.division);
  const day = useDay();
  return useMemo(() => ({ kinds, division, day }), [kinds, division, day]);
}

/** The conditions as parameters of the server. */
export function conditionsQuery({ kinds, division, day }: Conditions) {
  return {
    ...(kinds ? { kind: kinds.join(',') } : {}),
    ...(division ? { division } : {}),
    ...dayParameter(day),
  };
}

type Groups = readonly ({ count: number } & Record<string, unknown>)[];

/** Sums of groups by one of their keys, the largest first; equal ones in the order of the keys. */
export function sums(groups: Groups, key: string): [string, number][] {
  const found = new Map<string, number>();
  for (const group of groups) {
    const name = String(group[key] ?? '');
    found.set(name, (found.get(name) ?? 0) + group.count);
  }
  return [...found].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
