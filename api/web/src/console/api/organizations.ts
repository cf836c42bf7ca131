import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useServices } from '../services';
import type { LoadChildren } from '../state/tree';
import { type ConsoleClient, unwrap } from './client';
import type { Reach } from './contract';

const pageSize = 100;

/** Reads the organizations just below one, a page at a time; of the top, those that one's reach begins with. */
export function childrenOf(client: ConsoleClient, reach: Reach): LoadChildren {
  return async (parent, cursor) => {
    if (parent === null && !reach.all) {
      const roots = await Promise.all(reach.roots.map((id) => rootOf(client, id)));
      return { items: roots, total: roots.length, next: null };
    }
    const query = {
      edition: 'internal' as const,
      limit: pageSize,
      ...(parent === null ? {} : { parent }),
      ...(cursor === null ? {} : { cursor }),
    };
    const page = await unwrap(client.GET('/api/organizations/children', { params: { query } }));
    return { items: page.items, total: page.numberMatched, next: page.next ?? null };
  };
}

/** One organization as the tree shows it. How many are below it is asked when it is opened. */
async function rootOf(client: ConsoleClient, id: number) {
  const query = { edition: 'internal' as const };
  const params = { path: { id }, query };
  const { name, kind, level, status } = await unwrap(client.GET('/api/organizations/{id}', { params }));
  return { id, name, kind, level, status, children: -1 };
}

export function useOrganization(id: number | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id],
    queryFn: () => rootOf(client, id ?? 0),
    enabled: id !== null,
    staleTime: 300_000,
  });
}

/** Organizations that a search finds, best first. */
export function useOrganizationSearch(q: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['search', q],
    queryFn: async ({ signal }) => {
      const query = { q, limit: 50, edition: 'internal' as const };
      const { items } = await unwrap(client.GET('/search', { params: { query }, signal }));
      return items.filter((hit) => hit.type === 'organization');
    },
    placeholderData: keepPreviousData,
    enabled: q !== '',
  });
}
