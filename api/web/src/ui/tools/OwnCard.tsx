import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { unwrap } from '../../api/client';
import { conditionParameters, useConditions } from '../../api/queries';
import { exact } from '../../format/number';
import { sortKinds } from '../../map/kinds';
import { extentOf } from '../../map/veil';
import { useLanguage, useServices } from '../../services';
import { csv, download } from '../../tools/csv';
import { collectionOf, type OwnAreas, portionsOf, reachingTo } from '../../tools/ownAreas';
import { CloseAside } from '../CloseAside';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { useKindName } from '../useKinds';
import { sums } from './counted';
import { DistanceField } from './DistanceField';
import { DownloadIcon } from './icons';
import { OneDay } from './OneDay';
import { useTools } from './useTools';
import '../../style/tools.css';

/** The card of areas from a file: a row for each, and the whole as CSV. */
export function OwnCard({ own }: { own: OwnAreas }) {
  const { t } = useTools();
  const counts = useOwnCounts(own);
  return (
    <section className="card area-card" aria-label={t('own.label')} data-own={own.areas.length}>
      <CloseAside />
      <h2>{t('own.label')}</h2>
      <OneDay />
      <p className="quiet-text">{t('own.count', { file: own.file, count: own.areas.length })}</p>
      {own.distance !== null && <Reach own={own} metres={own.distance} />}
      {counts.isError && <Problem error={counts.error} retry={() => void counts.refetch()} />}
      {!counts.data && !counts.isError && <Skeleton rows={8} />}
      {counts.data && <Table own={own} counts={counts.data} />}
      <p className="quiet-text note">{t('own.hint')}</p>
    </section>
  );
}

/** How far the areas of lines reach. */
function Reach({ own, metres }: { own: OwnAreas; metres: number }) {
  const { tools } = useServices();
  const set = (chosen: number) => {
    tools.distance.set(chosen);
    tools.own.set(reachingTo(own, chosen));
  };
  return <DistanceField metres={metres} set={set} />;
}

interface AreaCount {
  count: number;
  kinds: ReadonlyMap<string, number>;
}

/** What lies in each of the areas of a file; nothing is asked without one. */
export function useOwnCounts(own: OwnAreas | null) {
  const { client } = useServices();
  const conditions = useConditions();
  return useQuery({
    queryKey: ['organizations', 'own', own, conditions],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<AreaCount[]> => {
      const params = {
        path: { id: 'organizations' as const },
        query: { ...conditionParameters(conditions), group_by: 'kind' },
      };
      const counts: AreaCount[] = [];
      for (const portion of portionsOf(own?.areas ?? [])) {
        const body = collectionOf(portion) as unknown as Record<string, never>;
        const { areas = [] } = await unwrap(
          client.POST('/ogc/collections/{id}/aggregate', { params, body, signal }),
        );
        for (const { count = 0, groups = [] } of areas) {
          counts.push({ count, kinds: new Map(sums(groups, 'kind')) });
        }
      }
      return counts;
    },
    enabled: own !== null,
  });
}

function Table({ own, counts }: { own: OwnAreas; counts: readonly AreaCount[] }) {
  const { t } = useTools();
  const language = useLanguage();
  const { map } = useServices();
  const kindName = useKindName();
  const name = (i: number) => own.areas[i]?.name ?? t('own.unnamed', { n: i + 1 });
  const save = () => {
    const kinds = sortKinds(counts.flatMap((area) => [...area.kinds.keys()]));
    const head = [t('own.name'), t('own.organizations'), ...kinds.map(kindName)];
    const rows = counts.map(({ count, kinds: of }, i) => [
      name(i),
      count,
      ...kinds.map((kind) => of.get(kind) ?? 0),
    ]);
    download(`${own.file.replace(/\.[^.]*$/, '')}-jingwei.csv`, csv([head, ...rows]));
  };
  const zoom = (i: number) => {
    const geometry = own.areas[i]?.geometry;
    const box = geometry && extentOf(geometry);
    if (box) map.get()?.fit(box);
  };
  return (
    <>
      <div className="own-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('own.name')}</th>
              <th scope="col">{t('own.organizations')}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map(({ count }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: areas are told apart by their order in the file
              <tr key={i} data-own-count={count}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => zoom(i)}>
                    {name(i)}
                  </button>
                </th>
                <td className="number">{exact(count, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" className="button" data-act="csv" onClick={save}>
        <DownloadIcon /> {t('own.csv')}
      </button>
    </>
  );
}
