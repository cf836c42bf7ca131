import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import type { Kept } from '../state/outbox';
import { readPlace } from '../state/reading';
import { bodyOf, differs } from '../state/registration';
import { type ConsoleClient, ifMatch, internal, Refusal, settle, unwrap } from './client';
import type { OrganizationDetail, OrganizationInput } from './contract';
import { organizationQuery } from './organizations';

/**
 * Registers or alters what a form says. An answer that was lost makes nothing twice: the server knows the request by its key,
 * and what was stored is looked at before a form counts as overtaken.
 */
export async function sendKept(client: ConsoleClient, kept: Kept): Promise<OrganizationDetail> {
  const body = bodyOf(kept.filled);
  if (kept.organization) return alter(client, kept.organization, body, kept.tried);
  const header = { 'Idempotency-Key': kept.id };
  const { data, error, response } = await client.POST('/api/organizations', { params: { header }, body });
  if (data === undefined) throw new Refusal(response, error);
  // It was registered before its form was corrected.
  if (response.status === 200 && differs(data, body)) return alter(client, data, body, false);
  return data;
}

async function alter(
  client: ConsoleClient,
  { id, version }: { id: number; version: number },
  body: OrganizationInput,
  tried: boolean,
): Promise<OrganizationDetail> {
  const path = { id };
  try {
    const params = { path, header: ifMatch(version) };
    return await unwrap(client.PUT('/api/organizations/{id}', { params, body }));
  } catch (error) {
    if (!tried || !(error instanceof Refusal) || error.status !== 412) throw error;
    const params = { path, query: internal };
    const stored = await unwrap(client.GET('/api/organizations/{id}', { params }));
    if (differs(stored, body)) throw error;
    return stored;
  }
}

/** What a text says of a place, read by the server. */
function readingQuery(client: ConsoleClient, text: string, system: string | null) {
  return queryOptions({
    queryKey: ['coordinates', text, system],
    queryFn: ({ signal }) =>
      readPlace(text, system, async (q, crs) => {
        const query = { q, ...(crs === null ? {} : { crs }) };
        try {
          return await unwrap(client.GET('/api/coordinates', { params: { query }, signal }));
        } catch (error) {
          if (error instanceof Refusal && error.status === 400) return null;
          throw error;
        }
      }),
    staleTime: Number.POSITIVE_INFINITY,
    // Without a connection one is told so, and does not wait for it.
    networkMode: 'always',
  });
}

/**
 * What a text says of a place; numbers that do not say their system are in the one that was chosen. It is read once it rests;
 * what was read before is known at once.
 */
export function useReading(text: string, system: string | null, rests: boolean) {
  const { client } = useServices();
  return useQuery({ ...readingQuery(client, text, system), enabled: rests && text !== '' });
}

/** Finds out at once what a form needs to be sent: where a text says that it is, which divisions hold a place, and a superior. */
export function useFinders() {
  const { client } = useServices();
  const queries = useQueryClient();
  return {
    read: (text: string, system: string | null) => queries.fetchQuery(readingQuery(client, text, system)),
    divisionsAt: (at: { lng: number; lat: number }) => queries.fetchQuery(divisionsQuery(client, at)),
    superior: (id: number) => queries.fetchQuery(organizationQuery(client, id)),
  };
}

/** What a search finds that has a place: addresses, divisions, organizations. */
export function usePlaces(text: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['places', text],
    queryFn: async ({ signal }) => {
      const query = { ...internal, q: text, limit: 12 };
      const { items } = await unwrap(client.GET('/search', { params: { query }, signal }));
      return items.filter(({ location }) => location !== null && location !== undefined);
    },
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
}

function divisionsQuery(client: ConsoleClient, at: { lng: number; lat: number } | null) {
  const text = at === null ? '' : `${at.lng},${at.lat}`;
  return queryOptions({
    queryKey: ['divisions', 'at', text],
    queryFn: async ({ signal }) => {
      const query = { at: text };
      return (await unwrap(client.GET('/api/divisions', { params: { query }, signal }))).items;
    },
    staleTime: 300_000,
    networkMode: 'always',
  });
}

/** The divisions that hold a place, the widest first. */
export function useDivisionsAt(at: { lng: number; lat: number } | null) {
  const { client } = useServices();
  return useQuery({ ...divisionsQuery(client, at), enabled: at !== null });
}

/** Divisions that a text names. */
export function useDivisionSearch(text: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['divisions', 'search', text],
    queryFn: async ({ signal }) => {
      const query = { q: text, type: 'division', limit: 30 };
      const { items } = await unwrap(client.GET('/search', { params: { query }, signal }));
      return items.flatMap((hit) => (hit.type === 'division' ? [hit] : []));
    },
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
}

interface Resemblance {
  name: string;
  at: { lng: number; lat: number } | null;
  code: string;
  uscc: string;
  except: number | null;
}

/** What may be the same as what is being registered. */
export function useSimilar({ name, at, code, uscc, except }: Resemblance) {
  const { client } = useServices();
  const query = {
    ...internal,
    ...(name === '' ? {} : { name }),
    ...(at === null ? {} : { point: `${at.lng},${at.lat}` }),
    ...(code === '' ? {} : { code }),
    ...(uscc === '' ? {} : { uscc }),
    ...(except === null ? {} : { except }),
  };
  return useQuery({
    queryKey: ['similar', query],
    queryFn: ({ signal }) => unwrap(client.GET('/api/organizations/similar', { params: { query }, signal })),
    enabled: (name !== '' && at !== null) || code !== '' || uscc !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

export function usePhotos(id: number, asked: boolean) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'photos'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: internal };
      return (await unwrap(client.GET('/api/organizations/{id}/photos', { params, signal }))).items;
    },
    enabled: asked,
  });
}

/** Where a photo is shown from. */
export function photoAddress(id: number, photo: number): string {
  return `/api/organizations/${id}/photos/${photo}?edition=internal`;
}

export function usePhotoActions(id: number) {
  const { client } = useServices();
  const queries = useQueryClient();
  const changed = () => queries.invalidateQueries({ queryKey: ['organization', id, 'photos'] });
  return {
    add: async (picture: Blob) => {
      const headers = { 'Content-Type': picture.type };
      const sent = client.POST('/api/organizations/{id}/photos', {
        params: { path: { id } },
        body: picture as never,
        bodySerializer: (body) => body,
        headers,
      });
      await settle(sent);
      await changed();
    },
    remove: async (photo: number) => {
      const params = { path: { id, photo } };
      await settle(client.DELETE('/api/organizations/{id}/photos/{photo}', { params }));
      await changed();
    },
    restore: async (photo: number) => {
      const params = { path: { id, photo } };
      await settle(client.POST('/api/organizations/{id}/photos/{photo}/restore', { params }));
      await changed();
    },
  };
}
