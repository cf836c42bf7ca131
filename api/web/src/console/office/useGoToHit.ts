import { useCallback } from 'react';
import type { SearchHit } from '../../api/client';
import { useServices } from '../services';
import { placeOf } from '../state/at';
import { listQuery, showOf, toggled } from '../state/table';

/** Opens an organization that a search found, or shows another hit on the map of the console. */
export function useGoToHit(): (hit: SearchHit) => void {
  const { places } = useServices();
  return useCallback(
    (hit) => {
      const { page, query } = places.get();
      const list = page === 'organizations' ? listQuery(query) : {};
      if (hit.type === 'organization') {
        return places.go({ page: 'organizations', item: String(hit.id), query: list });
      }
      const at = placeOf(hit);
      if (at === null) return;
      const narrow = window.matchMedia('(max-width: 959px)').matches;
      const show = showOf(list.show, narrow);
      const mapped = show === 'all' || show === 'map' ? show : toggled(show, 'map');
      const shown = narrow ? 'map' : mapped;
      places.go({ page: 'organizations', query: { ...list, show: shown === 'all' ? '' : shown, at } });
    },
    [places],
  );
}
