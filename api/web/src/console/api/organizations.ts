import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLanguage, useServices } from '../services';
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

/** An organization with all that is said of it, drafts included. */
export function useOrganizationDetail(id: number | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'detail'],
    queryFn: ({ signal }) => {
      const params = { path: { id: id ?? 0 }, query: { edition: 'internal' as const } };
      return unwrap(client.GET('/api/organizations/{id}', { params, signal }));
    },
    enabled: id !== null,
  });
}

/** A division with those above it. */
export function useDivisionPath(code: string | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['division', code],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/divisions/{code}', { params: { path: { code: code ?? '' } }, signal })),
    enabled: code !== null,
    staleTime: 300_000,
  });
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
  return (code) => data?.items.find((item) => item.code === code)?.[language] ?? code;
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
