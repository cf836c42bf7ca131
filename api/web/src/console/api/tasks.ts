import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { pageAt, paged, settle, unwrap } from './client';
import type { AskInput, TaskState } from './contract';

/** What the organizations that one looks after are asked for, a page at a time; of one of them with all below it, or of all. */
export function useTasks(state: TaskState, organization: number | null = null) {
  const { client } = useServices();
  return useInfiniteQuery({
    queryKey: ['tasks', state, organization],
    ...paged,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/api/tasks', {
          params: {
            query: { state, ...(organization === null ? {} : { organization }), ...pageAt(pageParam) },
          },
          signal,
        }),
      ),
  });
}

/** A task of an organization that waits for an answer; null when there is none with the id. */
export function useOpenTask(id: number | null, organization: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['tasks', 'open', organization, id],
    queryFn: async ({ signal }) => {
      const query = { state: 'open', organization, limit: 500 } as const;
      const { items } = await unwrap(client.GET('/api/tasks', { params: { query }, signal }));
      return items.find((task) => task.id === id && task.organization.id === organization) ?? null;
    },
    enabled: id !== null,
    staleTime: 0,
  });
}

/** What was asked, the latest first, a page at a time. */
export function useAsks() {
  const { client } = useServices();
  return useInfiniteQuery({
    queryKey: ['asks'],
    ...paged,
    queryFn: ({ pageParam, signal }) =>
      unwrap(client.GET('/api/asks', { params: { query: pageAt(pageParam) }, signal })),
  });
}

/** How much is asked for this month. */
export function useBurden() {
  const { client } = useServices();
  return useQuery({
    queryKey: ['burden'],
    queryFn: ({ signal }) => unwrap(client.GET('/api/burden', { signal })),
  });
}

/** What would become of an ask; null while it is not complete. */
export function usePreview(ask: AskInput | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['ask-preview', ask],
    queryFn: ({ signal }) =>
      unwrap(client.POST('/api/asks', { body: { ...(ask as AskInput), dry_run: true }, signal })),
    enabled: ask !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

export function useTaskActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  const anew = async () => {
    await Promise.all(
      ['tasks', 'asks', 'burden', 'ask-preview'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
  };
  return {
    answer: async (id: number, state: 'done' | 'declined' | 'open', reason = '') => {
      const body = { state, ...(reason === '' ? {} : { reason }) };
      await unwrap(client.POST('/api/tasks/{id}/answer', { params: { path: { id } }, body }));
      await anew();
    },
    ask: async (body: AskInput) => {
      const made = await unwrap(client.POST('/api/asks', { body }));
      await anew();
      return made;
    },
    withdraw: async (id: number) => {
      await settle(client.POST('/api/asks/{id}/withdraw', { params: { path: { id } } }));
      await anew();
    },
  };
}
