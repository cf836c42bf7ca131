import { useState } from 'react';
import { type Stale, staleIn } from '../../api/history';

/** What can be typed for a step: what it rests on, why not on the spot, why it is sent back. */
interface Typed {
  evidence: string;
  excuse: string;
  reason: string;
}

const nothing: Typed = { evidence: '', excuse: '', reason: '' };

/** What somebody types for a step of a location. It outlives what others do to the location meanwhile. */
export interface Draft extends Typed {
  /** The version of the location that it was begun with; null while nothing is typed. */
  since: number | null;
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

/** The draft of somebody who sees the location in a version. */
export function useDraft(version: number): Draft {
  const [typed, setTyped] = useState(nothing);
  const [since, setSince] = useState<number | null>(null);
  const [stale, setStale] = useState<Stale | null>(null);
  const [taken, setTaken] = useState(0);
  return {
    ...typed,
    since,
    stale,
    taken,
    write: (part) => {
      setTyped((before) => ({ ...before, ...part }));
      setSince((before) => before ?? version);
    },
    done: () => {
      setTyped(nothing);
      setSince(null);
      setStale(null);
      setTaken((times) => times + 1);
    },
    refused: (error) => {
      const told = staleIn(error);
      if (!told) return;
      setStale(told);
      setSince((before) => before ?? version);
    },
    own: (to) => setSince((before) => (before === null ? null : to)),
    read: () => {
      setSince(typed.evidence + typed.excuse + typed.reason === '' ? null : version);
      setStale(null);
    },
  };
}
