import { useQuery } from '@tanstack/react-query';
import { useServices } from '../services';
import { internal, unwrap } from './client';

/** The changes of an organization that are to come, by day. */
export function usePlans(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'plans'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: internal };
      return (await unwrap(client.GET('/api/organizations/{id}/plans', { params, signal }))).items;
    },
  });
}

/** What whoever is signed in may do with an organization. */
export function useActions(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['organization', id, 'actions'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: internal };
      return (await unwrap(client.GET('/api/organizations/{id}/actions', { params, signal }))).actions;
    },
    staleTime: 60_000,
  });
}

/** Whether whoever is signed in may do something with an organization; not before the server has said so. */
export function useMayWith(id: number, action: 'organization.read' | 'organization.write'): boolean {
  return useActions(id).data?.includes(action) ?? false;
}
