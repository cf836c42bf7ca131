import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Box, boxParameter } from '../map/tiles';
import { useServices } from '../services';
import { hasShape } from '../state/division';
import { type Client, ProblemError, unwrap } from './client';

/** Conditions on organizations. */
export interface OrganizationFilter {
  box: Box | null;
  kinds: readonly string[] | null;
  division: string | null;
}

function parameters({ box, kinds, division }: OrganizationFilter) {
  return {
    ...(box ? { bbox: boxParameter(box) } : {}),
    ...(kinds ? { kind: kinds.join(',') } : {}),
    ...(division ? { division } : {}),
  };
}

const pageSize = 50;

/** The organizations that a filter lets through, page by page, with exact counts. */
export function useOrganizations(filter: OrganizationFilter, enabled: boolean) {
  const { client } = useServices();
  const conditions = parameters(filter);
  return useInfiniteQuery({
    queryKey: ['organizations', 'list', conditions],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/api/organizations', {
          params: { query: { ...conditions, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** How many organizations a filter lets through, in all and by kind. */
export function countsQuery(client: Client, filter: OrganizationFilter) {
  return queryOptions({
    queryKey: ['organizations', 'counts', parameters(filter)],
    queryFn: async ({ signal }) => {
      const query = { ...parameters(filter), limit: 1 };
      const answer = await unwrap(client.GET('/api/organizations', { params: { query }, signal }));
      return { total: answer.numberMatched, kinds: answer.counts.kind };
    },
  });
}

export function useCounts(filter: OrganizationFilter, enabled = true) {
  const { client } = useServices();
  return useQuery({ ...countsQuery(client, filter), placeholderData: keepPreviousData, enabled });
}

export function useOrganization(id: number | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/organizations/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== null,
  });
}

export function useVersions(id: number, enabled: boolean) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'versions'],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/organizations/{id}/versions', { params: { path: { id } }, signal })),
    enabled,
  });
}

/** A division with those above it; null when the code is not known. */
export function useDivision(code: string | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['division', code],
    queryFn: ({ signal }) =>
      orNull(unwrap(client.GET('/api/divisions/{code}', { params: { path: { code: code ?? '' } }, signal }))),
    enabled: code !== null,
    staleTime: 60_000,
  });
}

/** The divisions just below one, or the provinces. */
export function childrenQuery(client: Client, parent: string | null) {
  const query = { parent: parent ?? 'root', limit: 1000 };
  return queryOptions({
    queryKey: ['organizations', 'children', parent],
    queryFn: ({ signal }) => unwrap(client.GET('/api/divisions', { params: { query }, signal })),
  });
}

export function useChildren(parent: string | null) {
  return useQuery(childrenQuery(useServices().client, parent));
}

/** The outline of a division with its source; null when it has none. */
export function useShape(code: string | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['shape', code],
    queryFn: ({ signal }) =>
      orNull(
        unwrap(client.GET('/api/divisions/{code}/shape', { params: { path: { code: code ?? '' } }, signal })),
      ),
    enabled: code !== null && hasShape(code),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSearch(query: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['search', query],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/search', { params: { query: { q: query, limit: 20 } }, signal })),
    placeholderData: (before) => (query === '' ? undefined : before),
    enabled: query !== '',
  });
}

/** The operator's base maps; they do not change while the server runs. */
export function baseMapsQuery(client: Client) {
  return queryOptions({
    queryKey: ['basemaps'],
    queryFn: ({ signal }) => unwrap(client.GET('/basemaps', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useBaseMaps() {
  return useQuery(baseMapsQuery(useServices().client));
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}
