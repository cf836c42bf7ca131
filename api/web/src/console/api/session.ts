import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { components } from '../../api/schema';
import { useLanguage, useServices } from '../services';
import { dropDrafts } from '../state/draft';
import { Refusal, settle, unwrap } from './client';
import type { LinkRedemption, Session } from './contract';

/**
 * Set while somebody is believed to be signed in. The page of the map shows its link by it, and a page that nobody
 * signed in on asks for no session.
 */
export const hintKey = 'console';

const sessionKey = ['session'];

/** The session; null when nobody is signed in. */
export function useSession() {
  const { client, proof } = useServices();
  return useQuery({
    queryKey: sessionKey,
    queryFn: async ({ signal }) => {
      if (localStorage.getItem(hintKey) === null) return null;
      try {
        const session = withAccount(await unwrap(client.GET('/api/session', { signal })));
        proof.set(session.csrf_token);
        return session;
      } catch (error) {
        if (!(error instanceof Refusal && error.status === 401)) throw error;
        localStorage.removeItem(hintKey);
        return null;
      }
    },
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
}

/** The session as a browser has it, with an account. */
function withAccount(session: components['schemas']['Session']): Session {
  if (!session.account) throw new Error('the session is of nobody');
  return { ...session, account: session.account };
}

/** How one can sign in here, with the titles of providers in the language of the page. */
export function useSignIn() {
  const { client } = useServices();
  const language = useLanguage();
  return useQuery({
    queryKey: ['sign-in', language],
    queryFn: ({ signal }) => {
      const params = { header: { 'Accept-Language': language === 'zh' ? 'zh-CN' : 'en' } };
      return unwrap(client.GET('/api/sign-in', { params, signal }));
    },
    staleTime: 0,
  });
}

/** Forgets who was signed in. What they saw is forgotten when it is no longer on screen. */
export function forgetSession(queries: QueryClient): void {
  localStorage.removeItem(hintKey);
  queries.setQueryData(sessionKey, null);
}

/** Forgets everything that is not on screen, once nobody is signed in. */
export function useForgetting(): void {
  const { data } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    if (data === null) queries.removeQueries({ type: 'inactive' });
  }, [data, queries]);
}

/** What signs in and out, and alters the session. */
export function useSessionActions() {
  const { client, proof } = useServices();
  const queries = useQueryClient();
  const begin = (session: Session) => {
    localStorage.setItem(hintKey, '1');
    proof.set(session.csrf_token);
    queries.setQueryData(sessionKey, session);
  };
  return {
    signIn: async (name: string, password: string) =>
      begin(withAccount(await unwrap(client.POST('/api/session', { body: { name, password } })))),
    redeem: async (body: LinkRedemption) =>
      begin(withAccount(await unwrap(client.POST('/api/links/redeem', { body })))),
    inspect: (link: string) => unwrap(client.POST('/api/links/inspect', { body: { link } })),
    signOut: async () => {
      await settle(client.DELETE('/api/session'));
      dropDrafts(sessionStorage);
      forgetSession(queries);
    },
    changePassword: async (current: string, next: string) => {
      await settle(client.PUT('/api/session/password', { body: { current, new: next } }));
      await queries.invalidateQueries({ queryKey: sessionKey });
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
    rename: async (display_name: string) => {
      await unwrap(client.PUT('/api/session/profile', { body: { display_name } }));
      await queries.invalidateQueries({ queryKey: sessionKey });
    },
  };
}
