import { useMemo } from 'react';
import { type TableFilter, useTable } from '../../../api/table';
import { useServices } from '../../../services';
import { reachOf } from '../../../state/may';
import { idIn, useRoute } from '../../../state/route';
import { listQuery, sortOf } from '../../../state/table';
import { useKnown } from '../../session';
import { useTreeDay } from '../AsOf';

/** What the address says of the table. */
export function useTableFilter(): TableFilter {
  const { query } = useRoute();
  const day = useTreeDay();
  const { kind = '', status = '', state = '' } = query;
  return { within: idIn(query.within), kind, status, state, day, sort: sortOf(query.sort) };
}

/** The organizations that the address chooses, as far as they are read. */
export function useTableState() {
  const session = useKnown();
  const filter = useTableFilter();
  const table = useTable(filter, reachOf(session, 'organization.read'));
  const { data } = table;
  const lines = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  return { filter, table, lines, matched: data?.pages[0]?.numberMatched ?? 0 };
}

/** Opens an organization beside the list, or closes it with null; the list stays as it is. */
export function useOpen(): (id: number | null) => void {
  const { places } = useServices();
  return (id) =>
    places.go({
      page: 'organizations',
      item: id === null ? null : String(id),
      query: listQuery(places.get().query),
    });
}
