import type { RefObject } from 'react';
import { SearchBox } from '../../ui/SearchBox';
import { useBarSearch } from '../api/search';
import { reachOf } from '../state/may';
import { Fault } from './Notice';
import { useKnown } from './session';
import { useGoToHit } from './useGoToHit';

const failed = (error: unknown, retry: () => void) => <Fault error={error} retry={retry} />;

function useHits(query: string) {
  return useBarSearch(query, reachOf(useKnown(), 'organization.read'));
}

/** The search of the console's bar, on every page: what is chosen opens among the organizations or shows on their map. */
export function BarSearch({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const go = useGoToHit();
  return <SearchBox input={input} useHits={useHits} choose={go} failed={failed} />;
}
