import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useLanguage, useServices } from '../services';
import type { LoadChildren } from '../state/tree';
import { type ConsoleClient, Refusal, unwrap } from './client';
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
      edition: 'internal' as const,
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
  if (error instanceof Refusal && error.status === 404) return null;
  throw error;
}

/** One organization as the tree shows it. How many are below it is asked when it is opened. */
async function rootOf(client: ConsoleClient, id: number, asOf: { datetime?: string } = {}) {
  const query = { edition: 'internal' as const, ...asOf };
  const params = { path: { id }, query };
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
