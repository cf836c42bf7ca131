import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { ProblemError } from '../api/client';
import { useServices } from '../services';
import { type ConditionChange, refusedOf } from '../state/conditions';
import type { State } from '../state/url';

type Condition = keyof ConditionChange;

/** The condition of the page that is at fault for an error; null when none is. */
export function refusedBy(state: State, error: unknown): Condition | null {
  if (!(error instanceof ProblemError) || error.status !== 400) return null;
  return refusedOf(state, error.problem?.field);
}

/** The condition that the server does not know, whatever it is asked with it; null while it knows all. */
export function useRefused(): Condition | null {
  const { store } = useServices();
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = [cache.subscribe(changed), store.subscribe(changed)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [cache, store],
  );
  return useSyncExternalStore(subscribe, () => {
    const state = store.get();
    for (const query of cache.getAll()) {
      const refused = query.isActive() ? refusedBy(state, query.state.error) : null;
      if (refused) return refused;
    }
    return null;
  });
}
