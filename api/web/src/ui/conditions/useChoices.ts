import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { unwrap } from '../../api/client';
import { useCodes, useConditions, useReportCategories, useReportConditions } from '../../api/queries';
import { sortKinds } from '../../map/kinds';
import { useServices } from '../../services';
import { conditionParameters, reportParameters } from '../../state/conditions';
import { useKindName } from '../useKinds';

/** Conditions of which one chooses from what there is. */
export const listFields = ['kinds', 'levels', 'categories', 'status', 'steps'] as const;
export type ListField = (typeof listFields)[number];

/** The server's collection and its category. */
const asked = {
  kinds: ['organizations', 'kind'],
  levels: ['organizations', 'level'],
  categories: ['reports', 'category'],
  status: ['reports', 'status'],
  steps: ['reports', 'state'],
} as const satisfies Record<ListField, readonly ['organizations' | 'reports', string]>;

/** A value with how many meet the other conditions and have it. */
export interface Choice {
  value: string;
  name: string;
  count: number;
}

/** The values of a condition that occur. */
export function useChoices(field: ListField) {
  const { client } = useServices();
  const [id, category] = asked[field];
  const organizations = useConditions();
  const reports = useReportConditions();
  const parameters =
    id === 'organizations'
      ? conditionParameters({ ...organizations, [field]: null })
      : reportParameters({ ...reports, [field]: null });
  const name = useValueName(field);
  const answer = useQuery({
    queryKey: [id, 'choices', category, parameters],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { ...parameters, group_by: category } };
      const { groups = [] } = await unwrap(client.GET('/ogc/collections/{id}/aggregate', { params, signal }));
      return new Map(groups.map((group) => [String(group[category] ?? ''), group.count]));
    },
  });
  const counts = answer.data ?? new Map<string, number>();
  const values = field === 'kinds' ? sortKinds(counts.keys()) : [...counts.keys()].sort();
  const choices = values.map(
    (value): Choice => ({ value, name: name(value), count: counts.get(value) ?? 0 }),
  );
  return { ...answer, choices };
}

function useValueName(field: ListField): (value: string) => string {
  const { t } = useTranslation();
  const kind = useKindName();
  const level = useCodes('organization_level', field === 'levels');
  const step = useCodes('report_state', field === 'steps');
  const category = useReportCategories(field === 'categories');
  const status = (value: string) => t(`report.statusOf.${value === 'closed' ? 'closed' : 'open'}`);
  return { kinds: kind, levels: level, steps: step, categories: category, status }[field];
}
