import { useState } from 'react';
import { listed } from '../../../format/list';
import { Refusal } from '../../api/client';
import type { LocationItem } from '../../api/contract';
import { useVerificationActions } from '../../api/verification';
import { useLanguage } from '../../services';
import { nextState } from '../../state/verification';
import { useWords } from './useWords';

/** What became of one location that was to advance. */
export interface Outcome {
  good: boolean;
  text: string;
}

export interface BulkWork {
  outcomes: ReadonlyMap<number, Outcome>;
  /** How many of how many are done; null while nothing runs. */
  progress: { done: number; all: number } | null;
  /** Resolves to those that did not advance. */
  advance: (items: readonly LocationItem[], evidence: string) => Promise<number[]>;
}

/** Advances several locations one after the other with one evidence; each is told of by itself, and none stops the others. */
export function useBulk(): BulkWork {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const { post, check, allChanged } = useVerificationActions();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<number, Outcome>>(new Map());
  const [progress, setProgress] = useState<BulkWork['progress']>(null);

  const one = async ({ id, version, state }: LocationItem, evidence: string): Promise<Outcome> => {
    const to = nextState(state);
    if (to === null) return { good: false, text: t('bulk.last') };
    if (to === 'confirmed') return { good: false, text: t('bulk.onSpot') };
    if (to === 'checked') {
      const checked = await check(id);
      const codes = checked.findings.map(({ code }) => t(`finding.${code}`));
      return checked.state === 'reported'
        ? { good: false, text: t('bulk.failed', { findings: listed(codes, language) }) }
        : { good: true, text: t('bulk.ok', { state: stateName(checked.state) }) };
    }
    await post(id, version, { to, evidence });
    return { good: true, text: t('bulk.ok', { state: stateName(to) }) };
  };

  const advance = async (items: readonly LocationItem[], evidence: string) => {
    const told = new Map<number, Outcome>();
    for (const [done, item] of items.entries()) {
      setProgress({ done, all: items.length });
      try {
        told.set(item.id, await one(item, evidence));
      } catch (error) {
        told.set(item.id, { good: false, text: refusalOf(error, t) });
      }
      setOutcomes(new Map(told));
    }
    setProgress(null);
    await allChanged();
    return items.map(({ id }) => id).filter((id) => !told.get(id)?.good);
  };
  return { outcomes, progress, advance };
}

/** What the server has against a step, in a few words. */
function refusalOf(error: unknown, t: ReturnType<typeof useWords>['t']): string {
  if (!(error instanceof Refusal)) return t('console:problem.network');
  const { reason } = (error.problem ?? {}) as { reason?: string };
  if (reason === 'reviewer' || reason === 'registrar' || reason === 'second-person')
    return t(`next.lacking.${reason}`);
  if (error.status === 412) return t('console:problem.stale');
  if (error.status === 403) return t('console:problem.forbidden');
  return t('console:problem.other', { status: error.status });
}
