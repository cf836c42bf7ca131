import {
  keepPreviousData,
  queryOptions,
  type UseQueryResult,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Box, boxParameter, pointBox } from '../map/tiles';
import { useLanguage, useServices, useUrl } from '../services';
import {
  type Conditions,
  conditionParameters,
  dayParameter,
  type ReportConditions,
  reportParameters,
} from '../state/conditions';
import { hasShape, isGroup } from '../state/division';
import type { Picked } from '../state/url';
import {
  type Client,
  type Division,
  type DivisionCounts,
  type DivisionHistory,
  type Organization,
  type OrganizationVersion,
  ProblemError,
  unwrap,
} from './client';

/** Conditions on organizations, in a box or anywhere. */
export interface OrganizationFilter extends Conditions {
  box: Box | null;
}

/** The conditions in force on the page, which every count keeps to. */
export function useConditions(): Conditions {
  const kinds = useUrl((state) => state.kinds);
  const levels = useUrl((state) => state.levels);
  const division = useUrl((state) => state.division);
  const filter = useUrl((state) => state.filter);
  const day = useDay();
  return useMemo(() => ({ kinds, levels, division, filter, day }), [kinds, levels, division, filter, day]);
}

/** The conditions on reports in force on the page. */
export function useReportConditions(): ReportConditions {
  const categories = useUrl((state) => state.categories);
  const steps = useUrl((state) => state.steps);
  const status = useUrl((state) => state.status);
  const received = useUrl((state) => state.received);
  const division = useUrl((state) => state.division);
  const day = useDay();
  return useMemo(
    () => ({ categories, steps, status, received, division, day }),
    [categories, steps, status, received, division, day],
  );
}

/** The conditions on organizations as query parameters. */
function parameters({ box, ...conditions }: OrganizationFilter) {
  return { ...boxed(box), ...conditionParameters(conditions) };
}

function boxed(box: Box | null): { bbox?: string } {
  return box ? { bbox: boxParameter(box) } : {};
}

/** The day that the page shows; null for today. */
export function useDay(): string | null {
  return useUrl((state) => state.datetime);
}

