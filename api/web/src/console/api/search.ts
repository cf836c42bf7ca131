import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { SearchHit, SearchResult } from '../../api/client';
import { useServices } from '../services';
import { internal, unwrap, within } from './client';
import type { Reach } from './contract';

/** A hit with those that are one's own before all others that are no coordinate; each stands there once. */
export function ownFirst(own: readonly SearchHit[], all: readonly SearchHit[]): SearchHit[] {
  const ids = new Set(own.flatMap((hit) => (hit.type === 'organization' ? [hit.id] : [])));
  const others = all.filter((hit) => hit.type !== 'organization' || !ids.has(hit.id));
  const coordinates = others.filter(({ type }) => type === 'coordinate');
  return [...coordinates, ...own, ...others.filter(({ type }) => type !== 'coordinate')];
}

/** So many of one's own organizations stand before what there is elsewhere. */
const mostOwn = 10;

/** What the bar's search finds: organizations, one's own first, and places that a map can show. */
export function useBarSearch(q: string, reach: Reach) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['search', 'bar', q, reach],
    queryFn: async ({ signal }): Promise<SearchResult> => {
      const ask = (query: { type?: string; organization?: string; limit: number }) =>
        unwrap(client.GET('/search', { params: { query: { ...internal, q, ...query } }, signal }));
      const scope = within(reach);
      const none = { items: [] };
      const [own, all] = await Promise.all([
        scope.organization === undefined ? none : ask({ ...scope, type: 'organization', limit: mostOwn }),
        ask({ limit: 20 }),
      ]);
      const items = ownFirst(own.items, all.items).filter(
        (hit) => hit.type === 'organization' || (hit.location ?? null) !== null,
      );
      return { ...all, items, numberReturned: items.length };
    },
    placeholderData: keepPreviousData,
    enabled: q !== '',
  });
}

/** Hits that come at once, and the most there are: the interface gives no more. */
const pageSize = 50;
const mostHits = 1000;

export interface Wanted {
  q: string;
  /** Below which organizations; those that may be seen everywhere when it is null. */
  reach: Reach | null;
  /** Whether addresses and coordinates are wanted, too. */
  places: boolean;
  /** The day of which it is asked; today for null. */
  day: string | null;
}

/** Organizations that a search finds, best first, page by page. */
export function useOrganizationSearch({ q, reach, places, day }: Wanted) {
  const { client } = useServices();
  const query = {
    ...internal,
    q,
    type: places ? 'organization,address,coordinate' : 'organization',
    limit: pageSize,
    ...(reach === null ? {} : within(reach)),
    ...(day === null ? {} : { datetime: day }),
  };
  return useInfiniteQuery({
    queryKey: ['search', query],
    initialPageParam: 0,
    queryFn: ({ pageParam: offset, signal }) =>
      unwrap(client.GET('/search', { params: { query: { ...query, offset } }, signal })),
    getNextPageParam: ({ items, numberMatched, estimate = 0 }, _pages, offset) => {
      const next = offset + items.length;
      return items.length > 0 && next < Math.min(numberMatched ?? estimate, mostHits) ? next : undefined;
    },
    placeholderData: keepPreviousData,
    enabled: q !== '',
  });
}
