import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { settle, unwrap } from './client';
import type { TokenInput } from './contract';

/** The browsers in which one is signed in. */
export function useSessions() {
  const { client } = useServices();
  return useQuery({
    queryKey: ['sessions'],
    queryFn: async ({ signal }) => (await unwrap(client.GET('/api/sessions', { signal }))).items,
  });
}

/** One's tokens. */
export function useTokens() {
  const { client } = useServices();
  return useQuery({
    queryKey: ['tokens'],
    queryFn: async ({ signal }) => (await unwrap(client.GET('/api/tokens', { signal }))).items,
  });
}

export function useOwnActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  return {
    endSession: async (id: number) => {
      await settle(client.DELETE('/api/sessions/{id}', { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
    makeToken: async (body: TokenInput) => {
      const made = await unwrap(client.POST('/api/tokens', { body }));
      await queries.invalidateQueries({ queryKey: ['tokens'] });
      return made;
    },
    endToken: async (id: number) => {
      await settle(client.DELETE('/api/tokens/{id}', { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    },
  };
}
