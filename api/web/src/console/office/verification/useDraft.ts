import { useState } from 'react';
import { type Stale, staleIn } from '../../api/history';
import { Draft as Kept } from '../../state/draft';
import { useKnown } from '../session';

/** What can be typed for a step: what it rests on, why not on the spot, why it is sent back. */
interface Typed {
  evidence: string;
  excuse: string;
  reason: string;
}

interface Begun extends Typed {
  /** The version of the location that it was begun with; null while nothing is typed. */
  since: number | null;
}

const nothing: Begun = { evidence: '', excuse: '', reason: '', since: null };

/** What somebody types for a step of a location. It outlives what others do to the location meanwhile, and that the page is left. */
export interface Draft extends Begun {
  /** Whom the last step was refused for, and what they changed. */
  stale: Stale | null;
  /** How many steps were taken with it. */
  taken: number;
  write: (part: Partial<Typed>) => void;
  /** The step was taken: what was typed for it is done with. */
  done: () => void;
  /** The step was refused. */
  refused: (error: unknown) => void;
  /** The location has come to a version by what oneself did. */
  own: (version: number) => void;
  /** What others did is known now. */
  read: () => void;
}

/** The draft of whoever is signed in for a location, which they see in a version. */
export function useDraft(id: number, version: number): Draft {
  const account = useKnown().account.id;
  const [kept] = useState(() => new Kept<Begun>(sessionStorage, `verification:${account}:${id}`));
  const [draft, setDraft] = useState(() => begun(kept.read()));
  const [stale, setStale] = useState<Stale | null>(null);
  const [taken, setTaken] = useState(0);
  const alter = (change: (before: Begun) => Begun) =>
    setDraft((before) => {
      const next = change(before);
      if (textOf(next) === '') kept.drop();
      else kept.keep(next);
      return next;
    });
  return {
    ...draft,
    stale,
    taken,
    write: (part) => alter((before) => ({ ...before, ...part, since: before.since ?? version })),
    done: () => {
      // The page may have been left while the step was on its way.
      kept.drop();
      alter(() => nothing);
      setStale(null);
      setTaken((times) => times + 1);
    },
    refused: (error) => {
      const told = staleIn(error);
      if (!told) return;
      setStale(told);
      alter((before) => ({ ...before, since: before.since ?? version }));
    },
    own: (to) => alter((before) => (before.since === null ? before : { ...before, since: to })),
    read: () => {
      alter((before) => ({ ...before, since: textOf(before) === '' ? null : version }));
      setStale(null);
    },
  };
}

const textOf = ({ evidence, excuse, reason }: Typed) => evidence + excuse + reason;

/** A draft as it was kept. */
function begun({ since, evidence, excuse, reason }: Partial<Begun>): Begun {
  const text = (kept: unknown) => (typeof kept === 'string' ? kept : '');
  return {
    evidence: text(evidence),
    excuse: text(excuse),
    reason: text(reason),
    since: typeof since === 'number' ? since : null,
  };
}
