import { useCallback, useState } from 'react';
import { listed } from '../../../format/list';
import type { Language } from '../../../format/number';
import { Refusal } from '../../api/client';
import type { LocationItem, LocationState } from '../../api/contract';
import { staleIn } from '../../api/history';
import { useVerificationActions } from '../../api/verification';
import { when } from '../../format/when';
import { useLanguage, useServices } from '../../services';
import { Underway } from '../../state/underway';
import { nextState } from '../../state/verification';
import { useWords } from './useWords';

/** What became of one location that was to advance. */
export interface Outcome {
  name: string;
  good: boolean;
  text: string;
  /** The state that it can be sent back to; null when no step was taken that can be taken back. */
  from: LocationState | null;
}

export interface BulkWork {
  outcomes: ReadonlyMap<number, Outcome>;
  /** How many of how many are done; null while nothing runs. */
  progress: { done: number; all: number } | null;
  /** Resolves to those that did not advance. */
  advance: (items: readonly LocationItem[], evidence: string) => Promise<number[]>;
  /** What became of them is not told any more. */
  forget: () => void;
}

/** Advances several locations one after the other with one evidence; each is told of by itself, and none stops the others. */
export function useBulk(): BulkWork {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const { undoing } = useServices();
  const { post, check, takeBack, allChanged } = useVerificationActions();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<number, Outcome>>(new Map());
  const [progress, setProgress] = useState<BulkWork['progress']>(null);

  const one = async ({ id, name, version, state }: LocationItem, evidence: string): Promise<Outcome> => {
    const to = nextState(state);
    const bad = (text: string): Outcome => ({ name, good: false, text, from: null });
    if (to === null) return bad(t('bulk.last'));
    if (to === 'confirmed') return bad(t('bulk.onSpot'));
    if (to === 'checked') {
      const checked = await check(id);
      const codes = checked.findings.map(({ code }) => t(`finding.${code}`));
      return checked.state === 'reported'
        ? bad(t('bulk.failed', { findings: listed(codes, language) }))
        : { name, good: true, text: t('bulk.ok', { state: stateName(checked.state) }), from: null };
    }
    await post(id, version, { to, evidence });
    return { name, good: true, text: t('bulk.ok', { state: stateName(to) }), from: state };
  };

  const offerUndo = (told: ReadonlyMap<number, Outcome>) => {
    const taken = [...told].flatMap(([id, { from }]) => (from === null ? [] : [{ id, from }]));
    if (taken.length === 0) return;
    undoing.offer(t('bulk.did', { count: taken.length }), async () => {
      try {
        for (const { id, from } of taken) await takeBack(id, from, t('back.undone'));
      } finally {
        setOutcomes(new Map());
        await allChanged();
      }
    });
  };

  const advanceAll = async (items: readonly LocationItem[], evidence: string) => {
    const told = new Map<number, Outcome>();
    for (const [done, item] of items.entries()) {
      setProgress({ done, all: items.length });
      try {
        told.set(item.id, await one(item, evidence));
      } catch (error) {
        told.set(item.id, { name: item.name, good: false, text: refusalOf(error, t, language), from: null });
      }
      setOutcomes(new Map(told));
    }
    setProgress(null);
    offerUndo(told);
    await allChanged();
    return items.map(({ id }) => id).filter((id) => !told.get(id)?.good);
  };
  const [underway] = useState(() => new Underway<number[]>());
  const advance: BulkWork['advance'] = (items, evidence) =>
    underway.run('advance', () => advanceAll(items, evidence));
  return { outcomes, progress, advance, forget: useCallback(() => setOutcomes(new Map()), []) };
}

/** What the server has against a step, in a few words. */
function refusalOf(error: unknown, t: ReturnType<typeof useWords>['t'], language: Language): string {
  if (!(error instanceof Refusal)) return t('console:problem.network');
  const { reason } = (error.problem ?? {}) as { reason?: string };
  if (reason === 'reviewer' || reason === 'registrar' || reason === 'second-person')
    return t(`next.lacking.${reason}`);
  const stale = staleIn(error);
  if (stale) return t('meanwhile.wrote', { author: stale.author, when: when(stale.recorded, language) });
  if (error.status === 403) return t('console:problem.forbidden');
  return t('console:problem.other', { status: error.status });
}
