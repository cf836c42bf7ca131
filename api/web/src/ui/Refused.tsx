import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { useServices, useUrl } from '../services';
import { type ConditionChange, refusedOf, withoutRefused } from '../state/conditions';
import type { State } from '../state/url';
import { useKindName } from './useKinds';

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

/** Says which condition is not understood, with a button that takes it away. */
export function Refused({ condition, then }: { condition: Condition; then?: () => void }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const what = useWords(condition);
  const remove = () => {
    store.set(withoutRefused(store.get(), condition));
    then?.();
  };
  return (
    <>
      <span>{t('conditions.refused', { what })}</span>
      <button type="button" className="button" data-act="lift" onClick={remove}>
        {t('conditions.remove')}
      </button>
    </>
  );
}

/** So many values of a condition are said. */
const mostValues = 3;

function useWords(condition: Condition): string {
  const { t } = useTranslation();
  const kindName = useKindName();
  const value = useUrl((state) => state[condition]);
  if (condition === 'filter') return t('conditions.own');
  if (condition === 'division' || condition === 'datetime' || condition === 'received')
    return t(condition === 'datetime' ? 'asOf.label' : `conditions.field.${condition}`);
  const values = [value ?? []].flat().map((name) => (condition === 'kinds' ? kindName(name ?? '') : name));
  const name = values.slice(0, mostValues).join(', ') + (values.length > mostValues ? '…' : '');
  return t(`conditions.${condition}`, { name, names: name });
}
