import { useQuery } from '@tanstack/react-query';
import { type OrganizationSummary, unwrap } from '../../api/client';
import { conditionParameters, useConditions } from '../../api/queries';
import { distance } from '../../format/scale';
import { useLanguage, useServices } from '../../services';
import { useGo } from '../go';
import { onArrows } from '../keys';
import { Mark } from '../Mark';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { useTools } from './useTools';
import '../../style/tools.css';

/** So many are listed. */
const most = 10;

type Near = OrganizationSummary & { distance_m: number };

/** The organizations that are nearest to a place and meet the filter, with their distances; a press goes there. */
export function Nearest({ at }: { at: readonly [number, number] }) {
  const { t } = useTools();
  const { data, error, isError, refetch } = useNearest(at);
  return (
    <section aria-label={t('nearest.title')}>
      <h3>{t('nearest.title')}</h3>
      {isError && <Problem error={error} retry={() => void refetch()} />}
      {!data && !isError && <Skeleton rows={4} />}
      {data?.length === 0 && <p className="quiet-text">{t('nearest.none')}</p>}
      <ul className="rows nearest" onKeyDown={onArrows}>
        {data?.map((item) => (
          <li key={item.id}>
            <Row item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function useNearest(at: readonly [number, number]) {
  const { client } = useServices();
  const conditions = useConditions();
  return useQuery({
    queryKey: ['organizations', 'nearest', at, conditions],
    queryFn: async ({ signal }) => {
      const query = { ...conditionParameters(conditions), point: at.join(), k: most };
      const params = { path: { id: 'organizations' as const }, query };
      const answer = await unwrap(client.GET('/ogc/collections/{id}/nearest', { params, signal }));
      return answer.items as unknown as Near[];
    },
  });
}

function Row({ item }: { item: Near }) {
  const language = useLanguage();
  const go = useGo();
  return (
    <button
      type="button"
      data-row
      data-near={item.id}
      data-metres={item.distance_m}
      onClick={() => go.toListed(item)}
    >
      <Mark kind={item.kind} hollow={item.location_state === 'reported'} />
      <span className="row-label">{item.name}</span>
      <span className="count">{distance(item.distance_m, language)}</span>
    </button>
  );
}
