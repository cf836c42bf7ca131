import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { useCell } from '../../state/cell';
import { Refusal } from '../api/client';
import type { OrganizationDetail, Session } from '../api/contract';
import { organizationsChanged } from '../api/organizations';
import { sendKept } from '../api/registration';
import { forgetSession } from '../api/session';
import { useServices, useTexts } from '../services';
import { type Kept, Outbox } from '../state/outbox';

const Context = createContext<Outbox | null>(null);

/** How often it is tried to send what waits, in milliseconds. */
const retryEvery = 15_000;

/** Keeps the forms of whoever is signed in, and sends what waits when the connection is back. */
export function OutboxProvider({ session, children }: { session: Session; children: ReactNode }) {
  const { client, undoing } = useServices();
  const { t } = useTexts();
  const queries = useQueryClient();
  const account = session.account.id;
  // A session that is over asks to sign in; what was to be sent waits for that.
  const sendOrForget = async (kept: Kept) => {
    try {
      return await sendKept(client, kept);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) forgetSession(queries);
      if (error instanceof Refusal && error.slug === 'csrf')
        void queries.invalidateQueries({ queryKey: ['session'] });
      throw error;
    }
  };
  const said = useRef<(organization: OrganizationDetail) => void>(() => {});
  said.current = ({ name, version }) => undoing.tell(t(version === 1 ? 'registered' : 'saved', { name }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is made of these
  const outbox = useMemo(() => new Outbox(localStorage, account, sendOrForget), [client, account]);
  useEffect(() => {
    const flush = () => void outbox.flush();
    const timer = setInterval(() => outbox.waiting && flush(), retryEvery);
    const onVisible = () => document.visibilityState === 'visible' && flush();
    window.addEventListener('online', flush);
    window.addEventListener('storage', outbox.reread);
    document.addEventListener('visibilitychange', onVisible);
    const stop = outbox.sent.subscribe(() => {
      const organization = outbox.sent.get()?.organization;
      if (organization) said.current(organization);
      void organizationsChanged(queries);
    });
    flush();
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', flush);
      window.removeEventListener('storage', outbox.reread);
      document.removeEventListener('visibilitychange', onVisible);
      stop();
    };
  }, [outbox, queries]);
  return <Context.Provider value={outbox}>{children}</Context.Provider>;
}

export function useOutbox(): Outbox {
  const outbox = useContext(Context);
  if (!outbox) throw new Error('there is no OutboxProvider above');
  return outbox;
}

/** The forms that are kept, the latest first. */
export function useKept(): readonly Kept[] {
  return useCell(useOutbox().kept);
}
