import { useEffect, useMemo, useRef, useState } from 'react';
import type { OrganizationDetail } from '../../../api/contract';
import { useCodes } from '../../../api/organizations';
import { useFinders } from '../../../api/registration';
import { changedIn, type Kept } from '../../../state/outbox';
import { ChosenSystem } from '../../../state/reading';
import { derived, emptyForm, type Filled, type NamedDivision } from '../../../state/registration';
import { useKept, useOutbox } from '../../outbox';
import { useKnown } from '../../session';

/** Takes what a person changes, and which fields they chose themselves by it. */
export type SetFilled = (change: Partial<Filled>, own?: readonly string[]) => void;

/** The content of a form, kept with each change that a person makes. */
export function useFilled(id: string, about: Kept['organization'], start: Filled) {
  const outbox = useOutbox();
  const systems = useChosenSystem();
  const [filled, setFilled] = useState<Filled>(() => begun(start, systems.get()));
  // What this window knows to be kept: what differs from it was changed in another one.
  const known = useRef<Filled | null>(null);
  known.current ??= outbox.find(id)?.filled ?? filled;
  const adopt = (kept: Filled | null): Partial<Filled> => {
    const theirs = kept && known.current ? changedIn(known.current, kept) : {};
    if (Object.keys(theirs).length === 0) return theirs;
    known.current = kept;
    setFilled((before) => ({
      ...before,
      ...theirs,
      own: [...new Set([...before.own, ...(theirs.own ?? [])])],
    }));
    return theirs;
  };
  const keep = (next: Filled, part: Partial<Filled>) => {
    const theirs = adopt(outbox.stored(id));
    if (Object.keys(theirs).length > 0) setFilled((before) => ({ ...before, ...part }));
    const both = { ...next, ...theirs, ...part };
    known.current = both;
    outbox.keep(id, about, both);
  };
  const set: SetFilled = (part, own = []) =>
    setFilled((before) => {
      const next = { ...before, ...part, own: [...new Set([...before.own, ...own])] };
      if (JSON.stringify(next) === JSON.stringify(before)) return before;
      queueMicrotask(() => keep(next, own.length > 0 ? { ...part, own: next.own } : part));
      return next;
    });
  /** Fills in what nobody typed: that alone is nothing to keep. */
  const fill = (part: Partial<Filled>) =>
    setFilled((before) => {
      const next = { ...before, ...part };
      return JSON.stringify(next) === JSON.stringify(before) ? before : next;
    });
  const kept = useKept().find((one) => one.id === id)?.filled ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: adopt is another one each time, and does the same
  useEffect(() => {
    adopt(kept);
  }, [kept]);
  /** Takes the choice of a system, here and for the next form. */
  const chooseSystem = (system: string) => {
    systems.keep(system);
    // In another system it is another place.
    if (system !== filled.system) set({ system, place: null });
  };
  return { filled, set, fill, chooseSystem };
}

/** What stands in a form when it is opened; what an older page has kept may lack parts. */
function begun(start: Partial<Filled> & Pick<Filled, 'place'>, system: string | null): Filled {
  return {
    ...emptyForm,
    ...start,
    typed: start.typed ?? start.place?.text ?? '',
    system: start.system ?? system,
  };
}

function useChosenSystem(): ChosenSystem {
  const account = useKnown().account.id;
  return useMemo(() => new ChosenSystem(localStorage, account), [account]);
}

/** Fills in what follows from the rest, until a person says otherwise: kind, level, division. */
export function useDerived(
  filled: Filled,
  fill: (part: Partial<Filled>) => void,
  at: readonly NamedDivision[] | undefined,
  superior: OrganizationDetail | undefined,
): void {
  const kinds = useKinds();
  const { name, kind, parent, own } = filled;
  // biome-ignore lint/correctness/useExhaustiveDependencies: fill is another one each time, and does the same
  useEffect(() => {
    fill(derived(filled, { kinds, at, superior }));
  }, [name, kind, parent === null, own.length, kinds, at, superior?.level, superior?.division]);
}

function useKinds(): readonly string[] | undefined {
  const { data } = useCodes('organization_kind');
  return useMemo(() => data?.items.map(({ code }) => code), [data]);
}

/**
 * Waits until what is filled in has been read: the place that a text says, and what follows from it. What cannot be found out
 * stays open. undefined when the form was altered meanwhile.
 */
export function useSettled(filled: Filled): () => Promise<Filled | undefined> {
  const { read, divisionsAt, superior } = useFinders();
  const kinds = useKinds();
  const latest = useRef(filled);
  latest.current = filled;
  const placeOf = async ({ place, typed, system }: Filled) => {
    if (place || typed.trim() === '') return place;
    const reading = await read(typed.trim(), system).catch(() => null);
    return reading?.is === 'coordinate' ? reading.place : null;
  };
  return async () => {
    const before = latest.current;
    const { typed, system, parent } = before;
    const place = await placeOf(before);
    const [at, above] = await Promise.all([
      place ? divisionsAt(place).catch(() => undefined) : undefined,
      parent ? superior(parent.id).catch(() => undefined) : undefined,
    ]);
    const now = latest.current;
    const other = now.typed !== typed || now.system !== system || now.parent?.id !== parent?.id;
    if (other || (now.place && JSON.stringify(now.place) !== JSON.stringify(place))) return undefined;
    const placed = { ...now, place };
    return { ...placed, ...derived(placed, { kinds, at, superior: above }) };
  };
}
