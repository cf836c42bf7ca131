import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { type Sort, sortText } from '../state/table';
import { internal, isGone, Refusal, unwrap, within } from './client';
import type { BulkOutcome, BulkSet, Reach } from './contract';
import { organizationsChanged } from './organizations';

/** The first page is soon there, those after it are few. */
const firstPage = 200;
const laterPages = 1000;

/** How many organizations are changed at once at most. */
export const mostAtOnce = 500;

/** Which organizations the table shows, and how; "" for no condition. */
export interface TableFilter {
  /** Those at or below this one; null for all that one may read. */
  within: number | null;
  kind: string;
  status: string;
  state: string;
  /** The day that they are as of; null for today. */
  day: string | null;
  sort: Sort | null;
}

function conditionsOf({ within: top, kind, status, state, day, sort }: TableFilter, reach: Reach) {
  const filter = { op: '=', args: [{ property: 'location_state' }, state] };
  const sortby = sortText(sort);
  return {
    ...internal,
    ...within(top === null ? reach : { all: false, roots: [top] }),
    ...(kind === '' ? {} : { kind }),
    ...(status === '' ? {} : { status }),
    ...(state === '' ? {} : { filter: JSON.stringify(filter) }),
    ...(day === null ? {} : { datetime: day }),
    ...(sortby === '' ? {} : { sortby }),
  };
}

/** The organizations of the table, page by page. What was written here before is in them. */
export function useTable(filter: TableFilter, reach: Reach) {
  const { client, written } = useServices();
  const conditions = conditionsOf(filter, reach);
  return useInfiniteQuery({
    queryKey: ['organization', 'table', conditions],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor, signal }) => {
      const after = written.get();
      const query = {
        ...conditions,
        limit: cursor === '' ? firstPage : laterPages,
        ...(cursor === '' ? {} : { cursor }),
        ...(after === null ? {} : { after }),
      };
      return unwrap(client.GET('/api/organizations', { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    // A comparison of all that is loaded would cost more than it saves.
    structuralSharing: false,
    retry: false,
  });
}

/** What cannot be changed, and what the server has against it. */
export interface Refused {
  id: number;
  error: Refusal;
}

/** What a change would do. */
export interface Prospect {
  items: BulkOutcome['items'];
  refused: Refused[];
  /** More are refused than were asked for one by one; nothing may be sent. */
  broken: boolean;
}

/** So many refusals are looked for: each takes a question. */
const mostRefusals = 20;

/** The organization among ids that a refusal is about; null when it is about none of them. */
export function refusedIn(error: unknown, ids: readonly number[]): number | null {
  if (!(error instanceof Refusal)) return null;
  const { current, detail = '' } = (error.problem ?? {}) as { current?: { id: number }; detail?: string };
  const named = current ? [current.id] : (detail.match(/\d+/g) ?? []).map(Number);
  return named.find((id) => ids.includes(id)) ?? null;
}

/**
 * Asks what a change would do. It is all or nothing: what is refused is left out and the rest asked for again, so that each
 * refusal is told. A refusal that is about none of them is thrown.
 */
export async function prospectOf(
  ask: (ids: readonly number[]) => Promise<BulkOutcome>,
  all: readonly number[],
): Promise<Prospect> {
  let ids = all;
  const refused: Refused[] = [];
  while (ids.length > 0) {
    try {
      const { items } = await ask(ids);
      return { items, refused, broken: false };
    } catch (error) {
      const id = refusedIn(error, ids);
      if (id === null) throw error;
      refused.push({ id, error: error as Refusal });
      if (refused.length === mostRefusals) return { items: [], refused, broken: true };
      ids = ids.filter((one) => one !== id);
    }
  }
  return { items: [], refused, broken: false };
}

/** Changes the same of many organizations. */
export function useBulkActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  return {
    prospect: (ids: readonly number[], set: BulkSet, signal: AbortSignal): Promise<Prospect> => {
      const ask = (some: readonly number[]) => {
        const body = { organizations: some.map((id) => ({ id })), set, preview: true };
        return unwrap(client.POST('/api/organizations/bulk', { body, signal }));
      };
      return prospectOf(ask, ids);
    },
    /** Changes what would change, all of it or nothing. */
    change: async ({ items }: Prospect, set: BulkSet): Promise<BulkOutcome> => {
      const organizations = items
        .filter(({ changed }) => changed)
        .map(({ id, version }) => ({ id, version }));
      try {
        const body = { organizations, set, preview: false };
        return await unwrap(client.POST('/api/organizations/bulk', { body }));
      } finally {
        void organizationsChanged(queries);
      }
    },
  };
}

/** The divisions of the codes, by code; what is not known is left out. done counts while they are read. */
export async function namesOf(
  codes: readonly string[],
  read: (code: string) => Promise<string>,
  done: (count: number) => void,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const left = [...new Set(codes)];
  let count = codes.length - left.length;
  const worker = async () => {
    for (let code = left.pop(); code !== undefined; code = left.pop()) {
      const name = await read(code).catch(unknown);
      if (name !== null) names.set(code, name);
      done(++count);
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return names;
}

/** A code that is a division no more has no name. */
function unknown(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
