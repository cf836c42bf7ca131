import { formatRoute, useRoute } from '../../state/route';
import { listQuery } from '../../state/table';

/** The address of an organization beside the list as it is now. */
export function useLinkTo(): (id: number, tab?: string) => string {
  const { query } = useRoute();
  return (id, tab = '') =>
    formatRoute({ page: 'organizations', item: String(id), query: { ...listQuery(query), tab } });
}
