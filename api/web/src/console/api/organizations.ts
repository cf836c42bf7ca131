import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { DivisionDetail } from '../../api/client';
import { useLanguage, useServices } from '../services';
import type { LoadChildren } from '../state/tree';
import { type ConsoleClient, internal, isGone, unwrap } from './client';
import type { Reach } from './contract';

const pageSize = 100;

/** Reads the organizations just below one, a page at a time; of the top, those that one's reach begins with. */
export function childrenOf(client: ConsoleClient, reach: Reach, day: string | null = null): LoadChildren {
  const asOf = day === null ? {} : { datetime: day };
  return async (parent, cursor) => {
    if (parent === null && !reach.all) {
      const roots = await Promise.all(reach.roots.map((id) => rootOf(client, id, asOf).catch(notThen)));
      const items = roots.filter((root) => root !== null);
      return { items, total: items.length, next: null };
    }
    const query = {
      ...internal,
      limit: pageSize,
      ...asOf,
      ...(parent === null ? {} : { parent }),
      ...(cursor === null ? {} : { cursor }),
    };
    const page = await unwrap(client.GET('/api/organizations/children', { params: { query } }));
    return { items: page.items, total: page.numberMatched, next: page.next ?? null };
  };
}

/** One that was not there on the day is left out. */
function notThen(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

/** One organization as the tree shows it. How many are below it is asked when it is opened. */
async function rootOf(client: ConsoleClient, id: number, asOf: { datetime?: string }) {
  const params = { path: { id }, query: { ...internal, ...asOf } };
  const { name, kind, level, status } = await unwrap(client.GET('/api/organizations/{id}', { params }));
  return { id, name, kind, level, status, children: -1 };
}

/** A number that is another one whenever organizations were written to: what is held of the tree is to be read anew. */
export function useGeneration(): number {
  return useQuery({
    queryKey: ['organization', 'generation'],
    queryFn: () => 0,
    initialData: 0,
    staleTime: Number.POSITIVE_INFINITY,
  }).dataUpdatedAt;
}

/** How an organization is asked for with all that is said of it. */
export function organizationQuery(client: ConsoleClient, id: number | null) {
  return queryOptions({
    queryKey: ['organization', id, 'detail'],
    queryFn: ({ signal }) => {
      const params = { path: { id: id ?? 0 }, query: internal };
      return unwrap(client.GET('/api/organizations/{id}', { params, signal }));
    },
    enabled: id !== null,
  });
}

/** An organization with all that is said of it, drafts included. */
export function useOrganizationDetail(id: number | null) {
  const { client } = useServices();
  return useQuery(organizationQuery(client, id));
}

/** An organization that is only named: what is known of it need not be new. */
export function useOrganization(id: number | null) {
  const { client } = useServices();
  return useQuery({ ...organizationQuery(client, id), staleTime: 300_000 });
}

/** Finds the ids from the topmost organization that may be seen down to one. */
export function usePathTo(): (id: number) => Promise<number[]> {
  const { client } = useServices();
  const queries = useQueryClient();
  // One above it may not be for whoever looks.
  const parentOf = (id: number): Promise<number | null> =>
    queries.fetchQuery({ ...organizationQuery(client, id), staleTime: 300_000 }).then(
      ({ parent }) => parent,
      () => null,
    );
  return async (id) => {
    const path: number[] = [];
    for (let at: number | null = id; at !== null && !path.includes(at); ) {
      path.unshift(at);
      at = await parentOf(at);
    }
    return path;
  };
}

/** Lets everything be read anew that tells of organizations: one of them was written to. */
export async function organizationsChanged(queries: QueryClient): Promise<void> {
  const about = ['organization', 'search', 'places', 'similar', 'tasks', 'verification', 'locations'];
  await Promise.all(about.map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** How a division is read with those above it. */
export function divisionQuery(client: ConsoleClient, code: string) {
  return queryOptions({
    queryKey: ['division', code],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/divisions/{code}', { params: { path: { code } }, signal })),
    staleTime: 300_000,
  });
}

/** A division with those above it. */
export function useDivisionPath(code: string | null) {
  const { client } = useServices();
  return useQuery({ ...divisionQuery(client, code ?? ''), enabled: code !== null });
}

/** A division after the names of those above it. */
export function pathOf({ ancestors, name }: Pick<DivisionDetail, 'ancestors' | 'name'>): string {
  return [...ancestors, { name }].map((step) => step.name).join(' › ');
}

/** The codes of a list in its order, with their names in both languages. */
export function useCodes(list: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['codes', list],
    queryFn: ({ signal }) => unwrap(client.GET('/api/codes/{list}', { params: { path: { list } }, signal })),
    staleTime: 600_000,
  });
}

/** Names of the codes of a list in the reader's language; a code that is not in it stands for itself. */
export function useCodeName(list: string): (code: string) => string {
  const language = useLanguage();
  const { data } = useCodes(list);
  return useCallback(
    (code) => data?.items.find((item) => item.code === code)?.[language] ?? code,
    [data, language],
  );
}