export { type Conditions, conditionParameters, dayParameter };

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
  const conditions = parameters(filter);
  return queryOptions({
    queryKey: ['organizations', 'counts', conditions],
    queryFn: async ({ signal }) => {
      const query = { ...conditions, limit: 1 };
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
  const day = useDay();
  return useQuery({
    queryKey: ['organization', id, day],
    queryFn: async ({ signal }) => {
      const params = { path: { id: id ?? 0 } };
      if (day === null) return unwrap(client.GET('/api/organizations/{id}', { params, signal }));
      const { items } = await unwrap(client.GET('/api/organizations/{id}/versions', { params, signal }));
      return versionOf(items, day);
    },
    enabled: id !== null,
  });
}

/** What is known today of an organization on a day; nobody finds it where it did not exist. */
export function versionOf(versions: readonly OrganizationVersion[], day: string): Organization {
  const found = versions.find((version) => version.recorded_to === null && holdsOn(version, day));
  if (!found) throw new ProblemError(404, undefined);
  return found;
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

/** What a code has stood for; null for one that nobody ever had. */
function historyQuery(client: Client, code: string) {
  return queryOptions({
    queryKey: ['division', code, 'history'],
    queryFn: () =>
      orNull(unwrap(client.GET('/api/divisions/{code}/history', { params: { path: { code } } }))),
    staleTime: 60_000,
  });
}

/** Whether the code may have been a division on a day. One that only has an outline has no history. */
export function wasThere(history: DivisionHistory | null, day: string): boolean {
  if (history === null || history.items.length === 0) return true;
  return history.items.some((item) => holdsOn(item, day));
}

function holdsOn(range: { valid_from: string | null; valid_to: string | null }, day: string): boolean {
  const { valid_from, valid_to } = range;
  return (valid_from === null || valid_from <= day) && (valid_to === null || day < valid_to);
}

/** A division with those above it; null when the code is not known. */
export function useDivision(code: string | null) {
  const { client } = useServices();
  const queries = useQueryClient();
  const day = useDay();
  const query = dayParameter(day);
  return useQuery({
    queryKey: ['division', code, query],
    queryFn: async ({ signal }) => {
      const params = { path: { code: code ?? '' }, query };
      if (day !== null && !wasThere(await queries.fetchQuery(historyQuery(client, code ?? '')), day))
        return null;
      return orNull(unwrap(client.GET('/api/divisions/{code}', { params, signal })));
    },
    enabled: code !== null,
    staleTime: 60_000,
  });
}

/** The divisions just below one, or the provinces. Those that only group others give way to them. */
export function childrenQuery(client: Client, parent: string | null, day: string | null) {
  const query = { parent: parent ?? 'root', limit: 1000, ...dayParameter(day) };
  return queryOptions({
    queryKey: ['organizations', 'children', query],
    queryFn: async ({ signal }) => {
      const below = async (parent: string) => {
        const params = { query: { ...query, parent } };
        return (await unwrap(client.GET('/api/divisions', { params, signal }))).items;
      };
      const listed = (await below(query.parent)).map(async (item) =>
        isGroup(item.code) ? membersOf(item, await below(item.code)) : [item],
      );
      return { items: (await Promise.all(listed)).flat() };
    },
  });
}

/** What a list shows for a division that groups others: these, if they have all of its organizations, or else itself. */
function membersOf(group: Division, members: Division[]): Division[] {
  const organizations = members.reduce((sum, item) => sum + item.organizations, 0);
  return members.length > 0 && organizations === group.organizations ? members : [group];
}

export function useChildren(parent: string | null) {
  const { client } = useServices();
  const day = useDay();
  const { data, isPending } = useDivision(day === null ? null : parent);
  // Of a division that was not there on the day nothing is asked.
  const enabled = day === null || parent === null || (!isPending && data !== null);
  return useQuery({ ...childrenQuery(client, parent, day), enabled });
}

/** What the server says of a layer of tiles; with the layer's sources it changes when an operator imports. */
export function tileJSONQuery(client: Client, layer: string) {
  return queryOptions({
    queryKey: ['tilejson', layer],
    queryFn: ({ signal }) => unwrap(client.GET('/tiles/{layer}', { params: { path: { layer } }, signal })),
    staleTime: 60_000,
  });
}

export function useTileJSON(layer: string) {
  return useQuery(tileJSONQuery(useServices().client, layer));
}

/** The reports of the page's conditions in a box, page by page, with exact counts. */
export function useReports(box: Box | null, enabled: boolean) {
  const { client } = useServices();
  const conditions = { ...boxed(box), ...reportParameters(useReportConditions()) };
  return useInfiniteQuery({
    queryKey: ['reports', 'list', conditions],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { ...conditions, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) };
      return unwrap(client.GET('/api/reports', { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** Of a report the map knows id and place; the rest is in the list. null when it is not there any more. */
export function useReportAt({ id, lng, lat }: { id: number; lng: number; lat: number }) {
  const { client } = useServices();
  const day = dayParameter(useDay());
  return useQuery({
    queryKey: ['reports', 'one', id, day],
    queryFn: async ({ signal }) => {
      // Tiles round to parts of themselves, at most this much at the zooms where reports stand alone.
      for (const z of [14, 10, 6]) {
        const query = { bbox: boxParameter(pointBox(lng, lat, z)), limit: 1000, ...day };
        const { items } = await unwrap(client.GET('/api/reports', { params: { query }, signal }));
        const found = items.find((item) => item.id === id);
        if (found) return found;
      }
      return null;
    },
  });
}

/** A grid at a position in it; null when it is not there on the day. */
export function useGrid(picked: Picked) {
  const day = useDay();
  return useQuery({
    queryKey: ['grid', picked, day],
    queryFn: async ({ signal }) => (await import('../map/grid')).fetchGrid(picked, day, signal),
  });
}

/** Names of the codes of a list, in the reader's language; a code that is not in it stands for itself. */
export function useCodes(list: string, enabled = true): (code: string) => string {
  const { client } = useServices();
  const language = useLanguage();
  const { data } = useQuery({
    queryKey: ['codes', list],
    queryFn: ({ signal }) => unwrap(client.GET('/api/codes/{list}', { params: { path: { list } }, signal })),
    staleTime: 600_000,
    enabled,
  });
  return (code) => data?.items.find((item) => item.code === code)?.[language] ?? code;
}

/** Names of the categories of reports, those of operators included. */
export function useReportCategories(enabled = true): (code: string) => string {
  const { client } = useServices();
  const language = useLanguage();
  const { data } = useQuery({
    queryKey: ['report-categories'],
    queryFn: ({ signal }) => unwrap(client.GET('/api/report-categories', { signal })),
    staleTime: 600_000,
    enabled,
  });
  return (code) => data?.items.find((item) => item.code === code)?.[language] ?? code;
}

/** The set of boundaries that maps draw; undefined until it is known, and without any. */
export function useBoundarySet() {
  return useQuery(tileJSONQuery(useServices().client, 'divisions')).data?.boundary_set;
}

/** The divisions that hold a position, longitude before latitude in degrees, the widest first. */
export function useDivisionsAt(at: readonly [number, number]) {
  const { client } = useServices();
  const query = { at: at.join(), ...dayParameter(useDay()) };
  return useQuery({
    queryKey: ['organizations', 'at', query],
    queryFn: ({ signal }) => unwrap(client.GET('/api/divisions', { params: { query }, signal })),
  });
}

/** Which divisions are counted: those of a level, in the country or in one division. */
export interface CountsRequest {
  by: 'province' | 'prefecture' | 'county' | 'township';
  within: string | null;
}

/** Organizations per division that meet the conditions, whatever division is among them. */
export function divisionCountsQuery(client: Client, { by, within }: CountsRequest, conditions: Conditions) {
  const chosen = conditionParameters({ ...conditions, division: null });
  const query = { by, ...(within === null ? {} : { within }), ...chosen };
  return queryOptions({
    queryKey: ['organizations', 'divisions', query],
    queryFn: ({ signal }) => unwrap(client.GET('/api/divisions/counts', { params: { query }, signal })),
  });
}

const countedLevels = ['province', 'prefecture', 'county', 'township'] as const;

/**
 * Organizations that the page shows per division below a parent, which may be of several levels, with why there are none.
 * Villages have no numbers, since nobody counts them.
 */
export function useChildCounts(parent: string | null, levels: readonly number[]): ChildCounts {
  const { client } = useServices();
  const conditions = useConditions();
  const some = conditions.kinds !== null || conditions.levels !== null || conditions.filter !== null;
  const counted = countedLevels.filter((_, i) => some && levels.includes(i + 1));
  const { counts, error } = useQueries({
    queries: counted.map((by) => divisionCountsQuery(client, { by, within: parent }, conditions)),
    combine: countsByCode,
  });
  return { counts: some ? counts : null, error };
}

interface ChildCounts {
  /** By code, as far as they have arrived; null while the page shows all, since then the list of divisions has the numbers. */
  counts: ReadonlyMap<string, number> | null;
  error: unknown;
}

function countsByCode(answers: readonly Pick<UseQueryResult<DivisionCounts>, 'data' | 'error'>[]) {
  const items = answers.flatMap(({ data }) => data?.items ?? []);
  return {
    counts: new Map(items.map(({ code, organizations }) => [code, organizations])),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
  };
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
  const day = dayParameter(useDay());
  return useQuery({
    queryKey: ['search', query, day],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/search', { params: { query: { q: query, limit: 20, ...day } }, signal })),
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
