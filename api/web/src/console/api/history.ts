import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { type Content, contentOf, merged, sameValue } from '../state/contents';
import { type ConsoleClient, ifMatch, internal, pageAt, paged, Refusal, settle, unwrap } from './client';
import type {
  MergeInput,
  OrganizationDetail,
  OrganizationInput,
  Problem,
  Reorganization,
  SplitInput,
} from './contract';
import { organizationsChanged } from './organizations';

/** The writes to an organization, newest first, a page at a time; also of one that is retired. */
export function useHistory(id: number) {
  const { client } = useServices();
  return useInfiniteQuery({
    queryKey: ['organization', id, 'history'],
    ...paged,
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { id }, query: { ...internal, ...pageAt(pageParam) } };
      return unwrap(client.GET('/api/organizations/{id}/history', { params, signal }));
    },
  });
}

/** What an organization came from, and what it went into. */
export function useSuccession(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'succession'],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: internal };
      return unwrap(client.GET('/api/organizations/{id}/succession', { params, signal }));
    },
  });
}

/** How many organizations are directly below one, and the first of them. */
export function useBelow(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'below'],
    queryFn: ({ signal }) => {
      const params = { query: { ...internal, parent: id, limit: 100 } };
      return unwrap(client.GET('/api/organizations/children', { params, signal }));
    },
  });
}

/** What somebody is told whose version is out of date, with what holds now. */
export type Stale = Problem & { current: OrganizationDetail; author: string; recorded: string };

/** What a refusal tells of an organization that has changed; null for any other error. */
export function staleIn(error: unknown): Stale | null {
  if (!(error instanceof Refusal) || error.status !== 412) return null;
  const problem = error.problem as Partial<Stale> | undefined;
  return problem?.current && problem.author !== undefined && problem.recorded !== undefined
    ? (problem as Stale)
    : null;
}

/** Since when an organization exists, as the refusal of an earlier day tells; null for any other error. */
export function beginningIn(error: unknown): string | null {
  return error instanceof Refusal && error.problem?.reason === 'before-beginning'
    ? (error.problem.since ?? null)
    : null;
}

/** What can be done to organizations. Each writes, and lets everything that is shown of organizations be read anew. */
export function useHistoryActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  /** left turns the page to another organization before what is shown is read anew: the one that it showed may be gone. */
  const after = async <T>(done: Promise<T>, left?: (result: T) => void): Promise<T> => {
    try {
      const result = await done;
      left?.(result);
      await new Promise((painted) => setTimeout(painted));
      return result;
    } finally {
      await organizationsChanged(queries);
    }
  };
  return {
    replace: (id: number, version: number, content: OrganizationInput) =>
      after(replaced(client, id, version, content)),
    /** Writes what is another in content than in base from a day to come on; the rest of that day stays as it is planned. */
    plan: async (id: number, version: number, content: Content, base: Content, from: string) => {
      const params = { path: { id }, query: { ...internal, datetime: from } };
      const then = await unwrap(client.GET('/api/organizations/{id}', { params }));
      return after(replaced(client, id, version, inputOf(merged(base, content, then, {}), then, from)));
    },
    retire: (id: number, version: number, left: () => void) =>
      after(
        settle(
          client.DELETE('/api/organizations/{id}', { params: { path: { id }, header: ifMatch(version) } }),
        ),
        left,
      ),
    restore: (id: number, version: number, wanted: number, parent?: number | null) =>
      after(
        unwrap(
          client.POST('/api/organizations/{id}/restore', {
            params: { path: { id }, header: ifMatch(version) },
            body: { version: wanted, ...(parent === undefined ? {} : { parent }) },
          }),
        ),
      ),
    /** Cancels what is planned from a day on. */
    cancel: (id: number, version: number, day: string) =>
      after(
        unwrap(
          client.DELETE('/api/organizations/{id}/plans/{day}', {
            params: { path: { id, day }, header: ifMatch(version) },
          }),
        ),
      ),
    /** Takes back the write that made a version, with all that was written together with it. */
    undo: (id: number, version: number): Promise<void> =>
      after(
        settle(
          client.POST('/api/organizations/{id}/undo', { params: { path: { id }, header: ifMatch(version) } }),
        ),
      ),
    merge: (body: MergeInput, left: (done: Reorganization) => void) =>
      after(unwrap(client.POST('/api/organizations/merge', { body })), left),
    split: (body: SplitInput, left: (done: Reorganization) => void) =>
      after(unwrap(client.POST('/api/organizations/split', { body })), left),
  };
}

function replaced(client: ConsoleClient, id: number, version: number, content: OrganizationInput) {
  const params = { path: { id }, header: ifMatch(version) };
  return unwrap(client.PUT('/api/organizations/{id}', { params, body: content }));
}

/** What of an organization can be undone is its latest write only. */
export function aboutOf(id: number): string {
  return `organization ${id}`;
}

/** What would be done; nothing is written. */
export function usePreview(kind: 'merge' | 'split', body: MergeInput | SplitInput | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', 'preview', kind, body],
    queryFn: ({ signal }) => {
      const preview = true;
      if (kind === 'merge') {
        const asked = { ...(body as MergeInput), preview };
        return unwrap(client.POST('/api/organizations/merge', { body: asked, signal }));
      }
      const asked = { ...(body as SplitInput), preview };
      return unwrap(client.POST('/api/organizations/split', { body: asked, signal }));
    },
    enabled: body !== null,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}

/**
 * What a PUT sends of an organization, from a day on; today when it is missing. The place is sent as it was answered, in WGS84,
 * beside the system in which it came; an area only when it is another one than that of base.
 */
export function inputOf(content: Content, base: Content, from?: string): OrganizationInput {
  const { jurisdiction, ...rest } = contentOf(content);
  return {
    ...rest,
    location_crs: 'EPSG:4326',
    ...(sameValue(jurisdiction, base.jurisdiction) ? {} : { jurisdiction }),
    ...(from === undefined ? {} : { valid_from: from }),
  };
}

/** What both sides of a conflict began with: what was said when a version was the newest, with who wrote the present one. */
export function useBase(id: number, version: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'base', version],
    queryFn: async ({ signal }) => {
      const path = { id };
      const { items } = await unwrap(
        client.GET('/api/organizations/{id}/history', {
          params: { path, query: { ...internal, limit: 200 } },
          signal,
        }),
      );
      const [last] = items;
      const then = items.find((write) => write.version === version);
      if (!last || !then) throw new Error(`there is no version ${version}`);
      const [base, theirs] = await Promise.all([
        unwrap(
          client.GET('/api/organizations/{id}', {
            params: { path, query: { ...internal, recorded: then.recorded } },
            signal,
          }),
        ),
        unwrap(client.GET('/api/organizations/{id}', { params: { path, query: internal }, signal })),
      ]);
      return { base, theirs, author: last.author, recorded: last.recorded };
    },
    staleTime: 0,
    retry: false,
  });
}
