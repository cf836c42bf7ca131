import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useBoundarySet } from '../../api/queries';
import type { Paper } from '../../print/paper';
import { useServices } from '../../services';
import { useCell } from '../../state/cell';
import { useKinds } from '../useKinds';
import { type Facts, gather, type Step } from './gather';

export interface Making {
  /** null until they are there. */
  facts: Facts | null;
  /** The address of the picture while the window is open. */
  url: string | null;
  step: Step;
  error: unknown;
  retry: () => void;
}

/** Gathers what a sheet is made of: once for each paper, as the map was when the window opened. */
export function useFacts(paper: Paper): Making {
  const { client, map, store } = useServices();
  const queries = useQueryClient();
  const controller = useCell(map);
  const kinds = useKinds();
  const deepest = useBoundarySet()?.deepest_level;
  const [made, setMade] = useState<{ facts: Facts; url: string } | null>(null);
  const [step, setStep] = useState<Step>('map');
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const known = useRef({ kinds, deepest });
  known.current = { kinds, deepest };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt starts anew
  useEffect(() => {
    if (!controller) return;
    const stopped = new AbortController();
    let url: string | null = null;
    const sources = { controller, client, queries, state: store.get(), ...known.current };
    setMade(null);
    setError(null);
    gather(sources, paper, stopped.signal, setStep)
      .then((facts) => {
        if (stopped.signal.aborted) return;
        url = URL.createObjectURL(facts.blob);
        setMade({ facts, url });
      })
      .catch((fault) => !stopped.signal.aborted && setError(fault));
    return () => {
      stopped.abort();
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [controller, client, queries, store, paper, attempt]);
  return {
    facts: made?.facts.paper === paper ? made.facts : null,
    url: made?.url ?? null,
    step,
    error,
    retry: () => setAttempt((n) => n + 1),
  };
}
