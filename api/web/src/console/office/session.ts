import { createContext, useContext } from 'react';
import type { Session } from '../api/contract';

const Context = createContext<Session | null>(null);
export const SessionProvider = Context.Provider;

/** Who is signed in. Below the office only, where somebody is. */
export function useKnown(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('nobody is signed in here');
  return session;
}
