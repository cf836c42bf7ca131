import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { bodyOf, filledFrom } from '../state/registration';
import { ifMatch, internal, pageAt, paged, unwrap } from './client';
import type { LocationMove, LocationQuery, LocationState, Verification } from './contract';
import { organizationsChanged } from './organizations';

const pageSize = 100;

/** How often what others may change is looked at again while the page is seen, in milliseconds. */
const lookEvery = 30_000;

/** So many pages of a list are read again by themselves; of a longer one the reader asks. */
const mostPages = 5;

const live = { refetchInterval: lookEvery, refetchOnWindowFocus: 'always' } as const;

/** Where an organization stands in the verification of its location. */
export function useVerification(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['verification', id],
    ...live,
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: internal };
      return unwrap(client.GET('/api/organizations/{id}/verification', { params, signal }));
    },
  });
}

/** What the list of locations is filtered by; "" and null for no condition. */
export interface LocationFilter {
  state: string;
  finding: string;
  division: string;
  organization: number | null;
}

function conditionsOf({ state, finding, division, organization }: LocationFilter): LocationQuery {
  return {
    ...(state === '' ? {} : { state }),
    ...(finding === '' ? {} : { finding }),
    ...whereOf({ division, organization }),
  };
}

function whereOf({ division, organization }: Pick<LocationFilter, 'division' | 'organization'>) {
  return { ...(division === '' ? {} : { division }), ...(organization === null ? {} : { organization }) };
}

/** Locations that wait for verification, page by page. */
export function useLocations(filter: LocationFilter) {
  const { client } = useServices();
  const conditions = conditionsOf(filter);
  return useInfiniteQuery({
    queryKey: ['locations', 'list', conditions],
    ...paged,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...conditions, limit: pageSize, ...pageAt(pageParam) };
      return unwrap(client.GET('/api/verification', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    retry: false,
    refetchOnWindowFocus: 'always',
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= mostPages ? lookEvery : false),
  });
}

/** How many locations are in each state and have each finding. */
export function useLocationCounts(filter: Pick<LocationFilter, 'division' | 'organization'>) {
  const { client } = useServices();
  const query = whereOf(filter);
  return useQuery({
    queryKey: ['locations', 'counts', query],
    ...live,
    queryFn: ({ signal }) => unwrap(client.GET('/api/verification/counts', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What is done to the verification of locations. */
export function useVerificationActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  const changed = async (id: number) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['verification', id] }),
      queries.invalidateQueries({ queryKey: ['organization', id] }),
      queries.invalidateQueries({ queryKey: ['locations'] }),
    ]);
  };
  const post = (id: number, version: number, body: LocationMove) => {
    const params = { path: { id }, header: ifMatch(version) };
    return unwrap(client.POST('/api/organizations/{id}/verification', { params, body }));
  };
  const check = (id: number): Promise<Verification> =>
    unwrap(client.POST('/api/organizations/{id}/verification/check', { params: { path: { id } } }));
  /** Takes a step back, whatever the version has become; nothing is read anew. */
  const takeBack = async (id: number, to: LocationState, reason: string) => {
    const params = { path: { id }, query: internal };
    const { version } = await unwrap(client.GET('/api/organizations/{id}/verification', { params }));
    await post(id, version, { back: to, reason });
  };
  return {
    /** Takes a step without reading anything anew. */
    post,
    check,
    takeBack,
    /** Takes a step; that it was taken is told before everything is read anew. */
    move: async (id: number, version: number, body: LocationMove, taken: () => void) => {
      try {
        const organization = await post(id, version, body);
        taken();
        return organization;
      } finally {
        await changed(id);
      }
    },
    /** Says to how many metres a location is known, of the organization as it is now. Answers the version that it becomes, which is told
     * before everything is read anew. */
    stateAccuracy: async (id: number, metres: number, stated: (version: number) => void) => {
      const path = { id };
      const now = await unwrap(client.GET('/api/organizations/{id}', { params: { path, query: internal } }));
      const parent = now.parent === null ? null : { id: now.parent, name: '' };
      const body = { ...bodyOf(filledFrom(now, parent)), location_accuracy_m: metres };
      const params = { path, header: ifMatch(now.version) };
      const { version } = await unwrap(client.PUT('/api/organizations/{id}', { params, body }));
      stated(version);
      await changed(id);
      return version;
    },
    /** Takes back the write that made a version: what was verified of the location before it holds again. */
    undoWrite: async (id: number, version: number, undone: (version: number) => void) => {
      const params = { path: { id }, header: ifMatch(version) };
      await unwrap(client.POST('/api/organizations/{id}/undo', { params }));
      undone(version + 1);
      await changed(id);
    },
    recheck: async (id: number) => {
      const verification = await check(id);
      await changed(id);
      return verification;
    },
    undo: async (id: number, to: LocationState, reason: string) => {
      await takeBack(id, to, reason);
      await changed(id);
    },
    /** Checks a batch of the locations that lack a check. */
    checkNext: (cursor: string | null) =>
      unwrap(
        client.POST('/api/verification/check', { params: { query: cursor === null ? {} : { cursor } } }),
      ),
    allChanged: () => organizationsChanged(queries),
  };
}
