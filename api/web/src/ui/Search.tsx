import type { RefObject } from 'react';
import { useSearch } from '../api/queries';
import { useGo } from './go';
import { Problem } from './Problem';
import { SearchBox } from './SearchBox';

const failed = (error: unknown, retry: () => void) => <Problem error={error} retry={retry} />;

/** The search box of the map: what is chosen in it shows there. */
export function Search({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const go = useGo();
  return <SearchBox input={input} useHits={useSearch} choose={go.toHit} failed={failed} />;
}
