import { useQueries } from '@tanstack/react-query';
import { type Client, unwrap } from '../../api/client';
import { dayParameter, useDay } from '../../api/queries';
import { useServices } from '../../services';
import { parentOf } from '../../state/division';

export interface Named {
  name: string;
  pinyin: string;
}

/** A division with the one above it; null for a province. */
export interface Placed extends Named {
  above: Named | null;
}

/** Names of divisions by their codes, asked for together with their neighbours: one list for all below one parent. */
export function useNames(codes: readonly string[]): ReadonlyMap<string, Placed> {
  const { client } = useServices();
  const day = useDay();
  return useQueries({
    queries: parentsOf(codes).map((parent) => namesQuery(client, parent, day)),
    combine: together,
  });
}

/** Those above divisions, each once; null for those of provinces. */
export function parentsOf(codes: readonly string[]): (string | null)[] {
  return [...new Set(codes.map(parentOf))];
}

function together(answers: readonly { data: [string, Placed][] | undefined }[]): Map<string, Placed> {
  return new Map(answers.flatMap(({ data }) => data ?? []));
}

/** The divisions below one, or the provinces, by their codes. */
export function namesQuery(client: Client, parent: string | null, day: string | null) {
  const query = { parent: parent ?? 'root', limit: 1000, ...dayParameter(day) };
  return {
    queryKey: ['division', 'below', query],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<[string, Placed][]> => {
      const params = { path: { code: parent ?? '' }, query: dayParameter(day) };
      const [{ items }, above] = await Promise.all([
        unwrap(client.GET('/api/divisions', { params: { query }, signal })),
        parent === null ? null : unwrap(client.GET('/api/divisions/{code}', { params, signal })),
      ]);
      return items.map(({ code, name, pinyin }) => [code, { name, pinyin, above }]);
    },
    staleTime: 60_000,
  };
}
