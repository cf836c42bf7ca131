import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../services';
import { ifMatch, pageAt, paged, settle, unwrap } from './client';
import type { Account, AccountChange, AccountInput, Grant, GrantInput } from './contract';

const pageSize = 50;

export interface AccountFilter {
  q: string;
  organization: number | null;
}

/** The accounts that one looks after, page by page. */
export function useAccounts({ q, organization }: AccountFilter, enabled = true) {
  const { client } = useServices();
  const conditions = { ...(q === '' ? {} : { q }), ...(organization === null ? {} : { organization }) };
  return useInfiniteQuery({
    queryKey: ['accounts', 'list', conditions],
    ...paged,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...conditions, limit: pageSize, ...pageAt(pageParam) };
      return unwrap(client.GET('/api/accounts', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useAccount(id: number | null) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['accounts', id],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/accounts/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== null,
  });
}

export function useGrants(account: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['accounts', account, 'grants'],
    queryFn: async ({ signal }) => {
      const params = { path: { id: account } };
      return (await unwrap(client.GET('/api/accounts/{id}/grants', { params, signal }))).items;
    },
  });
}

export function useAccountActions() {
  const { client } = useServices();
  const queries = useQueryClient();
  const changed = () => queries.invalidateQueries({ queryKey: ['accounts'] });
  const path = (id: number) => ({ params: { path: { id } } });
  const put = (account: Account, body: AccountChange) => {
    const params = { ...path(account.id).params, header: ifMatch(account.version) };
    return unwrap(client.PUT('/api/accounts/{id}', { params, body }));
  };
  return {
    /** What is shown may have been old: reads it anew. */
    reread: changed,
    create: async (body: AccountInput) => {
      const made = await unwrap(client.POST('/api/accounts', { body }));
      await changed();
      return made;
    },
    /** What is not named stays. */
    change: async (account: Account, body: AccountChange) => {
      const stored = await put(account, body);
      await changed();
      return stored;
    },
    /** Disables or enables, whatever else somebody changed in the meantime. */
    turn: async (account: Account, disabled: boolean) => {
      const latest = await unwrap(client.GET('/api/accounts/{id}', path(account.id)));
      const stored = await put(latest, { disabled });
      await changed();
      return stored;
    },
    recover: (id: number) => unwrap(client.POST('/api/accounts/{id}/recovery', path(id))),
    handOver: async (id: number, to: number) => {
      await settle(client.POST('/api/accounts/{id}/handover', { ...path(id), body: { to } }));
      await changed();
    },
    endSessions: async (id: number) => settle(client.DELETE('/api/accounts/{id}/sessions', path(id))),
    grant: async (id: number, body: GrantInput) => {
      await unwrap(client.POST('/api/accounts/{id}/grants', { ...path(id), body }));
      await changed();
    },
    endGrant: async (id: number, { id: grant }: Grant) => {
      const params = { path: { id, grant } };
      await settle(client.DELETE('/api/accounts/{id}/grants/{grant}', { params }));
      await changed();
    },
  };
}
