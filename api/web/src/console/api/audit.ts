import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { plusDays } from '../../format/day';
import { useServices } from '../services';
import { idIn } from '../state/route';
import { pageAt, paged, unwrap } from './client';
import type { AuditQuery } from './contract';

const pageSize = 50;

/** What the audit is filtered by, as the address holds it; days are China's, the last one included. */
export type AuditFilter = Readonly<Record<string, string>>;

export function auditQuery(filter: AuditFilter): AuditQuery {
  const { from, to, actor, action, object } = filter;
  const organization = idIn(filter.organization);
  return {
    ...(from ? { from } : {}),
    ...(to ? { to: plusDays(to, 1) } : {}),
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(object ? { object } : {}),
    ...(organization === null ? {} : { organization }),
  };
}

/** What was done, newest first, page by page. */
export function useAudit(filter: AuditFilter) {
  const { client } = useServices();
  const conditions = auditQuery(filter);
  return useInfiniteQuery({
    queryKey: ['audit', conditions],
    ...paged,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...conditions, limit: pageSize, ...pageAt(pageParam) };
      return unwrap(client.GET('/api/audit', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}
